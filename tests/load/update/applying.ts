/** The process of the update bench that does what a box does: verifies, fetches what it lacks, and measures its own memory. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ReleaseManifest } from '#contract/release.ts';
import { deltaBases } from '#edge/signed-releases/delta-bases.ts';
import { fetchObjects } from '#edge/signed-releases/fetch-objects.ts';
import { HttpFeed } from '#edge/signed-releases/http-feed.ts';
import { ReleaseTrust } from '#edge/signed-releases/release-trust.ts';
import { sha256OfFile } from '#edge/sha256-sums.ts';

export type ApplyOrder = {
  url: string;
  ca: string;
  pinnedRoot: string;
  target: string;
  /** the release that runs, by its paths */
  slot: string;
  formerManifest: string;
  /** for trust and objects */
  folder: string;
};
export type Applied = { receivedBytes: number; grownBytes: number };

const SAMPLE_MS = 5;

process.once('message', (order: ApplyOrder) => {
  apply(order).then(
    (applied) => process.send!(applied),
    (error) => process.send!({ error: String(error) }),
  );
});

async function apply({ url, ca, pinnedRoot, target, slot, formerManifest, folder }: ApplyOrder): Promise<Applied> {
  const bytes = readFileSync(formerManifest);
  const former = ReleaseManifest.parse(JSON.parse(bytes.toString()));
  const base = { sha256: await sha256OfFile(formerManifest), bytes };
  const beforeBytes = process.memoryUsage.rss();
  let mostBytes = beforeBytes;
  const timer = setInterval(() => {
    mostBytes = Math.max(mostBytes, process.memoryUsage.rss());
  }, SAMPLE_MS);
  const source = new HttpFeed({ url, https: { ca } });
  const trust = new ReleaseTrust({ folder: join(folder, 'trust'), pinnedRoot: readFileSync(pinnedRoot) });
  const { manifest } = await (await trust.verify(source, 'online')).manifestOf(target, base);
  const there = new Map(former.files.map((file) => [file.sha256, file.path]));
  const have = async (sha256: string): Promise<boolean> => {
    const path = there.get(sha256);
    return path !== undefined && (await sha256OfFile(join(slot, path))) === sha256;
  };
  await fetchObjects({ manifest, source, folder: join(folder, 'objects'), have, baseOf: deltaBases(former, slot) });
  clearInterval(timer);
  return { receivedBytes: source.receivedBytes, grownBytes: mostBytes - beforeBytes };
}
