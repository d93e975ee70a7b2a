/** How much is too much: requests of one connection, failed hellos and unfinished ones of one address. */

export class TokenBucket {
  readonly #perSecond: number;
  readonly #most: number;
  #level: number;
  #atMs: number;

  constructor(options: { perSecond: number; burst: number; nowMs: number }) {
    this.#perSecond = options.perSecond;
    this.#most = options.burst;
    this.#level = options.burst;
    this.#atMs = options.nowMs;
  }

  /** false: one too many */
  take(nowMs: number): boolean {
    this.#level = Math.min(this.#most, this.#level + ((nowMs - this.#atMs) / 1_000) * this.#perSecond);
    this.#atMs = nowMs;
    if (this.#level < 1) return false;
    this.#level -= 1;
    return true;
  }

  isEmpty(nowMs: number): boolean {
    return this.#level + ((nowMs - this.#atMs) / 1_000) * this.#perSecond < 1;
  }
}

const ADDRESSES_REMEMBERED = 10_000;

/** Of each address: failed hellos a minute, and connections that have not said hello yet. */
export class AddressLimits {
  readonly #failedPerMinute: number;
  readonly #waitingAtOnce: number;
  readonly #failures = new Map<string, TokenBucket>();
  readonly #waiting = new Map<string, number>();

  constructor(options: { failedHellosPerMinute: number; waitingForHelloPerAddress: number }) {
    this.#failedPerMinute = options.failedHellosPerMinute;
    this.#waitingAtOnce = options.waitingForHelloPerAddress;
  }

  /** false: this address has failed too often, or waits with too many already */
  admits(address: string, nowMs: number): boolean {
    if ((this.#waiting.get(address) ?? 0) >= this.#waitingAtOnce) return false;
    return !this.#failures.get(address)?.isEmpty(nowMs);
  }

  waits(address: string): () => void {
    this.#waiting.set(address, (this.#waiting.get(address) ?? 0) + 1);
    let done = false;
    return () => {
      if (done) return;
      done = true;
      const left = (this.#waiting.get(address) ?? 1) - 1;
      if (left > 0) this.#waiting.set(address, left);
      else this.#waiting.delete(address);
    };
  }

  failed(address: string, nowMs: number): void {
    let bucket = this.#failures.get(address);
    if (!bucket) {
      bucket = new TokenBucket({ perSecond: this.#failedPerMinute / 60, burst: this.#failedPerMinute, nowMs });
      this.#failures.set(address, bucket);
      const [oldest] = this.#failures.keys();
      if (this.#failures.size > ADDRESSES_REMEMBERED && oldest !== undefined) this.#failures.delete(oldest);
    }
    bucket.take(nowMs);
  }
}
