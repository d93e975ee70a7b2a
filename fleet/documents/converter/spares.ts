/** One sandbox that is started before it is needed, handed out once, and followed by the next. */
import { OperationalError } from '#contract/error-codes.ts';

export type Spare = {
  ready: Promise<void>;
  isRunning: boolean;
  ended: Promise<unknown>;
  end(): Promise<void>;
};

const STARTS_BEFORE_GIVING_UP = 2;

export class Spares<T extends Spare> {
  readonly #start: () => T;
  #waiting: T | null = null;

  constructor(start: () => T) {
    this.#start = start;
  }

  /** Starts one, where none waits. */
  prepare(): void {
    if (this.#waiting) return;
    const spare = this.#start();
    this.#waiting = spare;
    // one that ended while it waited is not handed out; who took one ends it
    void spare.ended.then(() => {
      if (this.#waiting !== spare) return;
      this.#waiting = null;
      void spare.end();
    });
  }

  /**
   * The one that waits, or a new one, once it is ready.
   * @param signal nobody waits for it any more
   * @throws OperationalError `converter-unavailable`; the signal's reason
   */
  async take(signal: AbortSignal): Promise<T> {
    for (let starts = 1; ; starts += 1) {
      signal.throwIfAborted();
      const spare = this.#waiting ?? this.#start();
      this.#waiting = null;
      const onAbort = (): void => void spare.end();
      signal.addEventListener('abort', onAbort);
      try {
        await spare.ready;
        if (spare.isRunning) return spare;
        throw new Error('it ended while it waited');
      } catch (error) {
        await spare.end();
        signal.throwIfAborted();
        if (starts < STARTS_BEFORE_GIVING_UP) continue;
        throw new OperationalError('converter-unavailable', `no sandbox starts: ${error}`, { cause: error });
      } finally {
        signal.removeEventListener('abort', onAbort);
      }
    }
  }

  async end(): Promise<void> {
    const spare = this.#waiting;
    this.#waiting = null;
    await spare?.end();
  }
}
