/** Actions on a room as they go on, the time of the newest picture, and the lines of logs that are followed: one event stream. */
import { useEffect, useState } from 'react';
import { helpApi } from '#contract/http/help-api.ts';
import type { RouteEvent } from '#contract/http/route.ts';
import type { LogLines, ShownAction } from '#contract/room-action.ts';
import { followEvents } from '#ui/http-client.ts';
import { useLiveRooms } from './use-rooms.ts';

export type FollowedLines = { lines: LogLines['lines']; skippedCount: number };
export type RoomActionsShown = {
  /** the newest first */
  actions: readonly ShownAction[];
  /** by action: of its newest picture */
  pictureAtMs: Readonly<Record<string, number>>;
  /** by action */
  logs: Readonly<Record<string, FollowedLines>>;
};

const MOST_ACTIONS = 20;
/** what a page can show without growing slow */
const MOST_LINES = 1_000;
const NOTHING: RoomActionsShown = { actions: [], pictureAtMs: {}, logs: {} };

export function useRoomActions(roomId: string): RoomActionsShown {
  const live = useLiveRooms();
  const [shown, setShown] = useState(NOTHING);
  useEffect(
    () =>
      followEvents(helpApi.roomActionChanges, {
        params: { roomId },
        onEvent: (event) => setShown((before) => withEvent(before, event)),
        onConnected: () => {},
        onRefused: live.failed,
      }),
    [roomId, live],
  );
  return shown;
}

type ActionEvent = RouteEvent<typeof helpApi.roomActionChanges>;

export function withEvent(before: RoomActionsShown, event: ActionEvent): RoomActionsShown {
  switch (event.name) {
    case 'action': {
      const others = before.actions.filter(({ actionId }) => actionId !== event.data.actionId);
      const actions = [event.data, ...others].toSorted((one, other) => (one.actionId < other.actionId ? 1 : -1));
      return { ...before, actions: actions.slice(0, MOST_ACTIONS) };
    }
    case 'picture':
      return { ...before, pictureAtMs: { ...before.pictureAtMs, [event.data.actionId]: event.data.atMs } };
    case 'lines': {
      const { actionId, lines, skippedCount } = event.data;
      const former = before.logs[actionId] ?? { lines: [], skippedCount: 0 };
      const all = [...former.lines, ...lines];
      const log = { lines: all.slice(-MOST_LINES), skippedCount: former.skippedCount + skippedCount };
      return { ...before, logs: { ...before.logs, [actionId]: log } };
    }
  }
}
