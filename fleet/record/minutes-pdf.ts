/**
 * Minutes as PDF files, made by the printer of the program process (`contract/print-link.ts`). The newest few are kept in memory:
 * a mail to thirty people is one file, printed once.
 */
import { createHash } from 'node:crypto';
import { OperationalError } from '#contract/error-codes.ts';
import {
  FromPrinter,
  MAX_PDF_BYTES,
  MAX_PRINT_HTML_UNITS,
  MAX_PRINT_MESSAGE_UNITS,
  PRINT_SOCKET,
  type ToPrinter,
} from '#contract/print-link.ts';
import type { Language } from '#contract/schema.ts';
import { ProcessLink } from '#edge/process-link.ts';
import { newId } from '../store/index.ts';
import { minutesPage } from './minutes-page.ts';

/** `text`: Markdown */
export type PrintedMinutes = { text: string; language: Language };
export type MinutesPdfDependencies = {
  dataDir: string;
  log: (what: string, details: { err?: unknown; [detail: string]: unknown }) => void;
  printWithinMs?: number;
};
type Waiting = {
  parts: Buffer[];
  sizeBytes: number;
  resolve: (pdf: Buffer) => void;
  reject: (error: unknown) => void;
  timer: NodeJS.Timeout;
};

/** with those that wait before it; on a busy machine a browser needs most of it */
const PRINT_WITHIN_MS = 60_000;
const MOST_KEPT = 4;
/** what came too late for a mail, or not at all */
const ASKED_AGAIN_AFTER_MS = 60_000;
/** people who ask at once get the same file; beyond that the printer is asked for no more */
const MOST_WAITING = 10;

function pageOf(minutes: PrintedMinutes): { html: string; key: string } {
  const html = minutesPage(minutes);
  return { html, key: createHash('sha256').update(html).digest('hex') };
}

export class MinutesPdf {
  readonly #link: ProcessLink<FromPrinter, ToPrinter>;
  readonly #printWithinMs: number;
  readonly #waiting = new Map<string, Waiting>();
  /** by what is on them, the newest last */
  readonly #kept = new Map<string, Promise<Buffer>>();
  /** until when mails wait, by what is on them; of those that came in time none */
  readonly #mailsWaitUntilMs = new Map<string, number>();

  constructor({ dataDir, log, printWithinMs = PRINT_WITHIN_MS }: MinutesPdfDependencies) {
    this.#printWithinMs = printWithinMs;
    this.#link = new ProcessLink({
      dataDir,
      socketName: PRINT_SOCKET,
      maxMessageLength: MAX_PRINT_MESSAGE_UNITS,
      parse: (raw) => FromPrinter.parse(raw),
      onHello: () => {},
      onMessage: (message) => this.#onMessage(message),
      onStatus: ({ is }) => {
        // what it was asked it has forgotten
        if (is !== 'there') for (const printId of this.#waiting.keys()) this.#fail(printId, 'the printer is away');
      },
      log,
    });
  }

  start(): void {
    this.#link.start();
  }
  stop(): void {
    this.#link.stop();
    for (const printId of this.#waiting.keys()) this.#fail(printId, 'the server ends');
  }

  /** @throws OperationalError printer-unavailable: there is no printer, it is too slow, or it could not */
  async of(minutes: PrintedMinutes): Promise<Buffer> {
    const { html, key } = pageOf(minutes);
    const known = this.#kept.get(key) ?? this.#print(html);
    this.#kept.delete(key);
    this.#kept.set(key, known);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_KEPT) this.#kept.delete(oldest!);
    try {
      return await known;
    } catch (error) {
      if (this.#kept.get(key) === known) this.#kept.delete(key);
      throw error;
    }
  }

  /** For a mail. All mails with these minutes together wait for no longer than that, from the first one on. @returns null: there is none by then */
  async within(minutes: PrintedMinutes, withinMs: number): Promise<Buffer | null> {
    const { key } = pageOf(minutes);
    const nowMs = performance.now();
    for (const [each, pastMs] of this.#mailsWaitUntilMs)
      if (pastMs + ASKED_AGAIN_AFTER_MS < nowMs) this.#mailsWaitUntilMs.delete(each);
    const untilMs = this.#mailsWaitUntilMs.get(key) ?? nowMs + withinMs;
    this.#mailsWaitUntilMs.set(key, untilMs);
    if (untilMs <= nowMs && !this.#kept.has(key)) return null;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), untilMs - nowMs);
    });
    try {
      const pdf = await Promise.race([this.of(minutes).catch(() => null), late]);
      if (pdf !== null) this.#mailsWaitUntilMs.delete(key);
      return pdf;
    } finally {
      clearTimeout(timer);
    }
  }

  async #print(html: string): Promise<Buffer> {
    const { status } = this.#link;
    if (status.is === 'unavailable') throw new OperationalError('printer-unavailable', status.reason);
    if (status.is === 'away') throw new OperationalError('printer-unavailable', 'the printer is away');
    if (html.length > MAX_PRINT_HTML_UNITS) throw new OperationalError('printer-unavailable', 'the page is too long');
    if (this.#waiting.size >= MOST_WAITING) throw new OperationalError('printer-unavailable', 'too many pages wait');
    const printId = newId();
    const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
    const timer = setTimeout(() => this.#fail(printId, 'not printed in time'), this.#printWithinMs);
    this.#waiting.set(printId, { parts: [], sizeBytes: 0, resolve, reject, timer });
    this.#link.send({ name: 'print', printId, html });
    return promise;
  }

  #onMessage(message: Exclude<FromPrinter, { name: 'hello' }>): void {
    const waiting = this.#waiting.get(message.printId);
    if (!waiting) return;
    if (message.name === 'not-printed') {
      this.#fail(message.printId, message.why);
      return;
    }
    const bytes = Buffer.from(message.pdf, 'base64');
    waiting.sizeBytes += bytes.length;
    if (message.part !== waiting.parts.length || waiting.sizeBytes > MAX_PDF_BYTES) {
      this.#fail(message.printId, 'parts that make no file');
      return;
    }
    waiting.parts.push(bytes);
    if (waiting.parts.length < message.partCount) return;
    this.#settle(message.printId);
    waiting.resolve(Buffer.concat(waiting.parts));
  }

  #fail(printId: string, why: string): void {
    this.#settle(printId)?.reject(new OperationalError('printer-unavailable', why));
  }

  #settle(printId: string): Waiting | undefined {
    const waiting = this.#waiting.get(printId);
    clearTimeout(waiting?.timer);
    this.#waiting.delete(printId);
    return waiting;
  }
}
