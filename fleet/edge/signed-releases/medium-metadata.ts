/**
 * The metadata of a medium: root, targets, and the role `offline` that targets delegates to, with an expiry of months. A closed
 * network has nobody who renews a timestamp each day, and no snapshot names the versions: a medium has its newest as
 * `metadata/targets.json` and `metadata/offline.json`.
 */
import type { Metadata, Root, Targets } from '@tufjs/models';
import { FEED_LIMITS, OFFLINE_ROLE } from '#contract/update-feed.ts';
import { FeedError } from './feed-error.ts';
import { feedErrorOf, requireFresh, rootOf, signedTargets, targetsOf, type VerifiedMetadata } from './feed-metadata.ts';
import { type FeedSource, readWhole } from './feed-source.ts';
import type { TrustStore } from './trust-store.ts';

const MAX_ROOT_ROTATIONS = 256;

type MediumArguments = { store: TrustStore; source: FeedSource; root: Buffer; nowMs: number };

export async function verifyMedium({
  store,
  source,
  root: trusted,
  nowMs,
}: MediumArguments): Promise<VerifiedMetadata> {
  try {
    const root = await newestRootOf(source, trusted, store);
    const rootExpiresAtMs = requireFresh('root', root.signed.expires, nowMs);
    const targets = await roleOf({ store, source, root, delegator: root, name: 'targets', nowMs });
    const offline = await roleOf({ store, source, root, delegator: targets.role, name: OFFLINE_ROLE, nowMs });
    const delegation = targets.role.signed.delegations?.roles?.[OFFLINE_ROLE];
    return {
      // what is not delegated to the role is not its to offer
      targets: signedTargets(offline.role.signed).filter(({ target }) => delegation?.isDelegatedPath(target) === true),
      expiresAtMs: Math.min(rootExpiresAtMs, targets.expiresAtMs, offline.expiresAtMs),
    };
  } catch (error) {
    throw feedErrorOf(error);
  }
}

/** Specification 5.3: one root after the other, each signed by the one before and by itself. */
async function newestRootOf(source: FeedSource, trusted: Buffer, store: TrustStore): Promise<Metadata<Root>> {
  let root = rootOf(trusted, 'root');
  for (let rotation = 0; rotation < MAX_ROOT_ROTATIONS; rotation += 1) {
    const path = `metadata/${root.signed.version + 1}.root.json`;
    const bytes = await readIfThere(source, path, FEED_LIMITS.rootBytes);
    if (bytes === null) break;
    const next = rootOf(bytes, path);
    root.verifyDelegate('root', next);
    if (next.signed.version !== root.signed.version + 1)
      throw new FeedError('mixed', `${path} is version ${next.signed.version}`);
    next.verifyDelegate('root', next);
    store.write('root', bytes);
    root = next;
  }
  return root;
}

type RoleArguments = {
  store: TrustStore;
  source: FeedSource;
  root: Metadata<Root>;
  delegator: Metadata<Root> | Metadata<Targets>;
  name: 'targets' | typeof OFFLINE_ROLE;
  nowMs: number;
};

async function roleOf({ store, source, delegator, name, nowMs }: RoleArguments) {
  const path = `metadata/${name}.json`;
  const bytes = await readWhole(source, path, FEED_LIMITS.targetsBytes);
  const role = targetsOf(bytes, path);
  delegator.verifyDelegate(name, role);
  const former = formerVersion(store.read(`medium/${name}`), delegator, name);
  if (role.signed.version < former)
    throw new FeedError('older', `${path} is version ${role.signed.version}; ${former} was trusted before`);
  const expiresAtMs = requireFresh(path, role.signed.expires, nowMs);
  store.write(`medium/${name}`, bytes);
  return { role, expiresAtMs };
}

/** What the keys of today did not sign does not count: so keys that were stolen are recovered from by others. */
function formerVersion(bytes: Buffer | null, delegator: RoleArguments['delegator'], name: string): number {
  if (bytes === null) return 0;
  try {
    const role = targetsOf(bytes, name);
    delegator.verifyDelegate(name, role);
    return role.signed.version;
  } catch {
    return 0;
  }
}

async function readIfThere(source: FeedSource, path: string, maxBytes: number): Promise<Buffer | null> {
  try {
    return await readWhole(source, path, maxBytes);
  } catch (error) {
    if (error instanceof FeedError && error.refusal === 'incomplete') return null;
    throw error;
  }
}
