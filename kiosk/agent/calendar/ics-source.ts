/** A feed of iCalendar by HTTP, e.g. a published Exchange or Google calendar. Read-only. */
import type { CalendarSource, CalendarWindow, Reading, SourceOptions } from './calendar-source.ts';
import { splitCalendar, textOf } from './calendar-text.ts';
import { expand } from './expansion.ts';
import { expectGood, fetchBounded } from './bounded-fetch.ts';
import type { CalendarAccount } from '#contract/settings/calendar-settings.ts';
import { ianaZone, utc } from './zones.ts';

type Settings = Extract<CalendarAccount, { kind: 'ics' }>;
/** The last good answer: what the server says has not changed is not read again. */
type Kept = { bytes: Uint8Array; validators: Record<string, string>; window: CalendarWindow; reading: Reading };

export class IcsSource implements CalendarSource {
  readonly writes = null;
  readonly #options: SourceOptions & { settings: Settings };
  #kept: Kept | null = null;

  constructor(options: SourceOptions & { settings: Settings }) {
    this.#options = options;
  }

  async read(window: CalendarWindow, signal: AbortSignal): Promise<Reading> {
    const { settings, onExpanding } = this.#options;
    const headers = { accept: 'text/calendar', ...this.#kept?.validators };
    const url = settings.url.replace(/^webcals?:/, 'https:');
    const answer = await fetchBounded(url, { method: 'GET', headers }, signal);
    const unchanged = answer.status === 304 ? this.#kept : null;
    if (!unchanged) expectGood(answer);
    const bytes = unchanged?.bytes ?? answer.bytes;
    const same =
      this.#kept !== null && sameWindow(this.#kept.window, window) && Buffer.compare(this.#kept.bytes, bytes) === 0;
    onExpanding();
    const reading = same ? this.#kept!.reading : this.#expand(bytes, window);
    const validators = unchanged?.validators ?? validatorsOf(answer.headers);
    this.#kept = { bytes, window, reading, validators };
    return reading;
  }

  #expand(bytes: Uint8Array, window: CalendarWindow): Reading {
    const { settings, timeZone, poisoned, onSeries } = this.#options;
    const calendar = splitCalendar(textOf(bytes), window);
    const zone = ianaZone(timeZone) ?? utc;
    const { roomAddress } = settings;
    return expand([{ calendar, place: null }], window, { zone, roomAddress, poisoned, onSeries });
  }
}

const sameWindow = (one: CalendarWindow, other: CalendarWindow): boolean =>
  one.fromMs === other.fromMs && one.toMs === other.toMs;

function validatorsOf(headers: Headers): Record<string, string> {
  const etag = headers.get('etag');
  const modified = headers.get('last-modified');
  return { ...(etag && { 'if-none-match': etag }), ...(modified && { 'if-modified-since': modified }) };
}
