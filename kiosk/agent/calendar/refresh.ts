/**
 * Reads the calendar again and again: each minute or as set up, later and later while it fails, at once after a write.
 * Keeps what health the readings have; the last good one is its receiver's to keep.
 */
import type { Logger } from 'pino';
import { type ErrorCode, toMaruError } from '#contract/error-codes.ts';
import { retryAfterMs } from '#contract/retry-after.ts';
import type { CalendarHealth } from '#contract/room-agenda.ts';
import type { CalendarSource, CalendarWindow, Reading } from './calendar-source.ts';
import type { Clock } from './clock.ts';

export type RefreshOptions = {
  source: CalendarSource;
  clock: Clock;
  logger: Logger;
  refreshMs: number;
  window: () => CalendarWindow;
  onReading: (reading: Reading) => void;
  onHealth: (health: CalendarHealth) => void;
};

/** The first tries after a failure come sooner than a refresh would: most are a moment's. */
const FIRST_RETRY_MS = 5_000;
/** A server that refuses or sends nonsense is left alone longer: asking in a hurry locks accounts. */
const MAX_BACKOFF_MS = 15 * 60_000;
const JITTER = 0.1;

export class Refresh {
  readonly #options: RefreshOptions;
  #health: CalendarHealth = { state: 'loading', code: null, freshAsOfMs: null, unreadCount: 0 };
  #failures = 0;
  #cancel: (() => void) | null = null;
  #reading: Promise<void> | null = null;
  #again = false;
  #stopping = new AbortController();

  constructor(options: RefreshOptions) {
    this.#options = options;
  }

  get health(): CalendarHealth {
    return this.#health;
  }

  start(): void {
    this.now();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#cancel?.();
    await this.#reading;
  }

  /** At once; while a reading is under way, another after it. */
  now(): void {
    if (this.#stopping.signal.aborted) return;
    if (this.#reading) {
      this.#again = true;
      return;
    }
    this.#cancel?.();
    this.#cancel = null;
    this.#reading = this.#read().finally(() => {
      this.#reading = null;
      if (this.#stopping.signal.aborted) return;
      if (this.#again) {
        this.#again = false;
        this.now();
      } else this.#cancel = this.#options.clock.after(this.#delayMs(), () => this.now());
    });
  }

  async #read(): Promise<void> {
    const { source, clock, logger, window, onReading } = this.#options;
    try {
      const reading = await source.read(window(), this.#stopping.signal);
      if (this.#stopping.signal.aborted) return;
      this.#failures = 0;
      onReading(reading);
      // the others are shown all the same, and somebody should look at those that are not
      const { leftOut, unknownZones } = reading;
      const unreadCount = leftOut + unknownZones;
      const code = unreadCount > 0 ? 'calendar-malformed' : null;
      if (code !== null && this.#health.code !== code)
        logger.warn({ leftOut, unknownZones }, 'events left out, or in zones that nobody knows');
      this.#become({ state: 'fresh', code, freshAsOfMs: clock.now().nowMs, unreadCount });
    } catch (thrown) {
      if (this.#stopping.signal.aborted) return;
      const error = toMaruError(thrown);
      this.#failures += 1;
      if (this.#health.code !== error.code || this.#failures === 1)
        logger.warn(
          { code: error.code, reason: error.message, err: error.code === 'internal' ? thrown : undefined },
          'calendar not read',
        );
      const { freshAsOfMs, unreadCount } = this.#health;
      this.#become({ state: freshAsOfMs === null ? 'faulty' : 'stale', code: error.code, freshAsOfMs, unreadCount });
    }
  }

  #become(health: CalendarHealth): void {
    this.#health = health;
    this.#options.onHealth(health);
  }

  #delayMs(): number {
    const { refreshMs } = this.#options;
    if (this.#failures === 0) return refreshMs * (1 + JITTER * (2 * Math.random() - 1));
    const firstMs = isMomentary(this.#health.code) ? FIRST_RETRY_MS : refreshMs;
    const longestMs = Math.max(refreshMs, isMomentary(this.#health.code) ? FIRST_RETRY_MS : MAX_BACKOFF_MS);
    return retryAfterMs(this.#failures - 1, { firstMs, longestMs });
  }
}

const isMomentary = (code: ErrorCode | null): boolean => code === 'calendar-unreachable';
