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
/** One answer may be lost. */
const SILENT_LOOKS = 3;
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
  isTaken: false,
  silentLooks: 0,
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
  if (goal.to === 'standby')
    return { ...tv, goal: { ...goal, isTaken: true, next: 'look', dueMs: nowMs + LOOK_EACH_MS, deadlineMs } };
  return { ...tv, goal: { ...goal, next: 'claim', dueMs: nowMs, deadlineMs } };
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
  const seen: Goal = { ...goal, last: power, wasAway: goal.wasAway || !isThere, silentLooks: 0 };
  // it was there, and a person has switched it off since
  if (goal.next === 'claim-again' && (power === 'standby' || power === 'turning-off')) return { ...tv, goal: null };
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

/** An order that nobody took; a look without an answer is followed by another; a claim that could not be sent is sent later. */
export function afterSilence(tv: TvState, goal: Goal, nowMs: number): TvState {
  if (goal.next === 'look')
    return { ...tv, goal: { ...goal, silentLooks: goal.silentLooks + 1, dueMs: nowMs + LOOK_EACH_MS } };
  if (goal.next === 'claim')
    return { ...tv, goal: { ...goal, next: 'look', wasAway: true, dueMs: nowMs + LOOK_EACH_MS } };
  if (goal.next === 'claim-again') return claimLater(tv, goal, nowMs);
  return tryAgain(tv, goal, nowMs);
}

/** It is on, and perhaps shows another input: no place was known to claim, as while a display that wakes up tells none. */
function claimLater(tv: TvState, goal: Goal, nowMs: number): TvState {
  const { pauseMs, isSlow } = pauseAfter(goal.attempt);
  return {
    ...tv,
    fault: isSlow && tv.heard ? 'stubborn' : tv.fault,
    goal: { ...goal, attempt: goal.attempt + 1, dueMs: nowMs + pauseMs },
  };
}

export const isLate = ({ next, deadlineMs }: Goal, nowMs: number): boolean => next === 'look' && nowMs >= deadlineMs;

/** Many TVs say nothing while they are off: one that took the order and then fell silent is off, as far as anybody knows. */
export const isOffBySilence = ({ to, isTaken, silentLooks }: Goal): boolean =>
  to === 'standby' && isTaken && silentLooks >= SILENT_LOOKS;

export function tryAgain(tv: TvState, goal: Goal, nowMs: number): TvState {
  const { pauseMs, isSlow } = pauseAfter(goal.attempt);
  // nobody needs it, and it does not take even the order to go off
  if (goal.to === 'standby' && isSlow && goal.last === null) return { ...tv, goal: null, power: 'unknown' };
  const fault = goal.last === null ? 'silent' : 'stubborn';
  return {
    ...tv,
    fault: isSlow && tv.heard ? fault : tv.fault,
    goal: { ...goalTo(goal.to, nowMs + pauseMs), attempt: goal.attempt + 1 },
  };
}

function pauseAfter(attempt: number): { pauseMs: number; isSlow: boolean } {
  const isSlow = attempt >= FAST_ATTEMPTS;
  return { pauseMs: isSlow ? SLOW_PAUSE_MS : FIRST_PAUSE_MS * 2 ** (attempt - 1), isSlow };
}
