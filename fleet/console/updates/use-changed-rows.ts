/**
 * Rows of a rollout's list with their newest content. A room that only goes on is replaced where it stands; where rooms may
 * have come into the list or left it, the list is fetched anew, every few seconds at most.
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { RolloutRoom } from '#contract/rollout.ts';
import type { RoomsOfRolloutChange } from './use-updates.ts';

const INTERVAL_MS = 2_000;

/** @param fetched null: not there yet */
export function useChangedRows(fetched: readonly RolloutRoom[] | null, refresh: () => void) {
  const [changed, setChanged] = useState<ReadonlyMap<string, RolloutRoom>>(new Map());
  const showing = useRef<readonly RolloutRoom[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => {
    showing.current = fetched ?? [];
    // what was fetched is newer than what came before it
    setChanged(new Map());
  }, [fetched]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const refreshSoon = useCallback(() => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      refresh();
    }, INTERVAL_MS);
  }, [refresh]);
  const markStale = useCallback(
    (change: RoomsOfRolloutChange | 'all') => {
      if (change === 'all') return refreshSoon();
      const shown = new Map(showing.current.map((room) => [room.roomId, room]));
      const here = change.rooms.filter(({ roomId }) => shown.has(roomId));
      if (here.length > 0)
        setChanged((former) => new Map([...former, ...here.map((room) => [room.roomId, room] as const)]));
      const staysInList = ({ roomId, state, ring }: RolloutRoom) =>
        shown.get(roomId)?.state === state && shown.get(roomId)?.ring === ring;
      if (!change.rooms.every(staysInList)) refreshSoon();
    },
    [refreshSoon],
  );
  return { rows: fetched?.map((room) => changed.get(room.roomId) ?? room) ?? null, markStale };
}
