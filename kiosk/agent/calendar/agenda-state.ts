/** What the agenda's rules know, hear and ask for. How one follows from the other is agenda.ts's. */
import type { AgendaCommand } from '#contract/room-command.ts';
import type { RoomEvent } from '#contract/room-events.ts';
import type { Occurrence } from './calendar-source.ts';
import type { RememberedAgenda, RememberedBooking } from './agenda-memory.ts';

/** `nowMs` is the wall's clock, which may jump; `steadyMs` counts what really passed. */
export type AgendaTime = { nowMs: number; steadyMs: number };
export type PlannedBooking = Occurrence & {
  bookingId: string;
  /** made for the room at the fleet server; absent: the calendar alone has it */
  meetingId?: string;
};
/** The room's call, also one that is starting; with the booking it was started for. */
export type RoomCall = { bookingId: string | null };

export type AgendaState = {
  planned: readonly PlannedBooking[];
  remembered: ReadonlyMap<string, RememberedBooking>;
  /** whose check-in is waited for, since when, and until when as it is shown */
  awaited: ReadonlyMap<string, { sinceSteadyMs: number; untilMs: number }>;
  call: RoomCall | null;
  selfTested: ReadonlySet<string>;
  /** null: nobody listens */
  listeningUntilSteadyMs: number | null;
};
export type AgendaRules = { noShowRelease: boolean; soundPresence: boolean };

export type AgendaEvent =
  | { type: 'time' }
  | { type: 'reading'; planned: readonly PlannedBooking[] }
  | { type: 'call'; call: RoomCall | null }
  | { type: 'presence' }
  | { type: 'sound-heard' }
  | { type: 'command'; command: AgendaCommand }
  /** the calendar has it as it was before we gave it back */
  | { type: 'taken-back'; bookingId: string };

type Told<E> = E extends unknown ? Omit<E, 'eventId' | 'sequence' | 'atMs'> : never;
export type BookingEvent = Told<
  Extract<RoomEvent, { name: 'booking-checked-in' | 'booking-released' | 'booking-restored' | 'booking-moved' }>
>;
export type CheckInBy = Extract<BookingEvent, { name: 'booking-checked-in' }>['by'];
export type ReleasedBecause = 'no-show' | 'given-back';
export type AgendaWrite = { name: 'move-end'; endMs: number } | { name: 'give-back' } | { name: 'take-back' };

export type AgendaEffect =
  | { type: 'tell'; event: BookingEvent }
  | { type: 'write'; bookingId: string; write: AgendaWrite }
  /** 0: no longer */
  | { type: 'listen'; forMs: number }
  | { type: 'self-test' };

/** A booking as calendar and room have it together. */
export type BookingNow = PlannedBooking & { checkedIn: boolean; released: RememberedBooking['released'] };

export function firstState({ bookings }: RememberedAgenda): AgendaState {
  return {
    planned: [],
    remembered: new Map(bookings.map((booking) => [booking.bookingId, booking])),
    awaited: new Map(),
    call: null,
    selfTested: new Set(),
    listeningUntilSteadyMs: null,
  };
}

/** By start. Without what others cancelled: only what the room itself gave back is still shown. */
export function bookingsOf({ planned, remembered }: AgendaState): BookingNow[] {
  return planned
    .filter((each) => !each.isGone || remembered.get(each.bookingId)?.gaveBack)
    .map((each) => {
      const known = remembered.get(each.bookingId);
      const released = known?.released ?? null;
      const endMs = released?.endMs ?? extendedEnd(each, known?.movedEndMs ?? null, planned, remembered);
      return { ...each, endMs, checkedIn: known?.checkedIn ?? false, released };
    });
}

/** An extension that the calendar does not know yields to what was booked since. */
function extendedEnd(
  { bookingId, endMs }: PlannedBooking,
  movedEndMs: number | null,
  planned: readonly PlannedBooking[],
  remembered: AgendaState['remembered'],
): number {
  if (movedEndMs === null || movedEndMs <= endMs) return endMs;
  const next = planned
    .filter((other) => other.bookingId !== bookingId && !other.isGone && !other.isAllDay)
    .filter((other) => !remembered.get(other.bookingId)?.released)
    .map((other) => other.startMs)
    .filter((startMs) => startMs >= endMs);
  return Math.min(movedEndMs, ...next);
}

/** The booking for which the call was started, if it is known. */
export const startedCall = (bookings: readonly BookingNow[], call: RoomCall | null): BookingNow | null =>
  bookings.find(({ bookingId }) => bookingId === call?.bookingId) ?? null;
