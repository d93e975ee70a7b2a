/**
 * One client of an event stream, as text of the HTML standard (server-sent events). Reads from the feed only while the
 * client reads; ends one that has stopped reading, and one whose session or right has ended.
 */
import { Readable } from 'node:stream';
import { type MaruError, UserError } from '#contract/error-codes.ts';
import { EVENT_BEAT_MS } from '#contract/http/route.ts';
import { parse, type z } from '#contract/schema.ts';
import type { EventFeed } from './route.ts';

type StreamedEvent = { name: string; data: unknown; id?: string };
export type EventStreamOptions = {
  open: (wake: () => void) => EventFeed<StreamedEvent>;
  schemas: Record<string, z.ZodType>;
  /** whether the caller is still who it was at the start; @throws UserError not-signed-in, forbidden */
  isSame: () => Promise<boolean>;
  onFailed: (error: unknown) => void;
};

/** within which a right that ended closes the stream */
const CHECK_INTERVAL_MS = 1_000;
const STALLED_MS = 30_000;
/** how long the browser waits before it comes again */
const RETRY_MS = 1_000;

export class EventStream extends Readable {
  readonly #options: EventStreamOptions;
  readonly #feed: EventFeed<StreamedEvent>;
  readonly #timer: NodeJS.Timeout;
  #isWanted = false;
  #fullSinceMs: number | null = null;
  #sentAtMs = performance.now();
  #isChecking = false;
  /** null: it goes on */
  #endedAtMs: number | null = null;

  constructor(options: EventStreamOptions) {
    super();
    this.#options = options;
    this.#send(`retry: ${RETRY_MS}\n\n`);
    this.#feed = options.open(() => this.#pump());
    this.#timer = setInterval(() => this.#tick(), CHECK_INTERVAL_MS);
    this.#timer.unref();
  }

  override _read(): void {
    this.#isWanted = true;
    this.#fullSinceMs = null;
    this.#pump();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    clearInterval(this.#timer);
    this.#feed.close();
    done(error);
  }

  #pump(): void {
    if (!this.#isWanted || this.destroyed || this.#endedAtMs !== null) return;
    try {
      const text = this.#feed.take().map((event) => this.#textOf(event));
      if (text.length > 0) this.#send(text.join(''));
    } catch (error) {
      this.#options.onFailed(error);
      this.destroy();
    }
  }

  #textOf({ name, data, id }: StreamedEvent): string {
    // what is not in the contract does not leave
    const json = JSON.stringify(parse(this.#options.schemas[name]!, data));
    return `${id === undefined ? '' : `id: ${id}\n`}event: ${name}\ndata: ${json}\n\n`;
  }

  #send(text: string): void {
    this.#sentAtMs = performance.now();
    this.#isWanted = this.push(text);
    if (!this.#isWanted) this.#fullSinceMs ??= performance.now();
  }

  #tick(): void {
    const nowMs = performance.now();
    if (this.#endedAtMs !== null) {
      // its last words lie unread
      if (nowMs - this.#endedAtMs >= STALLED_MS) this.destroy();
      return;
    }
    if (this.#fullSinceMs !== null) {
      if (nowMs - this.#fullSinceMs >= STALLED_MS) this.destroy();
    } else if (nowMs - this.#sentAtMs >= EVENT_BEAT_MS) {
      this.#send('event: beat\ndata: {}\n\n');
    }
    if (!this.#isChecking) void this.#check();
  }

  async #check(): Promise<void> {
    this.#isChecking = true;
    try {
      if (!(await this.#options.isSame())) this.#end(null);
    } catch (error) {
      // a disk that cannot be read ends nobody's right
      if (error instanceof UserError) this.#end(error);
    } finally {
      this.#isChecking = false;
    }
  }

  #end(refusal: MaruError | null): void {
    if (this.destroyed || this.#endedAtMs !== null) return;
    this.#endedAtMs = performance.now();
    if (refusal) this.push(`event: refused\ndata: ${JSON.stringify({ error: refusal.toWire() })}\n\n`);
    this.push(null);
  }
}
