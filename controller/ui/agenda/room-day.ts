/**
 * What a room's agenda means at a moment: who holds the room and until when, what comes next. Pure, and the one reading
 * of it for TV, phones, tablets and the door. Only the agent decides the state of a booking; the clock only ends
 * those that are over. `nowMs` is the clock of the bookings (the kiosk's, or the fleet's).
 */
import { NO_SHOW_AFTER_MS } from '#contract/limits.ts';
import type { Booking, RoomAgenda } from '#contract/room-agenda.ts';

/** An empty reading older than this is no news of an empty day. */
const EMPTY_TRUSTED_MS = 12 * 3_600_000;

export type RoomNow =
  /** `untilMs` null: for the rest of the day */
  | { kind: 'free'; untilMs: number | null }
  /** nobody came, so it was given away; its time still runs and it can be had back */
  | { kind: 'released'; booking: Booking; releasedAtMs: number; untilMs: number | null }
  /** somebody is expected; `checkInUntilMs` null: nobody has to check in */
  | { kind: 'due'; booking: Booking; checkInUntilMs: number | null }
  | { kind: 'booked'; booking: Booking; untilMs: number };

export type RoomDay = {
  timeZone: string;
  now: RoomNow;
  /** the next to begin, beside the one of `now` */
  next: Booking | null;
  /** those after `next`, by start; all-day ones last */
  later: readonly Booking[];
  /** today's that the agenda has no room for */
  moreCount: number;
  /** everything that is not over, by start, all-day ones first: for a list with controls */
  list: readonly Booking[];
  /** null: the last reading is the newest that there is */
  staleSinceMs: number | null;
  /** entries of the calendar that nobody can read: the room may be taken by one of them */
  unreadCount: number;
};

/** Null: there is no calendar and no meeting that people made, or nothing is known of it, so that the room's time is unknown. */
export function roomDay(agenda: RoomAgenda | null | undefined, nowMs: number): RoomDay | null {
  if (agenda === null || agenda === undefined || !isKnown(agenda, nowMs)) return null;
  const { calendar, timeZone, moreCount } = agenda;
  const list = agenda.bookings
    .filter((booking) => booking.endMs > nowMs && booking.state !== 'over')
    .sort((a, b) => Number(b.isAllDay) - Number(a.isAllDay) || a.startMs - b.startMs);
  const holding = list.filter(holdsRoom);
  const current = holding.filter((booking) => isCurrent(booking, nowMs)).sort((a, b) => rank(a) - rank(b))[0] ?? null;
  const rest = holding.filter((booking) => booking !== current);
  const timed = rest.filter(({ isAllDay }) => !isAllDay);
  return {
    timeZone,
    now: current === null ? withoutBooking(list, timed, nowMs) : heldBy(current, nowMs),
    next: timed[0] ?? null,
    later: [...timed.slice(1), ...rest.filter(({ isAllDay }) => isAllDay)],
    moreCount,
    list,
    staleSinceMs: calendar.state === 'stale' || calendar.state === 'faulty' ? calendar.freshAsOfMs : null,
    unreadCount: calendar.unreadCount,
  };
}

/** The booking that one tap would join now; null: none is due. An all-day one is a note, not a meeting to join. */
export function dueBooking(day: RoomDay | null): Booking | null {
  if (day === null || (day.now.kind !== 'due' && day.now.kind !== 'booked')) return null;
  return day.now.booking.isAllDay ? null : day.now.booking;
}

export const holdsRoom = ({ state }: Booking): boolean => state !== 'released' && state !== 'over';

function isKnown({ calendar, bookings }: RoomAgenda, nowMs: number): boolean {
  // without a calendar, a room has the meetings that people make for it
  if (bookings.length > 0 || calendar.state === 'fresh') return true;
  if (calendar.state === 'none') return false;
  return calendar.freshAsOfMs !== null && nowMs - calendar.freshAsOfMs < EMPTY_TRUSTED_MS;
}

const isCurrent = ({ state, startMs }: Booking, nowMs: number): boolean =>
  state === 'in-use' || state === 'check-in-open' || startMs <= nowMs;

/** Where bookings overlap: who is there goes before who is expected, an hour before a whole day. */
function rank({ state, isAllDay, startMs }: Booking): number {
  return (isAllDay ? 2 : 0) * 1e15 + (state === 'in-use' ? 0 : 1) * 1e15 + startMs;
}

function heldBy(booking: Booking, nowMs: number): RoomNow {
  const isExpected = booking.state !== 'in-use' && (booking.checkInUntilMs !== null || booking.startMs > nowMs);
  return isExpected
    ? { kind: 'due', booking, checkInUntilMs: booking.checkInUntilMs }
    : { kind: 'booked', booking, untilMs: booking.endMs };
}

function withoutBooking(list: readonly Booking[], timed: readonly Booking[], nowMs: number): RoomNow {
  const untilMs = timed[0]?.startMs ?? null;
  const missed = list.findLast(
    ({ state, releasedBecause, startMs }) => state === 'released' && releasedBecause === 'no-show' && startMs <= nowMs,
  );
  if (missed === undefined) return { kind: 'free', untilMs };
  return { kind: 'released', booking: missed, releasedAtMs: missed.startMs + NO_SHOW_AFTER_MS, untilMs };
}
