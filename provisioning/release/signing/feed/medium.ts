/**
 * A release's folder as a medium: a feed of one release, beside what the installer needs. Its list of hashes and its bootstrap are
 * made again, so `sha256sum install.sh` is another number afterwards.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { METADATA_FOLDER, PINNED_ROOT_FILE, TARGETS_FOLDER } from '#contract/update-feed.ts';
import { carryKioskRelease, sealReleaseFolder } from '../../sealed-folder.ts';
import { type FeedState, newestRoot, writeFeedFile } from '../feed-folder.ts';
import { offeredIn } from '../feed-metadata.ts';
import { writeLists, writeRoots } from '../publish-feed.ts';
import { metadataBytes } from '../signed-metadata.ts';
import { SigningError } from '../signing-error.ts';
import { targetFileName } from './feed-content.ts';
import type { ReleaseInFolder } from './release-in-folder.ts';

/** @returns the hash of its bootstrap. @throws SigningError where the feed does not offer it */
export async function makeMedium(state: FeedState, { folder, bytes, offered }: ReleaseInFolder): Promise<string> {
  const { lists } = state;
  if (
    !lists ||
    !offeredIn(lists.offline).some(({ name, sha256 }) => name === offered.name && sha256 === offered.sha256)
  )
    throw new SigningError(`${folder} is ${offered.facts.releaseId}, which this feed does not offer`);
  // of another feed, or of an earlier time
  for (const name of [METADATA_FOLDER, TARGETS_FOLDER]) await rm(join(folder, name), { recursive: true, force: true });
  writeRoots(folder, state);
  writeLists(folder, lists);
  writeFeedFile(join(folder, TARGETS_FOLDER, targetFileName(offered)), bytes);
  // a machine that is installed now trusts no key that was left behind before
  writeFeedFile(join(folder, PINNED_ROOT_FILE), metadataBytes(newestRoot(state)));
  return sealReleaseFolder(folder);
}

/** @returns the hash of the server's bootstrap */
export async function putIntoServer(server: string, { folder, offered }: ReleaseInFolder): Promise<string> {
  try {
    return await carryKioskRelease(server, folder);
  } catch (error) {
    throw new SigningError(`${server} cannot carry ${offered.facts.releaseId}: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
