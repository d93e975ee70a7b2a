/** Rollouts for one who follows them: each that is shown at first, then the newest of what has changed, rollouts and rooms. */
import type { updatesApi } from '#contract/http/updates-api.ts';
import type { RouteEvent } from '#contract/http/route.ts';
import type { Rollout, RolloutRoom } from '#contract/rollout.ts';
import type { EventFeed } from '../http/route.ts';

type Change = RouteEvent<typeof updatesApi.updateChanges>;
export type RolloutFeedSource = {
  /** those that go on */
  openIds: () => readonly string[];
  /** null: it is gone */
  rollout: (rolloutId: string) => Rollout | null;
  rooms: (rolloutId: string, roomIds: ReadonlySet<string>) => RolloutRoom[];
  /** a rollout, and rooms of it; until the function that comes back is called */
  onChanged: (handler: RolloutListener) => () => void;
};
export type RolloutListener = (rolloutId: string, roomIds: readonly string[]) => void;

const ROOMS_IN_EVENT = 100;
/** changes are gathered so long */
const GATHER_MS = 500;

export function rolloutFeed(source: RolloutFeedSource, wake: () => void): EventFeed<Change> {
  /** as the client knows it: what a page of rooms showed may come once more */
  const shown = new Map<string, string>();
  let due = new Map<string, Set<string>>(source.openIds().map((rolloutId) => [rolloutId, new Set()]));
  let isReady = true;
  let timer: NodeJS.Timeout | null = null;
  const close = source.onChanged((rolloutId, roomIds) => {
    const rooms = due.get(rolloutId) ?? new Set();
    due.set(rolloutId, rooms);
    for (const roomId of roomIds) rooms.add(roomId);
    timer ??= setTimeout(() => {
      timer = null;
      isReady = true;
      wake();
    }, GATHER_MS);
  });

  function* changes(): Generator<Change> {
    for (const [rolloutId, roomIds] of due) {
      const rollout = source.rollout(rolloutId);
      if (!rollout) continue;
      if (isNew(rolloutId, rollout)) yield { name: 'rollout', data: rollout };
      const rooms = source.rooms(rolloutId, roomIds).filter((room) => isNew(`${rolloutId} ${room.roomId}`, room));
      for (let from = 0; from < rooms.length; from += ROOMS_IN_EVENT)
        yield { name: 'rooms', data: { rolloutId, rooms: rooms.slice(from, from + ROOMS_IN_EVENT) } };
    }
  }
  function isNew(key: string, value: unknown): boolean {
    const text = JSON.stringify(value);
    if (shown.get(key) === text) return false;
    shown.set(key, text);
    return true;
  }

  return {
    take: () => {
      if (!isReady) return [];
      isReady = false;
      const events = [...changes()];
      due = new Map();
      return events;
    },
    close: () => {
      if (timer) clearTimeout(timer);
      close();
    },
  };
}
