import { expect, test } from 'vitest';
import type { Booking } from '#contract/room-agenda.ts';
import { availabilityOf, busySpans, freeThroughout } from './room-availability.ts';

const HOUR_MS = 3_600_000;
const at = (hour: number): number => Date.UTC(2026, 10, 28) + hour * HOUR_MS;
const span = (from: number, to: number) => ({ startMs: at(from), endMs: at(to) });
const now = (hour: number) => ({ nowMs: at(hour), endOfDayMs: at(24) });

test.each([
  ['nothing is booked', [], false, 9, true, null],
  ['the next meeting is later today', [span(11, 12)], false, 9, true, 11],
  ['the next meeting is tomorrow', [span(25, 26)], false, 9, true, null],
  ['a meeting runs', [span(9, 10)], false, 9.5, false, 10],
  ['meetings follow each other without a gap', [span(10, 11), span(9, 10), span(10.5, 12)], false, 9.5, false, 12],
  ['a shorter meeting lies within a longer', [span(9, 12), span(10, 11)], false, 9.5, false, 12],
  ['a gap ends it', [span(9, 10), span(10.25, 12)], false, 9.5, false, 10],
  ['it runs past midnight', [span(23, 25)], false, 23.5, false, null],
  ['it is over', [span(8, 9)], false, 9, true, null],
  ['it begins now', [span(9, 10)], false, 9, false, 10],
  ['a call runs and nothing is booked', [], true, 9, false, null],
  ['a call runs before the next meeting', [span(11, 12)], true, 9, false, null],
])('a room is free or busy, and until when: %s', (_, spans, isInCall, hour, isFree, until) => {
  const untilMs = until === null ? null : at(until);
  expect(availabilityOf({ spans, isInCall }, now(hour))).toEqual({ isFree, untilMs });
});

test('what was released, is over, or lasts the whole day takes no time', () => {
  const booking = (changes: Partial<Booking>): Booking => ({
    bookingId: 'a'.repeat(64),
    title: '',
    isPrivate: false,
    organizer: null,
    ...span(9, 10),
    isAllDay: false,
    link: 'none',
    state: 'upcoming',
    releasedBecause: null,
    checkInUntilMs: null,
    ...changes,
  });
  const all = [booking({}), booking({ state: 'released' }), booking({ state: 'over' }), booking({ isAllDay: true })];
  expect(busySpans(all)).toEqual([span(9, 10)]);
});

test.each([
  ['nothing is booked', [], true, null],
  ['a meeting before and one after', [span(8, 9), span(10, 11)], true, 10],
  ['one runs at its start', [span(8, 9.5)], false, 9.5],
  ['one begins within', [span(9.5, 10.5), span(10.5, 11)], false, 11],
  ['one lies within', [span(9.25, 9.5)], false, 9.5],
])('a room is free for all of nine to ten, or not: %s', (_, spans, isFree, until) => {
  const hour = { startsAtMs: at(9), endsAtMs: at(10), endOfDayMs: at(24) };
  expect(freeThroughout(spans, hour)).toEqual({ isFree, untilMs: until === null ? null : at(until) });
});
