/** One headless Chromium with the program's page in it: started blank, given a call once, and killed with all its processes. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FromProgramPage, PROGRAM_BINDING, type ToProgramPage } from '#contract/program-page.ts';
import { BrowserProcess, QUIET_FLAGS, rootFlags } from '#edge/chromium/browser-process.ts';
import { DevtoolsPipe } from '#edge/chromium/devtools-pipe.ts';
import { TrustedCa } from '#edge/chromium/trusted-ca.ts';
import { loadPerCore, patienceAt } from '#edge/busy-machine.ts';

export type ProgramBrowserOptions = {
  /** of the program's page */
  url: string;
  height: number;
  /** PEM of what the page trusts besides: the fleet's CA, or the office's certificate with its chain; read at each start. '': nothing */
  trusted: () => string;
  log: (what: string, details: { err?: unknown; [detail: string]: unknown }) => void;
};

/** On an idle machine it needs two seconds. */
const START_WITHIN_MS = 20_000;
const EVALUATE_WITHIN_MS = 2_000;
const READY_AGAIN_MS = 250;
const STOP_WITHIN_MS = 500;
/** of a browser of this process, in the folder for temporary files; its number follows */
export const PRIVATE_FOLDER = 'maru-program-';

const widthOf = (height: number): number => Math.round((height * 16) / 9);

const flags = (url: string, height: number): string[] => [
  '--headless=new',
  // the picture that is captured is as large as the page: device metrics set it exactly
  `--window-size=${widthOf(height)},${height}`,
  ...QUIET_FLAGS,
  '--auto-accept-this-tab-capture',
  '--mute-audio',
  // this page is always looked at
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
  '--disable-background-timer-throttling',
  // what is left of a crash would take the processor from the next page
  '--disable-breakpad',
  '--disable-crash-reporter',
  ...rootFlags(),
  url,
];

export class ProgramBrowser {
  readonly #options: ProgramBrowserOptions;
  #browser: BrowserProcess | null = null;
  #devtools: DevtoolsPipe | null = null;
  #home: string | null = null;
  #isOver = false;
  #ended: Promise<void> | null = null;
  #isReady = false;
  #onReady!: () => void;
  /** the page's own word */
  readonly #pageIsReady: Promise<void>;
  #onGone!: (why: string) => void;
  /** settles with the reason, in English, when the page or its browser ended by itself */
  readonly gone: Promise<string>;
  onMessage: (message: FromProgramPage) => void = () => {};

  constructor(options: ProgramBrowserOptions) {
    this.#options = options;
    this.#pageIsReady = new Promise((resolve) => {
      this.#onReady = resolve;
    });
    this.gone = new Promise((resolve) => {
      this.#onGone = resolve;
    });
  }

  get height(): number {
    return this.#options.height;
  }
  get pid(): number | undefined {
    return this.#browser?.pid;
  }
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Resolves once the page can be given a call. @throws where it did not start; nothing is left of it */
  async start(): Promise<void> {
    const { url, height, trusted, log } = this.#options;
    try {
      const home = await mkdtemp(join(tmpdir(), `${PRIVATE_FOLDER}${process.pid}-`));
      this.#home = home;
      for (const [index, pem] of certificatesIn(trusted()).entries()) {
        const found = { name: `maru-${index}`, wanted: () => pem, trust: 'CP,,' } as const;
        await new TrustedCa({ home, ...found, log: (line) => log(line, {}) }).trust();
      }
      if (this.#isOver) throw new Error('given up');
      const browser = new BrowserProcess(home, flags(url, height));
      this.#browser = browser;
      void browser.gone.then((why) => this.#onGone(why));
      const devtools = new DevtoolsPipe(browser.out, browser.incoming, {
        origin: new URL(url).origin,
        binding: { name: PROGRAM_BINDING, onCall: (text) => this.#onCall(text) },
      });
      this.#devtools = devtools;
      void devtools.crashed.then(() => this.#onGone('the page crashed'));
      const failed = this.gone.then((why) => Promise.reject(new Error(why)));
      const withinMs = START_WITHIN_MS * patienceAt(loadPerCore());
      await Promise.race([this.#openPage(devtools, withinMs), failed, rejectAfter(withinMs)]);
    } catch (error) {
      void this.end();
      throw error;
    }
  }

  async #openPage(devtools: DevtoolsPipe, withinMs: number): Promise<void> {
    await devtools.attachToPage(withinMs);
    const { height } = this.#options;
    await devtools.setSize({ width: widthOf(height), height }, EVALUATE_WITHIN_MS);
    // it may have run before the binding was there
    while (!this.#isReady && !this.#isOver) {
      await devtools.evaluate('globalThis.maruProgramStart?.()', EVALUATE_WITHIN_MS, { asTouched: true });
      await Promise.race([this.#pageIsReady, after(READY_AGAIN_MS)]);
    }
  }

  /** Lost where the page is gone: its supervisor replaces it. */
  send(message: ToProgramPage): void {
    void this.evaluate(`globalThis.maruProgram(${JSON.stringify(message)})`);
  }

  /** For tests too: what a page is made to do. */
  async evaluate(expression: string): Promise<unknown> {
    // capturing its own tab wants a touch
    const answer = await this.#devtools?.evaluate(expression, EVALUATE_WITHIN_MS, { asTouched: true });
    return typeof answer === 'object' ? answer.value : undefined;
  }

  /** Kills all its processes at once, whatever state they are in; resolves once its folder is gone. Twice is harmless. */
  end(): Promise<void> {
    this.#ended ??= this.#end();
    return this.#ended;
  }

  async #end(): Promise<void> {
    this.#isOver = true;
    this.onMessage = () => {};
    const home = this.#home;
    const browser = this.#browser;
    browser?.kill();
    if (browser) await Promise.race([browser.gone, after(STOP_WITHIN_MS)]);
    // left where it cannot be removed: the next start tries again
    if (home !== null) await rm(home, { recursive: true, force: true, maxRetries: 5 }).catch(() => {});
  }

  #onCall(text: string): void {
    if (this.#isOver) return;
    let message: FromProgramPage;
    try {
      message = FromProgramPage.parse(JSON.parse(text));
    } catch (error) {
      this.#options.log('the page sent what is no message', { err: error });
      return;
    }
    if (message.name === 'ready') {
      this.#isReady = true;
      this.#onReady();
    } else this.onMessage(message);
  }
}

const certificatesIn = (pem: string): string[] =>
  pem.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----\n?/g) ?? [];

const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms).unref());
const rejectAfter = (ms: number): Promise<never> =>
  after(ms).then(() => Promise.reject(new Error('the page was not ready in time')));

/** Of a process that was killed; its browsers ended with its DevTools pipes. */
export async function removeLeftFolders(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = name.startsWith(PRIVATE_FOLDER) ? Number.parseInt(name.slice(PRIVATE_FOLDER.length), 10) : Number.NaN;
    if (!Number.isNaN(pid) && !isThere(pid)) await rm(join(tmpdir(), name), { recursive: true, force: true });
  }
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
