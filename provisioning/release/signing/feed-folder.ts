/** A feed as a folder: its newest metadata, read with every signature checked, and files put there in an order that no reader trips over. */
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Metadata, Root, Snapshot, Targets, Timestamp } from '@tufjs/models';
import { METADATA_FOLDER, OFFLINE_ROLE } from '#contract/update-feed.ts';
import { offlineKeysOf } from './feed-metadata.ts';
import { checkRootChain, type RootRole, rootRolesOf } from './root-metadata.ts';
import { type AnySigned, isSignedBy, readMetadata } from './signed-metadata.ts';
import { SigningError } from './signing-error.ts';

/** The two lists of targets, which are signed together. */
export type FeedLists = { targets: Metadata<Targets>; offline: Metadata<Targets> };
export type FeedState = {
  /** from the first on; the last one counts */
  roots: Metadata<Root>[];
  /** null: nothing was offered yet */
  lists: FeedLists | null;
  snapshot: Metadata<Snapshot> | null;
  timestamp: Metadata<Timestamp> | null;
};

/** So many of each list are kept, for clients that read while another is published. Roots are kept for ever. */
const KEPT_VERSIONS = 10;
const TIMESTAMP_FILE = 'timestamp.json';
const VERSIONED = /^([1-9]\d{0,8})\.(root|targets|snapshot|offline)\.json$/;
type VersionedRole = 'root' | 'targets' | 'snapshot' | typeof OFFLINE_ROLE;

export const versionedName = (role: string, version: number): string => `${version}.${role}.json`;
export const newestRoot = ({ roots }: FeedState): Metadata<Root> => roots.at(-1)!;

/**
 * @returns null where there is no metadata at all
 * @throws SigningError where something is there that was not signed by the keys that a root of this feed names: signing on top of
 * it would sign what somebody else put there
 */
export function readFeed(folder: string): FeedState | null {
  const metadata = join(folder, METADATA_FOLDER);
  const names = namesIn(metadata);
  const versions = (role: VersionedRole): number[] => versionsOf(names, role);
  const read = (name: string): Buffer => readFileSync(join(metadata, name));
  const roots = versions('root').map((version) =>
    readRoot(read(versionedName('root', version)), `${version}.root.json`),
  );
  if (roots.length === 0) {
    if (names.length > 0) throw new SigningError(`${metadata} has metadata, but no root`);
    return null;
  }
  checkRootChain(roots);
  const checked = <T extends AnySigned>(role: RootRole, found: T, name: string): T => {
    // a rotation of keys leaves older files behind that are to be signed anew
    if (!roots.some((root) => isSignedBy(found, rootRolesOf(root)[role])))
      throw new SigningError(`${join(metadata, name)} is not signed by the keys of ${role}`);
    return found;
  };
  const newest = <K extends 'targets' | 'snapshot'>(kind: K, role: VersionedRole = kind) => {
    const version = versions(role).at(-1);
    return version === undefined
      ? null
      : readMetadata(kind, read(versionedName(role, version)), `${version}.${role}.json`);
  };
  const targets = newest('targets') as Metadata<Targets> | null;
  const offline = newest('targets', OFFLINE_ROLE) as Metadata<Targets> | null;
  if ((targets === null) !== (offline === null))
    throw new SigningError(`${metadata} lacks one of its two lists of targets`);
  if (targets && offline) {
    checked('targets', targets, versionedName('targets', targets.signed.version));
    if (!isSignedBy(offline, offlineKeysOf(targets)))
      throw new SigningError(`${versionedName(OFFLINE_ROLE, offline.signed.version)} is not signed by its keys`);
  }
  const snapshot = newest('snapshot') as Metadata<Snapshot> | null;
  const timestamp = names.includes(TIMESTAMP_FILE)
    ? readMetadata('timestamp', read(TIMESTAMP_FILE), TIMESTAMP_FILE)
    : null;
  return {
    roots,
    lists: targets && offline ? { targets, offline } : null,
    snapshot: snapshot && checked('snapshot', snapshot, versionedName('snapshot', snapshot.signed.version)),
    timestamp: timestamp && checked('timestamp', timestamp, TIMESTAMP_FILE),
  };
}

/** @throws SigningError where it is none */
export const readRoot = (bytes: Buffer, name: string): Metadata<Root> => readMetadata('root', bytes, name);

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

const versionsOf = (names: readonly string[], role: VersionedRole): number[] =>
  names
    .map((name) => VERSIONED.exec(name))
    .filter((match) => match?.[2] === role)
    .map((match) => Number(match![1]))
    .sort((a, b) => a - b);

/** Whole or not there, also after a power cut; readable by all, as a feed is. */
export function writeFeedFile(path: string, content: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  const beside = `${path}.new`;
  const file = openSync(beside, 'w', 0o644);
  try {
    writeFileSync(file, content);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(beside, path);
}

export const writeVersioned = (folder: string, role: VersionedRole, version: number, content: Buffer): void =>
  writeFeedFile(join(folder, METADATA_FOLDER, versionedName(role, version)), content);

/** For a medium. */
export const writeNewest = (folder: string, role: 'targets' | typeof OFFLINE_ROLE, content: Buffer): void =>
  writeFeedFile(join(folder, METADATA_FOLDER, `${role}.json`), content);

/** Last: from here on clients see all of it. */
export const writeTimestamp = (folder: string, content: Buffer): void =>
  writeFeedFile(join(folder, METADATA_FOLDER, TIMESTAMP_FILE), content);

export function forgetOldVersions(folder: string, kept = KEPT_VERSIONS): void {
  const metadata = join(folder, METADATA_FOLDER);
  const names = namesIn(metadata);
  for (const role of ['targets', 'snapshot', OFFLINE_ROLE] as const)
    for (const version of versionsOf(names, role).slice(0, -kept))
      unlinkSync(join(metadata, versionedName(role, version)));
}
