/**
 * Metadata of The Update Framework as files: made, signed, read and counted. The one place that signs; which keys a role has
 * is decided in root-metadata.ts and feed-metadata.ts.
 */
import models, { type Metadata, type Root, type Snapshot, type Targets, type Timestamp } from '@tufjs/models';
import { keyJson, type PublicSigningKey, type Signer } from './signers.ts';
import { SigningError } from './signing-error.ts';

export const SPECIFICATION = '1.0.31';

export type AnySigned = Metadata<Root> | Metadata<Targets> | Metadata<Snapshot> | Metadata<Timestamp>;
type Kinds = { root: Root; targets: Targets; snapshot: Snapshot; timestamp: Timestamp };
type Kind = keyof Kinds;

/** The keys of a role, and how many of them must sign. */
export type RoleKeys = { keys: PublicSigningKey[]; threshold: number };

/** Which roles' files are which kind: the delegated role's is a list of targets, too. */
export type SignedRole = Kind | 'offline';

export const expiresAt = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;

/** @param content without `_type` and `spec_version`. @throws TypeError of the library where it is not its kind's */
export function unsignedMetadata<K extends Kind>(kind: K, content: object): Metadata<Kinds[K]> {
  return fromJson(kind, { signed: { _type: kind, spec_version: SPECIFICATION, ...content }, signatures: [] });
}

/** @throws SigningError where it is not metadata of this kind. Signatures are counted elsewhere. */
export function readMetadata<K extends Kind>(kind: K, bytes: Buffer, name: string): Metadata<Kinds[K]> {
  try {
    return fromJson(kind, JSON.parse(bytes.toString('utf8')) as object);
  } catch (error) {
    throw new SigningError(`${name} is no metadata of ${kind}: ${(error as Error).message}`, { cause: error });
  }
}

function fromJson<K extends Kind>(kind: K, json: object): Metadata<Kinds[K]> {
  // the library's kinds are an enum of these words
  return models.Metadata.fromJSON(kind as never, json as never) as unknown as Metadata<Kinds[K]>;
}

/** Adds a signature of each; the same key again replaces its own. */
export function signMetadata(metadata: AnySigned, signers: readonly Signer[]): void {
  for (const { keyId, sign } of signers)
    metadata.sign((bytes) => new models.Signature({ keyID: keyId, sig: sign(bytes).toString('hex') }));
}

/** How many of a role's keys have signed it, each counted once and verified, and how many signatures it still lacks. */
export function signaturesBy(metadata: AnySigned, { keys, threshold }: RoleKeys): { signed: number; missing: number } {
  const valid = new Set<string>();
  for (const { keyId, publicHex } of keys) {
    try {
      models.Key.fromJSON(keyId, keyJson(publicHex) as never).verifySignature(metadata);
      valid.add(publicHex);
    } catch {
      // not by this one
    }
  }
  return { signed: valid.size, missing: Math.max(0, threshold - valid.size) };
}

export const isSignedBy = (metadata: AnySigned, role: RoleKeys): boolean => signaturesBy(metadata, role).missing === 0;

/** The bytes that are published: signatures in the order of their keys, so that equal content gives equal bytes. */
export function metadataBytes(metadata: AnySigned): Buffer {
  const { signatures, ...rest } = metadata.toJSON() as { signatures: { keyid: string }[] };
  const sorted = [...signatures].sort((a, b) => (a.keyid < b.keyid ? -1 : 1));
  return Buffer.from(`${JSON.stringify({ signatures: sorted, ...rest }, null, 1)}\n`);
}

/** For `keys` and `keyids` of metadata. @throws SigningError where a threshold cannot be reached, or a key is there twice */
export function roleJson(role: SignedRole, { keys, threshold }: RoleKeys): { keyids: string[]; threshold: number } {
  const keyids = keys.map(({ keyId }) => keyId).sort();
  const doubled = keyids.find((keyId, at) => keyids.indexOf(keyId) !== at);
  if (doubled !== undefined) throw new SigningError(`${role} has the key ${doubled.slice(0, 12)} twice`);
  if (threshold < 1 || threshold > keys.length)
    throw new SigningError(`${role} needs ${threshold} signatures, but has ${keys.length} keys`);
  return { keyids, threshold };
}

export function keysJson(roles: readonly RoleKeys[]): Record<string, ReturnType<typeof keyJson>> {
  const all = roles.flatMap(({ keys }) => keys).sort((a, b) => (a.keyId < b.keyId ? -1 : 1));
  return Object.fromEntries(all.map(({ keyId, publicHex }) => [keyId, keyJson(publicHex)]));
}

type NamedKeys = Record<string, { keyType: string; keyVal: Record<string, string> }>;

/** Back from metadata. @throws SigningError where a key is missing or none of ours */
export function roleKeysOf(
  role: SignedRole,
  named: NamedKeys,
  found: { keyIDs: string[]; threshold: number },
): RoleKeys {
  const keys = found.keyIDs.map((keyId) => {
    const key = named[keyId];
    const publicHex = key?.keyVal.public;
    if (key?.keyType !== 'ed25519' || publicHex === undefined)
      throw new SigningError(`${role} names the key ${keyId.slice(0, 12)}, which is not there or no Ed25519 key`);
    return { keyId, publicHex };
  });
  return { keys, threshold: found.threshold };
}
