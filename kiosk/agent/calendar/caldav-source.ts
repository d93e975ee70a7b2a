/** A calendar on a CalDAV server (RFC 4791): read by time range, one occurrence changed with If-Match. */
import { readFile } from 'node:fs/promises';
import { calendarQuery, propfind } from 'tsdav';
import { MaruError, OperationalError, ProtocolError, UserError } from '#contract/error-codes.ts';
import { expectGood, fetchBounded } from './bounded-fetch.ts';
import { type Edit, edited } from './caldav-edit.ts';
import type {
  CalendarSource,
  CalendarWindow,
  CalendarWrites,
  Occurrence,
  Reading,
  SourceOptions,
} from './calendar-source.ts';
import { splitCalendar, textOf } from './calendar-text.ts';
import { type CalendarObject, expand } from './expansion.ts';
import type { MeetingOfRoom } from '#contract/room-meetings.ts';
import { entryNameOf, entryOf, isEntryOf } from './meeting-entry.ts';
import type { CalendarAccount } from '#contract/settings/calendar-settings.ts';
import { ianaZone, utc, type Zone } from './zones.ts';

type Settings = Extract<CalendarAccount, { kind: 'caldav' }>;
/** `text` null: the server names it, and does not send it */
type StoredObject = { href: string; text: string | null };

/** somebody else changed the object between our look and our write */
const MAX_TRIES = 4;

export class CaldavSource implements CalendarSource {
  readonly writes: CalendarWrites;
  readonly #options: SourceOptions & { settings: Settings };
  readonly #zone: Zone;
  #isCalendar = false;

  constructor(options: SourceOptions & { settings: Settings }) {
    this.#options = options;
    this.#zone = ianaZone(options.timeZone) ?? utc;
    this.writes = {
      moveEnd: (occurrence, endMs, signal) => this.#write(occurrence, { name: 'move-end', endMs }, signal),
      giveBack: (occurrence, signal) => this.#write(occurrence, { name: 'give-back' }, signal),
      takeBack: (occurrence, signal) => this.#write(occurrence, { name: 'take-back' }, signal),
      putMeeting: (meeting, signal) => this.#putMeeting(meeting, signal),
      removeMeeting: (meetingId, signal) => this.#removeMeeting(meetingId, signal),
    };
  }

  async read(window: CalendarWindow, signal: AbortSignal): Promise<Reading> {
    const { settings, poisoned, onSeries, onExpanding } = this.#options;
    const stored = await this.#query(window, signal);
    onExpanding();
    const objects: CalendarObject[] = [];
    let unreadable = 0;
    for (const { href, text } of stored) {
      try {
        if (text === null) throw new ProtocolError('calendar-malformed', 'an object without its text');
        objects.push({ calendar: splitCalendar(textOf(Buffer.from(text)), window), place: href });
      } catch {
        unreadable += 1;
      }
    }
    const { roomAddress } = settings;
    const reading = expand(objects, window, { zone: this.#zone, roomAddress, poisoned, onSeries });
    return { ...reading, leftOut: reading.leftOut + unreadable };
  }

  async #query({ fromMs, toMs }: CalendarWindow, signal: AbortSignal): Promise<StoredObject[]> {
    const { url } = this.#options.settings;
    const range = { _attributes: { start: utcText(fromMs), end: utcText(toMs) } };
    const filters = {
      'comp-filter': {
        _attributes: { name: 'VCALENDAR' },
        'comp-filter': { _attributes: { name: 'VEVENT' }, 'time-range': range },
      },
    };
    const asking = { url, headers: await this.#headers(), fetch: this.#fetchFor(signal) };
    if (!this.#isCalendar) await this.#checkCalendar(asking);
    const props = { 'd:getetag': {}, 'c:calendar-data': {} };
    const answers = await calendarQuery({ ...asking, props, filters, depth: '1' }).catch(notCaldav);
    const base = new URL(url);
    return answers.flatMap(({ href, props }) => {
      const named = href === undefined ? null : URL.parse(href, base);
      if (named === null) return [];
      // behind a proxy a server may not know its own address; and a password is for the server that it was given for
      const place = new URL(`${named.pathname}${named.search}`, base.origin);
      const text = textIn(props?.calendarData);
      // some servers name the calendar itself, too
      const isFolder = text === null && place.pathname.replace(/\/$/, '') === base.pathname.replace(/\/$/, '');
      return isFolder ? [] : [{ href: place.href, text }];
    });
  }

  /** Some servers answer for any folder, with nothing in it: a mistyped address would be an empty calendar. */
  async #checkCalendar(asking: { url: string; headers: Record<string, string>; fetch: typeof fetch }): Promise<void> {
    const [answer] = await propfind({ ...asking, props: { 'd:resourcetype': {} }, depth: '0' }).catch(notCaldav);
    const kinds = Object.keys((answer?.props?.resourcetype as object | undefined) ?? {});
    if (!kinds.includes('calendar')) throw new ProtocolError('calendar-malformed', 'the address is of no calendar');
    this.#isCalendar = true;
  }

  /** For tsdav: bounded, and with the server's refusals as our errors. */
  #fetchFor(signal: AbortSignal): typeof fetch {
    return async (address, init = {}) => {
      const headers = Object.fromEntries(new Headers(init.headers));
      const request = { method: init.method ?? 'GET', headers, body: String(init.body ?? '') };
      const answer = await fetchBounded(String(address), request, signal);
      expectGood(answer);
      if (answer.status !== 207) throw new ProtocolError('calendar-malformed', 'not a CalDAV calendar');
      return new Response(Buffer.from(answer.bytes), { status: answer.status, headers: answer.headers });
    };
  }

  async #write(occurrence: Occurrence, edit: Edit, signal: AbortSignal): Promise<void> {
    const { settings } = this.#options;
    if (occurrence.place === null) throw new UserError('not-possible-now', 'read-only');
    const headers = await this.#headers();
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const { etag, text } = await this.#object(occurrence.place, headers, signal);
      const body = edited(text, occurrence, edit, {
        zone: this.#zone,
        roomAddress: settings.roomAddress,
        nowMs: Date.now(),
      });
      const answer = await fetchBounded(
        occurrence.place,
        {
          method: 'PUT',
          headers: { ...headers, 'content-type': 'text/calendar; charset=utf-8', 'if-match': etag },
          body,
        },
        signal,
      );
      if (answer.status === 412) continue;
      expectGood(answer);
      return;
    }
    throw new OperationalError('calendar-unreachable', 'it is being changed by somebody else all the time');
  }

  /** New where there is none, else in place of ours as it is there now. */
  async #putMeeting(meeting: MeetingOfRoom, signal: AbortSignal): Promise<void> {
    const href = this.#hrefOf(meeting.meetingId);
    const headers = { ...(await this.#headers()), 'content-type': 'text/calendar; charset=utf-8' };
    const body = entryOf(meeting, Date.now());
    let condition: Record<string, string> = { 'if-none-match': '*' };
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const request = { method: 'PUT', headers: { ...headers, ...condition }, body };
      const answer = await fetchBounded(href, request, signal);
      if (answer.status !== 412) return expectGood(answer);
      const former = await this.#ownEntry(meeting.meetingId, signal);
      condition = former === null ? { 'if-none-match': '*' } : { 'if-match': former.etag };
    }
    throw new OperationalError('calendar-unreachable', 'it is being changed by somebody else all the time');
  }

  async #removeMeeting(meetingId: string, signal: AbortSignal): Promise<void> {
    const entry = await this.#ownEntry(meetingId, signal);
    if (entry === null) return;
    const headers = { ...(await this.#headers()), 'if-match': entry.etag };
    const answer = await fetchBounded(this.#hrefOf(meetingId), { method: 'DELETE', headers }, signal);
    if (answer.status === 412) throw new OperationalError('calendar-unreachable', 'somebody else changes it');
    if (answer.status !== 404 && answer.status !== 410) expectGood(answer);
  }

  /** null: there is none. @throws UserError calendar-refused: something else lies there */
  async #ownEntry(meetingId: string, signal: AbortSignal): Promise<{ etag: string } | null> {
    try {
      const { etag, text } = await this.#object(this.#hrefOf(meetingId), await this.#headers(), signal);
      if (!isEntryOf(text, meetingId)) throw new UserError('calendar-refused', 'another object has its name');
      return { etag };
    } catch (error) {
      if (error instanceof UserError && error.code === 'booking-unknown') return null;
      throw error;
    }
  }

  #hrefOf(meetingId: string): string {
    const { url } = this.#options.settings;
    return new URL(entryNameOf(meetingId), url.endsWith('/') ? url : `${url}/`).href;
  }

  async #object(
    href: string,
    headers: Record<string, string>,
    signal: AbortSignal,
  ): Promise<{ etag: string; text: string }> {
    const answer = await fetchBounded(href, { method: 'GET', headers }, signal);
    if (answer.status === 404 || answer.status === 410) throw new UserError('booking-unknown', 'it is gone');
    expectGood(answer);
    const etag = answer.headers.get('etag');
    // without one, a change of somebody else's would be lost
    if (!etag) throw new UserError('calendar-refused', 'the server has no ETags');
    return { etag, text: textOf(answer.bytes) };
  }

  /** A file is read each time: a password that IT changes is taken without a restart. */
  async #headers(): Promise<Record<string, string>> {
    const { userName, password } = this.#options.settings;
    const text = 'value' in password ? password.value : await passwordIn(password.file);
    return { authorization: `Basic ${Buffer.from(`${userName}:${text}`).toString('base64')}` };
  }
}

async function passwordIn(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new UserError('calendar-refused', `the password cannot be read: ${error.code}`);
  });
  return text.replace(/\r?\n$/, '');
}

function notCaldav(error: unknown): never {
  if (error instanceof MaruError) throw error;
  throw new ProtocolError('calendar-malformed', 'an answer that is not CalDAV');
}

const utcText = (atMs: number): string => new Date(atMs).toISOString().replaceAll(/[-:]|\.\d+/g, '');

/** As tsdav gives it, plain or from a CDATA section. */
function textIn(data: unknown): string | null {
  if (typeof data === 'string') return data;
  const { _cdata } = (data ?? {}) as { _cdata?: unknown };
  return typeof _cdata === 'string' ? _cdata : null;
}
