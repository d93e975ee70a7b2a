/** The next version of a feed: its two lists signed, then the snapshot that names them, then the timestamp that names the snapshot. */
import type { Metadata, Snapshot, Timestamp } from '@tufjs/models';
import { FEED_LIMITS, OFFLINE_ROLE } from '#contract/update-feed.ts';
import {
  type FeedLists,
  type FeedState,
  forgetOldVersions,
  newestRoot,
  writeTimestamp,
  writeNewest,
  writeVersioned,
} from './feed-folder.ts';
import {
  type OfferedTarget,
  offlineKeysOf,
  unsignedSnapshot,
  unsignedTargets,
  unsignedTimestamp,
} from './feed-metadata.ts';
import { rootRolesOf } from './root-metadata.ts';
import {
  type AnySigned,
  metadataBytes,
  type RoleKeys,
  type SignedRole,
  signaturesBy,
  signMetadata,
} from './signed-metadata.ts';
import type { Signer } from './signers.ts';
import { SigningError } from './signing-error.ts';

/** Milliseconds since 1970. */
export type Expiries = Record<'targets' | typeof OFFLINE_ROLE | 'snapshot' | 'timestamp', number>;

/** Not signed yet. */
export function nextLists(
  { lists }: FeedState,
  { offered, offline }: { offered: readonly OfferedTarget[]; offline: RoleKeys },
  expiries: Expiries,
): FeedLists {
  const version = (former: { signed: { version: number } } | undefined): number => (former?.signed.version ?? 0) + 1;
  const targets = { version: version(lists?.targets), expiresAtMs: expiries.targets, offered, offline };
  const own = { version: version(lists?.offline), expiresAtMs: expiries.offline, offered, offline: null };
  return { targets: unsignedTargets(targets), offline: unsignedTargets(own) };
}

/** By those of the signers that the two roles have. */
export function signLists(state: FeedState, lists: FeedLists, signers: readonly Signer[]): void {
  signBy(lists.targets, rootRolesOf(newestRoot(state)).targets, signers);
  signBy(lists.offline, offlineKeysOf(lists.targets), signers);
}

/** How many signatures each of the two still lacks. */
export function missingInLists(state: FeedState, lists: FeedLists): { targets: number; offline: number } {
  return {
    targets: signaturesBy(lists.targets, rootRolesOf(newestRoot(state)).targets).missing,
    offline: signaturesBy(lists.offline, offlineKeysOf(lists.targets)).missing,
  };
}

export type SignedFeed = FeedLists & { snapshot: Metadata<Snapshot>; timestamp: Metadata<Timestamp> };

/**
 * The lists with the snapshot and the timestamp that name them.
 * @throws SigningError naming the role that lacks signatures
 */
export function signedFeed(
  state: FeedState,
  { lists, signers, expiries }: { lists: FeedLists; signers: readonly Signer[]; expiries: Expiries },
): SignedFeed {
  const roles = rootRolesOf(newestRoot(state));
  if (metadataBytes(lists.targets).length > FEED_LIMITS.targetsBytes)
    throw new SigningError('the lists are larger than a machine accepts: withdraw old releases');
  needSignatures('targets', lists.targets, roles.targets);
  needSignatures(OFFLINE_ROLE, lists.offline, offlineKeysOf(lists.targets));
  const snapshot = unsignedSnapshot((state.snapshot?.signed.version ?? 0) + 1, expiries.snapshot, lists);
  signBy(snapshot, roles.snapshot, signers);
  needSignatures('snapshot', snapshot, roles.snapshot);
  const timestamp = unsignedTimestamp((state.timestamp?.signed.version ?? 0) + 1, expiries.timestamp, snapshot);
  signBy(timestamp, roles.timestamp, signers);
  needSignatures('timestamp', timestamp, roles.timestamp);
  return { ...lists, snapshot, timestamp };
}

/** In the order in which a reader may see it. */
export function writeSignedFeed(folder: string, { snapshot, timestamp, ...lists }: SignedFeed): void {
  writeLists(folder, lists);
  writeVersioned(folder, 'snapshot', snapshot.signed.version, metadataBytes(snapshot));
  writeTimestamp(folder, metadataBytes(timestamp));
  forgetOldVersions(folder);
}

/** A medium has no snapshot that names versions: its newest lists stand there once more, without a number. */
export function writeLists(folder: string, { targets, offline }: FeedLists): void {
  for (const [role, list] of [
    ['targets', targets],
    [OFFLINE_ROLE, offline],
  ] as const) {
    writeVersioned(folder, role, list.signed.version, metadataBytes(list));
    writeNewest(folder, role, metadataBytes(list));
  }
}

export function writeRoots(folder: string, { roots }: Pick<FeedState, 'roots'>): void {
  for (const root of roots) writeVersioned(folder, 'root', root.signed.version, metadataBytes(root));
}

function signBy(metadata: AnySigned, role: RoleKeys, signers: readonly Signer[]): void {
  signMetadata(
    metadata,
    signers.filter(({ keyId }) => role.keys.some((key) => key.keyId === keyId)),
  );
}

function needSignatures(role: SignedRole, metadata: AnySigned, keys: RoleKeys): void {
  const { signed, missing } = signaturesBy(metadata, keys);
  if (missing > 0)
    throw new SigningError(
      `${role} needs ${keys.threshold} signature${keys.threshold === 1 ? '' : 's'} of its ${keys.keys.length} keys, and has ${signed}: ${missing} missing`,
    );
}
