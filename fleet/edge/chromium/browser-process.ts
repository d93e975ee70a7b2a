/** One run of Chromium: started in a process group of its own with a DevTools pipe, ended with all its children. */
import { type ChildProcess, spawn } from 'node:child_process';
import { unlinkSync } from 'node:fs';
import { join } from 'node:path';

export const chromiumBinary = (): string => process.env.MARU_CHROMIUM ?? '/usr/bin/chromium';
export const profileOf = (home: string): string => join(home, 'profile');

/** A drawn camera and a sounding microphone in place of real ones. Few pictures: they are encoded and drawn without a graphics card. */
export const FAKE_MEDIA_FLAG = '--use-fake-device-for-media-stream=fps=10';

/** Of every browser of ours: nothing that asks, updates, translates or talks to anyone but our own page. */
export const QUIET_FLAGS: readonly string[] = [
  // the DevTools pipe is two inherited descriptors, not a port
  '--remote-debugging-pipe',
  '--no-first-run',
  '--no-default-browser-check',
  '--noerrdialogs',
  '--disable-session-crashed-bubble',
  '--hide-crash-restore-bubble',
  '--disable-infobars',
  '--disable-extensions',
  '--disable-translate',
  '--disable-sync',
  '--disable-quic',
  '--disable-pinch',
  '--overscroll-history-navigation=0',
  '--disable-component-update',
  '--disable-background-networking',
  '--disable-features=Translate,MediaRouter,OptimizationHints',
  // nobody is there to unlock a keyring
  '--password-store=basic',
  // sound without a tap: nobody touches this browser
  '--autoplay-policy=no-user-gesture-required',
];

/** A container's root has no sandbox to go into; a real machine runs the browser as a user of its own. */
export const rootFlags = (): string[] => (process.getuid?.() === 0 ? ['--no-sandbox', '--disable-gpu'] : []);

export class BrowserProcess {
  readonly #child: ChildProcess;
  /** settles with the reason, in English, for the log */
  readonly gone: Promise<string>;

  /** @param home its HOME, of nobody else: holds the profile, and certutil's database where there is one */
  constructor(home: string, flags: readonly string[]) {
    for (const name of ['Lock', 'Socket', 'Cookie']) removeLink(join(profileOf(home), `Singleton${name}`));
    const child = spawn(chromiumBinary(), [`--user-data-dir=${profileOf(home)}`, ...flags], {
      detached: true,
      env: { ...process.env, HOME: home },
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    this.gone = new Promise((resolve) => {
      child.once('exit', (code, signal) => resolve(`the browser ended (${signal ?? code})`));
      child.once('error', (error) => resolve(`the browser did not start: ${error.message}`));
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }
  /** the DevTools pipe, our end */
  get out(): NodeJS.WritableStream {
    return this.#child.stdio[3] as NodeJS.WritableStream;
  }
  get incoming(): NodeJS.ReadableStream {
    return this.#child.stdio[4] as NodeJS.ReadableStream;
  }

  /** Its renderers may be left when it has ended by itself, and go with the group, stopped ones too. */
  async stop(withinMs: number): Promise<void> {
    if (this.pid === undefined) return;
    this.#signalGroup('SIGTERM');
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => {
      timer = setTimeout(resolve, withinMs);
    });
    await Promise.race([this.gone, late]);
    clearTimeout(timer);
    this.kill();
  }

  /** All of it, at once. */
  kill(): void {
    if (this.pid !== undefined) this.#signalGroup('SIGKILL');
  }

  #signalGroup(signal: NodeJS.Signals): void {
    try {
      process.kill(-this.pid!, signal);
    } catch {
      // nobody is left in it
    }
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
