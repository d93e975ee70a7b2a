/** Brings the TV's volume to the room's, where the settings say that it is the TV that sounds. The last wish wins. */
import type { Logger } from 'pino';
import { MaruError } from '#contract/error-codes.ts';
import type { CecAdapter } from './cec-adapter.ts';

export class TvVolume {
  readonly #logger: Logger;
  #adapter: CecAdapter | null = null;
  #wanted: number | null = null;
  #reached: number | null = null;
  #muted = false;
  #working = false;

  constructor({ logger }: { logger: Logger }) {
    this.#logger = logger;
  }

  /** null: there is none, or its TV is off. It may have come on with a volume of its own. */
  use(adapter: CecAdapter | null): void {
    this.#adapter = adapter;
    this.#reached = null;
    this.#muted = false;
    void this.#work();
  }

  want(percent: number): void {
    this.#wanted = percent;
    void this.#work();
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    try {
      while (this.#adapter !== null && this.#wanted !== null && this.#wanted !== this.#reached) {
        const wanted = this.#wanted;
        // tried once: a TV that does not obey is tried again at the next wish
        this.#reached = wanted;
        await this.#bring(this.#adapter, wanted);
      }
    } finally {
      this.#working = false;
    }
  }

  async #bring(adapter: CecAdapter, percent: number): Promise<void> {
    try {
      if (percent === 0) await adapter.mute(true);
      else if (this.#muted) await adapter.mute(false);
      this.#muted = percent === 0;
      // muted it keeps its level, which is where the room comes back to
      if (percent > 0) await adapter.setVolume(percent);
    } catch (error) {
      if (!(error instanceof MaruError)) throw error;
      this.#logger.info({ code: error.code, detail: error.message }, 'tv: the volume was not taken');
    }
  }
}
