/** One run of Chromium: started in a process group of its own, watched over the DevTools pipe, ended with all its children. */
import { type ChildProcess, spawn } from 'node:child_process';
import { DevtoolsPipe } from './devtools-pipe.ts';
import { chromiumFlags, type FlagOptions } from './flags.ts';

const BINARY = process.env.MARU_CHROMIUM ?? '/usr/bin/chromium';
const STOP_WITHIN_MS = 2_000;
/** What the page does with the room's devices: see, hear, move the camera. */
const RIGHTS = ['videoCapture', 'audioCapture', 'cameraPanTiltZoom'];

export class Browser {
  readonly #options: FlagOptions;
  #child: ChildProcess | null = null;
  #devtools: DevtoolsPipe | null = null;
  #gone: Promise<string> = new Promise(() => {});

  constructor(options: FlagOptions) {
    this.#options = options;
  }

  /** @throws when no page answers within `withinMs` */
  async start(withinMs: number): Promise<void> {
    const child = spawn(BINARY, chromiumFlags(this.#options), {
      detached: true,
      // certutil's database is looked for under HOME
      env: { ...process.env, HOME: this.#options.profileDir },
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.#gone = new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve(`the browser ended (${signal ?? code})`));
      child.once('error', (error) => resolve(`the browser did not start: ${error.message}`));
    });
    this.#devtools = new DevtoolsPipe(child.stdio[3] as NodeJS.WritableStream, child.stdio[4] as NodeJS.ReadableStream);
    // a page that is quicker hears of it by the right's own event
    void this.#devtools.allow(new URL(this.#options.url).origin, RIGHTS, withinMs);
    const gone = this.#gone.then((why) => Promise.reject(new Error(why)));
    await Promise.race([this.#devtools.attachToPage(withinMs), gone]);
  }

  /** @returns why it can't be watched any longer: crashed, frozen, gone */
  async watch(lookMs: number, frozenAfterMs: number): Promise<string> {
    const devtools = this.#devtools!;
    const crashed = devtools.crashed.then(() => 'the page crashed');
    for (;;) {
      const answered = devtools.answers(frozenAfterMs).then((alive) => (alive ? null : 'the page is frozen'));
      const why = await Promise.race([this.#gone, crashed, answered]);
      if (why !== null) return why;
      await Promise.race([new Promise((resolve) => setTimeout(resolve, lookMs)), this.#gone, crashed]);
    }
  }

  /** Harmless when it has ended already: its renderers may be left, and go with the group. */
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
    const late = new Promise((resolve) => setTimeout(resolve, STOP_WITHIN_MS));
    await Promise.race([this.#gone, late]);
    signalGroup('SIGKILL');
  }
}
