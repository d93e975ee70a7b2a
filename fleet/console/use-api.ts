/** React's side of the API: one thing asked at a time with its trouble, and the rooms, fetched again and again. */
import { useCallback, useEffect, useState } from 'react';
import { type MaruError, toMaruError } from '#contract/error-codes.ts';
import type { RoomSummary } from '#contract/http-api.ts';
import { callApi } from './api.ts';

const ROOMS_EVERY_MS = 4_000;

export type Doing = {
  isPending: boolean;
  problem: MaruError | null;
  /** null: it failed, and `problem` says why */
  run: <T>(work: () => Promise<T>) => Promise<T | null>;
  clear: () => void;
};

export function useDoing(): Doing {
  const [isPending, setPending] = useState(false);
  const [problem, setProblem] = useState<MaruError | null>(null);
  const run = useCallback(async <T>(work: () => Promise<T>): Promise<T | null> => {
    setPending(true);
    setProblem(null);
    try {
      return await work();
    } catch (error) {
      setProblem(toMaruError(error));
      return null;
    } finally {
      setPending(false);
    }
  }, []);
  const clear = useCallback(() => setProblem(null), []);
  return { isPending, problem, run, clear };
}

export type Rooms = {
  rooms: readonly RoomSummary[] | null;
  asOfMs: number | null;
  problem: MaruError | null;
  refresh: () => void;
};

/** What was fetched last stays on show when the server stops answering, with its age. */
export function useRooms(onSignedOut: () => void): Rooms {
  const [known, setKnown] = useState<Omit<Rooms, 'refresh'>>({ rooms: null, asOfMs: null, problem: null });
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
