/**
 * The rules of a room's bookings, pure: (state, event, moment) to (state, effects). Owns who is expected, who has come,
 * and when a room is given free; reading, writing and keeping are its caller's.
 */
import type { ErrorCode } from '#contract/error-codes.ts';
import { CHECK_IN_OPENS_MS, NO_SHOW_AFTER_MS, SELF_TEST_BEFORE_BOOKING_MS } from '#contract/limits.ts';
import type { AgendaCommand } from '#contract/room-command.ts';
import {
  type AgendaEffect,
  type AgendaEvent,
  type AgendaRules,
  type AgendaState,
  bookingsOf,
  type BookingNow,
  type AgendaTime,
  startedCall,
} from './agenda-state.ts';
import { AgendaDraft } from './agenda-draft.ts';

export type AgendaStep = { state: AgendaState; effects: AgendaEffect[]; refusal: ErrorCode | null };

/** The page listens this long at most per wish. */
const LISTEN_MS = 60_000;
/** A deadline that is shown follows the clock of the wall only where that jumped. */
const JUMP_MS = 2_000;

export function stepAgenda(state: AgendaState, event: AgendaEvent, moment: AgendaTime, rules: AgendaRules): AgendaStep {
  const change = new AgendaDraft(state, moment, rules);
  const refusal = take(change, event);
  settle(change);
  return { state: change.state, effects: change.effects, refusal };
}

function take(change: AgendaDraft, event: AgendaEvent): ErrorCode | null {
  switch (event.type) {
    case 'time':
      return null;
    case 'reading':
      change.read(event.planned);
      return null;
    case 'call':
      change.state = { ...change.state, call: event.call };
      return null;
    case 'presence':
      for (const booking of whoIsMeant(change)) change.checkIn(booking, 'presence');
      return null;
    case 'sound-heard':
      // nobody listens before the start: what is heard then are the ones before
      for (const booking of whoIsMeant(change)) if (isRunning(booking, change.nowMs)) change.checkIn(booking, 'sound');
      return null;
    case 'taken-back':
      change.remember(event.bookingId, { gaveBack: false });
      return null;
    case 'command':
      return obey(change, event.command);
  }
}

function obey(change: AgendaDraft, command: AgendaCommand): ErrorCode | null {
  const { nowMs } = change;
  const booking = change.bookings.find((each) => each.bookingId === command.bookingId);
  if (!booking) return 'booking-unknown';
  if (nowMs >= booking.endMs) return 'not-possible-now';
  switch (command.name) {
    case 'check-in':
      if (booking.released || !isOpen(booking, nowMs)) return 'not-possible-now';
      change.checkIn(booking, 'tap');
      return null;
    case 'restore-booking':
      // the second of two taps finds what it wants
      if (!booking.released) return isOpen(booking, nowMs) ? null : 'not-possible-now';
      if (change.isTaken(booking)) return 'booking-conflict';
      change.restore(booking);
      // who takes it back is there
      if (isOpen(booking, nowMs)) change.checkIn(booking, 'tap');
      return null;
    case 'extend-booking': {
      if (booking.released || booking.isAllDay || !isOpen(booking, nowMs)) return 'not-possible-now';
      const endMs = booking.endMs + command.minutes * 60_000;
      const conflicts = change.bookings.some(
        (other) => isLive(other, booking) && other.startMs < endMs && other.endMs > booking.endMs,
      );
      if (conflicts) return 'booking-conflict';
      change.moveEnd(booking, endMs);
      change.checkIn(booking, 'tap');
      return null;
    }
    case 'end-booking':
      if (booking.released) return null;
      // a room in a call is not free
      if (change.state.call) return 'not-possible-now';
      change.release(booking, 'given-back');
      return null;
  }
}

const isLive = (other: BookingNow, but: BookingNow): boolean =>
  other.bookingId !== but.bookingId && !other.released && !other.isAllDay;
const isOpen = ({ startMs, endMs }: BookingNow, nowMs: number): boolean =>
  nowMs >= startMs - CHECK_IN_OPENS_MS && nowMs < endMs;
const isRunning = ({ startMs, endMs }: BookingNow, nowMs: number): boolean => nowMs >= startMs && nowMs < endMs;

/** Somebody is in the room: for what runs now, else for what comes next. A booking of the whole day is neither. */
function whoIsMeant({ bookings, nowMs }: AgendaDraft): BookingNow[] {
  const live = bookings.filter((booking) => !booking.released && !booking.isAllDay);
  const running = live.filter((booking) => isRunning(booking, nowMs));
  if (running.length > 0) return running;
  return live.filter((booking) => isOpen(booking, nowMs)).slice(0, 1);
}

/** What follows from the time and the call by themselves. */
function settle(change: AgendaDraft): void {
  followCall(change);
  const awaited = new Map<string, { sinceSteadyMs: number; untilMs: number }>();
  for (const booking of change.bookings) {
    const since = awaitNow(change, booking);
    if (since) awaited.set(booking.bookingId, since);
  }
  change.state = { ...change.state, awaited };
  selfTest(change);
  listen(change);
}

function followCall(change: AgendaDraft): void {
  const { call } = change.state;
  if (!call) return;
  if (call.bookingId === null) {
    for (const booking of whoIsMeant(change)) if (isRunning(booking, change.nowMs)) change.checkIn(booking, 'call');
    return;
  }
  const booking = startedCall(change.bookings, call);
  if (!booking || change.nowMs >= booking.endMs) return;
  if (booking.released) change.restore(booking);
  change.checkIn(booking, 'call');
}

/** Null: nobody is expected, has come, or will not come any more. */
function awaitNow(change: AgendaDraft, booking: BookingNow): { sinceSteadyMs: number; untilMs: number } | null {
  const { nowMs, moment, state, rules } = change;
  if (!rules.noShowRelease || booking.isAllDay || booking.released || booking.checkedIn || state.call) return null;
  if (!isRunning(booking, nowMs)) return null;
  const former = state.awaited.get(booking.bookingId);
  const sinceSteadyMs = former?.sinceSteadyMs ?? moment.steadyMs;
  const leftMs = NO_SHOW_AFTER_MS - (moment.steadyMs - sinceSteadyMs);
  // both clocks: the one of the wall may have jumped, the steady one may have begun in the middle
  if (leftMs <= 0 && nowMs >= booking.startMs + NO_SHOW_AFTER_MS) {
    change.release(booking, 'no-show');
    return null;
  }
  const untilMs = Math.max(nowMs + leftMs, booking.startMs + NO_SHOW_AFTER_MS);
  const jumped = former === undefined || Math.abs(former.untilMs - untilMs) > JUMP_MS;
  return { sinceSteadyMs, untilMs: jumped ? untilMs : former.untilMs };
}

function selfTest(change: AgendaDraft): void {
  const { nowMs, state } = change;
  const tested = new Set<string>();
  let due = false;
  for (const { bookingId, startMs, released, isAllDay } of change.bookings) {
    const key = `${bookingId} ${startMs}`;
    if (state.selfTested.has(key)) tested.add(key);
    else if (!released && !isAllDay && nowMs >= startMs - SELF_TEST_BEFORE_BOOKING_MS && nowMs < startMs) {
      tested.add(key);
      due = true;
    }
  }
  change.state = { ...change.state, selfTested: tested };
  if (due) change.effects.push({ type: 'self-test' });
}

/** Only while somebody is awaited, and the page is told when that is over. */
function listen(change: AgendaDraft): void {
  const { state, moment, rules, nowMs } = change;
  const leftMs = Math.max(0, ...[...state.awaited.values()].map(({ untilMs }) => untilMs - nowMs));
  if (!rules.soundPresence || leftMs === 0) {
    if (state.listeningUntilSteadyMs !== null) change.effects.push({ type: 'listen', forMs: 0 });
    change.state = { ...state, listeningUntilSteadyMs: null };
  } else if (state.listeningUntilSteadyMs === null || moment.steadyMs >= state.listeningUntilSteadyMs) {
    const forMs = Math.ceil(Math.min(LISTEN_MS, leftMs));
    change.effects.push({ type: 'listen', forMs });
    change.state = { ...state, listeningUntilSteadyMs: moment.steadyMs + forMs };
  }
}

/** After this long at most, something is due; null: nothing is planned. */
export function nextDueMs(state: AgendaState, { nowMs, steadyMs }: AgendaTime): number | null {
  const due: number[] = [];
  for (const { bookingId, startMs, endMs } of bookingsOf(state)) {
    const since = state.awaited.get(bookingId)?.sinceSteadyMs;
    if (since !== undefined)
      due.push(Math.max(since + NO_SHOW_AFTER_MS - steadyMs, startMs + NO_SHOW_AFTER_MS - nowMs));
    for (const atMs of [startMs - CHECK_IN_OPENS_MS, startMs - SELF_TEST_BEFORE_BOOKING_MS, startMs, endMs])
      if (atMs > nowMs) due.push(atMs - nowMs);
  }
  if (state.listeningUntilSteadyMs !== null) due.push(state.listeningUntilSteadyMs - steadyMs);
  return due.length === 0 ? null : Math.max(1, Math.min(...due));
}
