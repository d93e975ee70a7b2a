/** What a feed holds beside its metadata: manifests under their hash and name, contents under their hash. */
import {
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { ReleaseManifest } from '#contract/release.ts';
import { OBJECTS_FOLDER, TARGETS_FOLDER } from '#contract/update-feed.ts';
import { writeFeedFile } from '../feed-folder.ts';
import type { OfferedTarget } from '../feed-metadata.ts';
import { SigningError } from '../signing-error.ts';
import type { ReleaseInFolder } from './release-in-folder.ts';

export const targetFileName = ({ sha256, name }: OfferedTarget): string => `${sha256}.${name}`;

/** @returns how many objects were not there yet. Objects come first: a manifest in a feed is a manifest whose objects are there */
export function putRelease(feed: string, { folder, manifest, bytes, offered }: ReleaseInFolder): number {
  mkdirSync(join(feed, OBJECTS_FOLDER), { recursive: true });
  const hashes = [...new Set(manifest.files.map(({ sha256 }) => sha256))];
  const absent = hashes.filter((sha256) => !existsSync(join(feed, OBJECTS_FOLDER, sha256)));
  for (const sha256 of absent) {
    const object = join(feed, OBJECTS_FOLDER, sha256);
    copyFileSync(join(folder, OBJECTS_FOLDER, sha256), `${object}.new`, constants.COPYFILE_FICLONE);
    renameSync(`${object}.new`, object);
  }
  writeFeedFile(join(feed, TARGETS_FOLDER, targetFileName(offered)), bytes);
  return absent.length;
}

/** @throws SigningError naming the first whose manifest is not there */
export function needManifests(feed: string, offered: readonly OfferedTarget[]): void {
  for (const target of offered)
    if (!existsSync(join(feed, TARGETS_FOLDER, targetFileName(target))))
      throw new SigningError(`${feed} has no manifest of ${target.facts.releaseId}, which would be offered`);
}

/** Manifests that nobody is offered any more go, and contents that no other manifest names. */
export function forgetWithdrawn(feed: string, offered: readonly OfferedTarget[]): void {
  const kept = new Set(offered.map(targetFileName));
  for (const name of readdirSync(join(feed, TARGETS_FOLDER)))
    if (!kept.has(name)) unlinkSync(join(feed, TARGETS_FOLDER, name));
  const used = new Set<string>();
  for (const name of kept) {
    const manifest = ReleaseManifest.parse(JSON.parse(readFileSync(join(feed, TARGETS_FOLDER, name), 'utf8')));
    for (const { sha256 } of manifest.files) used.add(sha256);
  }
  for (const name of readdirSync(join(feed, OBJECTS_FOLDER)))
    if (!used.has(name)) unlinkSync(join(feed, OBJECTS_FOLDER, name));
}
