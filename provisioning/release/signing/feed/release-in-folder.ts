/** A kiosk's release folder, read as what it is to be offered as: every object compared with its hash, its facts with its manifest. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { MANIFEST_FILE, ReleaseManifest } from '#contract/release.ts';
import { FEED_LIMITS, OBJECTS_FOLDER, ReleaseFacts } from '#contract/update-feed.ts';
import { sha256OfFile } from '#edge/sha256-sums.ts';
import { FACTS_FILE } from '../../release-facts.ts';
import type { OfferedTarget } from '../feed-metadata.ts';
import { offeredTargetOf, releaseIdOf } from '../offered-release.ts';
import { SigningError } from '../signing-error.ts';

export type ReleaseInFolder = {
  folder: string;
  manifest: ReleaseManifest;
  /** of the manifest */
  bytes: Buffer;
  offered: OfferedTarget;
};

/** @throws SigningError naming what is wrong */
export async function readReleaseFolder(folder: string, allowsChanges: boolean): Promise<ReleaseInFolder> {
  const bytes = read(folder, MANIFEST_FILE);
  const manifest = parsedAs(ReleaseManifest, bytes, join(folder, MANIFEST_FILE));
  if (manifest.role !== 'kiosk')
    throw new SigningError(
      `${folder} is a ${manifest.role}'s release: a feed is for rooms, and offers kiosks' releases`,
    );
  if (!allowsChanges && (manifest.commit === null || manifest.commit.endsWith('+changes')))
    throw new SigningError(
      `${folder} was made of files that were not committed (${manifest.commit ?? 'no commit'}): nobody could make it again. --allow-changes signs it all the same`,
    );
  const facts = parsedAs(ReleaseFacts, read(folder, FACTS_FILE), join(folder, FACTS_FILE));
  refuseOtherFacts(folder, manifest, bytes, facts);
  refuseTooLarge(folder, manifest, bytes, facts);
  for (const { sha256, sizeBytes, path } of manifest.files) {
    const object = join(folder, OBJECTS_FOLDER, sha256);
    if (!existsSync(object)) throw new SigningError(`${object} is missing (${path} of the release)`);
    if (statSync(object).size !== sizeBytes || (await sha256OfFile(object)) !== sha256)
      throw new SigningError(`${object} is damaged (${path} of the release)`);
  }
  return { folder, manifest, bytes, offered: offeredTargetOf(bytes, facts) };
}

function refuseOtherFacts(folder: string, manifest: ReleaseManifest, bytes: Buffer, facts: ReleaseFacts): void {
  const { role, version, commit, files } = manifest;
  const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  const of = { releaseId: releaseIdOf(version, bytes), role, version, commit, sizeBytes, fileCount: files.length };
  for (const [name, value] of Object.entries(of))
    if (facts[name as keyof typeof of] !== value)
      throw new SigningError(`${join(folder, FACTS_FILE)} is of another release: its ${name} is not the manifest's`);
}

/** What every machine would refuse is not signed. */
function refuseTooLarge(folder: string, { files }: ReleaseManifest, bytes: Buffer, { sizeBytes }: ReleaseFacts): void {
  const largest = Math.max(0, ...files.map((file) => file.sizeBytes));
  const { manifestBytes, objectBytes, releaseBytes } = FEED_LIMITS;
  if (bytes.length > manifestBytes || largest > objectBytes || sizeBytes > releaseBytes)
    throw new SigningError(`${folder} is larger than a machine accepts, as a whole, in its manifest or in a file`);
}

function read(folder: string, name: string): Buffer {
  try {
    return readFileSync(join(folder, name));
  } catch (error) {
    throw new SigningError(`${folder} is no release folder of npm run release: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

type Schema<T> = { safeParse(value: unknown): { success: true; data: T } | { success: false; error: Error } };

function parsedAs<T>(schema: Schema<T>, bytes: Buffer, file: string): T {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new SigningError(`${file} is no JSON`);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new SigningError(`${file} is not what it should be: ${parsed.error.message}`);
  return parsed.data;
}
