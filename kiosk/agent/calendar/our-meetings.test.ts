import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import type { MeetingOfRoom } from '#contract/room-meetings.ts';
import type { PlannedBooking } from './agenda-state.ts';
import { Calendar } from './calendar.ts';
import { DayClock, entriesInMemory, keptInMemory } from './calendar-under-test.ts';
import { withOurMeetings } from './our-meetings.ts';

const HOUR_MS = 3_600_000;
const TEN = Date.UTC(2026, 2, 3, 10);
const FLEET = 'https://maru.example.com';
const MEETING_ID = '0193a0b0-0000-7000-8000-000000000001';

const booking = (changes: Partial<PlannedBooking>): PlannedBooking => ({
  bookingId: 'a'.repeat(64),
  uid: 'theirs',
  recurrenceId: '',
  title: 'In the calendar',
  organizer: null,
  startMs: TEN,
  endMs: TEN + HOUR_MS,
  isAllDay: false,
  isPrivate: false,
  isGone: false,
  links: [],
  place: 'https://dav.example.com/1.ics',
  ...changes,
});
const meeting: MeetingOfRoom = {
  meetingId: MEETING_ID,
  bookingId: 'b'.repeat(64),
  title: 'Plans',
  organizer: 'Mina',
  startsAtMs: TEN,
  endsAtMs: TEN + HOUR_MS,
  sequence: 0,
};
const inviteTo = (meetingId: unknown): string =>
  `${FLEET}/join#eyJhbGciOiJFZERTQSJ9.${Buffer.from(JSON.stringify({ meetingId })).toString('base64url')}.c2lnbmF0dXJl`;
const merged = (...bookings: PlannedBooking[]) => withOurMeetings(bookings, [meeting], FLEET);

describe('a meeting that people made for the room', () => {
  it('stands beside what the calendar has', () => {
    const other = booking({});
    expect(merged(other)).toEqual([
      other,
      expect.objectContaining({
        bookingId: meeting.bookingId,
        meetingId: MEETING_ID,
        title: 'Plans',
        organizer: 'Mina',
        startMs: TEN,
        endMs: TEN + HOUR_MS,
        place: null,
      }),
    ]);
  });

  it.each([
    ['by its UID', { uid: MEETING_ID }],
    ['by its invite in an entry of that time', { links: [inviteTo(MEETING_ID)] }],
    ['though the room declined it there', { uid: MEETING_ID, isGone: true }],
  ])('shows once where the calendar has it too: %s', (_, changes) => {
    const entry = booking(changes);
    const shown = merged(entry);
    expect(shown).toHaveLength(1);
    // changes of the room go to the calendar's entry
    expect(shown[0]).toMatchObject({
      meetingId: MEETING_ID,
      title: 'Plans',
      uid: entry.uid,
      place: entry.place,
      isGone: false,
    });
  });

  it('is as the fleet has it where the calendar still has the former time', () => {
    const shown = merged(booking({ uid: MEETING_ID, startMs: TEN - HOUR_MS, endMs: TEN }));
    expect(shown).toEqual([expect.objectContaining({ startMs: TEN, place: null })]);
  });

  it.each([
    ['an invite to another meeting', { links: [inviteTo('0193a0b0-0000-7000-8000-000000000002')] }],
    ['its invite at another time', { links: [inviteTo(MEETING_ID)], startMs: TEN + HOUR_MS, endMs: TEN + 2 * HOUR_MS }],
    ['its invite at another server', { links: [inviteTo(MEETING_ID).replace('maru.', 'elsewhere.')] }],
    ['no invite at all', { links: [`${FLEET}/join#aaa.bbb.ccc`, inviteTo(null)] }],
  ])('is another than an entry with %s', (_, changes) => {
    expect(merged(booking(changes))).toHaveLength(2);
  });
});

describe('a room without a calendar of its own', () => {
  const clock = new DayClock('2026-03-03T09:55:00Z');
  const made = () => {
    const memory = keptInMemory();
    const told: string[] = [];
    const calendar = new Calendar({
      logger: pino({ level: 'silent' }),
      settings: null,
      clock,
      memory,
      entryMemory: entriesInMemory(),
      fleetOrigin: () => FLEET,
      onAgenda: () => told.push(calendar.agenda.bookings.map(({ title, state }) => `${title} ${state}`).join()),
      onEntryFault: () => {},
      onEvent: () => {},
      listenForSound: () => {},
      onSelfTestDue: () => {},
    });
    return { calendar, told };
  };

  it('shows the meetings that people made for it, lets one tap join one, and gives it free when nobody comes', async () => {
    const { calendar, told } = made();
    calendar.setMeetings([meeting]);
    calendar.start();
    expect(calendar.agenda).toMatchObject({
      calendar: { state: 'none' },
      bookings: [{ bookingId: meeting.bookingId, title: 'Plans', link: 'ours', state: 'check-in-open' }],
    });
    expect(calendar.bookingOf(meeting.bookingId)).toEqual({ title: 'Plans', invite: null, meetingId: MEETING_ID });
    await clock.until('2026-03-03T10:11:00Z');
    expect(told.at(-1)).toBe('Plans released');
    expect(await calendar.handle({ name: 'restore-booking', bookingId: meeting.bookingId })).toBeNull();
    expect(told.at(-1)).toBe('Plans in-use');
    // put off by its host: expected anew
    calendar.setMeetings([{ ...meeting, startsAtMs: TEN + HOUR_MS, endsAtMs: TEN + 2 * HOUR_MS, sequence: 1 }]);
    expect(told.at(-1)).toBe('Plans upcoming');
    // cancelled
    calendar.setMeetings([]);
    expect(told.at(-1)).toBe('');
    expect(calendar.bookingOf(meeting.bookingId)).toBeNull();
    await calendar.stop();
  });
});
