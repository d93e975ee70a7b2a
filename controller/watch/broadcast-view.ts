/** What the page shows of a broadcast: pure, from what the fleet server, the delivery and the player know. */
import { type BroadcastPhase, isOnAir } from '#contract/broadcast.ts';
import type { BroadcastDetail } from '#contract/http/broadcasts-api.ts';
import type { ErrorCode } from '#contract/error-codes.ts';
import type { Playback } from './watch-player.ts';
import type { Watched } from './watched.ts';

export type BroadcastView =
  | { kind: 'loading' }
  | { kind: 'no-server' }
  | { kind: 'denied'; code: ErrorCode }
  /** `liveAtMs`: of a countdown; `startsAtMs`: as it is planned; both null: as soon as its presenters begin */
  | { kind: 'soon'; startsAtMs: number | null; liveAtMs: number | null }
  | { kind: 'cancelled' }
  | { kind: 'live'; isHeld: boolean; isOnSlate: boolean; canRewind: boolean }
  | { kind: 'over'; hasReplay: boolean }
  | { kind: 'replay' };

/**
 * The delivery's word first: it goes on while the fleet server is away. It does not know what precedes the picture, nor that its
 * presenters made a pause.
 */
export function phaseOf({
  detail,
  status,
  isFleetAway,
}: Pick<Watched, 'detail' | 'status' | 'isFleetAway'>): BroadcastPhase | null {
  const known = detail?.phase ?? null;
  if (status === null) return known;
  if (status.phase === 'live') return known === 'hold' && !isFleetAway ? 'hold' : 'live';
  if (status.phase === 'green-room') return known === null || isOnAir(known) ? 'green-room' : known;
  return status.phase;
}

export const isReplayable = ({ phase, recording }: Pick<BroadcastDetail, 'phase' | 'recording'>): boolean =>
  phase === 'ended' && recording !== 'none' && recording !== 'deleted';

/**
 * @param wantsReplay the broadcast was over when the page was opened, or the person asked for its replay
 */
export function broadcastViewOf(
  watched: Watched,
  { source, isOver, picture }: Pick<Playback, 'source' | 'isOver' | 'picture'>,
  wantsReplay: boolean,
): BroadcastView {
  const { detail, status, refusal, isFleetAway } = watched;
  if (refusal) return { kind: 'denied', code: refusal.code };
  const phase = phaseOf(watched);
  if (detail === null || phase === null) return { kind: isFleetAway ? 'no-server' : 'loading' };
  switch (phase) {
    case 'planned':
    case 'green-room':
      return { kind: 'soon', startsAtMs: detail.startsAtMs, liveAtMs: null };
    case 'countdown':
      return { kind: 'soon', startsAtMs: detail.startsAtMs, liveAtMs: detail.liveAtMs };
    case 'cancelled':
      return { kind: 'cancelled' };
    case 'live':
    case 'hold':
      return {
        kind: 'live',
        isHeld: phase === 'hold',
        isOnSlate: status?.isOnSlate ?? false,
        canRewind: status?.canRewind ?? true,
      };
    case 'ended': {
      if (wantsReplay && isReplayable({ ...detail, phase })) return { kind: 'replay' };
      // what was behind the live edge is watched to its end
      const isPlayingOn = source !== null && source !== 'replay' && !isOver && picture === 'moving';
      if (isPlayingOn) return { kind: 'live', isHeld: false, isOnSlate: false, canRewind: status?.canRewind ?? true };
      return { kind: 'over', hasReplay: isReplayable({ ...detail, phase }) };
    }
  }
}

/** When the picture begins on the delivery's clock, as far as the page knows. */
export const liveStartOf = (detail: BroadcastDetail, nowMs: number): number =>
  detail.liveAtMs !== null && (isOnAir(detail.phase) || detail.phase === 'ended') ? detail.liveAtMs : nowMs;
