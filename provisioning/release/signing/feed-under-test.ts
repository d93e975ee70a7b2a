/**
 * A small signed feed for tests: keys in memory, releases of given files, a folder as `fleet/contract/update-feed.ts` states it.
 * Signed by the same code as real feeds; whatever a test wants wrong, it breaks afterwards or signs by `sign` itself.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Metadata, Root } from '@tufjs/models';
import { ReleaseManifest, type ReleaseRole } from '#contract/release.ts';
import { OBJECTS_FOLDER, PINNED_ROOT_FILE, type ReleaseFacts, TARGETS_FOLDER } from '#contract/update-feed.ts';
import { type FeedState, newestRoot, readFeed } from './feed-folder.ts';
import { type OfferedTarget, offeredIn } from './feed-metadata.ts';
import { manifestBytes, offeredTargetOf, releaseFactsOf } from './offered-release.ts';
import {
  type Expiries,
  nextLists,
  signedFeed,
  signLists,
  writeLists,
  writeRoots,
  writeSignedFeed,
} from './publish-feed.ts';
import { type ROOT_ROLES, type RootRoles, rootRolesOf, unsignedRoot } from './root-metadata.ts';
import { metadataBytes, signMetadata } from './signed-metadata.ts';
import { newPrivateKey, type Signer, signerOf } from './signers.ts';

type RoleUnderTest = (typeof ROOT_ROLES)[number] | 'offline';
export type KeysUnderTest = Record<RoleUnderTest, Signer[]>;

const DAY_MS = 86_400_000;

/** Three keys of the root, one of each other role. */
export const keysUnderTest = (counts: Partial<Record<RoleUnderTest, number>> = {}): KeysUnderTest => {
  const make = (role: RoleUnderTest, count: number): Signer[] =>
    Array.from({ length: counts[role] ?? count }, () => signerOf(newPrivateKey()));
  return {
    root: make('root', 3),
    targets: make('targets', 1),
    snapshot: make('snapshot', 1),
    timestamp: make('timestamp', 1),
    offline: make('offline', 1),
  };
};

/** Content by path; a text is a file of mode 0644. */
export type FilesUnderTest = Record<string, string | Buffer | { content: string | Buffer; mode: '0644' | '0755' }>;

export type ReleaseUnderTestOptions = {
  /** default: kiosk */
  role?: ReleaseRole;
  /** default: 1.0.0 */
  version?: string;
  /** default: forty times `a` */
  commit?: string | null;
  /** default: 2026-01-01 */
  madeAtMs?: number;
  notes?: string;
  protocol?: number;
  debianPackages?: string[];
};
export type ReleaseUnderTest = {
  releaseId: string;
  /** name of the target */
  target: string;
  manifest: ReleaseManifest;
  /** of the manifest, as published */
  bytes: Buffer;
  facts: ReleaseFacts;
  offered: OfferedTarget;
};

export type FeedUnderTestOptions = {
  keys?: KeysUnderTest;
  /** signatures that a role needs; default: 2 of the root, 1 of others */
  thresholds?: Partial<Record<RoleUnderTest, number>>;
  /** milliseconds since 1970; default: days from now, as of real feeds */
  expiries?: Partial<Expiries & { root: number }>;
  /** of the first that is published; default: 1 */
  versions?: Partial<Record<'targets' | 'offline' | 'snapshot' | 'timestamp', number>>;
};

export class FeedUnderTest {
  readonly folder: string;
  /** The first root, as a machine has it from its installation. */
  readonly pinnedRoot: Buffer;
  keys: KeysUnderTest;
  readonly #options: FeedUnderTestOptions;

  /** Makes `folder` with `metadata/1.root.json`; nothing is offered before `publish`. */
  constructor(folder: string, options: FeedUnderTestOptions = {}) {
    this.folder = folder;
    this.keys = options.keys ?? keysUnderTest();
    this.#options = options;
    const root = unsignedRoot({ version: 1, expiresAtMs: this.#expiries().root, roles: this.#rootRoles() });
    signMetadata(root, this.keys.root);
    this.pinnedRoot = metadataBytes(root);
    writeRoots(folder, { roots: [root] });
    for (const name of [TARGETS_FOLDER, OBJECTS_FOLDER]) mkdirSync(join(folder, name), { recursive: true });
  }

  /** As it lies in the folder, with every signature checked. */
  get state(): FeedState {
    return readFeed(this.folder)!;
  }

  /** Writes `update-root.json` into a folder, as the installer and a release's folder have it. */
  pinIn(folder: string): void {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, PINNED_ROOT_FILE), this.pinnedRoot);
  }

  /** Writes manifest and objects, and offers nothing yet. */
  addRelease(files: FilesUnderTest, options: ReleaseUnderTestOptions = {}): ReleaseUnderTest {
    const { role = 'kiosk', version = '1.0.0', commit = 'a'.repeat(40), debianPackages = [] } = options;
    const { madeAtMs = Date.UTC(2026, 0, 1), notes = `Maru ${version}`, protocol } = options;
    const listed = Object.entries(files).map(([path, file]) => {
      const { content, mode } =
        typeof file === 'string' || Buffer.isBuffer(file) ? { content: file, mode: '0644' as const } : file;
      const sha256 = createHash('sha256').update(content).digest('hex');
      writeFileSync(join(this.folder, OBJECTS_FOLDER, sha256), content);
      return { path, mode, sizeBytes: Buffer.byteLength(content), sha256 };
    });
    listed.sort((a, b) => (a.path < b.path ? -1 : 1));
    const manifest = ReleaseManifest.parse({ format: 1, role, version, commit, debianPackages, files: listed });
    const bytes = manifestBytes(manifest);
    const facts = releaseFactsOf(manifest, { madeAtMs, notes, protocol });
    const offered = offeredTargetOf(bytes, facts);
    writeFileSync(join(this.folder, TARGETS_FOLDER, `${offered.sha256}.${offered.name}`), bytes);
    return { releaseId: facts.releaseId, target: offered.name, manifest, bytes, facts, offered };
  }

  /**
   * Offers these releases beside those that are offered already, in new versions of everything.
   * @param options.only no others
   */
  publish(
    releases: readonly ReleaseUnderTest[],
    options: { only?: boolean; expiries?: Partial<Expiries>; signers?: readonly Signer[] } = {},
  ): void {
    const state = this.#startingAt(this.state);
    const present = options.only || !state.lists ? [] : this.#offeredNow();
    const added = releases.map(({ offered }) => offered);
    const offered = [...present.filter(({ name }) => !added.some((each) => each.name === name)), ...added];
    const expiries = { ...this.#expiries(), ...options.expiries };
    const signers = options.signers ?? Object.values(this.keys).flat();
    const offline = { keys: this.keys.offline, threshold: this.#options.thresholds?.offline ?? 1 };
    const lists = nextLists(state, { offered, offline }, expiries);
    signLists(state, lists, signers);
    writeSignedFeed(this.folder, signedFeed(state, { lists, signers, expiries }));
  }

  /** Renews snapshot and timestamp alone. */
  renew(expiries: Partial<Expiries> = {}): void {
    const { state } = this;
    const signers = Object.values(this.keys).flat();
    const until = { ...this.#expiries(), ...expiries };
    writeSignedFeed(this.folder, signedFeed(state, { lists: state.lists!, signers, expiries: until }));
  }

  /**
   * The next root, signed by the former and by its own keys; what lies below is signed by the former keys until `publish`.
   * @param keys new ones of some roles
   */
  rotateRoot(
    keys: Partial<KeysUnderTest>,
    options: { signers?: readonly Signer[]; expiresAtMs?: number } = {},
  ): Metadata<Root> {
    const former = newestRoot(this.state);
    const signers = options.signers ?? [...this.keys.root, ...(keys.root ?? [])];
    this.keys = { ...this.keys, ...keys };
    const expiresAtMs = options.expiresAtMs ?? this.#expiries().root;
    const roles = { ...rootRolesOf(former), ...this.#rootRoles() };
    const root = unsignedRoot({ version: former.signed.version + 1, expiresAtMs, roles });
    signMetadata(root, signers);
    writeRoots(this.folder, { roots: [root] });
    return root;
  }

  /** Copies what a medium holds into another folder: every root, the two lists, and what they offer. */
  copyMetadataTo(folder: string): void {
    const { roots, lists } = this.state;
    writeRoots(folder, { roots });
    if (lists) writeLists(folder, lists);
  }

  #offeredNow = (): OfferedTarget[] => offeredIn(this.state.lists!.targets);

  #expiries(): Expiries & { root: number } {
    const inDays = (days: number): number => Date.now() + days * DAY_MS;
    const usual = {
      root: inDays(365),
      targets: inDays(365),
      offline: inDays(180),
      snapshot: inDays(30),
      timestamp: inDays(7),
    };
    return { ...usual, ...this.#options.expiries };
  }

  #rootRoles(): RootRoles {
    const of = (role: (typeof ROOT_ROLES)[number]) => ({
      keys: this.keys[role],
      threshold: this.#options.thresholds?.[role] ?? (role === 'root' ? Math.min(2, this.keys.root.length) : 1),
    });
    return { root: of('root'), targets: of('targets'), snapshot: of('snapshot'), timestamp: of('timestamp') };
  }

  /** Before the first version: as if those before the wanted ones had been published. */
  #startingAt(state: FeedState): FeedState {
    const { versions } = this.#options;
    if (state.lists || !versions) return state;
    const before = (version: number | undefined) => ({ signed: { version: (version ?? 1) - 1 } }) as never;
    return {
      ...state,
      lists: { targets: before(versions.targets), offline: before(versions.offline) },
      snapshot: before(versions.snapshot),
      timestamp: before(versions.timestamp),
    };
  }
}
