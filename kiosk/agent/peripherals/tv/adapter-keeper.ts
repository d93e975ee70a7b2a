/** Keeps a CEC adapter at hand: finds one, starts it, and finds one again when it has gone. A box may have none. */
import type { Logger } from 'pino';
import { toMaruError } from '#contract/error-codes.ts';
import { retryAfterMs } from '#contract/retry-after.ts';
import type { CecAdapter, CecEvents } from './cec-adapter.ts';

const PAUSES = { firstMs: 2_000, longestMs: 60_000 };
/** One that worked for so long has not failed at starting. */
const SOUND_AFTER_MS = 60_000;

export type KeeperOptions = {
  find: () => Promise<CecAdapter | null>;
  logger: Logger;
  events: Omit<CecEvents, 'onGone'>;
  onFound: (adapter: CecAdapter) => void;
  onGone: () => void;
};

export class AdapterKeeper {
  readonly #options: KeeperOptions;
  #adapter: CecAdapter | null = null;
  #again: NodeJS.Timeout | undefined;
  #failures = 0;
  #opening: Promise<void> = Promise.resolve();
  #stopped = true;
  #told = '';

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  start(): void {
    this.#stopped = false;
    this.#opening = this.#open();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#again);
    await this.#opening;
    const adapter = this.#adapter;
    this.#adapter = null;
    await adapter?.stop();
  }

  async #open(): Promise<void> {
    const { find, events, onFound } = this.#options;
    let adapter: CecAdapter | null = null;
    try {
      adapter = await find();
      if (adapter === null) {
        this.#tell('tv: no CEC adapter, the TV is switched by hand', {});
        this.#openLater();
        return;
      }
      const opened = adapter;
      const startedMs = performance.now();
      let isGone: string | null = null;
      await opened.start({
        ...events,
        onGone: (why) => {
          isGone = why;
          if (this.#adapter === opened) this.#lose(opened, why, performance.now() - startedMs);
        },
      });
      if (this.#stopped) {
        await opened.stop();
      } else if (isGone !== null) {
        this.#lose(opened, isGone, 0);
      } else {
        this.#adapter = opened;
        this.#told = '';
        onFound(opened);
      }
    } catch (error) {
      const { code, message } = toMaruError(error);
      this.#tell('tv: the CEC adapter does not start', { code, detail: message });
      await adapter?.stop().catch(() => {});
      this.#openLater();
    }
  }

  #lose(adapter: CecAdapter, why: string, workedMs: number): void {
    const { logger, onGone } = this.#options;
    logger.warn({ detail: why }, 'tv: the CEC adapter has gone');
    if (this.#adapter !== null) onGone();
    this.#adapter = null;
    if (workedMs > SOUND_AFTER_MS) this.#failures = 0;
    void adapter.stop().catch(() => {});
    this.#openLater();
  }

  #openLater(): void {
    if (this.#stopped) return;
    this.#again = setTimeout(
      () => {
        this.#opening = this.#open();
      },
      retryAfterMs(this.#failures, PAUSES),
    );
    this.#failures += 1;
  }

  /** Once, and again when something else is the matter. */
  #tell(what: string, details: object): void {
    const told = JSON.stringify([what, details]);
    if (told === this.#told) return;
    this.#told = told;
    this.#options.logger.warn(details, what);
  }
}
