/** A release as a feed offers it: what its manifest and its facts state, checked against each other. */
import { createHash } from 'node:crypto';
import type { ReleaseManifest } from '#contract/release.ts';
import { ReleaseFacts, targetNameOf } from '#contract/update-feed.ts';
import type { OfferedTarget } from './feed-metadata.ts';

export const manifestBytes = (manifest: ReleaseManifest): Buffer =>
  Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`);

/** As the installer names a release's folder on a machine, too. */
export function releaseIdOf(version: string, manifest: Buffer | string): string {
  return `${version}-${createHash('sha256').update(manifest).digest('hex').slice(0, 16)}`;
}

/** @param manifest whole, as it is written in the release's folder */
export function releaseFactsOf(
  manifest: ReleaseManifest,
  { madeAtMs, notes, protocol }: { madeAtMs: number; notes: string; protocol?: number },
): ReleaseFacts {
  const { role, version, commit, files } = manifest;
  return ReleaseFacts.parse({
    releaseId: releaseIdOf(version, manifestBytes(manifest)),
    role,
    version,
    commit,
    madeAtMs,
    protocol,
    sizeBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    fileCount: files.length,
    notes,
  });
}

export function offeredTargetOf(manifest: Buffer, facts: ReleaseFacts): OfferedTarget {
  const sha256 = createHash('sha256').update(manifest).digest('hex');
  return { name: targetNameOf(facts.role, facts.releaseId), length: manifest.length, sha256, facts };
}
