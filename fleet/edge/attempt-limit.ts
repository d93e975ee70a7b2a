/**
 * The one rate limiter: token buckets, for one line or by key. By the monotonic clock, so that a wall clock that is set
 * refuses nobody. Bounded in memory: full buckets are forgotten, and at the cap the longest unused.
 */

/** `burst`: the tokens of a full bucket. */
export type BucketRate = { burst: number; refillPerMinute: number };

export class TokenBucket {
  readonly #burst: number;
  readonly #refillPerMs: number;
  #tokens: number;
  #atMs: number;

  constructor({ burst, refillPerMinute }: BucketRate, nowMs = performance.now()) {
    this.#burst = burst;
    this.#refillPerMs = refillPerMinute / 60_000;
    this.#tokens = burst;
    this.#atMs = nowMs;
  }

  /** Never below 0 and never above the burst, also when the clock jumps. */
  levelAt(nowMs = performance.now()): number {
    return Math.min(this.#burst, this.#tokens + Math.max(0, nowMs - this.#atMs) * this.#refillPerMs);
  }

  /** Adds tokens; a negative number removes them. */
  add(tokens: number, nowMs = performance.now()): void {
    this.#tokens = Math.min(this.#burst, Math.max(0, this.levelAt(nowMs) + tokens));
    this.#atMs = Math.max(this.#atMs, nowMs);
  }

  /** false: one too many, and no token is used. */
  take(nowMs = performance.now()): boolean {
    if (this.levelAt(nowMs) < 1) return false;
    this.add(-1, nowMs);
    return true;
  }

  isFull(nowMs = performance.now()): boolean {
    return this.levelAt(nowMs) >= this.#burst;
  }
}

/** Buckets by key, for attempts that failed: guessing runs dry, being right is not counted. */
export class AttemptLimit {
  readonly #rate: BucketRate;
  readonly #maxKeys: number;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor({ maxKeys = 10_000, ...rate }: BucketRate & { maxKeys?: number }) {
    this.#rate = rate;
    this.#maxKeys = maxKeys;
  }

  /** May this key try? Uses no token. */
  allows(key: string, nowMs = performance.now()): boolean {
    return (this.#buckets.get(key)?.levelAt(nowMs) ?? this.#rate.burst) >= 1;
  }

  /** One attempt has failed (or, for limits of use, has been made). */
  count(key: string, nowMs = performance.now()): void {
    const bucket = this.#buckets.get(key) ?? new TokenBucket(this.#rate, nowMs);
    bucket.add(-1, nowMs);
    // put back last: the map's order is the order of use
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > this.#maxKeys) this.#forget(nowMs);
  }

  /** `count`, if allowed. */
  take(key: string, nowMs = performance.now()): boolean {
    if (!this.allows(key, nowMs)) return false;
    this.count(key, nowMs);
    return true;
  }

  /** For an attempt that weighs as much as several. false: too few are left, and none is used. */
  takeSeveral(key: string, tokens: number, nowMs = performance.now()): boolean {
    if ((this.#buckets.get(key)?.levelAt(nowMs) ?? this.#rate.burst) < tokens) return false;
    this.count(key, nowMs);
    this.#buckets.get(key)?.add(1 - tokens, nowMs);
    return true;
  }

  /** Gives back a token that was used ahead for an attempt that turned out right. */
  giveBack(key: string, nowMs = performance.now()): void {
    this.#buckets.get(key)?.add(1, nowMs);
  }

  #forget(nowMs: number): void {
    for (const [key, bucket] of this.#buckets) {
      if (this.#buckets.size <= this.#maxKeys / 2 && !bucket.isFull(nowMs)) break;
      this.#buckets.delete(key);
    }
  }
}
