/**
 * How a TV is brought to something: ordered, watched until a deadline because its word lags seconds behind its deed,
 * ordered again after growing pauses, and from some point on slowly, for as long as the wish holds.
 */
import type { TvPower } from './cec-frame.ts';
import type { Goal, TvState } from './tv-state.ts';

const LOOK_EACH_MS = 1_000;
/** A TV takes 6 to 7 s; slow ones ten. */
const THERE_WITHIN_MS = 12_000;
/** One that does not tell has to be believed after so long. */
const BELIEVED_AFTER_MS = 8_000;
const FAST_ATTEMPTS = 3;
const FIRST_PAUSE_MS = 2_000;
const SLOW_PAUSE_MS = 60_000;

export const goalTo = (to: Goal['to'], nowMs: number): Goal => ({
  to,
  attempt: 1,
  next: 'order',
  dueMs: nowMs,
  deadlineMs: Number.POSITIVE_INFINITY,
  last: null,
  wasAway: false,
});

export const commandOf = ({ to, next }: Goal) => {
  if (next === 'look') return 'ask-power';
  if (next === 'order') return to === 'on' ? 'turn-on' : 'standby';
  return 'make-active-source';
};

export const reached = (tv: TvState): TvState => ({ ...tv, goal: null, fault: null });

/** The order, or the claim, went out. */
export function afterDone(tv: TvState, goal: Goal, nowMs: number): TvState {
  if (goal.next === 'claim-again') return reached(tv);
  if (goal.next === 'claim') return { ...tv, goal: { ...goal, next: 'look', dueMs: nowMs } };
  const deadlineMs = nowMs + THERE_WITHIN_MS;
  if (goal.to === 'on') return { ...tv, goal: { ...goal, next: 'claim', dueMs: nowMs, deadlineMs } };
  return { ...tv, goal: { ...goal, next: 'look', dueMs: nowMs + LOOK_EACH_MS, deadlineMs } };
}

/** A TV that does not tell how it is has to be believed, in its own time. */
export function afterRefusal(tv: TvState, goal: Goal, nowMs: number): TvState {
  if (goal.next !== 'look' || tv.tellsPower) return afterSilence(tv, goal, nowMs);
  if (goal.to === 'standby') return reached({ ...tv, power: 'standby' });
  return { ...tv, power: 'on', goal: { ...goal, next: 'claim-again', dueMs: nowMs + BELIEVED_AFTER_MS } };
}

/** The TV said how it is, asked or not. */
export function afterPower(tv: TvState, goal: Goal, power: TvPower, nowMs: number): TvState {
  const isThere = power === goal.to;
  if (goal.next === 'order' && goal.attempt > 1 && isThere) return arrived(tv, { ...goal, wasAway: true }, nowMs);
  const seen: Goal = { ...goal, last: power, wasAway: goal.wasAway || !isThere };
  // not ordered yet: it tells of what was before
  if (goal.next !== 'look') return { ...tv, goal: seen };
  const looking: TvState = { ...tv, goal: { ...seen, dueMs: nowMs + LOOK_EACH_MS } };
  // on its way out a person has called it back
  if (goal.to === 'standby' && goal.last === 'turning-off' && power === 'on')
    return { ...tv, goal: null, activeAtMs: nowMs };
  if (!isThere) return looking;
  // told to go off a moment ago it still says "on", and then goes
  const isStale = goal.to === 'on' && !seen.wasAway && nowMs - tv.standbyAtMs < THERE_WITHIN_MS;
  return isStale ? looking : arrived(tv, seen, nowMs);
}

/** On from the first, it has heard the claim; while it woke up, perhaps not. */
function arrived(tv: TvState, goal: Goal, nowMs: number): TvState {
  if (goal.to === 'standby' || !goal.wasAway) return reached(tv);
  return { ...tv, goal: { ...goal, next: 'claim-again', dueMs: nowMs } };
}

/** An order that nobody took; a look without an answer is followed by another. */
export function afterSilence(tv: TvState, goal: Goal, nowMs: number): TvState {
  if (goal.next === 'look') return { ...tv, goal: { ...goal, dueMs: nowMs + LOOK_EACH_MS } };
  if (goal.next === 'claim') return { ...tv, goal: { ...goal, next: 'look', dueMs: nowMs + LOOK_EACH_MS } };
  if (goal.next === 'claim-again') return reached(tv);
  return tryAgain(tv, goal, nowMs);
}

export const isLate = ({ next, deadlineMs }: Goal, nowMs: number): boolean => next === 'look' && nowMs >= deadlineMs;

export function tryAgain(tv: TvState, goal: Goal, nowMs: number): TvState {
  const isSlow = goal.attempt >= FAST_ATTEMPTS;
  const pauseMs = isSlow ? SLOW_PAUSE_MS : FIRST_PAUSE_MS * 2 ** (goal.attempt - 1);
  const fault = goal.last === null ? 'silent' : 'stubborn';
  return {
    ...tv,
    fault: isSlow && tv.heard ? fault : tv.fault,
    goal: { ...goalTo(goal.to, nowMs + pauseMs), attempt: goal.attempt + 1 },
  };
}
