/**
 * The feed that this server offers, in a folder of its own: objects by hash for all releases, and one folder of metadata and
 * manifests that a link names. A newer feed is complete beside it before the link is moved, by one rename.
 *
 *     objects/SHA256   feeds/N/{metadata,targets}/   current -> feeds/N   trust/
 */
import { createHash } from 'node:crypto';
import { cp, mkdir, readdir, readFile, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ReleaseManifest } from '#contract/release.ts';
import {
  FEED_LIMITS,
  type FeedKind,
  METADATA_FOLDER,
  OBJECTS_FOLDER,
  type ReleaseFacts,
  targetNameOf,
  TARGETS_FOLDER,
} from '#contract/update-feed.ts';
import { FeedError } from '#edge/signed-releases/feed-error.ts';
import { readWhole } from '#edge/signed-releases/feed-source.ts';
import { fetchObjects } from '#edge/signed-releases/fetch-objects.ts';
import { FolderFeed } from '#edge/signed-releases/folder-feed.ts';
import { ReleaseTrust, type VerifiedFeed } from '#edge/signed-releases/release-trust.ts';

const CURRENT = 'current';
const FEEDS = 'feeds';
const TRUST = 'trust';
const TRIAL = 'trust-trial';
const METADATA_NAME = /^[0-9A-Za-z][0-9A-Za-z.-]{0,80}\.json$/;
/** a folder of metadata that others write has no more than these */
const MOST_METADATA_FILES = 2_000;
/** of metadata; the first is what a feed has at least */
const KINDS: Record<FeedKind, string> = { online: 'timestamp.json', medium: 'offline.json' };

/** A release that boxes may fetch. `feeds`: by which kind, and when that expires. */
export type LibraryRelease = {
  facts: ReleaseFacts;
  feeds: ReadonlyMap<FeedKind, number>;
  targetFile: string;
  manifest: ReleaseManifest;
};
type Found = { releases: Map<string, LibraryRelease>; refused: FeedError | null };

export type FeedLibraryOptions = {
  folder: string;
  /** the content of `update-root.json`; null: this server has none, and takes nothing in */
  pinnedRoot: () => Promise<Buffer | null>;
};

export class FeedLibrary {
  readonly #folder: string;
  readonly #pinnedRoot: FeedLibraryOptions['pinnedRoot'];
  /** as last verified, also when their metadata has expired since */
  #releases: ReadonlyMap<string, LibraryRelease> = new Map();
  #files: ReadonlySet<string> = new Set();

  constructor({ folder, pinnedRoot }: FeedLibraryOptions) {
    this.#folder = folder;
    this.#pinnedRoot = pinnedRoot;
  }

  /** By id. */
  get releases(): ReadonlyMap<string, LibraryRelease> {
    return this.#releases;
  }
  /** Whether a path is part of the feed that is offered now. */
  has(path: string): boolean {
    return this.#files.has(path);
  }
  /** Of a manifest by its hash; null: none of this feed. */
  manifestPath(sha256: string): string | null {
    const start = `${TARGETS_FOLDER}/${sha256}.`;
    return [...this.#files].find((path) => path.startsWith(start)) ?? null;
  }
  /** Of a path that is part of it. */
  fileOf(path: string): string {
    return path.startsWith(`${OBJECTS_FOLDER}/`) ? join(this.#folder, path) : join(this.#folder, CURRENT, path);
  }

  /** What was taken in before. @returns why some of it is not offered any more; null: all of it is */
  async start(): Promise<FeedError | null> {
    await mkdir(join(this.#folder, OBJECTS_FOLDER), { recursive: true, mode: 0o700 });
    await mkdir(join(this.#folder, FEEDS), { recursive: true, mode: 0o700 });
    // a cut in the middle of putting the newer trust in place
    if (!(await isThere(join(this.#folder, TRUST))) && (await isThere(join(this.#folder, TRIAL))))
      await rename(join(this.#folder, TRIAL), join(this.#folder, TRUST));
    const current = await this.#current();
    if (current === null) return null;
    const { releases, refused } = await this.#verify(current, join(this.#folder, TRUST));
    await this.#show(current, releases);
    return refused;
  }

  /**
   * Verifies and takes in. Until all of it is there, what was offered before is offered.
   * @param source itself no link
   * @param keep releases that stay fetchable though the new feed does not name them
   * @returns whether anything changed
   * @throws FeedError
   */
  async takeIn(source: string, keep: ReadonlySet<string>): Promise<boolean> {
    const from = new FolderFeed(source);
    const trial = join(this.#folder, TRIAL);
    const former = await this.#current();
    await rm(trial, { recursive: true, force: true });
    if (await isThere(join(this.#folder, TRUST))) await cp(join(this.#folder, TRUST), trial, { recursive: true });
    const next = join(this.#folder, FEEDS, String(Date.now()));
    try {
      const { releases, refused } = await this.#verify(source, trial);
      if (refused) throw refused;
      // objects first: what names them comes after. Also of a feed that is held already: a disk may have lost some
      for (const { manifest } of releases.values())
        await fetchObjects({ manifest, source: from, folder: join(this.#folder, OBJECTS_FOLDER), retryDelaysMs: [] });
      if (former !== null && (await isSameFeed(from, source, former))) return false;
      await mkdir(join(next, TARGETS_FOLDER), { recursive: true, mode: 0o700 });
      await mkdir(join(next, METADATA_FOLDER), { mode: 0o700 });
      const names = await metadataNames(source);
      if (former !== null) await this.#bringAlong(former, next, names, keep);
      for (const { targetFile } of releases.values())
        await copyFrom(from, `${TARGETS_FOLDER}/${targetFile}`, next, FEED_LIMITS.manifestBytes);
      for (const name of names) await copyFrom(from, `${METADATA_FOLDER}/${name}`, next, FEED_LIMITS.targetsBytes);
      // the source may have changed while it was read: what counts is what we hold
      const held = await this.#verify(next, trial);
      if (held.releases.size < releases.size)
        throw held.refused ?? new FeedError('mixed', 'the feed changed while it was read');
      await this.#requireObjects(held.releases);
      await this.#moveTo(next, trial);
      await this.#show(next, held.releases);
      await this.#removeOld(next);
      return true;
    } catch (error) {
      await rm(next, { recursive: true, force: true });
      throw error;
    } finally {
      await rm(trial, { recursive: true, force: true });
    }
  }

  /** Each kind that is there; one that is refused leaves the other. */
  async #verify(folder: string, trustFolder: string): Promise<Found> {
    const pinnedRoot = await this.#pinnedRoot();
    if (!pinnedRoot) throw new FeedError('signature', 'this server has no root to verify releases with');
    const trust = new ReleaseTrust({ folder: trustFolder, pinnedRoot });
    const releases = new Map<string, LibraryRelease>();
    let refused: FeedError | null = null;
    const names = await metadataNames(folder);
    const kinds = (Object.keys(KINDS) as FeedKind[]).filter((kind) => names.includes(KINDS[kind]));
    if (kinds.length === 0) throw new FeedError('incomplete', 'there is no feed: no metadata that offers anything');
    for (const kind of kinds)
      try {
        await addReleases(releases, await trust.verify(new FolderFeed(folder), kind));
      } catch (error) {
        if (!(error instanceof FeedError)) throw error;
        refused ??= error;
      }
    return { releases, refused: releases.size > 0 && kinds.length > 1 ? null : refused };
  }

  /** Roots, metadata of a kind that the newer feed lacks, and manifests of releases that are still wanted. */
  async #bringAlong(former: string, next: string, newer: readonly string[], keep: ReadonlySet<string>): Promise<void> {
    const lacks = (kind: FeedKind): boolean => !newer.includes(KINDS[kind]);
    for (const name of await metadataNames(former))
      if (name.endsWith('.root.json') || lacks(isOfMedium(name) ? 'medium' : 'online'))
        await cp(join(former, METADATA_FOLDER, name), join(next, METADATA_FOLDER, name));
    for (const [releaseId, { targetFile }] of this.#releases)
      if (keep.has(releaseId))
        await cp(join(former, TARGETS_FOLDER, targetFile), join(next, TARGETS_FOLDER, targetFile));
  }

  async #requireObjects(releases: ReadonlyMap<string, LibraryRelease>): Promise<void> {
    const there = new Set(await readdir(join(this.#folder, OBJECTS_FOLDER)));
    for (const { manifest } of releases.values())
      for (const { sha256 } of manifest.files)
        if (!there.has(sha256)) throw new FeedError('incomplete', `object ${sha256} is not there`);
  }

  /** A cut between the two renames leaves an older trust, which trusts the newer feed as well. */
  async #moveTo(next: string, trial: string): Promise<void> {
    const link = join(this.#folder, `${CURRENT}.new`);
    await rm(link, { force: true });
    await symlink(join(FEEDS, next.slice(next.lastIndexOf('/') + 1)), link);
    await rename(link, join(this.#folder, CURRENT));
    await rm(join(this.#folder, TRUST), { recursive: true, force: true });
    await rename(trial, join(this.#folder, TRUST));
  }

  async #show(folder: string, releases: ReadonlyMap<string, LibraryRelease>): Promise<void> {
    const files = new Set<string>();
    for (const name of await metadataNames(folder)) files.add(`${METADATA_FOLDER}/${name}`);
    for (const name of await namesIn(join(folder, TARGETS_FOLDER))) files.add(`${TARGETS_FOLDER}/${name}`);
    for (const sha256 of await objectsNamedIn(folder, releases)) files.add(`${OBJECTS_FOLDER}/${sha256}`);
    this.#releases = releases;
    this.#files = files;
  }

  /** Feeds before this one, and objects that no manifest names. What is being sent goes on: it is open. */
  async #removeOld(current: string): Promise<void> {
    for (const name of await namesIn(join(this.#folder, FEEDS)))
      if (!current.endsWith(`/${name}`)) await rm(join(this.#folder, FEEDS, name), { recursive: true, force: true });
    for (const name of await namesIn(join(this.#folder, OBJECTS_FOLDER)))
      if (!this.has(`${OBJECTS_FOLDER}/${name}`)) await rm(join(this.#folder, OBJECTS_FOLDER, name), { force: true });
  }

  async #current(): Promise<string | null> {
    try {
      return join(this.#folder, await readlink(join(this.#folder, CURRENT)));
    } catch {
      return null;
    }
  }
}

/** Boxes fetch releases for kiosks alone. */
async function addReleases(releases: Map<string, LibraryRelease>, feed: VerifiedFeed): Promise<void> {
  for (const facts of feed.releases) {
    if (facts.role !== 'kiosk') continue;
    const known = releases.get(facts.releaseId);
    if (known) {
      releases.set(facts.releaseId, { ...known, feeds: new Map(known.feeds).set(feed.kind, feed.expiresAtMs) });
      continue;
    }
    const target = targetNameOf(facts.role, facts.releaseId);
    const { manifest, bytes } = await feed.manifestOf(target);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const feeds = new Map([[feed.kind, feed.expiresAtMs]]);
    releases.set(facts.releaseId, { facts, feeds, targetFile: `${sha256}.${target}`, manifest });
  }
}

/** Also of manifests that were brought along. */
async function objectsNamedIn(folder: string, releases: ReadonlyMap<string, LibraryRelease>): Promise<Set<string>> {
  const named = new Set<string>();
  for (const { manifest } of releases.values()) for (const { sha256 } of manifest.files) named.add(sha256);
  const shown = new Set([...releases.values()].map(({ targetFile }) => targetFile));
  for (const name of await namesIn(join(folder, TARGETS_FOLDER))) {
    if (shown.has(name)) continue;
    // it was verified when it came
    const { files } = JSON.parse(await readFile(join(folder, TARGETS_FOLDER, name), 'utf8')) as ReleaseManifest;
    for (const { sha256 } of files) named.add(sha256);
  }
  return named;
}

async function copyFrom(from: FolderFeed, path: string, to: string, maxBytes: number): Promise<void> {
  await writeFile(join(to, path), await readWhole(from, path, maxBytes), { mode: 0o600, flush: true });
}

async function isSameFeed(from: FolderFeed, source: string, former: string): Promise<boolean> {
  for (const name of await metadataNames(source)) {
    const newer = await readWhole(from, `${METADATA_FOLDER}/${name}`, FEED_LIMITS.targetsBytes);
    const older = await readFile(join(former, METADATA_FOLDER, name)).catch(() => null);
    if (older === null || !newer.equals(older)) return false;
  }
  return true;
}

async function metadataNames(folder: string): Promise<string[]> {
  const names = (await namesIn(join(folder, METADATA_FOLDER))).filter((name) => METADATA_NAME.test(name));
  if (names.length > MOST_METADATA_FILES) throw new FeedError('too-large', 'the feed has too many files of metadata');
  return names.sort();
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch {
    return [];
  }
}

const isOfMedium = (name: string): boolean => name === 'targets.json' || name.endsWith('offline.json');
const isThere = async (folder: string): Promise<boolean> => (await namesIn(folder)).length > 0;
