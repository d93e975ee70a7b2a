/** What a person may do about a booking, by what the room says of it. Pure; the room itself refuses what has changed since. */
import type { Booking } from '#contract/room-agenda.ts';
import { holdsRoom } from './room-day.ts';

const EXTENSIONS_MINUTES = [15, 30] as const;
const MINUTE_MS = 60_000;

export type BookingActions = {
  checkIn: boolean;
  /** takes back a release */
  restore: boolean;
  /** gives the room back: somebody is there / is expected */
  end: 'early' | 'unused' | null;
  /** those that fit before the next booking; empty with `blockedBy`, or where there is nothing to extend */
  extendByMinutes: readonly number[];
  /** the booking that begins before the shortest extension ends */
  blockedBy: Booking | null;
};

export function actionsOf(booking: Booking, list: readonly Booking[]): BookingActions {
  const { state, isAllDay, checkInUntilMs } = booking;
  const isTimed = !isAllDay;
  const { fitting, blockedBy } = state === 'in-use' && isTimed ? extensions(booking, list) : NO_EXTENSION;
  return {
    checkIn: state === 'check-in-open' && checkInUntilMs !== null,
    restore: state === 'released',
    end: !isTimed ? null : state === 'in-use' ? 'early' : state === 'check-in-open' ? 'unused' : null,
    extendByMinutes: fitting,
    blockedBy,
  };
}

const NO_EXTENSION = { fitting: [], blockedBy: null };

function extensions({ bookingId, endMs }: Booking, list: readonly Booking[]) {
  const following = list
    .filter((other) => other.bookingId !== bookingId && !other.isAllDay && holdsRoom(other) && other.endMs > endMs)
    .sort((a, b) => a.startMs - b.startMs)[0];
  const fitting = EXTENSIONS_MINUTES.filter(
    (minutes) => following === undefined || endMs + minutes * MINUTE_MS <= following.startMs,
  );
  return { fitting, blockedBy: fitting.length === 0 ? (following ?? null) : null };
}
