/** The peer of the kiosk bench: the same Chromium, with the same flags, in the same kiosk mode, on a page without anything. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromiumFlags } from '../../../kiosk/shell/chromium/flags.ts';

export class BlankBrowser {
  readonly #folder = mkdtempSync(join(tmpdir(), 'maru-blank-'));
  readonly #child: ChildProcess;

  constructor(display: string, page = 'data:text/html,<title>blank</title>') {
    const flags = chromiumFlags({ url: page, headless: false, fakeMedia: true, policyInForce: false });
    this.#child = spawn('/usr/bin/chromium', [`--user-data-dir=${join(this.#folder, 'profile')}`, ...flags], {
      detached: true,
      env: { ...process.env, HOME: this.#folder, DISPLAY: display },
      // the DevTools pipe is held open, as the shell holds it
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
  }

  get pid(): number {
    return this.#child.pid!;
  }

  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    try {
      process.kill(-this.pid, 'SIGTERM');
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 3_000))]);
      process.kill(-this.pid, 'SIGKILL');
    } catch {
      // nobody is left in it
    }
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
