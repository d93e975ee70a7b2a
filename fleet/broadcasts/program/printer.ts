/**
 * Prints pages that the fleet server wrote, one at a time: a headless Chromium for each, so that nothing of one meeting is left for
 * the next. Its page runs no script; its browser has no way to any network, whatever the page asks for.
 */
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type FromPrinter, MAX_PDF_BYTES, PDF_PART_BYTES, type ToPrinter } from '#contract/print-link.ts';
import { loadPerCore, patienceAt } from '#edge/busy-machine.ts';
import { BrowserProcess, QUIET_FLAGS, rootFlags } from '#edge/chromium/browser-process.ts';
import { DevtoolsPipe } from '#edge/chromium/devtools-pipe.ts';
import { PRIVATE_FOLDER } from './program-browser.ts';

type Page = Extract<ToPrinter, { name: 'print' }>;
export type PrinterOptions = {
  /** of the font that its pages name: a PDF carries it as it is, while a font with other outlines comes apart into drawings */
  fontFiles: readonly string[];
  send: (message: Exclude<FromPrinter, { name: 'hello' }>) => void;
  log: (what: string, details: { err?: unknown; [detail: string]: unknown }) => void;
};

/** On an idle machine a page of minutes needs three seconds with the start of its browser. */
const START_WITHIN_MS = 20_000;
const STEP_WITHIN_MS = 15_000;
const STOP_WITHIN_MS = 500;
/** more than that wait for nobody: the server has given them up by then */
const MOST_WAITING = 20;

const FLAGS: readonly string[] = [
  '--headless=new',
  ...QUIET_FLAGS,
  '--mute-audio',
  // where nobody serves: loopback addresses too go there
  '--proxy-server=http://127.0.0.1:1',
  '--proxy-bypass-list=<-loopback>',
  '--disable-breakpad',
  '--disable-crash-reporter',
];

export class Printer {
  readonly #options: PrinterOptions;
  #waiting: Page[] = [];
  #work: Promise<void> | null = null;
  #browser: BrowserProcess | null = null;
  #isOver = false;

  constructor(options: PrinterOptions) {
    this.#options = options;
  }

  get isIdle(): boolean {
    return this.#work === null;
  }

  /** Answered by `printed` or `not-printed`. */
  print(page: Page): void {
    if (this.#waiting.length >= MOST_WAITING) this.#refuse(page, 'too many pages wait');
    else this.#waiting.push(page);
    this.#work ??= this.#printAll().finally(() => {
      this.#work = null;
    });
  }

  /** Nobody waits for the answers any more: it is another server, or none. */
  forget(): void {
    this.#waiting = [];
  }

  async end(): Promise<void> {
    this.#isOver = true;
    this.forget();
    this.#browser?.kill();
    await this.#work;
  }

  async #printAll(): Promise<void> {
    for (let page = this.#waiting.shift(); page !== undefined; page = this.#waiting.shift()) {
      try {
        this.#deliver(page, await this.#pdfOf(page.html));
      } catch (error) {
        this.#options.log('a page was not printed', { err: error });
        this.#refuse(page, error instanceof Error ? error.message : 'unknown');
      }
    }
  }

  async #pdfOf(html: string): Promise<Buffer> {
    const home = await mkdtemp(join(tmpdir(), `${PRIVATE_FOLDER}${process.pid}-`));
    // where fontconfig looks for the fonts of one person
    const fonts = join(home, '.fonts');
    await mkdir(fonts);
    for (const file of this.#options.fontFiles) await symlink(file, join(fonts, basename(file)));
    const browser = new BrowserProcess(home, [...FLAGS, ...rootFlags(), 'about:blank']);
    this.#browser = browser;
    try {
      if (this.#isOver) throw new Error('the process ends');
      // a blank page has no origin
      const devtools = new DevtoolsPipe(browser.out, browser.incoming, { origin: 'null' });
      const patience = patienceAt(loadPerCore());
      const failed = Promise.race([browser.gone, devtools.crashed.then(() => 'the page crashed')]);
      const printed = async (): Promise<Buffer> => {
        await devtools.attachToPage(START_WITHIN_MS * patience);
        return devtools.print(html, { withinMs: STEP_WITHIN_MS * patience, maxBytes: MAX_PDF_BYTES });
      };
      return await Promise.race([printed(), failed.then((why) => Promise.reject(new Error(why)))]);
    } finally {
      this.#browser = null;
      browser.kill();
      await Promise.race([browser.gone, new Promise((resolve) => setTimeout(resolve, STOP_WITHIN_MS).unref())]);
      // left where it cannot be removed: the next start tries again
      await rm(home, { recursive: true, force: true, maxRetries: 5 }).catch(() => {});
    }
  }

  #deliver({ printId }: Page, pdf: Buffer): void {
    const partCount = Math.ceil(pdf.length / PDF_PART_BYTES);
    for (let part = 0; part < partCount; part++) {
      const bytes = pdf.subarray(part * PDF_PART_BYTES, (part + 1) * PDF_PART_BYTES);
      this.#options.send({ name: 'printed', printId, part, partCount, pdf: bytes.toString('base64') });
    }
  }

  #refuse({ printId }: Page, why: string): void {
    this.#options.send({ name: 'not-printed', printId, why: why.slice(0, 500) });
  }
}
