/**
 * Fetches the contents of a release's files into a folder, by hash: only what is missing, going on where a former fetch ended,
 * and never a byte more than the manifest states.
 */
import { createReadStream } from 'node:fs';
import { mkdir, open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { ReleaseManifest } from '#contract/release.ts';
import { requireDiskRoom } from '../disk-room.ts';
import { renameDurably } from '../durable-file.ts';
import { sha256OfFile } from '../sha256-sums.ts';
import { diskError, FeedError } from './feed-error.ts';
import type { DeltaBase, FeedSource } from './feed-source.ts';
import { ObjectFetch, type WantedObject } from './object-fetch.ts';

export type FetchObjectsOptions = {
  manifest: ReleaseManifest;
  source: FeedSource;
  /** for the objects, each as its hash; parts end in `.part` */
  folder: string;
  /** true: not needed here; a path: its content is copied from there, if it is what its hash says */
  have?: (sha256: string) => Promise<boolean | string>;
  /** former versions, as of `deltaBases`: a server that has them too answers the difference */
  baseOf?: (wanted: { path: string }) => Promise<DeltaBase | null>;
  /** of what was not there at the begin */
  onProgress?: (progress: { doneBytes: number; totalBytes: number }) => void;
  signal?: AbortSignal;
  /** at once: 1 or 2 */
  concurrency?: 1 | 2;
  /** between tries that reach nothing; a try that brought a byte begins the list anew */
  retryDelaysMs?: readonly number[];
};

export type FetchedObjects = { fetchedObjects: number; fetchedBytes: number };

const RETRY_DELAYS_MS = [1_000, 2_000, 5_000, 10_000, 30_000] as const;

/** @throws FeedError; or the signal's reason */
export async function fetchObjects(options: FetchObjectsOptions): Promise<FetchedObjects> {
  const { manifest, folder, onProgress = () => {}, signal, concurrency = 1 } = options;
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw diskError(error, 'the folder for objects cannot be made');
  }
  const missing = await missingObjects(manifest, options);
  const totalBytes = missing.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  await requireRoom(folder, totalBytes);
  const done = { doneBytes: 0, fetchedBytes: 0 };
  const move = (bytes: number): void => {
    done.doneBytes += bytes;
    onProgress({ doneBytes: done.doneBytes, totalBytes });
  };
  move(0);
  const queue = [...missing];
  let failed = false;
  const work = async (): Promise<void> => {
    for (let wanted = queue.shift(); wanted && !failed; wanted = queue.shift()) {
      signal?.throwIfAborted();
      try {
        done.fetchedBytes += await fetchWithRetries(wanted, options, move);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const outcomes = await Promise.allSettled(Array.from({ length: concurrency }, work));
  const refused = outcomes.find((outcome) => outcome.status === 'rejected');
  if (refused) throw refused.reason;
  return { fetchedObjects: missing.length, fetchedBytes: done.fetchedBytes };
}

/** In the manifest's order, each content once. What is in the folder is believed by its hash only: disks rot. */
async function missingObjects(manifest: ReleaseManifest, options: FetchObjectsOptions): Promise<WantedObject[]> {
  const { folder, have = async () => false, signal } = options;
  const wanted = new Map(manifest.files.map(({ path, sha256, sizeBytes }) => [sha256, { path, sha256, sizeBytes }]));
  const missing: WantedObject[] = [];
  for (const object of wanted.values()) {
    signal?.throwIfAborted();
    if (await isThere(join(folder, object.sha256), object)) continue;
    const there = await have(object.sha256);
    if (there === true || (typeof there === 'string' && (await copyInto(folder, there, object)))) continue;
    missing.push(object);
  }
  return missing;
}

async function isThere(path: string, { sha256, sizeBytes }: WantedObject): Promise<boolean> {
  try {
    const found = await stat(path);
    return found.isFile() && found.size === sizeBytes && (await sha256OfFile(path)) === sha256;
  } catch {
    return false;
  }
}

async function copyInto(folder: string, from: string, object: WantedObject): Promise<boolean> {
  const beside = join(folder, `${object.sha256}.copy`);
  try {
    const file = await open(beside, 'w', 0o600);
    await pipeline(createReadStream(from), file.createWriteStream());
    if (!(await isThere(beside, object))) return false;
    await renameDurably(beside, join(folder, object.sha256));
    return true;
  } catch {
    // it is fetched instead
    return false;
  } finally {
    await rm(beside, { force: true });
  }
}

async function requireRoom(folder: string, bytes: number): Promise<void> {
  if (bytes === 0) return;
  try {
    await requireDiskRoom(folder, bytes);
  } catch (error) {
    throw new FeedError('disk', `there is no room for ${bytes} bytes more`, { cause: error });
  }
}

/** @returns the bytes that were read for it */
async function fetchWithRetries(
  wanted: WantedObject,
  { source, folder, signal, baseOf = async () => null, retryDelaysMs = RETRY_DELAYS_MS }: FetchObjectsOptions,
  move: (bytes: number) => void,
): Promise<number> {
  let readBytes = 0;
  let tries = 0;
  let hasBegunAnew = false;
  for (;;) {
    const attempt = new ObjectFetch({ wanted, folder, move, signal });
    try {
      await attempt.run(source, hasBegunAnew ? null : await baseOf(wanted));
      return readBytes + attempt.readBytes;
    } catch (error) {
      readBytes += attempt.readBytes;
      signal?.throwIfAborted();
      if (!(error instanceof FeedError)) throw error;
      if (error.refusal === 'unreachable') {
        tries = attempt.readBytes > 0 ? 1 : tries + 1;
        const delayMs = retryDelaysMs[tries - 1];
        if (delayMs === undefined) throw error;
        await pause(delayMs, undefined, signal ? { signal } : {}).catch(() => signal?.throwIfAborted());
        continue;
      }
      // a part of a former fetch or a difference may be what is wrong: once more, from the first byte, and whole
      if (!(attempt.resumed || attempt.hadBase) || hasBegunAnew || error.refusal === 'disk') throw error;
      hasBegunAnew = true;
    }
  }
}
