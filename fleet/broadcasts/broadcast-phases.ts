/**
 * The phases of a broadcast as pure functions: what its presenters' acts, the clock and the end of its call make of one. A row of
 * the store holds a state; nothing here reads a clock.
 */
import { type BroadcastAct, type BroadcastPhase, COUNTDOWN_MS, isOnAir } from '#contract/broadcast.ts';

/**
 * `startsAtMs`: when it is planned to go live, null: by hand. `liveAtMs`: of a countdown when it will be, then since when it is.
 * `greenRoomClosedAtMs`: by hand, so that its time does not open it again; null: it was not.
 */
export type PhaseState = {
  phase: BroadcastPhase;
  startsAtMs: number | null;
  liveAtMs: number | null;
  greenRoomClosedAtMs: number | null;
};
export type PhaseAct = Exclude<BroadcastAct['name'], 'set-stage'>;

/** The green room of a planned broadcast opens by itself this long before, where the meeting's call runs. */
export const GREEN_ROOM_BEFORE_MS = 5 * 60_000;
/** Who was not there at the planned moment for so long goes live by hand: nobody expects to be on air. */
const MISSED_AFTER_MS = 60_000;

/** @returns null: not possible in this phase. The same object: it is so already. */
export function afterAct(state: PhaseState, act: PhaseAct, nowMs: number): PhaseState | null {
  const { phase } = state;
  switch (act) {
    case 'open-green-room':
      if (phase === 'green-room') return state;
      return phase === 'planned' ? greenRoom(state, nowMs) : null;
    case 'start':
      if (phase === 'countdown') return state;
      return phase === 'planned' || phase === 'green-room'
        ? { ...state, phase: 'countdown', liveAtMs: nowMs + COUNTDOWN_MS }
        : null;
    case 'cancel-countdown':
      if (phase === 'green-room') return state;
      // it waits for a hand from now on: the clock would start it again
      return phase === 'countdown' ? { ...state, phase: 'green-room', startsAtMs: null, liveAtMs: null } : null;
    case 'hold':
      if (phase === 'hold') return state;
      return phase === 'live' ? { ...state, phase: 'hold' } : null;
    case 'resume':
      if (phase === 'live') return state;
      return phase === 'hold' ? { ...state, phase: 'live' } : null;
    case 'close-green-room':
      return phase === 'green-room' ? { ...closed(state, nowMs), greenRoomClosedAtMs: nowMs } : null;
    case 'end':
      if (isOnAir(phase)) return { ...state, phase: 'ended' };
      return phase === 'green-room' || phase === 'countdown' ? { ...state, phase: 'cancelled', liveAtMs: null } : null;
  }
}

/** A time that has passed is none: a green room that is opened late goes live by hand. */
const greenRoom = ({ startsAtMs }: PhaseState, nowMs: number): PhaseState => ({
  phase: 'green-room',
  startsAtMs: startsAtMs !== null && startsAtMs > nowMs ? startsAtMs : null,
  liveAtMs: null,
  greenRoomClosedAtMs: null,
});

/** Before its time it is planned again. */
const closed = (state: PhaseState, nowMs: number): PhaseState =>
  state.startsAtMs !== null && state.startsAtMs > nowMs
    ? { ...state, phase: 'planned', liveAtMs: null }
    : { ...state, phase: 'cancelled' };

/**
 * What is due by now.
 * @param mayOpen the meeting's call runs
 * @returns the same object: nothing is
 */
export function afterTime(state: PhaseState, nowMs: number, mayOpen: boolean): PhaseState {
  const { phase, startsAtMs, liveAtMs, greenRoomClosedAtMs } = state;
  switch (phase) {
    case 'planned': {
      const isTime = startsAtMs !== null && nowMs >= startsAtMs - GREEN_ROOM_BEFORE_MS && nowMs < startsAtMs;
      return isTime && mayOpen && greenRoomClosedAtMs === null ? greenRoom(state, nowMs) : state;
    }
    case 'green-room':
      if (startsAtMs === null || nowMs < startsAtMs - COUNTDOWN_MS) return state;
      if (nowMs >= startsAtMs + MISSED_AFTER_MS) return { ...state, startsAtMs: null };
      return { ...state, phase: 'countdown', liveAtMs: Math.max(startsAtMs, nowMs) };
    case 'countdown':
      if (liveAtMs === null || nowMs < liveAtMs) return state;
      if (nowMs >= liveAtMs + MISSED_AFTER_MS)
        return { ...state, phase: 'green-room', startsAtMs: null, liveAtMs: null };
      return { ...state, phase: 'live', liveAtMs: nowMs };
    default:
      return state;
  }
}

/** The meeting's call has been over for so long that nobody comes back. */
export function afterCall(state: PhaseState, nowMs: number): PhaseState {
  if (state.phase === 'green-room') return closed(state, nowMs);
  return afterAct(state, 'end', nowMs) ?? state;
}

/** When `afterTime` may have something to do; null: not by the clock alone. */
export function dueAtMs({ phase, startsAtMs, liveAtMs }: PhaseState): number | null {
  if (phase === 'countdown') return liveAtMs;
  return phase === 'green-room' && startsAtMs !== null ? startsAtMs - COUNTDOWN_MS : null;
}
