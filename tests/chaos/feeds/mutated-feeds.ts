/**
 * Feeds that were damaged, swapped or signed wrongly, one seed each, and what a machine does with them: it refuses them with one of
 * the contract's words, or accepts exactly what was published. The machine verifies the good feed afterwards, so nothing of
 * the bad one is left in its trust.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReleaseManifest } from '#contract/release.ts';
import { ReleasePath } from '#contract/release.ts';
import { FEED_LIMITS, type FeedKind, FeedRefusal } from '#contract/update-feed.ts';
import { FeedError } from '#edge/signed-releases/feed-error.ts';
import { ReleaseTrust } from '#edge/signed-releases/release-trust.ts';
import { RepositoryUnderTest, type SignedRole } from '#edge/signed-releases/repository-under-test.ts';
import { byteMutations, type Dice, diceOf, mutateJson } from './mutations.ts';

type Files = Map<string, Buffer>;
export type MutatedOutcome = { seed: number; what: string; outcome: FeedRefusal | 'accepted'; problem: string | null };

const contents = (version: string) => ({
  'bin/maru.js': `the program, ${version}`,
  'lib/a.js': 'the same in both',
  'lib/b/c.js': version,
  'package.json': JSON.stringify({ name: 'maru', version }),
});

export class MutatedFeeds {
  readonly #repository = new RepositoryUnderTest();
  readonly #stranger = new RepositoryUnderTest();
  /** each a whole good feed: the newest last */
  readonly #generations: Files[] = [];
  /** what may come out of one of them; the first one offered nothing, and a machine that knows no newer one believes it */
  readonly #offers = new Set<string>(['[]']);
  readonly #manifests = new Map<string, Buffer>();
  readonly #folder = mkdtempSync(join(tmpdir(), 'maru-mutated-'));

  constructor() {
    const repository = this.#repository;
    for (const version of ['1.0.0', '1.1.0', '2.0.0']) {
      const releases = [
        repository.addRelease(contents(version), { version }),
        repository.addRelease(contents(version), { version, role: 'server' }),
      ];
      for (const { target, bytes } of releases) this.#manifests.set(target, bytes);
      if (version === '2.0.0') repository.publish('root');
      repository.publish('targets', 'offline', 'snapshot', 'timestamp');
      this.#generations.push(new Map(repository.files));
      const { targets } = repository.signed.targets;
      this.#offers.add(JSON.stringify(Object.values(targets).map((target) => (target as { custom: unknown }).custom)));
    }
    this.#stranger.addRelease(contents('2.0.0'), { version: '2.0.0' });
    this.#stranger.publish('root', 'targets', 'offline', 'snapshot', 'timestamp');
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async run(seed: number): Promise<MutatedOutcome> {
    const dice = diceOf(seed);
    const kind: FeedKind = dice.upTo(2) === 0 ? 'online' : 'medium';
    const good = this.#generations.at(-1)!;
    const files = new Map(good);
    const path = dice.oneOf(pathsOf(files, kind));
    const way = dice.oneOf(['bytes', 'bytes', 'json', 'swap', 'signed'] as const);
    const signed = way === 'signed' ? this.#signedAgain(dice) : null;
    const what = signed?.what ?? this.#spoil(files, { path, way: way === 'signed' ? 'bytes' : way, dice });
    const folder = join(this.#folder, String(seed));
    const trust = new ReleaseTrust({ folder, pinnedRoot: this.#repository.pinnedRoot });
    const done = (outcome: MutatedOutcome['outcome'], problem: string | null) => ({
      ...{ seed, outcome, problem },
      what: `${kind}, ${what}`,
    });
    let outcome: MutatedOutcome['outcome'] = 'accepted';
    try {
      const accepted = await readAll(trust, sourceOf(signed?.files ?? files), kind);
      // what the right keys signed may differ; it must only be a release that can be placed
      const problem = signed ? problemOf(accepted.manifests) : this.#differs(accepted);
      if (problem) return done('accepted', problem);
    } catch (error) {
      if (!(error instanceof FeedError)) return done('malformed', `crashed: ${String(error)}`);
      if (!FeedRefusal.safeParse(error.refusal).success) return done('malformed', `no word: ${error.refusal}`);
      outcome = error.refusal;
    }
    if (signed === null) {
      const problem = await this.#poison(trust, sourceOf(good), kind);
      if (problem) return done(outcome, problem);
    }
    rmSync(folder, { recursive: true, force: true });
    return done(outcome, null);
  }

  #spoil(files: Files, { path, way, dice }: { path: string; way: 'bytes' | 'json' | 'swap'; dice: Dice }): string {
    const bytes = files.get(path)!;
    if (way === 'bytes') {
      const name = dice.oneOf(Object.keys(byteMutations));
      files.set(path, byteMutations[name]!(bytes, dice));
      return `${path}: ${name}`;
    }
    if (way === 'json') {
      const value = JSON.parse(bytes.toString());
      const changes = Array.from({ length: 1 + dice.upTo(3) }, () => mutateJson(value, dice));
      files.set(path, Buffer.from(JSON.stringify(value)));
      return `${path}: ${changes.join(', ')}`;
    }
    const from = dice.oneOf([...this.#generations, this.#stranger.files]);
    const other = dice.oneOf([...from.keys()]);
    // mostly the same part of another feed, which is what an attacker has
    const same = [...from.keys()].find((one) => shapeOf(one) === shapeOf(path));
    const taken = same !== undefined && dice.upTo(4) > 0 ? same : other;
    files.set(path, from.get(taken)!);
    return `${path} is ${taken} of another feed`;
  }

  /** Odd content under good signatures: a signing program with a fault must not crash a room. */
  #signedAgain(dice: Dice): { files: Files; what: string } {
    const repository = this.#repository;
    const before = structuredClone(repository.signed);
    const files = new Map(repository.files);
    try {
      if (dice.upTo(2) === 0) {
        const manifest = JSON.parse(dice.oneOf([...this.#manifests.values()]).toString()) as ReleaseManifest;
        const what = Array.from({ length: 1 + dice.upTo(2) }, () => mutateJson(manifest as never, dice)).join(', ');
        try {
          repository.addManifest(manifest);
        } catch {
          // too odd for facts to be made of it
        }
        repository.publishAll();
        return { files: new Map(repository.files), what: `a manifest, signed: ${what}` };
      }
      const role = dice.oneOf<SignedRole>(['root', 'targets', 'offline', 'snapshot', 'timestamp']);
      const what = mutateJson(repository.signed[role] as never, dice);
      for (const one of ['root', 'targets', 'offline', 'snapshot', 'timestamp'] as const)
        try {
          repository.publish(one);
        } catch {
          // too odd to be named by the next part
        }
      return { files: new Map(repository.files), what: `${role}, signed: ${what}` };
    } finally {
      Object.assign(repository.signed, before);
      repository.files.clear();
      for (const [path, bytes] of files) repository.files.set(path, bytes);
    }
  }

  #differs({ releases, manifests }: Accepted): string | null {
    if (!this.#offers.has(JSON.stringify(releases))) return 'accepted other releases';
    for (const [target, { bytes }] of manifests)
      if (!this.#manifests.get(target)?.equals(bytes)) return `accepted another manifest of ${target}`;
    return null;
  }

  async #poison(trust: ReleaseTrust, source: RepositoryUnderTest, kind: FeedKind): Promise<string | null> {
    try {
      const accepted = await readAll(trust, source, kind);
      return this.#differs(accepted);
    } catch (error) {
      return `the good feed is refused afterwards: ${String(error)}`;
    }
  }
}

type Accepted = { releases: unknown[]; manifests: Map<string, { manifest: ReleaseManifest; bytes: Buffer }> };

async function readAll(trust: ReleaseTrust, source: RepositoryUnderTest, kind: FeedKind): Promise<Accepted> {
  const feed = await trust.verify(source, kind);
  const manifests: Accepted['manifests'] = new Map();
  for (const { role, releaseId } of feed.releases) {
    const target = `${role}-${releaseId}.json`;
    manifests.set(target, await feed.manifestOf(target));
  }
  return { releases: feed.releases, manifests };
}

/** Written apart from the code under test. */
function problemOf(manifests: Accepted['manifests']): string | null {
  for (const { manifest } of manifests.values()) {
    const lower = manifest.files.map(({ path }) => path.toLowerCase()).sort();
    let sizeBytes = 0;
    for (const [index, path] of lower.entries()) {
      if (lower[index - 1] === path) return `accepted ${path} twice`;
      if (lower.some((other) => other.startsWith(`${path}/`))) return `accepted a file below ${path}`;
      if (path.startsWith('/') || path.split('/').some((part) => part === '' || part.startsWith('.')))
        return `accepted ${path}`;
    }
    for (const file of manifest.files) {
      if (!ReleasePath.safeParse(file.path).success || !['0644', '0755'].includes(file.mode))
        return `accepted ${file.path}`;
      if (!Number.isInteger(file.sizeBytes) || file.sizeBytes < 0 || file.sizeBytes > FEED_LIMITS.objectBytes)
        return 'accepted a size';
      sizeBytes += file.sizeBytes;
    }
    if (sizeBytes > FEED_LIMITS.releaseBytes) return 'accepted a release that is too large';
  }
  return null;
}

function sourceOf(files: Files): RepositoryUnderTest {
  const source = Object.create(RepositoryUnderTest.prototype) as RepositoryUnderTest;
  return Object.assign(source, { files, asked: [] });
}

/** What a verification of this kind reads. */
function pathsOf(files: Files, kind: FeedKind): string[] {
  const newest = (role: string) =>
    [...files.keys()].filter((path) => path.endsWith(`.${role}.json`)).sort((a, b) => versionOf(b) - versionOf(a))[0]!;
  const roots = [...files.keys()].filter((path) => path.endsWith('.root.json') && versionOf(path) > 1);
  const manifests = [...files.keys()].filter((path) => path.startsWith('targets/'));
  const lists =
    kind === 'medium'
      ? ['metadata/targets.json', 'metadata/offline.json']
      : ['metadata/timestamp.json', newest('snapshot'), newest('targets')];
  return [...roots, ...lists, ...lists, ...manifests];
}

const versionOf = (path: string): number => Number(/(\d+)\./.exec(path)?.[1] ?? 0);
const shapeOf = (path: string): string => path.replace(/\d+\./, '').replace(/[0-9a-f]{16,}/g, '');
