/** When a document on an idle TV ends by itself. */
import { expect, test } from 'vitest';
import type { Booking } from '#contract/room-agenda.ts';
import { endsAtMs, type TvDocument } from './tv-document.ts';

const HOUR_MS = 3_600_000;
const SHOWN_MS = 1_800_000_000_000;
const shown = { shownAtMs: SHOWN_MS, touchedAtMs: SHOWN_MS + 600_000 } as TvDocument;
const booking = (inMs: number, over: Partial<Booking> = {}) =>
  ({ startMs: SHOWN_MS + inMs, state: 'upcoming', isAllDay: false, ...over }) as Booking;

test.each<[string, Booking[], number]>([
  ['an hour after somebody last did something with it', [], 600_000 + HOUR_MS],
  ['as a booking begins before that', [booking(HOUR_MS), booking(1_800_000)], 1_800_000],
  ['not as one begins after that', [booking(2 * HOUR_MS)], 600_000 + HOUR_MS],
  ['not by one in which it was shown', [booking(0), booking(-HOUR_MS)], 600_000 + HOUR_MS],
  ['by one that began just after', [booking(1)], 1],
  [
    'not by one that takes no room',
    [booking(1, { isAllDay: true }), booking(1, { state: 'released' })],
    600_000 + HOUR_MS,
  ],
])('it ends %s', (_, bookings, afterMs) => {
  expect(endsAtMs(shown, bookings)).toBe(SHOWN_MS + afterMs);
});
