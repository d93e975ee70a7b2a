/** The time notice of a running call: its booking ends soon or has ended, or somebody else's begins. Pure. */
import { BOOKING_ENDS_SOON_MS } from '#contract/limits.ts';
import type { Booking, RoomAgenda } from '#contract/room-agenda.ts';
import { holdsRoom } from './room-day.ts';

export type CallTime =
  /** `next` is the one that waits for the room by then; null: nobody does */
  | { kind: 'ends-soon' | 'over'; booking: Booking; next: Booking | null }
  /** the call has no booking, and one begins within BOOKING_ENDS_SOON_MS or has begun */
  | { kind: 'next-soon'; next: Booking };

/** Null: no notice. `bookingId`: the call's own, null for one that was started without. */
export function callTime(
  agenda: RoomAgenda | null | undefined,
  bookingId: string | null | undefined,
  nowMs: number,
): CallTime | null {
  const timed = (agenda?.bookings ?? []).filter(({ isAllDay }) => !isAllDay).sort((a, b) => a.startMs - b.startMs);
  const own = ownBooking(timed, bookingId ?? null, nowMs);
  const others = timed.filter((booking) => booking !== own && holdsRoom(booking) && booking.endMs > nowMs);
  if (own === null) {
    const next = others.find(({ startMs }) => startMs - nowMs <= BOOKING_ENDS_SOON_MS);
    return next === undefined ? null : { kind: 'next-soon', next };
  }
  if (own.endMs - nowMs > BOOKING_ENDS_SOON_MS) return null;
  const waitsByMs = Math.max(own.endMs, nowMs) + BOOKING_ENDS_SOON_MS;
  const next = others.find(({ startMs }) => startMs >= own.startMs && startMs <= waitsByMs) ?? null;
  return { kind: own.endMs > nowMs ? 'ends-soon' : 'over', booking: own, next };
}

/** A call that was started without naming a booking is of the people whose booking is in use. */
function ownBooking(timed: readonly Booking[], bookingId: string | null, nowMs: number): Booking | null {
  const own =
    bookingId === null
      ? timed.find(({ state, endMs }) => state === 'in-use' && endMs > nowMs)
      : timed.find((booking) => booking.bookingId === bookingId);
  return own ?? null;
}

/** The booking of a running call got another, later end: worth a word. Null: it did not. */
export function extendedUntilMs(
  before: RoomAgenda | null | undefined,
  now: RoomAgenda | null | undefined,
  bookingId: string | null | undefined,
): number | null {
  const endOf = (agenda: RoomAgenda | null | undefined) =>
    agenda?.bookings.find((booking) => booking.bookingId === bookingId)?.endMs;
  const [wasMs, isMs] = [endOf(before), endOf(now)];
  return wasMs !== undefined && isMs !== undefined && isMs > wasMs ? isMs : null;
}
