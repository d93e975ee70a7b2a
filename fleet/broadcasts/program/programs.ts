/** All programs of this machine, and a browser that waits for the next page of one of them. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { FromProgram, ToProgram } from '#contract/program-link.ts';
import { loadPerCore, patienceAt } from '#edge/busy-machine.ts';
import { ProgramBrowser, type ProgramBrowserOptions } from './program-browser.ts';
import { ProgramRun } from './program-run.ts';

export type ProgramsOptions = Omit<ProgramBrowserOptions, 'height'> & {
  picturesPerSecond: number;
  send: (message: FromProgram) => void;
};

/** After a page is in its call: it draws everybody at once, and people wait for its first pictures. */
const SPARE_AFTER_MS = 3_000;
/** After one that did not start, or ended while it waited. */
const SPARE_AGAIN_MS = 5_000;

/** `ready` rejects where it did not start. */
type Spare = { browser: ProgramBrowser; ready: Promise<void> };

export class Programs {
  readonly #options: ProgramsOptions;
  readonly #runs = new Map<string, ProgramRun>();
  /** by the height of its picture */
  readonly #spares = new Map<number, Spare>();
  /** of a run that has none yet */
  readonly #starting = new Set<ProgramBrowser>();
  #isOver = false;

  constructor(options: ProgramsOptions) {
    this.#options = options;
  }

  get broadcastIds(): string[] {
    return [...this.#runs.keys()];
  }

  runOf(broadcastId: string): ProgramRun | undefined {
    return this.#runs.get(broadcastId);
  }

  /** For tests: resolves once a browser waits at this height. */
  async untilSpare(height: number): Promise<void> {
    while (!this.#spares.has(height)) await sleep(100);
    await this.#spares.get(height)!.ready;
  }

  /** What the fleet server was asked before, it is asked again: it is another one. */
  onFleet(): void {
    for (const run of this.#runs.values()) run.askAgain();
  }

  handle(message: Exclude<ToProgram, { name: 'hello' }>): void {
    const { broadcastId } = message;
    const run = this.#runs.get(broadcastId);
    switch (message.name) {
      case 'run':
        // one that runs goes on; its grant serves where one is wanted
        if (run) {
          run.show(message.show);
          run.giveGrant(message.grant);
        } else this.#start(message);
        return;
      case 'show':
        run?.show(message.show);
        return;
      case 'grant':
        run?.giveGrant(message.grant);
        return;
      case 'no-grant':
        run?.noGrant();
        return;
      case 'replace':
        run?.replace(`what it sends is ${message.why}`);
        return;
      case 'stop':
        this.#runs.delete(broadcastId);
        void run?.end();
        void this.#dropSpares();
    }
  }

  async end(): Promise<void> {
    this.#isOver = true;
    const ended = [...this.#runs.values()].map((run) => run.end());
    this.#runs.clear();
    const starting = [...this.#starting].map((browser) => browser.end());
    await Promise.all([...ended, ...starting, this.#dropSpares()]);
  }

  #start({ broadcastId, height, show, grant }: Extract<ToProgram, { name: 'run' }>): void {
    const { picturesPerSecond, send, log } = this.#options;
    const run = new ProgramRun({
      broadcastId,
      height,
      picturesPerSecond,
      show,
      grant,
      openBrowser: (of) => this.#open(of),
      loadPerCore,
      send: (message) => {
        if (message.name === 'publishing') this.#makeSpareIn(SPARE_AFTER_MS * patienceAt(loadPerCore()), height);
        send(message);
      },
      log: (what, details) => log(what, { broadcastId, ...details }),
    });
    this.#runs.set(broadcastId, run);
  }

  async #open(height: number): Promise<ProgramBrowser> {
    const spare = this.#spares.get(height);
    this.#spares.delete(height);
    const { browser, ready } = spare && !spare.browser.isOver ? spare : this.#startBrowser(height);
    this.#starting.add(browser);
    try {
      await ready;
    } finally {
      this.#starting.delete(browser);
    }
    return browser;
  }

  #makeSpareIn(ms: number, height: number): void {
    const timer = setTimeout(() => this.#runsAt(height) && this.#makeSpare(height), ms);
    timer.unref();
  }

  #makeSpare(height: number): void {
    if (this.#isOver || this.#spares.has(height)) return;
    const spare = this.#startBrowser(height);
    const { browser } = spare;
    const onLost = (why: unknown): void => {
      if (!browser.isOver) this.#options.log('the browser that waits was lost', { why });
      void browser.end();
      if (this.#spares.get(height) !== spare) return;
      this.#spares.delete(height);
      this.#makeSpareIn(SPARE_AGAIN_MS, height);
    };
    spare.ready.catch(onLost);
    void browser.gone.then(onLost);
    this.#spares.set(height, spare);
  }

  #startBrowser(height: number): Spare {
    const { url, trusted, log } = this.#options;
    const browser = new ProgramBrowser({ url, trusted, log, height });
    return { browser, ready: browser.start() };
  }

  #runsAt(height: number): boolean {
    return [...this.#runs.values()].some((run) => run.height === height);
  }

  /** Nobody would need them soon. */
  async #dropSpares(): Promise<void> {
    const dropped = [...this.#spares].filter(([height]) => !this.#runsAt(height));
    for (const [height] of dropped) this.#spares.delete(height);
    await Promise.all(dropped.map(([, { browser }]) => browser.end()));
  }
}
