/** React's side of the rooms: a list by its query, one room, and whether a name is in use; each follows the live stream. */
import { createContext, use, useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { type MaruError, toMaruError } from '#contract/error-codes.ts';
import { type HealthCounts, type RoomRow, roomsApi, type RoomOverview } from '#contract/http/rooms-api.ts';
import type { RouteAnswer, RouteInput } from '#contract/http/route.ts';
import type { Language } from '#contract/schema.ts';
import { callApi } from '#ui/http-client.ts';
import type { LiveRooms, LiveState, RoomsChange } from './live-rooms.ts';
import { PacedFetch } from './paced-fetch.ts';

export const LiveRoomsContext = createContext<LiveRooms | null>(null);

export function useLiveRooms(): LiveRooms {
  const live = use(LiveRoomsContext);
  if (!live) throw new Error('outside of LiveRoomsContext');
  return live;
}

export function useLiveState(): LiveState {
  const live = useLiveRooms();
  return useSyncExternalStore(live.subscribe, live.state);
}

/** As the server is asked. */
export type RoomFilter = Omit<RouteInput<typeof roomsApi.listRooms, 'query'>, 'cursor' | 'limit' | 'sort' | 'language'>;
export type RoomQuery = { filter: RoomFilter; language: Language; pageSize: number };
export type RoomListShown = {
  /** null: not there yet */
  rows: readonly RoomRow[] | null;
  total: number;
  /** of all rooms, whatever the query; null: not there yet */
  counts: HealthCounts | null;
  fetchedAtMs: number;
  problem: MaruError | null;
  /** null: all are shown */
  more: (() => void) | null;
  isFetchingMore: boolean;
};

/** What was fetched last stays on show when the server stops answering. */
export function useRoomList({ filter, language, pageSize }: RoomQuery): RoomListShown {
  const live = useLiveRooms();
  const [shown, setShown] = useState<Omit<RoomListShown, 'more' | 'isFetchingMore'>>({
    rows: null,
    total: 0,
    counts: null,
    fetchedAtMs: 0,
    problem: null,
  });
  // of the same content, the same
  const filterKey = JSON.stringify(filter);
  const [asked, setAsked] = useState({ filterKey, wanted: pageSize });
  const wanted = asked.filterKey === filterKey ? asked.wanted : pageSize;
  const fetchRows = useCallback(
    async (signal: AbortSignal) => {
      const query = { ...(JSON.parse(filterKey) as RoomFilter), language, sort: 'health' as const };
      const rows: RoomRow[] = [];
      let cursor: string | undefined;
      let page: RouteAnswer<typeof roomsApi.listRooms>;
      do {
        const limit = Math.min(pageSize, wanted - rows.length);
        page = await callApi(roomsApi.listRooms, { query: { ...query, cursor, limit }, signal });
        rows.push(...page.rows);
        cursor = page.nextCursor ?? undefined;
      } while (cursor !== undefined && rows.length < wanted);
      return { rows, total: page.total, counts: page.counts };
    },
    [filterKey, language, pageSize, wanted],
  );
  const showing = useRef<readonly RoomRow[]>([]);
  useEffect(() => {
    const fetching = new PacedFetch({
      work: fetchRows,
      onDone: (list) => {
        showing.current = list.rows;
        setShown({ ...list, fetchedAtMs: Date.now(), problem: null });
      },
      onFailed: (error) => {
        live.failed(error);
        setShown((former) => ({ ...former, problem: toMaruError(error) }));
      },
    });
    const follow = (change: RoomsChange) => {
      const { rows, isInOrder } = withChange(showing.current, change);
      if (rows !== showing.current) {
        showing.current = rows;
        setShown((former) => ({ ...former, rows }));
      }
      if (!isInOrder) fetching.ask();
    };
    fetching.ask();
    const unfollow = live.onChange(follow);
    return () => {
      unfollow();
      fetching.stop();
    };
  }, [live, fetchRows]);
  const { rows, total } = shown;
  const hasMore = rows !== null && rows.length < total;
  return {
    ...shown,
    more: hasMore ? () => setAsked({ filterKey, wanted: Math.max(rows.length, wanted) + pageSize }) : null,
    isFetchingMore: hasMore && wanted > rows.length,
  };
}

/** The rows with their newest content. `isInOrder` false: which rows stand there, or in which order, may have changed. */
export function withChange(
  rows: readonly RoomRow[],
  change: RoomsChange,
): { rows: readonly RoomRow[]; isInOrder: boolean } {
  if (change.kind === 'all') return { rows, isInOrder: false };
  const changed = new Map(change.rows.map((row) => [row.roomId, row]));
  const next = rows.map((row) => changed.get(row.roomId) ?? row);
  const staysInPlace = (row: RoomRow, index: number): boolean =>
    row.health === rows[index]!.health &&
    row.roomName === rows[index]!.roomName &&
    row.service.state === rows[index]!.service.state &&
    row.placeId === rows[index]!.placeId;
  const known = new Set(rows.map(({ roomId }) => roomId));
  const isInOrder =
    change.removedRoomIds.length === 0 &&
    next.every(staysInPlace) &&
    change.rows.every(({ roomId }) => known.has(roomId));
  return { rows: next.some((row, index) => row !== rows[index]) ? next : rows, isInOrder };
}

export type RoomShown = {
  room: RoomOverview | null;
  /** of an answer of the server, by this page's clock */
  fetchedAtMs: number;
  problem: MaruError | null;
};

/** `problem` is `not-found` where there is no such room, or it was removed. */
export function useRoom(roomId: string): RoomShown {
  const live = useLiveRooms();
  const [shown, setShown] = useState<RoomShown>({ room: null, fetchedAtMs: 0, problem: null });
  useEffect(() => {
    const fetching = new PacedFetch({
      work: (signal) => callApi(roomsApi.room, { params: { roomId }, signal }),
      onDone: (room) => setShown({ room, fetchedAtMs: Date.now(), problem: null }),
      onFailed: (error) => {
        live.failed(error);
        setShown((former) => ({ ...former, problem: toMaruError(error) }));
      },
    });
    const concerns = (change: RoomsChange): boolean =>
      change.kind === 'all' ||
      change.removedRoomIds.includes(roomId) ||
      change.rows.some((row) => row.roomId === roomId);
    fetching.ask();
    const unfollow = live.onChange((change) => {
      if (concerns(change)) fetching.ask();
    });
    return () => {
      unfollow();
      fetching.stop();
    };
  }, [live, roomId]);
  return shown;
}

const TYPING_PAUSE_MS = 250;

/** Another room is called so already, as people read it. `exceptRoomId`: the one that is being renamed; null: a new one. */
export function useIsTaken(name: string, exceptRoomId: string | null): boolean {
  const [taken, setTaken] = useState<string | null>(null);
  useEffect(() => {
    if (name === '') return;
    const ending = new AbortController();
    const timer = setTimeout(() => {
      const query = { name, limit: 2 };
      callApi(roomsApi.listRooms, { query, signal: ending.signal }).then(
        ({ rows }) => setTaken(rows.some(({ roomId }) => roomId !== exceptRoomId) ? name : null),
        // a hint that is missing is better than one that is wrong
        () => setTaken(null),
      );
    }, TYPING_PAUSE_MS);
    return () => {
      clearTimeout(timer);
      ending.abort();
    };
  }, [name, exceptRoomId]);
  return name !== '' && taken === name;
}

/** The same a moment later: what is typed is asked for when the typing pauses. */
export function usePaused(value: string): string {
  const [paused, setPaused] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(value), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return paused;
}
