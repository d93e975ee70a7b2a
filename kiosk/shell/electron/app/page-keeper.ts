/**
 * Keeps the screen's page on the TV inside of a running Electron: loads it, looks each second whether it lives, and
 * loads it anew when it crashed, froze, failed to load or is another. Meanwhile the picture is shown. Owns when; what
 * loading and looking are, is the port's. A page that never comes is the launcher's business: it starts Electron anew.
 */
import { FROZEN_AFTER_MS } from '../../shell-window.ts';
import type { PageLook } from '#edge/chromium/devtools-pipe.ts';
import { watchPage } from '../../watched-page.ts';

const SHOWN_WITHIN_MS = 10_000;
const TRY_AGAIN_MS = 100;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 2_000;
const KILLED_WITHIN_MS = 500;
/** In a row: then the fault is not the page's. */
const HOPELESS_AFTER = 5;

/** The few calls that this needs of a window. */
export type PagePort = {
  /** rejects when the page could not be loaded */
  load: () => Promise<void>;
  look: (withinMs: number) => Promise<PageLook>;
  /** ends the page's process, also a frozen one */
  kill: () => void;
  /** settles when the page's process is gone, with why; a new promise for each load */
  gone: () => Promise<string>;
  show: (what: 'page' | 'picture') => void;
};

export type PageKeeperOptions = {
  page: PagePort;
  onShown: () => void;
  onHopeless: () => void;
  log: (line: string) => void;
};

export class PageKeeper {
  readonly #options: PageKeeperOptions;
  #stopped = false;

  constructor(options: PageKeeperOptions) {
    this.#options = options;
  }

  start(): void {
    void this.#run();
  }

  stop(): void {
    this.#stopped = true;
  }

  async #run(): Promise<void> {
    const { page, onShown, onHopeless, log } = this.#options;
    let failures = 0;
    while (!this.#stopped) {
      page.show('picture');
      const gone = page.gone();
      const problem = await this.#load(gone);
      if (problem === null) {
        failures = 0;
        page.show('page');
        onShown();
      } else {
        failures += 1;
      }
      const why = problem ?? (await watchPage({ look: (withinMs) => page.look(withinMs), gone }));
      if (this.#stopped) return;
      log(`${why}, it is loaded anew`);
      page.show('picture');
      if (failures >= HOPELESS_AFTER) {
        onHopeless();
        return;
      }
      // a frozen page loads nothing; its end must not be confused with that of its successor
      page.kill();
      await Promise.race([gone, sleep(KILLED_WITHIN_MS)]);
      await sleep(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** failures));
    }
  }

  /** @returns null when the page is shown, else why not */
  async #load(gone: Promise<string>): Promise<string | null> {
    const { page } = this.#options;
    const untilMs = performance.now() + SHOWN_WITHIN_MS;
    const failed = page.load().then(
      () => new Promise<never>(() => {}),
      (error: Error) => `the page could not be loaded (${error.message})`,
    );
    const ended = Promise.race([gone, failed]);
    while (performance.now() < untilMs && !this.#stopped) {
      const seen = await Promise.race([ended.then((why) => ({ why })), page.look(FROZEN_AFTER_MS)]);
      if (typeof seen === 'object') return seen.why;
      if (seen === 'shown') return null;
      const why = await Promise.race([sleep(TRY_AGAIN_MS), ended]);
      if (typeof why === 'string') return why;
    }
    return 'the page did not come';
  }
}

const sleep = (forMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, forMs));
