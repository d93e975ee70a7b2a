/** When a room is free for a restart of its screen. */
import { expect, it } from 'vitest';
import type { Booking } from '#contract/room-agenda.ts';
import { isBooked } from './room-quiet.ts';

const NOW = Date.UTC(2026, 10, 29, 9);
const MINUTE_MS = 60_000;
const booking = (fromMinutes: number, minutes: number, over: Partial<Booking> = {}): Booking => ({
  bookingId: 'a'.repeat(64),
  title: 'Plan',
  isPrivate: false,
  organizer: null,
  startMs: NOW + fromMinutes * MINUTE_MS,
  endMs: NOW + (fromMinutes + minutes) * MINUTE_MS,
  isAllDay: false,
  link: 'ours',
  state: 'upcoming',
  releasedBecause: null,
  checkInUntilMs: null,
  ...over,
});

it.each([
  ['in an hour', booking(60, 30), false],
  ['in 16 minutes', booking(16, 30), false],
  ['in 15 minutes', booking(15, 30), true],
  ['now, and nobody has come yet', booking(-3, 30, { state: 'check-in-open' }), true],
  ['now, and in use', booking(-20, 30, { state: 'in-use' }), true],
  ['now, and released', booking(-12, 30, { state: 'released' }), false],
  ['over', booking(-30, 30, { state: 'over' }), false],
  ['past its end by this clock', booking(-30, 29, { state: 'in-use' }), false],
  ['of the whole day', booking(-300, 1_440, { isAllDay: true }), false],
  ['of the whole day, and somebody is there', booking(-300, 1_440, { isAllDay: true, state: 'in-use' }), true],
])('a booking that is %s', (_, one, expected) => {
  expect(isBooked({ bookings: [one] }, NOW)).toBe(expected);
});

it('a room without a calendar is never booked', () => {
  expect(isBooked(null, NOW)).toBe(false);
});
