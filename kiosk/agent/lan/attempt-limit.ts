/** Token buckets by network: whoever guesses or floods runs dry alone. Bounded in memory, the longest unused forgotten. */
import { isIPv6, SocketAddress } from 'node:net';

const MOST_KEYS = 2_000;

export class AttemptLimit {
  readonly #burst: number;
  readonly #refillPerMs: number;
  readonly #buckets = new Map<string, { tokens: number; atMs: number }>();

  constructor({ burst, refillPerMinute }: { burst: number; refillPerMinute: number }) {
    this.#burst = burst;
    this.#refillPerMs = refillPerMinute / 60_000;
  }

  allows(key: string, nowMs = performance.now()): boolean {
    return this.#level(key, nowMs) >= 1;
  }

  count(key: string, nowMs = performance.now()): void {
    const tokens = Math.max(0, this.#level(key, nowMs) - 1);
    this.#buckets.delete(key);
    this.#buckets.set(key, { tokens, atMs: nowMs });
    const [longestUnused] = this.#buckets.keys();
    if (this.#buckets.size > MOST_KEYS && longestUnused !== undefined) this.#buckets.delete(longestUnused);
  }

  take(key: string, nowMs = performance.now()): boolean {
    if (!this.allows(key, nowMs)) return false;
    this.count(key, nowMs);
    return true;
  }

  #level(key: string, nowMs: number): number {
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) return this.#burst;
    return Math.min(this.#burst, bucket.tokens + (nowMs - bucket.atMs) * this.#refillPerMs);
  }
}

/** One house's worth of addresses: IPv4 as it is, IPv6 by its /64. */
export function networkOf(remoteAddress: string | undefined): string {
  const address = (remoteAddress ?? 'unknown').replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '');
  if (!isIPv6(address)) return address;
  const [head = '', tail] = new SocketAddress({ address, family: 'ipv6' }).address.split('::');
  const groups = head.split(':').filter(Boolean);
  const behind = tail === undefined ? [] : tail.split(':').filter(Boolean);
  const whole = [...groups, ...Array<string>(8 - groups.length - behind.length).fill('0'), ...behind];
  return `${whole.slice(0, 4).join(':')}::/64`;
}
