/**
 * Token buckets by key, for attempts that failed: whoever guesses runs dry, whoever is right is never counted.
 * Bounded in memory: full buckets are forgotten, and at the cap the oldest.
 */
export type AttemptLimitOptions = { burst: number; refillPerMinute: number; maxKeys?: number };
type Bucket = { tokens: number; atMs: number };

export class AttemptLimit {
  readonly #burst: number;
  readonly #refillPerMs: number;
  readonly #maxKeys: number;
  readonly #buckets = new Map<string, Bucket>();

  constructor({ burst, refillPerMinute, maxKeys = 10_000 }: AttemptLimitOptions) {
    this.#burst = burst;
    this.#refillPerMs = refillPerMinute / 60_000;
    this.#maxKeys = maxKeys;
  }

  /** May this key try? Takes nothing. */
  allows(key: string, nowMs = Date.now()): boolean {
    return this.#levelOf(key, nowMs) >= 1;
  }

  /** One attempt has failed (or, for limits of use, has been made). */
  count(key: string, nowMs = Date.now()): void {
    const tokens = Math.max(0, this.#levelOf(key, nowMs) - 1);
    // put back last: the map's order is the order of use
    this.#buckets.delete(key);
    this.#buckets.set(key, { tokens, atMs: nowMs });
    if (this.#buckets.size > this.#maxKeys) this.#forget(nowMs);
  }

  /** `count`, if allowed. */
  take(key: string, nowMs = Date.now()): boolean {
    if (!this.allows(key, nowMs)) return false;
    this.count(key, nowMs);
    return true;
  }

  /** What was counted ahead turned out right. */
  giveBack(key: string, nowMs = Date.now()): void {
    const bucket = this.#buckets.get(key);
    if (bucket) this.#buckets.set(key, { tokens: Math.min(this.#burst, this.#levelOf(key, nowMs) + 1), atMs: nowMs });
  }

  #levelOf(key: string, nowMs: number): number {
    const bucket = this.#buckets.get(key);
    if (!bucket) return this.#burst;
    return Math.min(this.#burst, bucket.tokens + (nowMs - bucket.atMs) * this.#refillPerMs);
  }

  #forget(nowMs: number): void {
    for (const key of this.#buckets.keys()) {
      if (this.#buckets.size <= this.#maxKeys / 2 && this.#levelOf(key, nowMs) < this.#burst) break;
      this.#buckets.delete(key);
    }
  }
}
