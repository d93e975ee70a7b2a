/**
 * What a room does next about its software: pure, from what the fleet wants, what the box runs, what goes on in the room and what is
 * kept. One named step at a time; each may be repeated, so an agent that was restarted at any point goes on by asking again.
 */
import { UPDATE_COUNTDOWN_MS, type UpdateWait } from '#contract/room-update.ts';
import type { FailedUpdate, RoomUpdateDesired } from '#contract/room-update.ts';
import type { BoxFacts } from './box-facts.ts';
import type { KeptUpdates, OrderKept } from './kept-updates.ts';

export type WantedRelease = NonNullable<RoomUpdateDesired['release']>;

export type QuietFacts = {
  /** nobody meets, and no meeting is about to begin or has just ended */
  isIdle: boolean;
  /** outside of a call it shows a broadcast or a document */
  isTvInUse: boolean;
  /** a booking is under way, or begins soon */
  isBooked: boolean;
  /** of its updates, by the box's own zone */
  isWithinHours: boolean;
};

export type UpdateFacts = {
  desired: RoomUpdateDesired | null;
  box: BoxFacts;
  room: QuietFacts;
  kept: KeptUpdates;
  /** by a clock that nobody sets; null: none runs */
  countdownLeftMs: number | null;
  /** the room as it was before the switch has been looked at */
  isLookedAt: boolean;
  /** the box's wall clock */
  nowMs: number;
  /** the same by the fleet's clock, as far as it is known: deadlines are the fleet's */
  fleetNowMs: number;
};

export type NextStep =
  | { step: 'none' }
  | { step: 'fetch' | 'verify'; release: WantedRelease; isPaused: boolean }
  /** `isOrdered`: root is at it, or its answer is on its way */
  | { step: 'place' | 'switch'; release: WantedRelease; isOrdered: boolean; isPaused: boolean }
  | { step: 'wait'; release: WantedRelease; waitsFor: UpdateWait }
  /** `release` null: it was switched to at an earlier start of the agent's, for a wish that is gone */
  | { step: 'prove' | 'confirm'; releaseId: string };

/** Root copies gigabytes on slow disks; a switch is a rename and two restarts. */
const ORDER_WITHIN_MS = { place: 20 * 60_000, switch: 3 * 60_000 } as const;
/** A pause that ends later than this comes of a clock that was set. */
export const LONGEST_PAUSE_MS = 3_600_000;

export function nextStep(facts: UpdateFacts): NextStep {
  const { box, desired, kept } = facts;
  if (box.trial !== null) {
    const { newId } = box.trial;
    // the former release's agent during the switch itself, or the guard's way back
    if (newId !== box.runningId) return trialOf(facts, newId);
    // the guard takes the proof away, and then ends the trial
    const isProven = box.confirmed?.releaseId === newId || (box.proof?.releaseId === newId && box.proof.isPassed);
    return { step: isProven ? 'confirm' : 'prove', releaseId: newId };
  }
  const release = desired?.release ?? null;
  if (!box.takesUpdates || release === null || release.releaseId === box.runningId) return { step: 'none' };
  if (isHeld(kept.failed, release.releaseId, desired!.attempt)) return { step: 'none' };
  const isPaused = isPausedFor(facts, release.releaseId);
  const ready = kept.ready?.releaseId === release.releaseId ? kept.ready.stage : null;
  if (ready === null) return { step: 'fetch', release, isPaused };
  if (ready === 'fetched') return { step: 'verify', release, isPaused };
  if (ready === 'verified') return { step: 'place', release, isOrdered: isOrdered(facts, 'place', release), isPaused };
  if (isOrdered(facts, 'switch', release)) return { step: 'switch', release, isOrdered: true, isPaused: false };
  const waitsFor = whyWaiting(facts);
  if (waitsFor !== null) return { step: 'wait', release, waitsFor };
  return { step: 'switch', release, isOrdered: false, isPaused };
}

/** The first reason that holds; null: now. */
function whyWaiting(facts: UpdateFacts): UpdateWait | null {
  const { desired, room, countdownLeftMs, isLookedAt } = facts;
  if (!desired!.mayInstall) return 'go';
  if (!room.isIdle) return 'meeting';
  if (room.isTvInUse) return 'broadcast';
  if (room.isBooked) return 'booking';
  if (isPutOff(facts)) return 'not-now';
  if (!room.isWithinHours && !desired!.isUrgent) return 'hours';
  return countdownLeftMs === null || countdownLeftMs > 0 || !isLookedAt ? 'countdown' : null;
}

/** "Not now" counts: for this release, for its time, and not past the deadline. */
export function isPutOff({ desired, kept, nowMs, fleetNowMs }: UpdateFacts): boolean {
  const { notNow } = kept;
  if (notNow === null || notNow.releaseId !== desired?.release?.releaseId) return false;
  return nowMs < notNow.untilMs && !isPastDeadline(desired, fleetNowMs);
}

const isPastDeadline = ({ deadlineMs }: RoomUpdateDesired, fleetNowMs: number): boolean =>
  deadlineMs !== null && fleetNowMs >= deadlineMs;

/** While it counts down; once for a release; not past the deadline. */
export function mayPutOff(facts: UpdateFacts, isAllowed: boolean): boolean {
  const { desired, kept, countdownLeftMs, fleetNowMs } = facts;
  const releaseId = desired?.release?.releaseId;
  if (!isAllowed || releaseId === undefined || countdownLeftMs === null) return false;
  return kept.notNow?.releaseId !== releaseId && !isPastDeadline(desired!, fleetNowMs);
}

/** A release that failed here is not taken again, but at a higher attempt. */
export function isHeld(failed: FailedUpdate | null, releaseId: string, attempt: number): boolean {
  return failed?.isHeld === true && failed.releaseId === releaseId && attempt <= failed.attempt;
}

function isPausedFor({ kept, desired, nowMs }: UpdateFacts, releaseId: string): boolean {
  const { pause } = kept;
  if (pause === null || pause.releaseId !== releaseId || pause.attempt !== desired!.attempt) return false;
  return nowMs < pause.untilMs && pause.untilMs - nowMs <= LONGEST_PAUSE_MS;
}

function isOrdered(facts: UpdateFacts, order: OrderKept['order'], release: WantedRelease): boolean {
  const given = facts.kept.order;
  return given?.order === order && given.releaseId === release.releaseId && !isLost(facts, given);
}

/** Power was cut, or nobody answers: it is given again. */
export function isLost(
  { box, nowMs }: Pick<UpdateFacts, 'box' | 'nowMs'>,
  { order, atMs, bootId }: OrderKept,
): boolean {
  return bootId !== box.bootId || Math.abs(nowMs - atMs) > ORDER_WITHIN_MS[order];
}

function trialOf({ desired, kept }: UpdateFacts, newId: string): NextStep {
  const release = desired?.release?.releaseId === newId ? desired.release : (kept.switching?.release ?? null);
  return release === null ? { step: 'none' } : { step: 'switch', release, isOrdered: true, isPaused: false };
}

/** Of the TV's countdown: it never runs longer than it is announced. */
export const countdownLeft = (beganAtMs: number, nowMs: number): number =>
  Math.max(0, UPDATE_COUNTDOWN_MS - (nowMs - beganAtMs));
