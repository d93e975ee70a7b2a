/** The rooms, fetched again and again. */
import { useCallback, useEffect, useState } from 'react';
import { type MaruError, toMaruError } from '#contract/error-codes.ts';
import type { RoomSummary } from '#contract/http-api.ts';
import { callApi } from './api.ts';

const ROOMS_EVERY_MS = 4_000;

export type RoomList = {
  rooms: readonly RoomSummary[] | null;
  asOfMs: number | null;
  problem: MaruError | null;
  refresh: () => void;
};

/** What was fetched last stays on show when the server stops answering, with its age. */
export function useRooms(onSignedOut: () => void): RoomList {
  const [known, setKnown] = useState<Omit<RoomList, 'refresh'>>({ rooms: null, asOfMs: null, problem: null });
  const fetchRooms = useCallback(async () => {
    try {
      const { rooms } = await callApi('listRooms');
      setKnown({ rooms, asOfMs: Date.now(), problem: null });
    } catch (error) {
      const problem = toMaruError(error);
      if (problem.code === 'not-signed-in') onSignedOut();
      setKnown((before) => ({ ...before, problem }));
    }
  }, [onSignedOut]);
  useEffect(() => {
    void fetchRooms();
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void fetchRooms();
    }, ROOMS_EVERY_MS);
    const seen = () => {
      if (document.visibilityState === 'visible') void fetchRooms();
    };
    document.addEventListener('visibilitychange', seen);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', seen);
    };
  }, [fetchRooms]);
  return { ...known, refresh: useCallback(() => void fetchRooms(), [fetchRooms]) };
}
