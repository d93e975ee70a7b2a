/** A map whose entries expire: keys in the order of their coming, the oldest dropped first. */
const MOST_ENTRIES = 20_000;

export class ExpiringMap<T> {
  readonly #keepMs: number;
  readonly #entries = new Map<string, { value: T; untilMs: number }>();

  constructor(keepMs: number) {
    this.#keepMs = keepMs;
  }

  keep(key: string, value: T, keepMs = this.#keepMs): void {
    const nowMs = performance.now();
    this.#entries.delete(key);
    this.#entries.set(key, { value, untilMs: nowMs + keepMs });
    for (const [oldest, { untilMs }] of this.#entries) {
      if (untilMs > nowMs && this.#entries.size <= MOST_ENTRIES) break;
      this.#entries.delete(oldest);
    }
  }

  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    return entry && entry.untilMs > performance.now() ? entry.value : undefined;
  }

  clear(): void {
    this.#entries.clear();
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }
}
