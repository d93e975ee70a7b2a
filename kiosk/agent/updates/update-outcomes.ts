/** What becomes of what is kept when something came to its end: root's answer, the guard's word, a fetch. Pure. */
import type { FailedUpdate } from '#contract/room-update.ts';
import type { FeedRefusal } from '#contract/update-feed.ts';
import type { RoomEventDraft } from '../room-event-outbox.ts';
import type { BoxFacts, ReturnedTrial, UpdaterReport } from './box-facts.ts';
import type { KeptUpdates } from './kept-updates.ts';
import { isLost, LONGEST_PAUSE_MS } from './update-steps.ts';

export type Outcome = { kept: KeptUpdates; events: RoomEventDraft[] };

/** Doubled with each try, up to LONGEST_PAUSE_MS. A server that is away is asked again sooner than one that sends nonsense. */
const FIRST_PAUSE_MS = { unreachable: 30_000, others: 5 * 60_000 } as const;
const LONGEST_PAUSE_UNREACHABLE_MS = 15 * 60_000;
const MOST_INTERRUPTIONS = 3;
const AFTER_INTERRUPTION_MS = 30 * 60_000;

/** The trial is over, either way. Each end is reported once, over restarts and power cuts too. */
export function afterTrial(kept: KeptUpdates, box: BoxFacts, version: string): Outcome {
  const { confirmed, returned, runningId } = box;
  if (box.trial !== null) return { kept, events: [] };
  const isNewlyConfirmed =
    confirmed !== null && confirmed.releaseId === runningId && !isSame(kept.confirmed, confirmed);
  if (isNewlyConfirmed) {
    const { releaseId } = confirmed;
    return {
      kept: {
        ...kept,
        confirmed,
        failed: null,
        pause: null,
        interruptions: null,
        order: null,
        ready: null,
        notNow: null,
        switching: null,
      },
      events: [{ name: 'update-confirmed', releaseId, version }],
    };
  }
  const isNewlyReturned = returned !== null && returned.atMs !== kept.returnedAtMs;
  // of a state that was lost: the release was confirmed at a later try
  if (!isNewlyReturned || returned.releaseId === runningId) return { kept, events: [] };
  const interruptions = interruptionsOf(returned, kept);
  const failed = failedTrial(returned, kept, interruptions?.count ?? 0);
  const pause =
    returned.failure === 'interrupted' && !failed.isHeld
      ? {
          releaseId: failed.releaseId,
          attempt: failed.attempt,
          tries: 1,
          untilMs: returned.atMs + AFTER_INTERRUPTION_MS,
        }
      : null;
  return {
    kept: {
      ...kept,
      failed,
      pause,
      interruptions,
      order: null,
      ready: null,
      switching: null,
      returnedAtMs: returned.atMs,
    },
    events: [{ name: 'update-failed', update: failed }],
  };
}

function interruptionsOf(
  { releaseId, attempt, failure }: ReturnedTrial,
  { interruptions }: KeptUpdates,
): KeptUpdates['interruptions'] {
  if (failure !== 'interrupted') return null;
  const isSameTry = interruptions?.releaseId === releaseId && interruptions.attempt === attempt;
  return { releaseId, attempt, count: (isSameTry ? interruptions.count : 0) + 1 };
}

function failedTrial(
  { releaseId, attempt, failure, check, detail, atMs }: ReturnedTrial,
  kept: KeptUpdates,
  interruptions: number,
): FailedUpdate {
  // the number of the wish is the agent's to know; the trial's may be the box's own count
  const wish = kept.switching?.release.releaseId === releaseId ? kept.switching.attempt : attempt;
  // a release that restarts its box looks like a power cut, and is not tried for ever
  const isHeld = failure !== 'interrupted' || interruptions >= MOST_INTERRUPTIONS;
  return { releaseId, attempt: wish, failure, refusal: null, check, detail, atMs, isHeld };
}

const isSame = (one: KeptUpdates['confirmed'], other: { releaseId: string; atMs: number }): boolean =>
  one?.releaseId === other.releaseId && one.atMs === other.atMs;

/** Root has answered the order that is open, or nobody does. */
export function afterOrder(
  kept: KeptUpdates,
  report: UpdaterReport | null,
  at: { box: BoxFacts; nowMs: number },
): Outcome {
  const { order } = kept;
  if (order === null) return { kept, events: [] };
  if (report?.orderId === order.orderId) {
    if (report.outcome !== 'done')
      return failedAt(kept, {
        releaseId: order.releaseId,
        nowMs: at.nowMs,
        failure: report.outcome === 'refused' ? 'refused' : 'not-placed',
        refusal: report.outcome === 'refused' ? (report.refusal ?? 'malformed') : null,
        detail: report.detail,
        isHeld: report.refusal === 'older',
      });
    // of a switch, the trial follows, and this process ends
    if (order.order === 'switch') return isLost(at, order) ? unanswered(kept, at.nowMs) : { kept, events: [] };
    const ready = { releaseId: order.releaseId, stage: 'placed' as const };
    return { kept: { ...kept, ready, order: null, pause: null }, events: [] };
  }
  if (!isLost(at, order)) return { kept, events: [] };
  // power was cut: the same again, and nobody is to blame
  if (order.bootId !== at.box.bootId) return { kept: { ...kept, order: null }, events: [] };
  return unanswered(kept, at.nowMs);
}

function unanswered(kept: KeptUpdates, nowMs: number): Outcome {
  const { releaseId, order } = kept.order!;
  const detail = `the box's updater did not carry out the order: ${order}`;
  return failedAt(kept, { releaseId, nowMs, failure: 'not-placed', refusal: null, detail, isHeld: false });
}

export type Failure = Pick<FailedUpdate, 'releaseId' | 'refusal' | 'detail' | 'isHeld'> & {
  failure: 'refused' | 'not-placed';
  nowMs: number;
};

/** The room is untouched. It is tried again after a pause, unless it is held. */
export function failedAt(kept: KeptUpdates, { nowMs, ...failure }: Failure): Outcome {
  const attempt = kept.desired?.attempt ?? 0;
  const update: FailedUpdate = { ...failure, attempt, check: null, detail: failure.detail.slice(0, 300), atMs: nowMs };
  const { failed } = kept;
  const isKnown =
    failed?.releaseId === update.releaseId &&
    failed.attempt === attempt &&
    failed.failure === update.failure &&
    failed.refusal === update.refusal;
  return {
    kept: { ...pausedAt(kept, update.releaseId, update.refusal, nowMs), failed: update, order: null, ready: null },
    events: isKnown ? [] : [{ name: 'update-failed', update }],
  };
}

/** Nothing failed yet: the server does not answer, which rooms know. */
export function pausedAt(
  kept: KeptUpdates,
  releaseId: string,
  refusal: FeedRefusal | null,
  nowMs: number,
): KeptUpdates {
  const attempt = kept.desired?.attempt ?? 0;
  const { pause } = kept;
  const tries = pause?.releaseId === releaseId && pause.attempt === attempt ? pause.tries + 1 : 1;
  const isAway = refusal === 'unreachable';
  const firstMs = isAway ? FIRST_PAUSE_MS.unreachable : FIRST_PAUSE_MS.others;
  const mostMs = isAway ? LONGEST_PAUSE_UNREACHABLE_MS : LONGEST_PAUSE_MS;
  const pauseMs = Math.min(mostMs, firstMs * 2 ** Math.min(20, tries - 1));
  return { ...kept, pause: { releaseId, attempt, tries, untilMs: nowMs + pauseMs } };
}
