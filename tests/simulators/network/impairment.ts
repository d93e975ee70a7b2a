/** What a bad network does to one direction of traffic, as numbers. Decides when or whether a packet arrives; moves nothing. */
import type { Random } from '../seeded-random.ts';

export type Impairment = {
  /** one way */
  delayMs: number;
  /** up to this much more, evenly spread; datagrams may overtake each other, a stream's bytes may not */
  jitterMs: number;
  /** of datagrams; a stream loses nothing */
  lossPercent: number;
  /** from the client, and to it; null: as fast as it comes */
  upBps: number | null;
  downBps: number | null;
};

export const unimpaired: Impairment = { delayMs: 0, jitterMs: 0, lossPercent: 0, upBps: null, downBps: null };

/** Longer than this a link's own queue does not get: what comes then is dropped, as a router's would be. */
const MAX_QUEUE_MS = 500;

export type Way = 'up' | 'down';

/** One direction of one link. `ordered` for streams. */
export class Direction {
  readonly #way: Way;
  readonly #random: Random;
  readonly #ordered: boolean;
  /** when the link has sent all that it was given, by the same clock as `nowMs` */
  #freeAtMs = 0;
  #lastDueMs = 0;

  constructor({ way, random, ordered }: { way: Way; random: Random; ordered: boolean }) {
    this.#way = way;
    this.#random = random;
    this.#ordered = ordered;
  }

  /** When it arrives, or null: lost on the way. */
  dueMs(sizeBytes: number, nowMs: number, impairment: Impairment): number | null {
    const { delayMs, jitterMs, lossPercent } = impairment;
    const rateBps = impairment[`${this.#way}Bps`];
    if (!this.#ordered && lossPercent > 0 && this.#random.next() * 100 < lossPercent) return null;
    let sentMs = nowMs;
    if (rateBps !== null) {
      const startMs = Math.max(nowMs, this.#freeAtMs);
      if (!this.#ordered && startMs - nowMs > MAX_QUEUE_MS) return null;
      sentMs = startMs + (sizeBytes * 8_000) / rateBps;
      this.#freeAtMs = sentMs;
    }
    const due = sentMs + delayMs + (jitterMs > 0 ? this.#random.between(0, jitterMs) : 0);
    if (!this.#ordered) return due;
    this.#lastDueMs = Math.max(this.#lastDueMs, due);
    return this.#lastDueMs;
  }
}
