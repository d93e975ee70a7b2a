/**
 * Brings a release from the fleet's feed into the staging folder and checks it there. Root trusts nothing of it and checks again.
 * Everything goes on where it was: what is there by its hash is not fetched twice, and what the running release has not at all.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { MANIFEST_FILE, ReleaseManifest } from '#contract/release.ts';
import {
  FEED_LIMITS,
  type FeedKind,
  METADATA_FOLDER,
  OBJECTS_FOLDER,
  OFFLINE_ROLE,
  type ReleaseFacts,
  TARGETS_FOLDER,
  updateFeedRoutes,
} from '#contract/update-feed.ts';
import { writeDurably } from '#edge/durable-file.ts';
import { sha256OfFile } from '#edge/sha256-sums.ts';
import { deltaBases } from '#edge/signed-releases/delta-bases.ts';
import type { DeltaBase } from '#edge/signed-releases/feed-source.ts';
import { codeOf, diskError, FeedError } from '#edge/signed-releases/feed-error.ts';
import { type FeedSource, readWhole } from '#edge/signed-releases/feed-source.ts';
import { fetchObjects } from '#edge/signed-releases/fetch-objects.ts';
import { FolderFeed } from '#edge/signed-releases/folder-feed.ts';
import { HttpFeed } from '#edge/signed-releases/http-feed.ts';
import { ReleaseTrust, type VerifiedRelease } from '#edge/signed-releases/release-trust.ts';
import type { RoomIdentity } from '../room-identity.ts';
import { OlderReleaseError } from './older-release-error.ts';
import type { WantedRelease } from './update-steps.ts';

export type StagingOptions = {
  /** of the feed and of this agent's own trust */
  folder: string;
  rootFile: string;
  /** of the release that runs */
  runningFolder: string | null;
  /** what a room shows to the device API */
  identity: () => Pick<RoomIdentity, 'deviceApiUrl' | 'caPem' | 'keyPem' | 'certificatePem'>;
  megabitsPerSecond: () => number;
  /** of the fleet; null: not known */
  fleetNowMs: () => number | null;
  logger: Logger;
  /** of tests: how patient it is */
  patience?: { retryDelaysMs?: readonly number[]; idleTimeoutMs?: number; rateWindowMs?: number };
};

export type FetchOptions = {
  release: WantedRelease;
  /** of the release that runs; null: not known */
  runningMadeAtMs: number | null;
  runningId: string | null;
  onProgress: (progress: { doneBytes: number; totalBytes: number }) => void;
  signal: AbortSignal;
};

/** When each release of the feed was made, by its signed facts. */
export type FetchedRelease = { facts: ReleaseFacts; runningMadeAtMs: number | null };

/** As a feed names them: with their version, but for the timestamp and the lists of a medium. */
const TRUSTED_ROLES = {
  online: ['timestamp', 'snapshot', 'targets'],
  medium: ['targets', OFFLINE_ROLE],
} as const satisfies Record<FeedKind, readonly string[]>;
const [FEED_PATH] = updateFeedRoutes.file.path.split('*') as [string];

export class StagedRelease {
  readonly #options: StagingOptions;
  readonly #feed: string;

  constructor(options: StagingOptions) {
    this.#options = options;
    this.#feed = join(options.folder, 'feed');
  }

  /** @throws FeedError; or the signal's reason */
  fetch(options: FetchOptions): Promise<FetchedRelease> {
    return this.#fetch(options).catch(asRefused(options.signal));
  }

  /**
   * All of it anew, from the folder alone and from the pinned root, as root will.
   * @throws FeedError; or the signal's reason
   */
  verify(release: WantedRelease, signal: AbortSignal): Promise<void> {
    return this.#verify(release, signal).catch(asRefused(signal));
  }

  async #fetch({ release, runningMadeAtMs, runningId, onProgress, signal }: FetchOptions): Promise<FetchedRelease> {
    const { identity, megabitsPerSecond, runningFolder, logger, patience = {} } = this.#options;
    await this.#makeFolders();
    const { deviceApiUrl, caPem, keyPem, certificatePem } = identity();
    const { retryDelaysMs, ...timeouts } = patience;
    const server = new HttpFeed({
      url: new URL(FEED_PATH, deviceApiUrl).href,
      https: { ca: caPem, key: keyPem, cert: certificatePem },
      rateLimit: megabitsPerSecond,
      signal,
      ...timeouts,
    });
    const trust = await this.#trust();
    const verified = await trust.verify(server, release.feed, this.#options.fleetNowMs() ?? undefined);
    const running = await runningOf(runningFolder);
    const found = await verified.manifestOf(release.target, running?.base);
    requireWanted(found, release);
    const madeAtMs = verified.releases.find(({ releaseId }) => releaseId === runningId)?.madeAtMs ?? runningMadeAtMs;
    if (madeAtMs !== null && found.facts.madeAtMs < madeAtMs) throw new OlderReleaseError();
    await this.#keepTrusted(release.feed);
    await this.#keepRoots(server);
    await this.#keep(join(TARGETS_FOLDER, `${hashOf(found.bytes)}.${release.target}`), found.bytes);
    await this.#forgetOthers(found.manifest);
    const fetched = await fetchObjects({
      manifest: found.manifest,
      source: server,
      folder: join(this.#feed, OBJECTS_FOLDER),
      // root links them from there
      have: async (sha256) => {
        signal.throwIfAborted();
        const path = running?.files.get(sha256);
        return path !== undefined && (await hasHash(path, sha256));
      },
      ...(running && { baseOf: deltaBases(running.manifest, running.folder) }),
      onProgress,
      signal,
      ...(retryDelaysMs && { retryDelaysMs }),
    });
    logger.info({ releaseId: release.releaseId, ...fetched }, 'updates: fetched');
    return { facts: found.facts, runningMadeAtMs: madeAtMs };
  }

  async #verify(release: WantedRelease, signal: AbortSignal): Promise<void> {
    const source = new FolderFeed(this.#feed);
    const folder = join(this.#options.folder, 'trust-of-nobody');
    await rm(folder, { recursive: true, force: true });
    const trust = await this.#trust(folder);
    const verified = await trust.verify(source, release.feed, this.#options.fleetNowMs() ?? undefined);
    const found = await verified.manifestOf(release.target);
    requireWanted(found, release);
    const running = await runningOf(this.#options.runningFolder);
    for (const sha256 of new Set(found.manifest.files.map((file) => file.sha256))) {
      signal.throwIfAborted();
      if (await hasHash(join(this.#feed, OBJECTS_FOLDER, sha256), sha256)) continue;
      const path = running?.files.get(sha256);
      if (path === undefined || !(await hasHash(path, sha256)))
        throw new FeedError('incomplete', `an object is not there any more: ${sha256}`);
    }
  }

  /** The room runs it, or wants none: the disk is for others. The trust stays. */
  async clear(): Promise<void> {
    await rm(this.#feed, { recursive: true, force: true });
  }

  async #trust(folder = join(this.#options.folder, 'trust')): Promise<ReleaseTrust> {
    const { rootFile } = this.#options;
    let pinnedRoot: Buffer;
    try {
      pinnedRoot = await readFile(rootFile);
    } catch (cause) {
      throw diskError(cause, 'the root of trust cannot be read');
    }
    return new ReleaseTrust({ folder, pinnedRoot });
  }

  async #makeFolders(): Promise<void> {
    try {
      for (const name of [METADATA_FOLDER, TARGETS_FOLDER, OBJECTS_FOLDER])
        await mkdir(join(this.#feed, name), { recursive: true, mode: 0o700 });
    } catch (cause) {
      throw diskError(cause, 'the staging folder cannot be made');
    }
  }

  /** What was just trusted: of a feed that has not changed, nothing is read again but the timestamp. */
  async #keepTrusted(kind: FeedKind): Promise<void> {
    for (const role of TRUSTED_ROLES[kind]) {
      const bytes = await readFile(join(this.#options.folder, 'trust', kind, `${role}.json`));
      const isNumbered = kind === 'online' && role !== 'timestamp';
      const name = isNumbered ? `${versionOf(bytes)}.${role}` : role;
      await this.#keep(join(METADATA_FOLDER, `${name}.json`), bytes);
    }
  }

  /** Root's trust may be older than ours: it follows the same rotations, one by one. */
  async #keepRoots(server: FeedSource): Promise<void> {
    const { folder, rootFile } = this.#options;
    const [first, last] = [
      versionOf(await readFile(rootFile)),
      versionOf(await readFile(join(folder, 'trust', 'root.json')).catch(() => null)),
    ];
    for (let version = first + 1; version <= last; version += 1) {
      const path = join(METADATA_FOLDER, `${version}.root.json`);
      const there = await readFile(join(this.#feed, path)).catch(() => null);
      if (there === null) await this.#keep(path, await readWhole(server, path, FEED_LIMITS.rootBytes));
    }
  }

  async #keep(path: string, bytes: Buffer): Promise<void> {
    try {
      writeDurably(join(this.#feed, path), bytes.toString());
    } catch (cause) {
      throw diskError(cause, 'the staging folder cannot be written');
    }
  }

  /** Of a release that is not wanted any more. */
  async #forgetOthers({ files }: ReleaseManifest): Promise<void> {
    const wanted = new Set(files.map(({ sha256 }) => sha256));
    const folder = join(this.#feed, OBJECTS_FOLDER);
    for (const name of await readdir(folder).catch(() => []))
      if (!wanted.has(name.replace(/\.(part|copy)$/, '')))
        await rm(join(folder, name), { force: true, recursive: true });
  }
}

/** What the system refuses here is the disk's doing; anything else is a bug, and stays one. */
const asRefused =
  (signal: AbortSignal) =>
  (error: unknown): never => {
    signal.throwIfAborted();
    throw codeOf(error) === null ? error : diskError(error, 'the staging folder');
  };

function requireWanted({ facts }: VerifiedRelease, { releaseId }: WantedRelease): void {
  if (facts.role !== 'kiosk') throw new FeedError('not-offered', 'the release is not for kiosks');
  if (facts.releaseId !== releaseId)
    throw new FeedError('mixed', 'the target is another release than the one that is wanted');
}

type Running = {
  folder: string;
  manifest: ReleaseManifest;
  base: DeltaBase;
  /** paths by hash */
  files: ReadonlyMap<string, string>;
};

/** What a newer release is mostly the same as. @returns null: nothing runs from a release */
async function runningOf(folder: string | null): Promise<Running | null> {
  if (folder === null) return null;
  try {
    const bytes = await readFile(join(folder, MANIFEST_FILE));
    const manifest = ReleaseManifest.parse(JSON.parse(bytes.toString()));
    const files = new Map(manifest.files.map(({ sha256, path }) => [sha256, join(folder, path)]));
    return { folder, manifest, base: { sha256: hashOf(bytes), bytes }, files };
  } catch {
    return null;
  }
}

const hasHash = async (path: string, sha256: string): Promise<boolean> =>
  (await sha256OfFile(path).catch(() => null)) === sha256;

const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

function versionOf(root: Buffer | null): number {
  try {
    const { signed } = JSON.parse(root?.toString() ?? '') as { signed?: { version?: unknown } };
    return Number.isSafeInteger(signed?.version) ? (signed!.version as number) : 0;
  } catch {
    return 0;
  }
}
