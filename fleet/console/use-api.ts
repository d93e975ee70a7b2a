/** React's side of the API: one thing asked at a time, with its trouble. */
import { useCallback, useState } from 'react';
import { type MaruError, toMaruError } from '#contract/error-codes.ts';

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
