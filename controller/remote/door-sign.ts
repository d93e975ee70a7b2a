/** The sign on a tablet outside the door: one colour, one line, the next booking. Pure. */
import type { Booking } from '#contract/room-agenda.ts';
import type { RoomDay } from '#ui/agenda/room-day.ts';
import { minutesUntil } from '#ui/words/format.ts';
import type { RemoteView } from './projection.ts';

export type DoorSign = {
  tone: 'free' | 'soon' | 'busy' | 'unknown';
  headline:
    | { key: 'available' | 'availableToday' | 'startsNow' | 'inUse' | 'inUseToday' | 'unknown' }
    | { key: 'availableUntil' | 'inUseUntil' | 'startedAt'; atMs: number }
    | { key: 'startsIn'; minutes: number };
  /** the person whose booking it is, or is about to be */
  booking: Booking | null;
  /** may be tapped in from here, until then */
  checkIn: { booking: Booking; untilMs: number } | null;
  next: readonly Booking[];
};

const SHOWN_NEXT = 3;
/** A booking that begins this soon makes the sign amber, though nobody can check in yet. */
const SOON_MINUTES = 10;

/** @param view of a room that answers or not; another screen of the remote (refused, loading) is no sign */
export function doorSign(view: RemoteView): DoorSign {
  if (!('state' in view)) {
    return { tone: 'unknown', headline: { key: 'unknown' }, booking: null, checkIn: null, next: [] };
  }
  const { day, nowMs } = view;
  const inCall = view.screen === 'in-call' || view.screen === 'starting';
  const next = day === null || day.next === null ? [] : [day.next, ...day.later].slice(0, SHOWN_NEXT);
  const now = day?.now ?? null;
  const nothing = { booking: null, checkIn: null, next };
  if (inCall) {
    const own = now?.kind === 'booked' ? now.booking : null;
    return { ...nothing, tone: 'busy', headline: own ? untilOf(own) : { key: 'inUse' }, booking: own };
  }
  if (now?.kind === 'booked') return { ...nothing, tone: 'busy', headline: untilOf(now.booking), booking: now.booking };
  if (now?.kind === 'due') {
    const { booking, checkInUntilMs: untilMs } = now;
    const checkIn = untilMs === null || booking.state !== 'check-in-open' ? null : { booking, untilMs };
    return { tone: 'soon', headline: startOf(booking, nowMs), booking, checkIn, next };
  }
  return freeSign(day, nowMs, next);
}

function freeSign(day: RoomDay | null, nowMs: number, next: readonly Booking[]): DoorSign {
  const nothing = { booking: null, checkIn: null, next };
  if (day === null || (day.now.kind !== 'free' && day.now.kind !== 'released'))
    return { ...nothing, tone: 'free', headline: { key: 'available' } };
  const { untilMs } = day.now;
  if (untilMs === null) return { ...nothing, tone: 'free', headline: { key: 'availableToday' } };
  if (day.next !== null && minutesUntil(untilMs, nowMs) <= SOON_MINUTES)
    return { tone: 'soon', headline: startOf(day.next, nowMs), booking: day.next, checkIn: null, next: next.slice(1) };
  return { ...nothing, tone: 'free', headline: { key: 'availableUntil', atMs: untilMs } };
}

const untilOf = ({ isAllDay, endMs }: Booking): DoorSign['headline'] =>
  isAllDay ? { key: 'inUseToday' } : { key: 'inUseUntil', atMs: endMs };

function startOf({ startMs }: Booking, nowMs: number): DoorSign['headline'] {
  const minutes = minutesUntil(startMs, nowMs);
  if (minutes > 0) return { key: 'startsIn', minutes };
  return nowMs - startMs < 60_000 ? { key: 'startsNow' } : { key: 'startedAt', atMs: startMs };
}
