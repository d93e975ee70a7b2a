/**
 * Fetches again when asked to: at once, one at a time, and not more often than `intervalMs` however often it is asked.
 * What is asked for while one is under way is fetched after it. Where no server answers it is tried again by itself.
 */
import { OperationalError } from '#contract/error-codes.ts';

type PacedFetchOptions<T> = {
  work: (signal: AbortSignal) => Promise<T>;
  onDone: (value: T) => void;
  onFailed: (error: unknown) => void;
  /** INTERVAL_MS where none is given */
  intervalMs?: number;
};

const INTERVAL_MS = 500;
const RETRY_MS = 4_000;

export class PacedFetch<T> {
  readonly #options: PacedFetchOptions<T>;
  readonly #ending = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isUnderWay = false;
  #isAsked = false;
  #notBeforeMs = 0;

  constructor(options: PacedFetchOptions<T>) {
    this.#options = options;
  }

  ask(): void {
    this.#isAsked = true;
    this.#schedule(Math.max(0, this.#notBeforeMs - performance.now()));
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#ending.abort();
  }

  #schedule(delayMs: number): void {
    if (this.#isUnderWay || this.#ending.signal.aborted) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#fetch(), delayMs);
  }

  async #fetch(): Promise<void> {
    const { work, onDone, onFailed, intervalMs } = this.#options;
    this.#isUnderWay = true;
    this.#isAsked = false;
    this.#notBeforeMs = performance.now() + (intervalMs ?? INTERVAL_MS);
    let retryMs: number | null = null;
    try {
      const value = await work(this.#ending.signal);
      if (!this.#ending.signal.aborted) onDone(value);
    } catch (error) {
      if (error instanceof OperationalError) retryMs = RETRY_MS;
      if (!this.#ending.signal.aborted) onFailed(error);
    }
    this.#isUnderWay = false;
    if (this.#isAsked) this.ask();
    else if (retryMs !== null) this.#schedule(retryMs);
  }
}
