/** Whom the calendar's entries name, from their bytes to what leaves the room: hostile ones too. */
import { describe, expect, it, test } from 'vitest';
import { pagePaths } from '#contract/http/page-paths.ts';
import { PEOPLE_OF_BOOKING } from '#contract/limits.ts';
import { projections } from '#contract/projections.ts';
import { RoomBookings } from '#contract/room-bookings.ts';
import { addressHash } from '#edge/address-hash.ts';
import type { PlannedBooking } from './agenda-state.ts';
import type { PeopleOfEvent, Occurrence } from './calendar-source.ts';
import { splitCalendar, textOf } from './calendar-text.ts';
import { expand } from './expansion.ts';
import { invitedBookings } from './invited-bookings.ts';
import { ianaZone } from './zones.ts';

const NOW_MS = Date.parse('2026-03-03T00:00:00Z');
const DAY_MS = 86_400_000;
const ROOM = 'maple@example.com';

function occurrences(lines: string, roomAddress: string | null = null): Occurrence[] {
  const window = { fromMs: NOW_MS, toMs: NOW_MS + 7 * DAY_MS };
  const body = `BEGIN:VEVENT\nUID:one\nDTSTART:20260303T090000Z\nDURATION:PT1H\n${lines}\nEND:VEVENT`;
  const text = `BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//test//EN\n${body}\nEND:VCALENDAR\n`.replaceAll('\n', '\r\n');
  const calendar = splitCalendar(textOf(Buffer.from(text)), window);
  const options = { zone: ianaZone('UTC')!, roomAddress, poisoned: [], onSeries: () => {} };
  return expand([{ calendar, place: null }], window, options).occurrences;
}
const invitedIn = (lines: string, roomAddress: string | null = null): PeopleOfEvent | undefined =>
  occurrences(lines, roomAddress)[0]!.invited;
const people = (organizer: string | null, ...attendees: string[]): PeopleOfEvent => ({
  organizer: organizer && addressHash(organizer),
  attendees: attendees.map(addressHash),
});

describe('who is invited', () => {
  test.each<[string, string, PeopleOfEvent | undefined]>([
    ['nobody', 'SUMMARY:x', undefined],
    [
      'mailto in capitals, the same twice',
      'ATTENDEE:MAILTO:Mina@Example.com\nATTENDEE:mailto:mina@example.com',
      people(null, 'mina@example.com'),
    ],
    ['no organizer', 'ATTENDEE:mailto:mina@example.com', people(null, 'mina@example.com')],
    ['an organizer alone', 'ORGANIZER;CN="Kim, Mina":mailto:mina@example.com', people('mina@example.com')],
    ['who declined', 'ATTENDEE;PARTSTAT=declined:mailto:mina@example.com', undefined],
    [
      'who has not answered',
      'ATTENDEE;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:mina@example.com',
      people(null, 'mina@example.com'),
    ],
    [
      'rooms, things and groups',
      'ATTENDEE;CUTYPE=ROOM:mailto:a@x.test\nATTENDEE;CUTYPE=resource:mailto:b@x.test\nATTENDEE;CUTYPE=GROUP:mailto:c@x.test',
      undefined,
    ],
    ['the room by its address', `ORGANIZER:mailto:${ROOM}\nATTENDEE:mailto:${ROOM.toUpperCase()}`, undefined],
    [
      'another URI with the address beside it',
      'ATTENDEE;EMAIL=mina@example.com:urn:uuid:1',
      people(null, 'mina@example.com'),
    ],
    [
      'none, invalid, with more behind it',
      'ATTENDEE:invalid:nomail\nATTENDEE:mailto:\nATTENDEE:mailto:mina\nATTENDEE:mailto:a@x.test?cc=b@x.test',
      undefined,
    ],
    [
      'with a letter that turns the text',
      'ATTENDEE:mailto:mina@example\u202e.com\nATTENDEE:mailto:\u200bmina@example.com',
      undefined,
    ],
    [
      '10 kB',
      `ATTENDEE:mailto:${'a'.repeat(10_000)}@example.com\nORGANIZER:mailto:${'a'.repeat(10_000)}@x.test`,
      undefined,
    ],
    ['private', 'CLASS:PRIVATE\nORGANIZER:mailto:mina@example.com', undefined],
    ['confidential', 'CLASS:confidential\nATTENDEE:mailto:mina@example.com', undefined],
  ])('%s', (_what, lines, expected) => {
    expect(invitedIn(lines, ROOM)).toEqual(expected);
  });

  it('names so many of 5,000 attendees, of whom most are rooms or the same', () => {
    const rooms = Array.from({ length: 2_000 }, (_, n) => `ATTENDEE;CUTYPE=ROOM:mailto:r${n}@x.test`);
    const attendees = Array.from({ length: 3_000 }, (_, n) => `ATTENDEE:mailto:p${Math.floor(n / 2)}@x.test`);
    const invited = invitedIn([...rooms, ...attendees].join('\n'));
    expect(invited?.attendees).toHaveLength(PEOPLE_OF_BOOKING);
    expect(new Set(invited?.attendees).size).toBe(PEOPLE_OF_BOOKING);
    expect(invited?.attendees[1]).toBe(addressHash('p1@x.test'));
  });
});

const planned = (changes: Partial<PlannedBooking> = {}): PlannedBooking => ({
  uid: 'one',
  recurrenceId: '',
  title: 'Plan',
  organizer: null,
  startMs: NOW_MS + 3_600_000,
  endMs: NOW_MS + 7_200_000,
  isAllDay: false,
  isPrivate: false,
  isGone: false,
  links: [],
  place: null,
  bookingId: 'a'.repeat(64),
  invited: people('mina@example.com', 'joon@example.com'),
  ...changes,
});
const view = {
  calendar: 'ics https://cal.example.com',
  nowMs: NOW_MS,
  toMs: NOW_MS + 7 * DAY_MS,
  fleetOrigin: 'https://maru.example.com',
  namesPeople: true,
};
const read = (bookings: PlannedBooking[], changes: Partial<typeof view> = {}) =>
  invitedBookings(bookings, { ...view, ...changes });

describe('what the room reports', () => {
  it('has no address, UID or calendar in it', () => {
    const report = read([planned({ recurrenceId: '1' })]);
    expect(report.bookings[0]).toMatchObject({
      title: 'Plan',
      uid: null,
      ...people('mina@example.com', 'joon@example.com'),
    });
    expect(JSON.stringify(report)).not.toMatch(/@|example|"one"/);
  });

  it('leaves out what is over, cancelled, made at the fleet server, or leads to a meeting there', () => {
    const invite = `https://maru.example.com${pagePaths.join}#${'a'.repeat(20)}.${'b'.repeat(40)}.${'c'.repeat(40)}`;
    const other = planned({ links: ['https://zoom.us/j/1'] });
    const bookings = [planned({ endMs: NOW_MS }), planned({ isGone: true }), planned({ meetingId: 'm' }), other];
    expect(read([...bookings, planned({ links: [invite] })]).bookings).toHaveLength(1);
  });

  it('ties what repeats together, whichever way it was moved, and tells calendars apart', () => {
    const keyOf = (booking: PlannedBooking, changes = {}) => read([booking], changes).bookings[0]!.seriesKey;
    const first = keyOf(planned({ recurrenceId: '1' }));
    expect(first).toMatch(/^[0-9a-f]{64}$/);
    expect(keyOf(planned({ recurrenceId: '2', title: 'Moved' }))).toBe(first);
    expect(keyOf(planned())).toBeNull();
    expect(keyOf(planned({ recurrenceId: '1', uid: 'two' }))).not.toBe(first);
    expect(keyOf(planned({ recurrenceId: '1' }), { calendar: 'ics https://other.example.com' })).not.toBe(first);
  });

  it('names nobody where the settings keep people in the room', () => {
    expect(read([planned()], { namesPeople: false }).bookings).toMatchObject([{ organizer: null, attendees: [] }]);
  });

  it('says of nothing that it is gone while parts of the calendar cannot be read', () => {
    expect(read([], { toMs: null } as never).untilMs).toBe(0);
    expect(read([]).untilMs).toBe(view.toMs);
  });

  it('fits its bound, with the nearest bookings, and says how far it reaches', () => {
    const attendees = Array.from({ length: PEOPLE_OF_BOOKING }, (_, n) => addressHash(`p${n}@x.test`));
    const bookings = Array.from({ length: 500 }, (_, n) =>
      planned({
        bookingId: n.toString(16).padStart(64, '0'),
        title: '회'.repeat(120),
        startMs: NOW_MS + (500 - n) * 60_000,
        invited: { organizer: attendees[0]!, attendees },
      }),
    );
    const report = read(bookings);
    const heading = { protocol: 2, roomId: '01a20efc-090d-75f0-801d-f262f6422b43', epoch: 1, revision: 1, asOfMs: 1 };
    const message = RoomBookings.parse({ ...heading, ...report });
    expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThan(projections.bookings.maxBytes);
    expect(report.bookings.length).toBeGreaterThan(10);
    expect(report.bookings[0]!.startMs).toBe(NOW_MS + 60_000);
    expect(report.untilMs).toBe(report.bookings.at(-1)!.startMs + 60_000);
  });
});
