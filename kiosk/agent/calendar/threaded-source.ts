/**
 * A source at arm's length: in a thread with a deadline and a bound on its memory, ended when it is late. The series at
 * which it hung is left out from then on, so that one broken rule does not cost the room its calendar.
 */
import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import { fromWire, type MaruError, OperationalError, ProtocolError } from '#contract/error-codes.ts';
import type { CalendarSource, CalendarWindow, CalendarWrites, Reading } from './calendar-source.ts';
import type { CalendarAccount } from '#contract/settings/calendar-settings.ts';
import type { ThreadAnswer, ThreadData, ThreadRequest } from './source-thread.ts';

export type ThreadedSourceOptions = {
  settings: CalendarAccount;
  timeZone: string;
  logger: Logger;
  /** tests wait less */
  fetchDeadlineMs?: number;
  expandDeadlineMs?: number;
};
type Question = ThreadRequest extends infer R
  ? R extends { id: number; name: string }
    ? Omit<R, 'id'>
    : never
  : never;
type Waiting = {
  resolve: (reading: Reading | null) => void;
  reject: (error: MaruError) => void;
  expanding: boolean;
  timer: NodeJS.Timeout;
};

/** longer than the fetch's own timeout in the thread */
const FETCH_DEADLINE_MS = 30_000;
const EXPAND_DEADLINE_MS = 15_000;
const HEAP_MB = 384;
const AT_WORK_BYTES = 1024;
/** how many series one reading may find to hang before it is given up */
const MAX_POISONED_PER_READ = 3;
const MAX_POISONED = 50;

export class ThreadedSource implements CalendarSource {
  readonly writes: CalendarWrites | null;
  readonly #options: ThreadedSourceOptions;
  readonly #waiting = new Map<number, Waiting>();
  readonly #poisoned = new Set<string>();
  #worker: Worker | null = null;
  #atWork = new SharedArrayBuffer(4 + AT_WORK_BYTES);
  #lastId = 0;

  constructor(options: ThreadedSourceOptions) {
    this.#options = options;
    const write = async (question: Question, signal: AbortSignal): Promise<void> => {
      await this.#ask(question, signal);
    };
    this.writes =
      options.settings.kind === 'ics'
        ? null
        : {
            moveEnd: (occurrence, endMs, signal) => write({ name: 'move-end', occurrence, endMs }, signal),
            giveBack: (occurrence, signal) => write({ name: 'give-back', occurrence }, signal),
            takeBack: (occurrence, signal) => write({ name: 'take-back', occurrence }, signal),
            putMeeting: (meeting, signal) => write({ name: 'put-meeting', meeting }, signal),
            removeMeeting: (meetingId, signal) => write({ name: 'remove-meeting', meetingId }, signal),
          };
  }

  async read(window: CalendarWindow, signal: AbortSignal): Promise<Reading> {
    const tried: string[] = [];
    for (;;) {
      try {
        return (await this.#ask({ name: 'read', window }, signal))!;
      } catch (error) {
        const uid = error instanceof Hung ? error.series : null;
        if (uid === null || tried.length === MAX_POISONED_PER_READ || this.#poisoned.size === MAX_POISONED) {
          // not one series then but all of them together
          for (const each of tried) this.#poisoned.delete(each);
          throw error;
        }
        tried.push(uid);
        this.#poisoned.add(uid);
        this.#options.logger.warn('a series never ends: it is left out');
      }
    }
  }

  async stop(): Promise<void> {
    this.#fail(new OperationalError('shutting-down'));
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }

  #ask(question: Question, signal: AbortSignal): Promise<Reading | null> {
    const id = ++this.#lastId;
    const worker = this.#started();
    const { promise, resolve, reject } = Promise.withResolvers<Reading | null>();
    const waiting: Waiting = { resolve, reject, expanding: false, timer: this.#deadline(id, false) };
    this.#waiting.set(id, waiting);
    const abort = (): void => worker.postMessage({ id, name: 'abort' } satisfies ThreadRequest);
    signal.addEventListener('abort', abort);
    worker.postMessage({ ...question, id } as ThreadRequest);
    if (signal.aborted) abort();
    return promise.finally(() => {
      signal.removeEventListener('abort', abort);
      clearTimeout(waiting.timer);
      this.#waiting.delete(id);
    });
  }

  #deadline(id: number, expanding: boolean): NodeJS.Timeout {
    const { fetchDeadlineMs = FETCH_DEADLINE_MS, expandDeadlineMs = EXPAND_DEADLINE_MS } = this.#options;
    return setTimeout(() => this.#late(id), expanding ? expandDeadlineMs : fetchDeadlineMs);
  }

  #late(id: number): void {
    const late = this.#waiting.get(id);
    this.#options.logger.warn({ expanding: late?.expanding }, 'the calendar is late: its thread is ended');
    this.#abandon(
      late?.expanding
        ? new Hung(this.#seriesAtWork())
        : new OperationalError('calendar-unreachable', 'no answer in time'),
    );
  }

  #started(): Worker {
    if (this.#worker) return this.#worker;
    const { settings, timeZone } = this.#options;
    this.#atWork = new SharedArrayBuffer(4 + AT_WORK_BYTES);
    const worker = new Worker(new URL('./source-thread.ts', import.meta.url), {
      workerData: { settings, timeZone, poisoned: [...this.#poisoned], atWork: this.#atWork } satisfies ThreadData,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB },
    });
    worker.on('message', (answer: ThreadAnswer) => this.#take(answer));
    worker.on('error', (error: NodeJS.ErrnoException) => {
      if (this.#worker !== worker) return;
      this.#options.logger.warn({ code: error.code, reason: error.message }, "the calendar's thread died");
      this.#abandon(
        error.code === 'ERR_WORKER_OUT_OF_MEMORY'
          ? new ProtocolError('calendar-too-large', 'more than its memory')
          : new ProtocolError('calendar-malformed', 'it cannot be taken in'),
      );
    });
    worker.unref();
    this.#worker = worker;
    return worker;
  }

  #take(answer: ThreadAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    if (!waiting) return;
    switch (answer.name) {
      case 'expanding':
        clearTimeout(waiting.timer);
        waiting.expanding = true;
        waiting.timer = this.#deadline(answer.id, true);
        return;
      case 'done':
        waiting.resolve(answer.reading);
        return;
      case 'failed':
        waiting.reject(fromWire(answer.error));
        return;
    }
  }

  /** The next question starts another thread. */
  #abandon(error: MaruError): void {
    const worker = this.#worker;
    this.#worker = null;
    void worker?.terminate().catch(() => {});
    this.#fail(error);
  }

  #fail(error: MaruError): void {
    for (const waiting of [...this.#waiting.values()]) waiting.reject(error);
  }

  #seriesAtWork(): string | null {
    const length = Atomics.load(new Int32Array(this.#atWork, 0, 1), 0);
    return length === 0 ? null : Buffer.from(this.#atWork, 4, length).toString('utf8');
  }
}

/** `series`: at which it was when its time was over; null: at none. */
class Hung extends ProtocolError {
  readonly series: string | null;
  constructor(series: string | null) {
    super('calendar-too-large', 'not done in time');
    this.series = series;
  }
}
