/**
 * The order `place`: a release from the agent's staging folder becomes a slot. Everything is verified here again, from signatures to
 * the bytes that were written; what runs is not touched.
 */
import { createHash } from 'node:crypto';
import { open, readFile, rm, statfs } from 'node:fs/promises';
import type { ReleaseManifest } from '#contract/release.ts';
import { PINNED_ROOT_FILE, type ReleaseFacts } from '#contract/update-feed.ts';
import { diskError, FeedError } from '#edge/signed-releases/feed-error.ts';
import type { FeedSource } from '#edge/signed-releases/feed-source.ts';
import { FolderFeed } from '#edge/signed-releases/folder-feed.ts';
import { ReleaseTrust, type VerifiedFeed, type VerifiedRelease } from '#edge/signed-releases/release-trust.ts';
import { missingDebianPackages } from '../../provisioning/system/debian-status.ts';
import { slotIdOf, type Slots } from '../../provisioning/system/slots.ts';
import type { OrderOutcome, UpdateOrder } from './update-order.ts';
import { refuseUntaken } from './untaken-orders.ts';
import type { UpdaterPaths } from './updater-options.ts';
import type { UpdaterState } from './updater-state.ts';

/** Left to logs, databases and the guard's notes. */
const RESERVED_BYTES = 64 * 1024 ** 2;
/** A file's own block and its name. */
const BYTES_PER_FILE = 8 * 1024;

export type UpdaterParts = { paths: UpdaterPaths; slots: Slots; state: UpdaterState; say: (line: string) => void };

/** @throws FeedError, Error, Node's error: what runs is as it was */
export async function placeRelease(order: UpdateOrder, parts: UpdaterParts): Promise<OrderOutcome> {
  const { paths, slots, state } = parts;
  refuseUntaken(order, state);
  const source = new FolderFeed(paths.staging);
  const pinnedRoot = await readFile(paths.pinnedRoot).catch(() => {
    throw new Error(`this box takes no updates: it has no ${PINNED_ROOT_FILE}`);
  });
  const trust = new ReleaseTrust({ folder: `${paths.state}/trust`, pinnedRoot });
  const feed = await trust.verify(source, order.feed);
  const { manifest, bytes, facts } = await feed.manifestOf(order.target);
  const running = await slots.running();
  noteRunning(running, feed, state);
  if (running !== null) refuseOlder(facts, running, state);
  const id = requireRightId(facts, manifest, bytes);
  const missing = missingDebianPackages(manifest.debianPackages);
  if (missing.length > 0)
    throw new Error(`the release needs packages of Debian that are not here: ${missing.join(' ')}`);

  await requireRoom({ id, manifest }, parts);
  const sizes = new Map(manifest.files.map(({ sha256, sizeBytes }) => [sha256, sizeBytes]));
  const copyObject = (sha256: string, target: string, mode: number): Promise<void> =>
    copyChecked(source, { sha256, sizeBytes: sizes.get(sha256)! }, target, mode);
  try {
    await slots.place({ id, manifest, manifestText: bytes.toString('utf8'), copyObject }, () => {});
    state.notePlaced({
      [id]: { madeAtMs: facts.madeAtMs, manifestSha256: createHash('sha256').update(bytes).digest('hex') },
    });
    await slots.forgetOthers([id]);
  } catch (error) {
    throw diskError(error, 'the release could not be placed');
  }
  return { outcome: 'done', refusal: null, detail: '', releaseId: id };
}

/** Of the release that runs, which an installation may have brought, the feed states when it was made. */
function noteRunning(running: string | null, feed: VerifiedFeed, state: UpdaterState): void {
  const facts = feed.releases.find(({ releaseId, role }) => releaseId === running && role === 'kiosk');
  if (facts === undefined || state.placed(facts.releaseId) !== null) return;
  state.notePlaced({ [facts.releaseId]: { madeAtMs: facts.madeAtMs, manifestSha256: null } });
}

/** @throws FeedError older */
export function refuseOlder(
  { releaseId, madeAtMs }: Pick<ReleaseFacts, 'releaseId' | 'madeAtMs'>,
  running: string,
  state: UpdaterState,
): void {
  const current = state.placed(running);
  if (running !== releaseId && current !== null && madeAtMs < current.madeAtMs)
    throw new FeedError('older', `it is older than ${running}, which runs`);
}

function requireRightId(
  { releaseId, role }: ReleaseFacts,
  manifest: ReleaseManifest,
  bytes: VerifiedRelease['bytes'],
): string {
  if (role !== 'kiosk') throw new FeedError('not-offered', `this is a kiosk, and the release is for a ${role}`);
  if (slotIdOf(manifest, bytes.toString('utf8')) !== releaseId)
    throw new FeedError('mixed', 'the manifest is of another release than its name');
  return releaseId;
}

/** The former release is given up only where there is no room for three. @throws FeedError disk */
async function requireRoom(
  release: { id: string; manifest: ReleaseManifest },
  { paths, slots, say }: UpdaterParts,
): Promise<void> {
  const isRoom = async (): Promise<boolean> => {
    const { bavail, bsize } = await statfs(paths.home);
    const bytes = (await slots.bytesToWrite(release)) + release.manifest.files.length * BYTES_PER_FILE;
    return bavail * bsize - bytes >= RESERVED_BYTES;
  };
  if (await isRoom()) return;
  say('no room for a third release: the former one goes');
  await slots.forgetOthers([release.id]);
  if (!(await isRoom())) throw new FeedError('disk', `no room for the release under ${paths.home}`);
}

/** Bytes, never the agent's file itself, which it could change afterwards. @throws FeedError */
async function copyChecked(
  source: FeedSource,
  { sha256, sizeBytes }: { sha256: string; sizeBytes: number },
  target: string,
  mode: number,
): Promise<void> {
  const hash = createHash('sha256');
  let copiedBytes = 0;
  const file = await open(target, 'wx', mode);
  try {
    for await (const part of (await source.read(`objects/${sha256}`, {
      maxBytes: sizeBytes,
    })) as AsyncIterable<Buffer>) {
      hash.update(part);
      copiedBytes += part.length;
      await file.writeFile(part);
    }
    if (copiedBytes < sizeBytes) throw new FeedError('incomplete', `objects/${sha256} is shorter than stated`);
    if (hash.digest('hex') !== sha256) throw new FeedError('damaged', `objects/${sha256} is not what its hash says`);
    await file.sync();
  } catch (error) {
    await rm(target, { force: true });
    throw diskError(error, `objects/${sha256} could not be written`);
  } finally {
    await file.close();
  }
}
