/** One answer of the server, fetched when the part of the page is first shown, and again when asked to. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { type MaruError, toMaruError } from '#contract/error-codes.ts';
import { useLiveRooms } from './use-rooms.ts';

/** `answer` null: not there yet. What was fetched last stays on show when the server stops answering. */
type Fetched<T> = { answer: T | null; problem: MaruError | null; refresh: () => void };

/** @param work is read when it is called: it may be another function each time */
export function useFetched<T>(work: () => Promise<T>): Fetched<T> {
  const live = useLiveRooms();
  const newest = useRef(work);
  useEffect(() => {
    newest.current = work;
  });
  const [shown, setShown] = useState<Omit<Fetched<T>, 'refresh'>>({ answer: null, problem: null });
  const [round, setRound] = useState(0);
  useEffect(() => {
    void round;
    let isOver = false;
    newest.current().then(
      (answer) => {
        if (!isOver) setShown({ answer, problem: null });
      },
      (error: unknown) => {
        if (isOver) return;
        live.failed(error);
        setShown((former) => ({ ...former, problem: toMaruError(error) }));
      },
    );
    return () => {
      isOver = true;
    };
  }, [live, round]);
  return { ...shown, refresh: useCallback(() => setRound((before) => before + 1), []) };
}
