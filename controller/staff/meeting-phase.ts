/** Where a meeting stands for who looks at its page: what of it is of use first. */
import type { MeetingDetail } from '#contract/http/meetings-api.ts';

/**
 * `ahead`: its time has not come. `running`: somebody is in its call. `open`: it may begin at any moment, as within its time
 * or without one. `over`: its time has passed, and nobody is in it any more.
 */
export type MeetingPhase = 'ahead' | 'running' | 'open' | 'over' | 'cancelled';
type Timed = Pick<MeetingDetail, 'startsAtMs' | 'endsAtMs' | 'participantCount' | 'isCancelled'>;

export function meetingPhaseOf(
  { startsAtMs, endsAtMs, participantCount, isCancelled }: Timed,
  nowMs: number,
): MeetingPhase {
  if (isCancelled) return 'cancelled';
  if (participantCount > 0) return 'running';
  if (startsAtMs !== null && startsAtMs > nowMs) return 'ahead';
  return endsAtMs !== null && endsAtMs <= nowMs ? 'over' : 'open';
}

export type MeetingPartName =
  | 'broadcast'
  | 'minutes'
  | 'agenda'
  | 'series'
  | 'notes'
  | 'chat'
  | 'polls'
  | 'transcript'
  | 'attendance';

const BEFORE: readonly MeetingPartName[] = [
  ...(['broadcast', 'agenda', 'series', 'notes', 'chat', 'polls'] as const),
  ...(['minutes', 'transcript', 'attendance'] as const),
];
const AFTER: readonly MeetingPartName[] = [
  ...(['minutes', 'series', 'notes', 'chat', 'transcript'] as const),
  ...(['polls', 'attendance', 'agenda', 'broadcast'] as const),
];

/**
 * In the order in which they are of use: what it is about and what is to be done before and while it runs, what was decided
 * once it has been held.
 * @param isWritten there are minutes: it was held, also where it has no time or was held before it
 */
export const partsOf = (phase: MeetingPhase, isWritten: boolean): readonly MeetingPartName[] =>
  phase === 'over' || phase === 'cancelled' || (isWritten && phase !== 'running') ? AFTER : BEFORE;
