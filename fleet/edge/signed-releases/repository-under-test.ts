/**
 * For tests: a repository of The Update Framework in memory, as raw JSON, so that a test can sign whatever it likes, also what no
 * signing program of ours would. `files` is what a feed would answer; a test may change it after `publish`.
 */
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ReleaseManifest, ReleaseRole } from '#contract/release.ts';
import { type ReleaseFacts, targetNameOf } from '#contract/update-feed.ts';
import { FeedError } from './feed-error.ts';
import type { FeedReadOptions, FeedSource } from './feed-source.ts';

export type SignedRole = 'root' | 'targets' | 'snapshot' | 'timestamp' | 'offline';
// biome-ignore lint/suspicious/noExplicitAny: raw JSON, which tests change at will
type Json = Record<string, any>;

export const sha256Hex = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');
const DAY_MS = 86_400_000;
export const inDays = (days: number): string => `${new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 19)}Z`;

/** Canonical JSON as the specification refers to it: sorted names, only quotes and backslashes escaped. */
export function canonical(value: unknown): string {
  if (typeof value === 'string') return `"${value.replace(/["\\]/g, '\\$&')}"`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${canonical(name)}:${canonical((value as Json)[name])}`).join(',')}}`;
}

const keyTypes = {
  ed25519: () => generateKeyPairSync('ed25519'),
  rsa: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ecdsa: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
} as const;
const schemes = { ed25519: 'ed25519', rsa: 'rsassa-pss-sha256', ecdsa: 'ecdsa-sha2-nistp256' } as const;

/** A key of a role, and what it signs with. */
export class KeyUnderTest {
  readonly json: Json;
  readonly id: string;
  readonly #privateKey: KeyObject;

  constructor(keytype: keyof typeof keyTypes = 'ed25519', extra: Json = {}, id?: string) {
    const { publicKey, privateKey } = keyTypes[keytype]();
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    // the specification's form of an Ed25519 key: its 32 bytes
    const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex');
    this.json = { keytype, scheme: schemes[keytype], keyval: { public: keytype === 'ed25519' ? raw : pem }, ...extra };
    this.id = id ?? sha256Hex(canonical(this.json));
    this.#privateKey = privateKey;
  }

  sign(signed: unknown): { keyid: string; sig: string } {
    const bytes = Buffer.from(canonical(signed));
    const { keytype } = this.json;
    const key = keytype === 'rsa' ? { key: this.#privateKey, padding: 6, saltLength: 32 } : (this.#privateKey as never);
    return { keyid: this.id, sig: sign(keytype === 'ed25519' ? null : 'sha256', bytes, key).toString('hex') };
  }
}

export type ReleaseInRepository = {
  target: string;
  manifest: ReleaseManifest;
  bytes: Buffer;
  facts: ReleaseFacts;
};

export class RepositoryUnderTest implements FeedSource {
  /** by path, as `metadata/1.root.json` */
  readonly files = new Map<string, Buffer>();
  /** paths in the order in which they were asked for */
  readonly asked: string[] = [];
  /** what is signed of each role; its version is raised by `publish` */
  readonly signed: Record<SignedRole, Json>;
  readonly signers: Record<SignedRole, KeyUnderTest[]>;
  /** lengths and hashes in timestamp and snapshot */
  hasHashes = true;

  constructor() {
    const common = { spec_version: '1.0.31', version: 0, expires: inDays(30) };
    this.signers = {} as never;
    for (const role of ['root', 'targets', 'snapshot', 'timestamp', 'offline'] as const)
      this.signers[role] = [new KeyUnderTest()];
    const role = (name: SignedRole) => ({ keyids: this.signers[name].map(({ id }) => id), threshold: 1 });
    const keys = (...names: SignedRole[]) =>
      Object.fromEntries(names.flatMap((name) => this.signers[name].map((key) => [key.id, key.json])));
    const tops = ['root', 'targets', 'snapshot', 'timestamp'] as const;
    const delegation = { name: 'offline', ...role('offline'), terminating: true, paths: ['*.json'] };
    this.signed = {
      root: {
        _type: 'root',
        ...common,
        consistent_snapshot: true,
        keys: keys(...tops),
        roles: Object.fromEntries(tops.map((name) => [name, role(name)])),
      },
      targets: {
        _type: 'targets',
        ...common,
        targets: {},
        delegations: { keys: keys('offline'), roles: [delegation] },
      },
      offline: { _type: 'targets', ...common, targets: {} },
      snapshot: { _type: 'snapshot', ...common, meta: {} },
      timestamp: { _type: 'timestamp', ...common, meta: {} },
    };
    this.publish('root', 'targets', 'offline', 'snapshot', 'timestamp');
  }

  get pinnedRoot(): Buffer {
    return this.files.get('metadata/1.root.json')!;
  }
  get offlineDelegation(): Json {
    return this.signed.targets.delegations.roles[0];
  }
  /** of the file that was published last */
  pathOf(role: SignedRole): string {
    return role === 'timestamp' ? 'metadata/timestamp.json' : `metadata/${this.signed[role].version}.${role}.json`;
  }

  /** The next version of each, in this order; snapshot and timestamp name what was published before them. */
  publish(...roles: SignedRole[]): void {
    for (const role of roles) {
      this.signed[role].version += 1;
      if (role === 'snapshot') this.nameInSnapshot('targets', 'offline');
      if (role === 'timestamp') this.signed.timestamp.meta['snapshot.json'] = this.#metaOf('snapshot');
      this.write(role);
    }
  }
  publishAll(): void {
    this.publish('targets', 'offline', 'snapshot', 'timestamp');
  }
  nameInSnapshot(...roles: ('targets' | 'offline')[]): void {
    for (const role of roles) this.signed.snapshot.meta[`${role}.json`] = this.#metaOf(role);
  }

  /** Signs as it is, without a new version. */
  write(role: SignedRole, signatures?: unknown[]): void {
    const signed = this.signed[role];
    const bytes = Buffer.from(
      JSON.stringify({ signatures: signatures ?? this.signers[role].map((key) => key.sign(signed)), signed }),
    );
    this.files.set(this.pathOf(role), bytes);
    // of a medium
    if (role === 'targets' || role === 'offline') this.files.set(`metadata/${role}.json`, bytes);
  }

  /** A key for a role; `isSigner`: it signs too. */
  addKey(role: SignedRole, key = new KeyUnderTest(), isSigner = true): KeyUnderTest {
    const place = role === 'offline' ? this.signed.targets.delegations : this.signed.root;
    const roleJson = role === 'offline' ? this.offlineDelegation : place.roles[role];
    place.keys[key.id] = key.json;
    roleJson.keyids.push(key.id);
    if (isSigner) this.signers[role].push(key);
    return key;
  }
  /** Other keys for a role; the root is published with them by the caller. */
  rotateKeys(role: SignedRole): void {
    this.setKeys(role, { keys: [new KeyUnderTest()], threshold: 1 });
  }
  setKeys(
    role: SignedRole,
    { keys, threshold, signers = keys }: { keys: KeyUnderTest[]; threshold: number; signers?: KeyUnderTest[] },
  ): void {
    const roleJson = role === 'offline' ? this.offlineDelegation : this.signed.root.roles[role];
    roleJson.keyids = [];
    roleJson.threshold = threshold;
    this.signers[role] = [];
    for (const key of keys) this.addKey(role, key, false);
    this.signers[role] = [...signers];
  }

  /** A release in both lists of targets, unpublished. */
  addRelease(
    contents: Record<string, string | Buffer>,
    { role = 'kiosk' as ReleaseRole, version = '1.0.0', madeAtMs = Date.UTC(2026, 10, 1) } = {},
  ): ReleaseInRepository {
    const files = Object.entries(contents).map(([path, content]) => {
      const sha256 = sha256Hex(content);
      this.files.set(`objects/${sha256}`, Buffer.from(content));
      return { path, mode: '0644' as const, sizeBytes: Buffer.byteLength(content), sha256 };
    });
    return this.addManifest(
      { format: 1, role, version, commit: 'a'.repeat(40), debianPackages: [], files },
      { madeAtMs },
    );
  }

  /** A manifest as it is, however odd, with facts that fit it. */
  addManifest(manifest: ReleaseManifest, { madeAtMs = Date.UTC(2026, 10, 1), facts: stated = {} as Json } = {}) {
    const bytes = Buffer.from(`${JSON.stringify(manifest)}\n`);
    const sha256 = sha256Hex(bytes);
    const { role, version, commit } = manifest;
    const releaseId = `${version}-${sha256.slice(0, 16)}`;
    const sizeBytes = manifest.files.reduce((sum, file) => sum + file.sizeBytes, 0);
    const facts: ReleaseFacts = {
      ...{ releaseId, role, version, commit, madeAtMs, protocol: 1, sizeBytes },
      ...{ fileCount: manifest.files.length, notes: '' },
      ...stated,
    };
    const target = targetNameOf(role, releaseId);
    this.files.set(`targets/${sha256}.${target}`, bytes);
    for (const list of ['targets', 'offline'] as const)
      this.signed[list].targets[target] = { length: bytes.length, hashes: { sha256 }, custom: facts };
    return { target, manifest, bytes, facts };
  }

  async read(path: string, { maxBytes, fromByte = 0 }: FeedReadOptions): Promise<Readable> {
    this.asked.push(path);
    const bytes = this.files.get(path);
    if (bytes === undefined) throw new FeedError('incomplete', `${path} is not there`);
    if (bytes.length > maxBytes) throw new FeedError('too-large', `${path} is too large`);
    return Readable.from([bytes.subarray(fromByte)], { objectMode: false });
  }

  #metaOf(role: 'snapshot' | 'targets' | 'offline'): Json {
    const { version } = this.signed[role];
    const bytes = this.files.get(this.pathOf(role))!;
    return { version, ...(this.hasHashes ? { length: bytes.length, hashes: { sha256: sha256Hex(bytes) } } : {}) };
  }
}
