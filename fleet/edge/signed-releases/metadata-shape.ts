/**
 * What a metadata file may look like at all, checked before @tufjs/models reads it. That library is lenient and copies a map
 * for each of its entries: a file that is within its size, and signed by nobody, could hold a processor for minutes.
 */
import { z } from '#contract/schema.ts';
import { FeedError } from './feed-error.ts';

export type MetadataShape = 'root' | 'timestamp' | 'snapshot' | 'targets';

const MAX_DEPTH = 16;
const MAX_VALUES = 60_000;

const few = <V extends z.ZodType>(value: V, most: number) =>
  z
    .custom<Record<string, unknown>>((map) => isMap(map) && Object.keys(map).length <= most, 'too many of one kind')
    .pipe(z.record(z.string().min(1).max(240), value));
const Version = z.number().int().min(1);
const Hashes = few(z.string().regex(/^[0-9a-f]{1,128}$/), 4);
const Role = z.looseObject({
  keyids: z.array(z.string().max(240)).max(32),
  threshold: z.number().int().min(1).max(32),
});
const Keys = few(
  z.looseObject({ keytype: z.string().max(60), scheme: z.string().max(60), keyval: few(z.string().max(4_000), 4) }),
  64,
);
const File = z.looseObject({ version: Version, length: z.number().int().min(0).optional(), hashes: Hashes.optional() });
const DelegatedRole = Role.extend({
  // also the name of a file
  name: z.string().regex(/^[0-9A-Za-z][0-9A-Za-z_-]{0,60}$/),
  terminating: z.boolean(),
  paths: z.array(z.string().max(240)).max(32).optional(),
  path_hash_prefixes: z.array(z.string().max(64)).max(32).optional(),
});
const common = {
  spec_version: z.string().max(20),
  version: Version,
  expires: z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/),
};
const signed: Record<MetadataShape, z.ZodType> = {
  root: z.looseObject({
    _type: z.literal('root'),
    ...common,
    keys: Keys,
    roles: few(Role, 8),
    // specification 7: without it a client and a signer could read and write two states at once
    consistent_snapshot: z.literal(true),
  }),
  timestamp: z.looseObject({ _type: z.literal('timestamp'), ...common, meta: few(File, 1) }),
  snapshot: z.looseObject({ _type: z.literal('snapshot'), ...common, meta: few(File, 64) }),
  targets: z.looseObject({
    _type: z.literal('targets'),
    ...common,
    targets: few(z.looseObject({ length: z.number().int().min(0), hashes: Hashes }), 1_000),
    delegations: z.looseObject({ keys: Keys, roles: z.array(DelegatedRole).max(16) }).optional(),
  }),
};
const Signatures = z.array(z.looseObject({ keyid: z.string().max(240), sig: z.string().max(4_000) })).max(64);

/**
 * @returns the JSON as it was read, for the models
 * @throws FeedError malformed
 */
export function metadataOf(shape: MetadataShape, bytes: Uint8Array, name: string): never {
  const value = jsonOf(bytes, name);
  const read = z.looseObject({ signed: signed[shape], signatures: Signatures }).safeParse(value);
  if (!read.success) throw new FeedError('malformed', `${name}: ${firstIssue(read.error)}`);
  return value as never;
}

/** @throws FeedError malformed: no JSON in UTF-8, nested too deeply, or numbers that two readers read differently */
export function jsonOf(bytes: Uint8Array, name: string, maxValues = MAX_VALUES): unknown {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch (error) {
    throw new FeedError('malformed', `${name} is no JSON`, { cause: error });
  }
  // without recursion: the depth is what an untrusted file chose
  let values = 0;
  for (let level: unknown[] = [value], depth = 0; level.length > 0; depth += 1) {
    values += level.length;
    if (depth > MAX_DEPTH || values > maxValues)
      throw new FeedError('malformed', `${name} is nested too deeply, or too long`);
    const below: unknown[] = [];
    for (const one of level) {
      if (typeof one === 'number' && !Number.isSafeInteger(one))
        throw new FeedError('malformed', `${name} has a number that is none of ours`);
      if (typeof one !== 'object' || one === null) continue;
      if (Object.hasOwn(one, '__proto__')) throw new FeedError('malformed', `${name} has a name that is none of ours`);
      for (const inner of Object.values(one)) below.push(inner);
    }
    level = below;
  }
  return value;
}

/** Where and why, without what the untrusted file wrote. */
export function firstIssue(error: z.ZodError): string {
  const [issue] = error.issues;
  return issue ? `${issue.path.slice(0, 4).map(String).join('.').slice(0, 80)}: ${issue.code}` : 'not as it must be';
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
