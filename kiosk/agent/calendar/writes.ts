/**
 * Carries the room's own changes into the calendar, one after the other. What the calendar does not allow, the room
 * alone remembers; what does not arrive is said again with each reading, the last word on a booking alone.
 */
import type { Logger } from 'pino';
import { toMaruError } from '#contract/error-codes.ts';
import type { AgendaWrite } from './agenda-state.ts';
import type { CalendarSource, Occurrence } from './calendar-source.ts';

export type WritesOptions = {
  source: CalendarSource;
  logger: Logger;
  /** the booking as it was last read; null: it is gone */
  occurrenceOf: (bookingId: string) => Occurrence | null;
  /** the calendar has it, or never will */
  onDone: (bookingId: string, write: AgendaWrite) => void;
};

const TIMEOUT_MS = 15_000;

export class Writes {
  readonly #options: WritesOptions;
  readonly #waiting = new Map<string, AgendaWrite>();
  /** bookings that the calendar lets nobody but their organizer change */
  readonly #refused = new Set<string>();
  readonly #stopping = new AbortController();
  #working: Promise<void> | null = null;

  constructor(options: WritesOptions) {
    this.#options = options;
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#working;
  }

  add(bookingId: string, write: AgendaWrite): void {
    // giving back and taking back cancel each other, but the calendar may have the first already: both are safe to say
    this.#waiting.delete(bookingId);
    this.#waiting.set(bookingId, write);
    this.work();
  }

  /** Resolves when all is said that can be said now. */
  work(): void {
    this.#working ??= this.#work().finally(() => {
      this.#working = null;
    });
  }

  isRefused(bookingId: string): boolean {
    return this.#refused.has(bookingId);
  }

  get done(): Promise<void> {
    return this.#working ?? Promise.resolve();
  }

  async #work(): Promise<void> {
    const { logger, onDone } = this.#options;
    const tried = new Set<AgendaWrite>();
    for (;;) {
      const next = [...this.#waiting].find(([, each]) => !tried.has(each));
      if (!next || this.#stopping.signal.aborted) return;
      const [bookingId, write] = next;
      tried.add(write);
      const result = await this.#say(bookingId, write);
      if (result === 'later') continue;
      // another word on it came meanwhile: that one is to be said too
      if (this.#waiting.get(bookingId) === write) this.#waiting.delete(bookingId);
      if (result === 'never') logger.warn({ bookingId, write: write.name }, 'the room alone remembers it');
      onDone(bookingId, write);
    }
  }

  async #say(bookingId: string, write: AgendaWrite): Promise<'done' | 'later' | 'never'> {
    const { source, logger, occurrenceOf } = this.#options;
    const occurrence = occurrenceOf(bookingId);
    if (!occurrence || !source.writes) return 'never';
    const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(TIMEOUT_MS)]);
    try {
      if (write.name === 'move-end') await source.writes.moveEnd(occurrence, write.endMs, signal);
      else if (write.name === 'give-back') await source.writes.giveBack(occurrence, signal);
      else await source.writes.takeBack(occurrence, signal);
      return 'done';
    } catch (thrown) {
      const { code, kind, message } = toMaruError(thrown);
      logger.warn({ bookingId, write: write.name, code, reason: message }, 'calendar not written');
      if (code === 'calendar-refused') this.#refused.add(bookingId);
      return kind === 'operational' ? 'later' : 'never';
    }
  }
}
