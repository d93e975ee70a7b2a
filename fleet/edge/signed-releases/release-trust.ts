/** The trust of one machine in signed releases: verifies a feed, and gives the releases that it offers. */
import { createHash } from 'node:crypto';
import type { ReleaseManifest } from '#contract/release.ts';
import { FEED_LIMITS, type FeedKind, type ReleaseFacts } from '#contract/update-feed.ts';
import { FeedError } from './feed-error.ts';
import { trustedRoot, type SignedTarget } from './feed-metadata.ts';
import { type DeltaBase, type FeedSource, readWhole } from './feed-source.ts';
import { verifyMedium } from './medium-metadata.ts';
import { verifyOnline } from './online-metadata.ts';
import { checkedManifest } from './release-manifest.ts';
import { TrustStore } from './trust-store.ts';

export type ReleaseTrustOptions = {
  /** of this trust alone; made where it is not there */
  folder: string;
  /** the content of `update-root.json`, as this machine was installed with */
  pinnedRoot: Buffer;
  /** when the software that runs was made: no clock is right that is before it */
  builtAtMs?: number;
};

export type VerifiedRelease = { manifest: ReleaseManifest; bytes: Buffer; facts: ReleaseFacts };

export type VerifiedFeed = {
  kind: FeedKind;
  releases: ReleaseFacts[];
  /** the first of its parts to expire */
  expiresAtMs: number;
  /**
   * @param base a former manifest, so that a server may answer the difference
   * @throws FeedError not-offered, and why the manifest is refused
   */
  manifestOf(target: string, base?: DeltaBase): Promise<VerifiedRelease>;
};

export class ReleaseTrust {
  readonly #store: TrustStore;
  readonly #pinnedRoot: Buffer;
  readonly #builtAtMs: number;
  /** one after the other: they write the same files */
  #before: Promise<unknown> = Promise.resolve();

  constructor({ folder, pinnedRoot, builtAtMs = 0 }: ReleaseTrustOptions) {
    this.#store = new TrustStore(folder);
    this.#pinnedRoot = pinnedRoot;
    this.#builtAtMs = builtAtMs;
  }

  /**
   * @param fleetNowMs by the fleet's clock, where it is known: this machine's is refused when it is far from it
   * @throws FeedError; or the reason of the signal that ended the source
   */
  verify(source: FeedSource, kind: FeedKind, fleetNowMs?: number): Promise<VerifiedFeed> {
    const verified = this.#before.then(() => this.#verify(source, kind, fleetNowMs ?? null));
    this.#before = verified.catch(() => {});
    return verified;
  }

  async #verify(source: FeedSource, kind: FeedKind, fleetNowMs: number | null): Promise<VerifiedFeed> {
    this.#store.open();
    const nowMs = this.#store.nowMs(fleetNowMs, this.#builtAtMs);
    const root = trustedRoot(this.#store.read('root'), this.#pinnedRoot);
    const verify = { online: verifyOnline, medium: verifyMedium }[kind];
    const { targets, expiresAtMs } = await verify({ store: this.#store, source, root, nowMs });
    this.#store.noteTime(nowMs);
    return {
      kind,
      releases: targets.map(({ facts }) => facts),
      expiresAtMs,
      manifestOf: async (target, base) => {
        const signed = targets.find((one) => one.target === target);
        if (!signed) throw new FeedError('not-offered', 'the feed has no such release');
        return releaseOf(source, signed, base);
      },
    };
  }
}

async function releaseOf(
  source: FeedSource,
  { target, facts, lengthBytes, sha256 }: SignedTarget,
  base: DeltaBase | undefined,
): Promise<VerifiedRelease> {
  const path = `targets/${sha256}.${target}`;
  if (lengthBytes > FEED_LIMITS.manifestBytes) throw new FeedError('too-large', `${path} is stated as too large`);
  const bytes = await readWhole(source, path, lengthBytes, base);
  if (bytes.length < lengthBytes) throw new FeedError('incomplete', `${path} is shorter than stated`);
  if (createHash('sha256').update(bytes).digest('hex') !== sha256)
    throw new FeedError('damaged', `${path} is not what its hash says`);
  return { manifest: checkedManifest(bytes, facts), bytes, facts };
}
