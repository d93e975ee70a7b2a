/** What a rollout wants of a room, as it is published: pure. */
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { RoomUpdateDesired } from '#contract/room-update.ts';
import { targetNameOf } from '#contract/update-feed.ts';
import type { KeptRollout } from './rollout-state.ts';

const HOUR_MS = 3_600_000;

type DesiredOptions = {
  /** the newest that has this room; null: none has */
  rollout: KeptRollout | null;
  roomId: string;
  isTooOld: boolean;
  nowMs: number;
};

/** Without a rollout, after an abort, and before it begins the room stays with what it runs. */
export function desiredUpdateOf({ rollout, roomId, isTooOld, nowMs }: DesiredOptions): RoomUpdateDesired {
  const room = rollout?.rooms.get(roomId);
  const heading = { protocol: PROTOCOL_VERSION, roomId, nowMs };
  if (!rollout || !room || rollout.state === 'aborted' || room.beganAtMs === null || room.state === 'left-out')
    return {
      ...heading,
      release: null,
      rolloutId: null,
      mayInstall: false,
      isUrgent: false,
      deadlineMs: null,
      attempt: 0,
    };
  const { release, feed, plan, state } = rollout;
  const { releaseId, version, role } = release;
  const isUrgent = room.isUrgent || isTooOld;
  return {
    ...heading,
    release: { releaseId, version, target: targetNameOf(role, releaseId), feed },
    rolloutId: rollout.rolloutId,
    // paused and halted rollouts begin nothing: what is fetched waits
    mayInstall: state === 'running' || state === 'done' || room.isUrgent,
    isUrgent,
    deadlineMs: room.beganAtMs + plan.deadlineHours * HOUR_MS,
    attempt: room.attempt,
  };
}
