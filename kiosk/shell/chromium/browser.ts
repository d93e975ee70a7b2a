/** Chromium on the TV: one window over the screen's page, with the page's rights and its key, watched over the DevTools pipe. */
import { BrowserProcess } from '#edge/chromium/browser-process.ts';
import { DevtoolsPipe } from '#edge/chromium/devtools-pipe.ts';
import type { ShellWindow } from '../shell-window.ts';
import { lookExpression, watchPage } from '../watched-page.ts';
import { chromiumFlags, type FlagOptions } from './flags.ts';

export type BrowserOptions = FlagOptions & { profileDir: string; screenKey: () => string | null };

const STOP_WITHIN_MS = 2_000;
const PICTURE_WITHIN_MS = 3_000;
/** The page's rights to the room's devices: camera, microphone, moving the camera. */
const RIGHTS = ['videoCapture', 'audioCapture', 'cameraPanTiltZoom'];
/** What is broken does not end well either. */
const STOP_BROKEN_WITHIN_MS = 200;

export class Browser implements ShellWindow {
  readonly #options: BrowserOptions;
  #process: BrowserProcess | null = null;
  #devtools: DevtoolsPipe | null = null;
  #broken = false;

  constructor(options: BrowserOptions) {
    this.#options = options;
  }

  async start(withinMs: number): Promise<void> {
    const { profileDir, url, screenKey } = this.#options;
    const browser = new BrowserProcess(profileDir, chromiumFlags(this.#options));
    this.#process = browser;
    const { origin } = new URL(url);
    this.#devtools = new DevtoolsPipe(browser.out, browser.incoming, {
      origin,
      lookExpression: () => lookExpression(origin, screenKey()),
    });
    // a page that is quicker is notified by the right's own event
    void this.#devtools.allow(origin, RIGHTS, withinMs);
    const gone = browser.gone.then((why) => Promise.reject(new Error(why)));
    await Promise.race([this.#devtools.attachToPage(withinMs), gone]);
  }

  async watch(): Promise<string> {
    const devtools = this.#devtools!;
    const crashed = devtools.crashed.then(() => 'the page crashed');
    const why = await watchPage({
      look: (withinMs) => devtools.look(withinMs),
      gone: Promise.race([this.#process!.gone, crashed]),
    });
    this.#broken = true;
    return why;
  }

  async picture(): Promise<Buffer<ArrayBuffer> | null> {
    return (await this.#devtools?.picture(PICTURE_WITHIN_MS)) ?? null;
  }

  async stop(): Promise<void> {
    await this.#process?.stop(this.#broken ? STOP_BROKEN_WITHIN_MS : STOP_WITHIN_MS);
  }
}
