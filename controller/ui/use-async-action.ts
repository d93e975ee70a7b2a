/** What a person has asked for and is not done yet, and what went wrong with it. */
import { useCallback, useRef, useState } from 'react';
import { type MaruError, toMaruError } from '#contract/error-codes.ts';

export type AsyncAction<About = never> = {
  /** something is under way */
  isPending: boolean;
  /** what is under way by this key: the `about` of its `run` */
  pending: (key: string) => About | null;
  /** of the last that failed; null from the next `run` on */
  problem: MaruError | null;
  /**
   * Calls `work` at once, before anything is drawn. Of one `key` only one is under way: another is not begun. Without a key
   * each is.
   * @returns null where it failed or was not begun; it never rejects
   */
  run: <T>(work: () => Promise<T>, of?: { key: string; about: About }) => Promise<T | null>;
  /** a failure of something that was not run here */
  report: (error: unknown) => void;
  dismissProblem: () => void;
};

const NOTHING: ReadonlyMap<string | symbol, unknown> = new Map();

/** @param shownAfterMs what is done sooner is never shown pending */
export function useAsyncAction<About = never>({
  shownAfterMs = 0,
}: {
  shownAfterMs?: number | undefined;
} = {}): AsyncAction<About> {
  type UnderWay = ReadonlyMap<string | symbol, About | null>;
  const underWay = useRef(new Map<string | symbol, About | null>());
  const [shown, setShown] = useState(NOTHING as UnderWay);
  const [problem, setProblem] = useState<MaruError | null>(null);

  const run = useCallback<AsyncAction<About>['run']>(
    async (work, of) => {
      const key = of?.key ?? Symbol('run');
      const all = underWay.current;
      if (all.has(key)) return null;
      all.set(key, of?.about ?? null);
      const show = () => setShown((before) => (before.size + all.size === 0 ? before : new Map(all)));
      const working = begin(work);
      setProblem(null);
      const timer = shownAfterMs > 0 ? setTimeout(show, shownAfterMs) : undefined;
      if (timer === undefined) show();
      try {
        return await working;
      } catch (error) {
        setProblem(toMaruError(error));
        return null;
      } finally {
        clearTimeout(timer);
        all.delete(key);
        show();
      }
    },
    [shownAfterMs],
  );
  const report = useCallback((error: unknown) => setProblem(toMaruError(error)), []);
  const dismissProblem = useCallback(() => setProblem(null), []);
  const pending = useCallback((key: string) => shown.get(key) ?? null, [shown]);
  return { isPending: shown.size > 0, pending, problem, run, report, dismissProblem };
}

/** What throws at once rejects too. */
const begin = async <T>(work: () => Promise<T>): Promise<T> => work();
