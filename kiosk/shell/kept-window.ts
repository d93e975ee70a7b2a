/**
 * Keeps a window over the screen's page: opens it once the agent serves that page, watches it, and opens another as soon
 * as it is no longer sound. Owns the order and the pauses; the shell defines a window.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { retryAfterMs } from '#contract/retry-after.ts';
import type { ShellName, ShellWindow } from './shell-window.ts';

const PAUSES = { firstMs: 100, longestMs: 5_000 };
const FIRST_PAGE_WITHIN_MS = 15_000;
const AGENT_LOOK_MS = 200;

export type KeptWindowOptions = {
  /** asked before each start */
  nextShell: () => ShellName;
  open: (shell: ShellName) => ShellWindow;
  /** before each window: what a browser reads at its start alone */
  prepare: () => Promise<void>;
  /** settles with the reason when that has changed since */
  outdated: (signal: AbortSignal) => Promise<string>;
  /** whether the agent serves the page at this moment */
  served: () => Promise<boolean>;
  /** how each start went: what `nextShell` goes by */
  onStarted: (shell: ShellName, shown: boolean) => void;
  log: (line: string) => void;
};

export class KeptWindow {
  readonly #options: KeptWindowOptions;
  readonly #ending = new AbortController();
  #window: ShellWindow | null = null;
  #running: Promise<void> = Promise.resolve();

  constructor(options: KeptWindowOptions) {
    this.#options = options;
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#ending.abort();
    await this.#window?.stop();
    await this.#running;
  }

  /** Of the window that is open; null: none is, or it gives none. */
  async picture(): Promise<Buffer<ArrayBuffer> | null> {
    return (await this.#window?.picture().catch(() => null)) ?? null;
  }

  async #run(): Promise<void> {
    const { nextShell, open, prepare, outdated, onStarted, log } = this.#options;
    let failures = 0;
    while (!this.#ended) {
      await this.#untilServed();
      await prepare();
      if (this.#ended) return;
      const shell = nextShell();
      const window = open(shell);
      this.#window = window;
      const closing = new AbortController();
      try {
        await window.start(FIRST_PAGE_WITHIN_MS);
        failures = 0;
        onStarted(shell, true);
        const why = await Promise.race([window.watch(), outdated(closing.signal)]);
        if (!this.#ended) log(`${shell}: ${why}, it is started again`);
        await window.stop();
      } catch (error) {
        await window.stop();
        if (this.#ended) return;
        onStarted(shell, false);
        const pauseMs = retryAfterMs(failures, PAUSES);
        failures += 1;
        log(`${shell}: ${(error as Error).message}, trying again in ${pauseMs} ms`);
        await this.#pause(pauseMs);
      } finally {
        closing.abort();
      }
    }
  }

  /** A browser that opens before its agent shows an error of its own; the session's picture shows it better. */
  async #untilServed(): Promise<void> {
    let told = false;
    while (!this.#ended && !(await this.#options.served())) {
      if (!told) this.#options.log('the agent does not serve the page yet');
      told = true;
      await this.#pause(AGENT_LOOK_MS);
    }
  }

  get #ended(): boolean {
    return this.#ending.signal.aborted;
  }

  async #pause(forMs: number): Promise<void> {
    await sleep(forMs, undefined, { signal: this.#ending.signal }).catch(() => {});
  }
}
