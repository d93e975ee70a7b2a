/** What of a feed is signed below the root: its targets, the same ones for offline media, and which versions belong together. */
import { createHash } from 'node:crypto';
import type { Metadata, Snapshot, Targets, Timestamp } from '@tufjs/models';
import { OFFLINE_ROLE, ReleaseFacts } from '#contract/update-feed.ts';
import {
  expiresAt,
  keysJson,
  metadataBytes,
  type RoleKeys,
  roleJson,
  roleKeysOf,
  unsignedMetadata,
} from './signed-metadata.ts';
import { SigningError } from './signing-error.ts';

/** A target as it is listed: a release's manifest by length and hash, and what is known of the release. */
export type OfferedTarget = { name: string; length: number; sha256: string; facts: ReleaseFacts };
export type TargetsContent = {
  version: number;
  expiresAtMs: number;
  offered: readonly OfferedTarget[];
  /** null: the list is the delegated role's own */
  offline: RoleKeys | null;
};

/** What the delegated role may list: everything that a feed may. */
const OFFLINE_PATHS = ['kiosk-*.json', 'server-*.json'];

export function unsignedTargets({ version, expiresAtMs, offered, offline }: TargetsContent): Metadata<Targets> {
  const sorted = [...offered].sort((a, b) => (a.name < b.name ? -1 : 1));
  const targets = sorted.map(({ name, length, sha256, facts }) => [
    name,
    { length, hashes: { sha256 }, custom: facts },
  ]);
  const delegation = offline && {
    delegations: {
      keys: keysJson([offline]),
      roles: [{ name: OFFLINE_ROLE, ...roleJson(OFFLINE_ROLE, offline), terminating: true, paths: OFFLINE_PATHS }],
    },
  };
  return unsignedMetadata('targets', {
    version,
    expires: expiresAt(expiresAtMs),
    targets: Object.fromEntries(targets) as object,
    ...delegation,
  });
}

/** @throws SigningError where it lists what no command of ours has listed */
export function offeredIn(targets: Metadata<Targets>): OfferedTarget[] {
  return Object.values(targets.signed.targets).map(({ path, length, hashes, custom }) => {
    const facts = ReleaseFacts.safeParse(custom);
    if (!facts.success || hashes.sha256 === undefined)
      throw new SigningError(`the target ${path} is not described whole`);
    return { name: path, length, sha256: hashes.sha256, facts: facts.data };
  });
}

/** @throws SigningError where there is none */
export function offlineKeysOf(targets: Metadata<Targets>): RoleKeys {
  const role = targets.signed.delegations?.roles?.[OFFLINE_ROLE];
  if (!role) throw new SigningError(`targets ${targets.signed.version} delegates no role ${OFFLINE_ROLE}`);
  return roleKeysOf(OFFLINE_ROLE, targets.signed.delegations!.keys as never, role);
}

const metaOf = (metadata: Metadata<Targets> | Metadata<Snapshot>) => {
  const bytes = metadataBytes(metadata);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { version: metadata.signed.version, length: bytes.length, hashes: { sha256 } };
};

/** The lists are signed before: their lengths and hashes are named. */
export function unsignedSnapshot(
  version: number,
  expiresAtMs: number,
  { targets, offline }: { targets: Metadata<Targets>; offline: Metadata<Targets> },
): Metadata<Snapshot> {
  const meta = { [`${OFFLINE_ROLE}.json`]: metaOf(offline), 'targets.json': metaOf(targets) };
  return unsignedMetadata('snapshot', { version, expires: expiresAt(expiresAtMs), meta });
}

export function unsignedTimestamp(
  version: number,
  expiresAtMs: number,
  snapshot: Metadata<Snapshot>,
): Metadata<Timestamp> {
  const meta = { 'snapshot.json': metaOf(snapshot) };
  return unsignedMetadata('timestamp', { version, expires: expiresAt(expiresAtMs), meta });
}
