/** The actions that a booking's state allows. Pure; the room itself refuses one that a change has made impossible. */
import type { Booking } from '#contract/room-agenda.ts';
import { holdsRoom } from './room-day.ts';

const EXTENSIONS_MINUTES = [15, 30] as const;
const MINUTE_MS = 60_000;

export type BookingActions = {
  checkIn: boolean;
  /** undoes a release */
  restore: boolean;
  /** gives the room back: somebody is there / is expected; never from under a call */
  end: 'early' | 'unused' | null;
  /** those that fit before the next booking; empty with `blockedBy`, or where there is nothing to extend */
  extendByMinutes: readonly number[];
  /** the booking that begins before the shortest extension ends */
  blockedBy: Booking | null;
};

/** `inCall`: the room is in a call, of any booking or none */
export function actionsOf(booking: Booking, list: readonly Booking[], inCall: boolean): BookingActions {
  const { state, isAllDay, checkInUntilMs } = booking;
  const isAwaited = state === 'check-in-open' && checkInUntilMs !== null;
  // where nobody has to check in, an open booking is one in use
  const isHeld = !isAllDay && (state === 'in-use' || (state === 'check-in-open' && !isAwaited));
  const { fitting, blockedBy } = isHeld ? extensions(booking, list) : NO_EXTENSION;
  return {
    checkIn: isAwaited,
    restore: state === 'released',
    end: inCall || isAllDay ? null : isHeld ? 'early' : isAwaited ? 'unused' : null,
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
