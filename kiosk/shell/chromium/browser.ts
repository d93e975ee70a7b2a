/** One run of Chromium: started in a process group of its own, watched over the DevTools pipe, ended with all its children. */
import { type ChildProcess, spawn } from 'node:child_process';
import { unlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { ShellWindow } from '../shell-window.ts';
import { watchPage } from '../watched-page.ts';
import { DevtoolsPipe } from './devtools-pipe.ts';
import { chromiumFlags, type FlagOptions, profileOf } from './flags.ts';

export type BrowserOptions = FlagOptions & { screenKey: () => string | null };

const BINARY = process.env.MARU_CHROMIUM ?? '/usr/bin/chromium';
const STOP_WITHIN_MS = 2_000;
/** The page's rights to the room's devices: camera, microphone, moving the camera. */
const RIGHTS = ['videoCapture', 'audioCapture', 'cameraPanTiltZoom'];
/** What is broken does not end well either. */
const STOP_BROKEN_WITHIN_MS = 200;

export class Browser implements ShellWindow {
  readonly #options: BrowserOptions;
  #child: ChildProcess | null = null;
  #devtools: DevtoolsPipe | null = null;
  #gone: Promise<string> = new Promise(() => {});
  #broken = false;

  constructor(options: BrowserOptions) {
    this.#options = options;
  }

  async start(withinMs: number): Promise<void> {
    const { profileDir, url, screenKey } = this.#options;
    for (const name of ['Lock', 'Socket', 'Cookie']) removeLink(join(profileOf(profileDir), `Singleton${name}`));
    const child = spawn(BINARY, chromiumFlags(this.#options), {
      detached: true,
      // certutil's database is looked for under HOME
      env: { ...process.env, HOME: profileDir },
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.#gone = new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve(`the browser ended (${signal ?? code})`));
      child.once('error', (error) => resolve(`the browser did not start: ${error.message}`));
    });
    const [out, incoming] = [child.stdio[3] as NodeJS.WritableStream, child.stdio[4] as NodeJS.ReadableStream];
    const { origin } = new URL(url);
    this.#devtools = new DevtoolsPipe(out, incoming, { origin, key: screenKey });
    // a page that is quicker is notified by the right's own event
    void this.#devtools.allow(origin, RIGHTS, withinMs);
    const gone = this.#gone.then((why) => Promise.reject(new Error(why)));
    await Promise.race([this.#devtools.attachToPage(withinMs), gone]);
  }

  async watch(): Promise<string> {
    const devtools = this.#devtools!;
    const crashed = devtools.crashed.then(() => 'the page crashed');
    const why = await watchPage({
      look: (withinMs) => devtools.look(withinMs),
      gone: Promise.race([this.#gone, crashed]),
    });
    this.#broken = true;
    return why;
  }

  /** Its renderers may be left when it has ended by itself, and go with the group. */
  async stop(): Promise<void> {
    const child = this.#child;
    if (child?.pid === undefined) return;
    const signalGroup = (signal: NodeJS.Signals): void => {
      try {
        process.kill(-child.pid!, signal);
      } catch {
        // nobody is left in it
      }
    };
    signalGroup('SIGTERM');
    const late = new Promise((resolve) => setTimeout(resolve, this.#broken ? STOP_BROKEN_WITHIN_MS : STOP_WITHIN_MS));
    await Promise.race([this.#gone, late]);
    signalGroup('SIGKILL');
  }
}

/**
 * Chromium's locks are symbolic links to nothing. Left by a power cut, under a former name of the box they keep every
 * browser out; nobody else uses this profile. rmSync would leave them: it looks at what a link points to.
 */
function removeLink(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
