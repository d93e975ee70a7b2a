/** When the releases of a box were made, by signed facts: no older one replaces what runs. Written by installer and updater. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EpochMs, z } from '#contract/schema.ts';
import { ReleaseId } from '#contract/update-feed.ts';
import { Sha256 } from '#contract/waiting-kiosk.ts';
import { writeDurably } from '#edge/durable-file.ts';

const PlacedReleases = z.record(
  ReleaseId,
  z.object({
    madeAtMs: EpochMs,
    /** of one whose slot was made from a feed; null: it came by an installation */
    manifestSha256: Sha256.nullable(),
  }),
);
export type PlacedReleases = z.infer<typeof PlacedReleases>;

const FILE = 'placed.json';
/** Read by the agent too. */
const FILE_MODE = 0o644;
/** Of releases that nobody has any more, the oldest are forgotten. */
const MOST_PLACED = 50;

/** Of a damaged file nothing is known: releases are placed again. */
export function readPlaced(folder: string): PlacedReleases {
  try {
    return PlacedReleases.parse(JSON.parse(readFileSync(join(folder, FILE), 'utf8')));
  } catch {
    return {};
  }
}

/** Beside those that are known. @throws Node's error */
export function notePlaced(folder: string, releases: PlacedReleases): void {
  const all = Object.entries({ ...readPlaced(folder), ...releases });
  const kept = all.sort(([, a], [, b]) => b.madeAtMs - a.madeAtMs).slice(0, MOST_PLACED);
  writeDurably(join(folder, FILE), `${JSON.stringify(Object.fromEntries(kept))}\n`, FILE_MODE);
}
