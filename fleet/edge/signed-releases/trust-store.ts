/**
 * What a machine trusts, in a folder of its own: the newest root, the newest metadata of each kind of feed, and the last time
 * that it knew. Every file is whole or as it was, and each was verified before it was written; so any of them may be newer than
 * the others after a power cut.
 */
import { chmodSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EpochMs, z } from '#contract/schema.ts';
import type { FeedKind } from '#contract/update-feed.ts';
import { writeDurably } from '../durable-file.ts';
import { codeOf, diskError, FeedError } from './feed-error.ts';

const OWNER_ONLY = 0o700;
/** No clock is before this: the day on which this was written. */
const WRITTEN_AT_MS = Date.UTC(2026, 10, 29);
/** A clock may be corrected by so much, or stand beside the fleet's, before it counts as wrong. */
const CLOCK_TOLERANCE_MS = 24 * 3_600_000;
/** Each note of the time is a write to the disk. */
const NOTE_TIME_EVERY_MS = 3_600_000;
const StoredClock = z.object({ knownMs: EpochMs });

/** `root`, or metadata of one kind of feed, as `online/timestamp`. */
export type TrustedName = 'root' | `${FeedKind}/${'timestamp' | 'snapshot' | 'targets' | 'offline'}`;

export class TrustStore {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  /** @throws FeedError disk */
  open(): void {
    try {
      for (const folder of [this.folder, join(this.folder, 'online'), join(this.folder, 'medium')])
        mkdirSync(folder, { recursive: true, mode: OWNER_ONLY });
      chmodSync(this.folder, OWNER_ONLY);
    } catch (error) {
      throw diskError(error, 'the trust store cannot be made');
    }
  }

  /** null: never trusted */
  read(name: TrustedName): Buffer | null {
    try {
      return readFileSync(this.#pathOf(name));
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      throw diskError(error, 'the trust store cannot be read');
    }
  }

  /** @throws FeedError disk */
  write(name: TrustedName, bytes: Buffer): void {
    if (this.read(name)?.equals(bytes)) return;
    try {
      writeDurably(this.#pathOf(name), bytes.toString('utf8'));
    } catch (error) {
      throw diskError(error, 'the trust store cannot be written');
    }
  }

  /**
   * The time by which metadata expires: this machine's, unless it cannot be right.
   * @param fleetNowMs by the fleet's clock, where it is known
   * @param builtAtMs when the software that runs was made
   * @throws FeedError expired
   */
  nowMs(fleetNowMs: number | null, builtAtMs: number): number {
    const machineMs = Date.now();
    const knownMs = this.#knownMs();
    const leastMs = Math.max(WRITTEN_AT_MS, builtAtMs, knownMs);
    if (machineMs < leastMs - CLOCK_TOLERANCE_MS)
      throw new FeedError('expired', `the clock is before ${dayOf(leastMs)}, a day that has been`);
    if (fleetNowMs !== null && Math.abs(machineMs - fleetNowMs) > CLOCK_TOLERANCE_MS)
      throw new FeedError(
        'expired',
        `the clock is ${Math.round((machineMs - fleetNowMs) / 86_400_000)} days from the fleet's`,
      );
    return Math.max(machineMs, leastMs);
  }

  /** Only after metadata was found good by it: so a clock that was years ahead for a day leaves no trace. */
  noteTime(nowMs: number): void {
    if (nowMs < this.#knownMs() + NOTE_TIME_EVERY_MS) return;
    try {
      writeDurably(join(this.folder, 'clock.json'), JSON.stringify({ knownMs: Math.floor(nowMs) }));
    } catch (error) {
      throw diskError(error, 'the trust store cannot be written');
    }
  }

  #knownMs(): number {
    try {
      return StoredClock.parse(JSON.parse(readFileSync(join(this.folder, 'clock.json'), 'utf8'))).knownMs;
    } catch {
      return 0;
    }
  }

  #pathOf(name: TrustedName): string {
    return join(this.folder, `${name}.json`);
  }
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
