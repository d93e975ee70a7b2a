/**
 * How an action on a room goes on, as a pure function of what is reported and of the time: each state ends. An action that
 * did not begin in time, or was not through in time, is `expired`; what is over stays as it is.
 */
import type { ErrorCode } from '#contract/error-codes.ts';
import {
  ACTION_BEGINS_WITHIN_MS,
  ACTION_RUNS_AT_MOST_MS,
  isOver,
  type RoomActionName,
  type RoomActionState,
} from '#contract/room-action.ts';

/** All times by the fleet's clock. */
export type ActionProgress = {
  name: RoomActionName;
  state: RoomActionState;
  code: ErrorCode | null;
  begunAtMs: number | null;
  endedAtMs: number | null;
  endsBeforeMs: number;
};
export type ActionEvent =
  | { type: 'reported'; state: RoomActionState; code: ErrorCode | null }
  | { type: 'stopped' }
  | { type: 'time-passed' };

export const firstProgress = (name: RoomActionName, nowMs: number): ActionProgress => ({
  name,
  state: 'pending',
  code: null,
  begunAtMs: null,
  endedAtMs: null,
  endsBeforeMs: nowMs + ACTION_BEGINS_WITHIN_MS + ACTION_RUNS_AT_MOST_MS[name],
});

/** By when the kiosk must have begun. */
export const beginsBeforeMs = ({ name, endsBeforeMs }: Pick<ActionProgress, 'name' | 'endsBeforeMs'>): number =>
  endsBeforeMs - ACTION_RUNS_AT_MOST_MS[name];

/** When time alone changes it; null: never, it is over. */
export function actionDueAtMs(progress: ActionProgress): number | null {
  if (isOver(progress.state)) return null;
  return progress.state === 'pending' ? beginsBeforeMs(progress) : progress.endsBeforeMs;
}

/** @returns the same object where nothing has changed */
export function stepAction(progress: ActionProgress, event: ActionEvent, nowMs: number): ActionProgress {
  if (isOver(progress.state)) return progress;
  const over = (state: RoomActionState, code: ErrorCode | null): ActionProgress => ({
    ...progress,
    state,
    code,
    endedAtMs: nowMs,
  });
  const dueMs = actionDueAtMs(progress);
  // a report that comes with its time is too late: whichever of the two is handled first, the state is the same
  if (dueMs !== null && nowMs >= dueMs) return over('expired', 'action-expired');
  switch (event.type) {
    case 'time-passed':
      return progress;
    case 'stopped':
      return over('stopped', null);
    case 'reported':
      if (event.state === 'running')
        return progress.state === 'running' ? progress : { ...progress, state: 'running', begunAtMs: nowMs };
      if (event.state === 'pending' || event.state === 'expired') return progress;
      return {
        ...over(event.state, event.code),
        // what is done at once reports no beginning
        begunAtMs: progress.begunAtMs ?? (event.state === 'refused' ? null : nowMs),
      };
  }
}
