/** One answer of the server that follows the rooms: fetched again a while after they changed, however often they do. */
import { useEffect, useRef, useState } from 'react';
import { PacedFetch } from './paced-fetch.ts';
import { useLiveRooms } from './use-rooms.ts';

const INTERVAL_MS = 3_000;

/** null: not there, or refused. What was fetched last stays. @param work of the newest render */
export function useLiveFetch<T>(work: (signal: AbortSignal) => Promise<T>): T | null {
  const live = useLiveRooms();
  const newest = useRef(work);
  useEffect(() => {
    newest.current = work;
  });
  const [answer, setAnswer] = useState<T | null>(null);
  useEffect(() => {
    const fetching = new PacedFetch({
      work: (signal) => newest.current(signal),
      onDone: setAnswer,
      onFailed: live.failed,
      intervalMs: INTERVAL_MS,
    });
    fetching.ask();
    const unfollow = live.onChange(() => fetching.ask());
    return () => {
      unfollow();
      fetching.stop();
    };
  }, [live]);
  return answer;
}
