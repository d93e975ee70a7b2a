/**
 * Which broadcast an idle TV shows, and when it gives way. Pure: (tuning, event, time) to tuning. A call, a booking and a
 * document come first; what somebody stopped by a tap comes back by a tap alone.
 */
import { type BroadcastPhase, isOnAir } from '#contract/broadcast.ts';
import type { ErrorCode } from '#contract/error-codes.ts';
import type { Booking } from '#contract/room-agenda.ts';
import type { OfferedBroadcast } from '#contract/room-broadcasts.ts';
import type { SectionValues } from '#contract/settings/all-settings.ts';

/** The TV is free for those who come so long before their booking. */
export const FREE_BEFORE_BOOKING_MS = 60_000;
/** The fleet offers it no longer: its last seconds are still on their way to the page. */
export const LAST_SECONDS_MS = 8_000;
/** A broadcast that could not be shown is tried again by itself after so long. */
export const TRIED_AGAIN_MS = 120_000;

export type TunedIn = {
  broadcastId: string;
  title: string;
  isByTap: boolean;
  sinceMs: number;
  /** bookings that held the room when somebody tapped: they are of those people */
  heldBy: readonly string[];
  /** not offered any longer: it ends then; null: offered */
  untilMs: number | null;
};
export type Tuning = {
  rule: SectionValues<'broadcast'>['tuneIn'];
  /** the room is idle, and its TV shows no document */
  isFree: boolean;
  offered: readonly OfferedBroadcast[];
  bookings: readonly Booking[];
  /** what the TV is to show; null: nothing */
  tunedIn: TunedIn | null;
  /** by broadcast: it does not come by itself before then */
  notBeforeMs: ReadonlyMap<string, number>;
  /** why the last one is not shown */
  refusal: ErrorCode | null;
};
export type TuningEvent =
  | { type: 'rule'; rule: Tuning['rule'] }
  | { type: 'free'; isFree: boolean }
  | { type: 'offered'; offered: readonly OfferedBroadcast[] }
  | { type: 'agenda'; bookings: readonly Booking[] }
  /** a person's tap; null: stops it */
  | { type: 'watch'; broadcastId: string | null }
  /** it is over, or cannot be shown */
  | { type: 'ended'; broadcastId: string; code: ErrorCode | null }
  | { type: 'time' };

export const UNTUNED: Tuning = {
  rule: 'never',
  isFree: false,
  offered: [],
  bookings: [],
  tunedIn: null,
  notBeforeMs: new Map(),
  refusal: null,
};

export function stepTuning(before: Tuning, event: TuningEvent, nowMs: number): Tuning {
  return settled(received(before, event, nowMs), nowMs);
}

/** Why a tap can't have it; null: it can. */
export function refusalOfTap({ rule, isFree, offered }: Tuning, broadcastId: string): ErrorCode | null {
  if (rule === 'never' || !offered.some((each) => each.broadcastId === broadcastId && isToCome(each)))
    return 'not-found';
  return isFree ? null : 'not-possible-now';
}

/** When time alone changes something; infinite: never. */
export function nextChangeMs({ tunedIn, bookings, notBeforeMs, offered }: Tuning, nowMs: number): number {
  const ofBookings = bookings.flatMap((booking) => [booking.startMs - FREE_BEFORE_BOOKING_MS, booking.endMs]);
  const ofOffers = offered.flatMap(({ broadcastId }) => notBeforeMs.get(broadcastId) ?? []);
  const all = [...ofBookings, ...ofOffers, tunedIn?.untilMs ?? Number.POSITIVE_INFINITY];
  return Math.min(...all.filter((atMs) => atMs > nowMs), Number.POSITIVE_INFINITY);
}

function received(tuning: Tuning, event: TuningEvent, nowMs: number): Tuning {
  const { tunedIn } = tuning;
  switch (event.type) {
    case 'rule':
      return { ...tuning, rule: event.rule };
    case 'free':
      return { ...tuning, isFree: event.isFree };
    case 'agenda':
      return { ...tuning, bookings: event.bookings };
    case 'offered': {
      const { offered } = event;
      const notBeforeMs = new Map([...tuning.notBeforeMs].filter(([id]) => offered.some((o) => o.broadcastId === id)));
      return { ...tuning, offered, notBeforeMs, tunedIn: tunedIn && asOffered(tunedIn, offered, nowMs) };
    }
    case 'watch': {
      const { broadcastId } = event;
      if (broadcastId === null) {
        const stopped = tunedIn === null ? [] : [[tunedIn.broadcastId, Number.POSITIVE_INFINITY] as const];
        return { ...tuning, tunedIn: null, notBeforeMs: new Map([...tuning.notBeforeMs, ...stopped]), refusal: null };
      }
      const offer = tuning.offered.find((each) => each.broadcastId === broadcastId);
      if (offer === undefined || refusalOfTap(tuning, broadcastId) !== null) return tuning;
      const heldBy = tuning.bookings.filter((booking) => isHolding(booking, nowMs)).map(({ bookingId }) => bookingId);
      // what by itself is on is theirs from now on
      const sinceMs = tunedIn?.broadcastId === broadcastId ? tunedIn.sinceMs : nowMs;
      const { title } = offer;
      return {
        ...tuning,
        tunedIn: { broadcastId, title, isByTap: true, sinceMs, heldBy, untilMs: null },
        refusal: null,
      };
    }
    case 'ended': {
      const { broadcastId, code } = event;
      if (tunedIn?.broadcastId !== broadcastId) return tuning;
      const atMs = code === null ? Number.POSITIVE_INFINITY : nowMs + TRIED_AGAIN_MS;
      const notBeforeMs = new Map([...tuning.notBeforeMs, [broadcastId, atMs]]);
      return { ...tuning, tunedIn: null, notBeforeMs, refusal: code };
    }
    case 'time':
      return tuning;
  }
}

function asOffered(tunedIn: TunedIn, offered: readonly OfferedBroadcast[], nowMs: number): TunedIn {
  const offer = offered.find(({ broadcastId }) => broadcastId === tunedIn.broadcastId);
  if (offer !== undefined && isToCome(offer)) return { ...tunedIn, title: offer.title, untilMs: null };
  return { ...tunedIn, untilMs: tunedIn.untilMs ?? nowMs + LAST_SECONDS_MS };
}

function settled(tuning: Tuning, nowMs: number): Tuning {
  const kept = tuning.tunedIn && mayStay(tuning, tuning.tunedIn, nowMs) ? tuning.tunedIn : null;
  const offer = kept === null ? comesByItself(tuning, nowMs) : null;
  if (offer === null) return kept === tuning.tunedIn ? tuning : { ...tuning, tunedIn: kept };
  const { broadcastId, title } = offer;
  const tunedIn = { broadcastId, title, isByTap: false, sinceMs: nowMs, heldBy: [], untilMs: null };
  return { ...tuning, tunedIn, refusal: null };
}

function mayStay({ rule, isFree, bookings }: Tuning, { untilMs, heldBy }: TunedIn, nowMs: number): boolean {
  if (rule === 'never' || !isFree || (untilMs !== null && nowMs >= untilMs)) return false;
  return !bookings.some((booking) => isHolding(booking, nowMs) && !heldBy.includes(booking.bookingId));
}

/** The first of those that are on: one that only comes is for a tap. */
function comesByItself(
  { rule, isFree, offered, bookings, notBeforeMs }: Tuning,
  nowMs: number,
): OfferedBroadcast | null {
  if (rule !== 'by-itself' || !isFree || bookings.some((booking) => isHolding(booking, nowMs))) return null;
  const isDue = ({ broadcastId, phase }: OfferedBroadcast): boolean =>
    isOn(phase) && nowMs >= (notBeforeMs.get(broadcastId) ?? Number.NEGATIVE_INFINITY);
  return offered.find(isDue) ?? null;
}

/** Its people are there, or about to come. One of the whole day says nothing about who is in the room. */
const isHolding = ({ state, isAllDay, startMs, endMs }: Booking, nowMs: number): boolean =>
  state === 'in-use' ||
  (state !== 'released' && state !== 'over' && !isAllDay && nowMs >= startMs - FREE_BEFORE_BOOKING_MS && nowMs < endMs);

const isOn = (phase: BroadcastPhase): boolean => phase === 'countdown' || isOnAir(phase);
const isToCome = ({ phase }: OfferedBroadcast): boolean => phase !== 'ended' && phase !== 'cancelled';
