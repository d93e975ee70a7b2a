/** The root: which keys each role has. A new one is signed by the threshold of the old and of the new (specification 5.3). */
import type { Metadata, Root } from '@tufjs/models';
import {
  expiresAt,
  isSignedBy,
  keysJson,
  type RoleKeys,
  roleJson,
  roleKeysOf,
  signaturesBy,
  unsignedMetadata,
} from './signed-metadata.ts';
import { type PublicSigningKey, shortKeyId } from './signers.ts';
import { SigningError } from './signing-error.ts';

/** Those that a root names; the role `offline` is delegated by `targets`. */
export const ROOT_ROLES = ['root', 'targets', 'snapshot', 'timestamp'] as const;
export type RootRole = (typeof ROOT_ROLES)[number];
export type RootRoles = Record<RootRole, RoleKeys>;

export type KeyChanges = {
  add: readonly PublicSigningKey[];
  /** by whole ids or their beginnings */
  remove: readonly string[];
  /** null: as it was */
  threshold: number | null;
};

export type RootContent = { version: number; expiresAtMs: number; roles: RootRoles };

/** @throws SigningError where roles and keys do not fit each other */
export function unsignedRoot({ version, expiresAtMs, roles }: RootContent): Metadata<Root> {
  refuseSharedKeys(roles);
  return unsignedMetadata('root', {
    version,
    expires: expiresAt(expiresAtMs),
    keys: keysJson(Object.values(roles)),
    roles: Object.fromEntries(ROOT_ROLES.map((role) => [role, roleJson(role, roles[role])])),
    consistent_snapshot: true,
  });
}

/** One key for two roles would make the theft of one the theft of both. */
function refuseSharedKeys(roles: RootRoles): void {
  const seen = new Map<string, RootRole>();
  for (const role of ROOT_ROLES)
    for (const { keyId } of roles[role].keys) {
      const other = seen.get(keyId);
      if (other !== undefined && other !== role)
        throw new SigningError(
          `the key ${shortKeyId(keyId)} is of ${other} and of ${role}: each role has keys of its own`,
        );
      seen.set(keyId, role);
    }
}

export function rootRolesOf(root: Metadata<Root>): RootRoles {
  const { keys, roles } = root.signed;
  const of = (role: RootRole): RoleKeys => roleKeysOf(role, keys as never, roles[role]!);
  return { root: of('root'), targets: of('targets'), snapshot: of('snapshot'), timestamp: of('timestamp') };
}

/** @throws SigningError where a key to remove is not there, or one to add is */
export function changedKeys(role: string, { keys, threshold }: RoleKeys, changes: KeyChanges): RoleKeys {
  const removed = changes.remove.map((named) => {
    const found = keys.filter(({ keyId }) => keyId.startsWith(named));
    if (found.length !== 1)
      throw new SigningError(`${role} has ${found.length === 0 ? 'no key' : 'several keys'} ${named}`);
    return found[0]!.keyId;
  });
  const present = changes.add.find((key) => keys.some(({ keyId }) => keyId === key.keyId));
  if (present) throw new SigningError(`${role} has the key ${shortKeyId(present.keyId)} already`);
  const kept = keys.filter(({ keyId }) => !removed.includes(keyId));
  return { keys: [...kept, ...changes.add], threshold: changes.threshold ?? threshold };
}

/** What a root still lacks: by the keys of the one before it, and by its own. */
export function missingRootSignatures(
  root: Metadata<Root>,
  former: Metadata<Root> | null,
): { old: number; own: number } {
  return {
    old: former === null ? 0 : signaturesBy(root, rootRolesOf(former).root).missing,
    own: signaturesBy(root, rootRolesOf(root).root).missing,
  };
}

/** @param chain from the first on. @throws SigningError naming the first that does not follow from the one before */
export function checkRootChain(chain: readonly Metadata<Root>[]): void {
  for (const [at, root] of chain.entries()) {
    const former = chain[at - 1];
    const name = `root ${root.signed.version}`;
    if (former && root.signed.version !== former.signed.version + 1)
      throw new SigningError(`${name} does not follow root ${former.signed.version}`);
    if (former && !isSignedBy(root, rootRolesOf(former).root))
      throw new SigningError(`${name} is not signed by the keys of root ${former.signed.version}`);
    if (!isSignedBy(root, rootRolesOf(root).root)) throw new SigningError(`${name} is not signed by its own keys`);
  }
}
