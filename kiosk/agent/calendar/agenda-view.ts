/** The agenda as everyone is shown it: today's bookings with their states, bounded in number and bytes. Pure. */
import { BOOKINGS_IN_AGENDA, CHECK_IN_OPENS_MS, NO_SHOW_AFTER_MS } from '#contract/limits.ts';
import { projections } from '#contract/projections.ts';
import type { Booking, BookingState, RoomAgenda } from '#contract/room-agenda.ts';
import { cutText } from '#contract/shown-text.ts';
import type { StartableBooking } from '../grant-requests.ts';
import { type AgendaRules, type AgendaState, bookingsOf, type BookingNow, startedCall } from './agenda-state.ts';
import { meetingLinkOf } from './meeting-link.ts';
import { startOfDay, type Zone } from './zones.ts';

export type AgendaContent = Pick<RoomAgenda, 'timeZone' | 'calendar' | 'bookings' | 'moreCount'>;
type View = { nowMs: number; zone: Zone; fleetOrigin: string | null; rules: AgendaRules };

export const MAX_TITLE = { units: 120, bytes: 240 };
const MAX_ORGANIZER = { units: 80, bytes: 120 };
/** the agenda's other fields: ids, counters, health, the zone's name */
const HEADING_BYTES = 700;

export function bookingsInView(state: AgendaState, view: View): { bookings: Booking[]; moreCount: number } {
  const { nowMs, zone } = view;
  // tomorrow's first may open before midnight
  const untilMs = Math.max(startOfDay(zone, nowMs, 1), nowMs + CHECK_IN_OPENS_MS + 1);
  const all = bookingsOf(state);
  const inCall = startedCall(all, state.call);
  const shown = all.filter(
    (booking) => booking.startMs < untilMs && (nowMs < booking.endMs || booking.bookingId === inCall?.bookingId),
  );
  const bookings = shown.slice(0, BOOKINGS_IN_AGENDA).map((booking) => toBooking(booking, state, view));
  while (Buffer.byteLength(JSON.stringify(bookings)) > projections.agenda.maxBytes - HEADING_BYTES) bookings.pop();
  return { bookings, moreCount: shown.length - bookings.length };
}

/** For a start that names it; null: it is over or gone. The invite stays between agent and fleet. */
export function startableIn(
  state: AgendaState,
  bookingId: string,
  { nowMs, fleetOrigin }: Pick<View, 'nowMs' | 'fleetOrigin'>,
): StartableBooking | null {
  const all = bookingsOf(state);
  const booking = all.find((each) => each.bookingId === bookingId);
  if (!booking || (nowMs >= booking.endMs && startedCall(all, state.call) !== booking)) return null;
  const title = cutText(booking.title, MAX_TITLE);
  return booking.meetingId === undefined
    ? { title, invite: meetingLinkOf(booking.links, fleetOrigin).invite }
    : { title, invite: null, meetingId: booking.meetingId };
}

function toBooking(booking: BookingNow, { awaited }: AgendaState, { nowMs, fleetOrigin, rules }: View): Booking {
  const { bookingId, isPrivate, startMs, endMs, isAllDay, released } = booking;
  const state = stateOf(booking, nowMs);
  const expected = state === 'check-in-open' && rules.noShowRelease && !isAllDay;
  return {
    bookingId,
    title: cutText(booking.title, MAX_TITLE),
    isPrivate,
    organizer: booking.organizer === null ? null : cutText(booking.organizer, MAX_ORGANIZER),
    startMs,
    endMs,
    isAllDay,
    link: booking.meetingId === undefined ? meetingLinkOf(booking.links, fleetOrigin).link : 'ours',
    state,
    releasedBecause: released?.because ?? null,
    checkInUntilMs: expected
      ? (awaited.get(bookingId)?.untilMs ?? (nowMs < startMs ? startMs + NO_SHOW_AFTER_MS : null))
      : null,
  };
}

function stateOf({ startMs, endMs, released, checkedIn }: BookingNow, nowMs: number): BookingState {
  if (nowMs >= endMs) return 'over';
  if (released) return 'released';
  if (checkedIn) return 'in-use';
  return nowMs >= startMs - CHECK_IN_OPENS_MS ? 'check-in-open' : 'upcoming';
}
