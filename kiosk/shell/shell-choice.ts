/**
 * Which shell to start (decision 22). `auto`: Electron where its binary is there and shows the page on this very box,
 * else Chromium. Electron that never came up is given up for this run, aloud: a TV in the other shell beats a dark one.
 */
import type { ShellName } from './shell-window.ts';

/** Starts without a page, before the first with one. */
const GIVE_UP_AFTER = 2;

export type WantedShell = ShellName | 'auto';

export type ShellChoiceOptions = {
  wanted: WantedShell;
  /** null: there is none on this box */
  electronBinary: string | null;
  log: (line: string) => void;
};

export class ShellChoice {
  readonly #options: ShellChoiceOptions;
  #failed = 0;
  #proven = false;

  /** @throws when Electron is wanted by name and is not there */
  constructor(options: ShellChoiceOptions) {
    if (options.wanted === 'electron' && options.electronBinary === null) {
      throw new Error('--shell electron: no binary of Electron is on this box (kiosk/shell/README.md)');
    }
    this.#options = options;
  }

  get next(): ShellName {
    const { wanted, electronBinary } = this.#options;
    if (wanted !== 'auto') return wanted;
    return electronBinary !== null && this.#failed < GIVE_UP_AFTER ? 'electron' : 'chromium';
  }

  note(shell: ShellName, shown: boolean): void {
    if (shell !== 'electron' || this.#options.wanted !== 'auto' || this.#proven) return;
    if (shown) {
      this.#proven = true;
      this.#failed = 0;
      return;
    }
    this.#failed += 1;
    if (this.#failed === GIVE_UP_AFTER)
      this.#options.log('Electron does not come up on this box: Chromium from here on');
  }
}
