/** Metadata as both kinds of feed read it: which errors mean what, which root is trusted, and the releases of a targets role. */
import { type Key, Metadata, MetadataKind, type Root, type Targets } from '@tufjs/models';
import { ReleaseFacts, TargetName, targetNameOf } from '#contract/update-feed.ts';
import { Sha256 } from '#contract/waiting-kiosk.ts';
import { FeedError } from './feed-error.ts';
import { firstIssue, metadataOf } from './metadata-shape.ts';

/** What signed metadata states of one release. */
export type SignedTarget = { target: string; facts: ReleaseFacts; lengthBytes: number; sha256: string };

/** What was verified of a feed; releases come of it alone. */
export type VerifiedMetadata = { targets: SignedTarget[]; expiresAtMs: number };

/** Of tuf-js and @tufjs/models, whose errors reach us as text within others' text. The tests hold each line. */
const meanings: [RegExp, ConstructorParameters<typeof FeedError>[0]][] = [
  [/was signed by \d+\/\d+ keys|no delegation found|No delegations found|multiple signatures found/, 'signature'],
  [/is expired/, 'expired'],
  [/is less than current version/, 'older'],
  [/does not match snapshot version|version doesn't match timestamp|Expected (length|hash|version) /, 'mixed'],
  [/Missing file .* in new snapshot|Missing .* in snapshot|Hash algorithm .* not supported/, 'mixed'],
  [/Failed to persist metadata/, 'disk'],
];

export function feedErrorOf(error: unknown): FeedError {
  if (error instanceof FeedError) return error;
  const text = error instanceof Error ? error.message : String(error);
  const [, refusal] = meanings.find(([pattern]) => pattern.test(text)) ?? [];
  // text of the library, which may quote the feed: short, and in one line
  return new FeedError(refusal ?? 'malformed', text.replace(/\s+/g, ' ').slice(0, 160), { cause: error });
}

/** @throws FeedError malformed, signature */
export function rootOf(bytes: Uint8Array, name: string): Metadata<Root> {
  const root = modelOf(() => Metadata.fromJSON(MetadataKind.Root, metadataOf('root', bytes, name)));
  requireDistinctKeys(root.signed.keys, name);
  return root;
}

/** @throws FeedError malformed, signature */
export function targetsOf(bytes: Uint8Array, name: string): Metadata<Targets> {
  const targets = modelOf(() => Metadata.fromJSON(MetadataKind.Targets, metadataOf('targets', bytes, name)));
  requireDistinctKeys(targets.signed.delegations?.keys ?? {}, name);
  return targets;
}

function modelOf<M>(read: () => M): M {
  try {
    return read();
  } catch (error) {
    throw feedErrorOf(error);
  }
}

/**
 * One key under two names would count twice towards a threshold.
 * @throws FeedError signature
 */
function requireDistinctKeys(keys: Record<string, Key>, name: string): void {
  const publicKeys = Object.values(keys).map((key) => key.keyVal.public ?? '');
  if (new Set(publicKeys).size !== publicKeys.length) throw new FeedError('signature', `${name} names one key twice`);
}

/**
 * The newer of what was trusted last and of what this machine was installed with. The stored one is not believed where it does
 * not hold by itself: a damaged disk leads back to the pinned one.
 * @throws FeedError malformed, signature: the pinned root is none
 */
export function trustedRoot(stored: Buffer | null, pinned: Buffer): Buffer {
  const pinnedRoot = selfSigned(pinned, 'the pinned root');
  if (stored === null) return pinned;
  try {
    const storedRoot = selfSigned(stored, 'the stored root');
    return storedRoot.signed.version >= pinnedRoot.signed.version ? stored : pinned;
  } catch {
    return pinned;
  }
}

function selfSigned(bytes: Buffer, name: string): Metadata<Root> {
  const root = rootOf(bytes, name);
  modelOf(() => root.verifyDelegate('root', root));
  return root;
}

/**
 * The releases of a role. Names that are no release's are of a later version of us, and left out.
 * @throws FeedError malformed: a release's facts are not what they must be
 */
export function signedTargets(role: Targets): SignedTarget[] {
  return Object.values(role.targets)
    .filter(({ path }) => TargetName.safeParse(path).success)
    .map((file) => {
      const facts = ReleaseFacts.safeParse(file.custom);
      if (!facts.success) throw new FeedError('malformed', `${file.path}: ${firstIssue(facts.error)}`);
      const sha256 = Sha256.safeParse(file.hashes.sha256).data;
      const { releaseId, version, role } = facts.data;
      if (sha256 === undefined) throw new FeedError('malformed', `${file.path} has no SHA-256`);
      if (releaseId !== `${version}-${sha256.slice(0, 16)}` || file.path !== targetNameOf(role, releaseId))
        throw new FeedError('mixed', `${file.path} has the facts of another release`);
      return { target: file.path, facts: facts.data, lengthBytes: file.length, sha256 };
    });
}

/** @throws FeedError expired */
export function requireFresh(name: string, expires: string, nowMs: number): number {
  const expiresAtMs = new Date(expires).getTime();
  if (!(nowMs < expiresAtMs)) throw new FeedError('expired', `${name} is expired since ${expires.slice(0, 10)}`);
  return expiresAtMs;
}
