/** A list that the server answers page by page, by its query. What was fetched last stays on show when the server stops answering. */
import { useCallback, useEffect, useState } from 'react';
import { type MaruError, toMaruError } from '#contract/error-codes.ts';
import type { PageRoute, RouteAnswer, RouteInput } from '#contract/http/route.ts';
import { callApi, type Given } from '#ui/http-client.ts';
import { useLiveRooms } from './use-rooms.ts';

type Shown<R extends PageRoute> = {
  query: string;
  /** null: not there yet */
  answer: RouteAnswer<R> | null;
  problem: MaruError | null;
};
export type PageListShown<R extends PageRoute> = {
  /** the rows of all pages fetched so far; null: not there yet */
  list: RouteAnswer<R> | null;
  problem: MaruError | null;
  /** null: all are shown */
  more: (() => void) | null;
  isFetchingMore: boolean;
  refresh: () => void;
};
type AnyPage = { rows: unknown[]; nextCursor: string | null };

/** `params`: of the route's path */
export function usePageList<R extends PageRoute>(
  route: R,
  query: RouteInput<R, 'query'>,
  params: RouteInput<R, 'params'> | undefined = undefined,
): PageListShown<R> {
  const live = useLiveRooms();
  const key = JSON.stringify({ query, params });
  const [shown, setShown] = useState<Shown<R>>({ query: key, answer: null, problem: null });
  const [round, setRound] = useState(0);
  const [isFetchingMore, setFetchingMore] = useState(false);
  const fetchPage = useCallback(
    async (cursor: string | null, signal?: AbortSignal): Promise<RouteAnswer<R>> => {
      const asked = JSON.parse(key) as { query: object; params?: object };
      const ofPage = { ...asked.query, ...(cursor !== null && { cursor }) };
      return callApi(route, { ...asked, query: ofPage, ...(signal && { signal }) } as Given<R>);
    },
    [route, key],
  );
  useEffect(() => {
    void round;
    const ending = new AbortController();
    fetchPage(null, ending.signal).then(
      (answer) => {
        if (!ending.signal.aborted) setShown({ query: key, answer, problem: null });
      },
      (error: unknown) => {
        if (ending.signal.aborted) return;
        live.failed(error);
        setShown((former) => ({ ...former, problem: toMaruError(error) }));
      },
    );
    return () => ending.abort();
  }, [fetchPage, key, live, round]);
  const page = shown.answer as AnyPage | null;
  const more = async () => {
    setFetchingMore(true);
    try {
      const next = (await fetchPage(page!.nextCursor)) as AnyPage;
      setShown((former) =>
        former.query === key
          ? {
              ...former,
              answer: { ...next, rows: [...(former.answer as AnyPage).rows, ...next.rows] } as RouteAnswer<R>,
            }
          : former,
      );
    } catch (error) {
      live.failed(error);
      setShown((former) => ({ ...former, problem: toMaruError(error) }));
    } finally {
      setFetchingMore(false);
    }
  };
  return {
    list: shown.answer,
    problem: shown.problem,
    more: page === null || page.nextCursor === null || shown.query !== key ? null : () => void more(),
    isFetchingMore,
    refresh: useCallback(() => setRound((before) => before + 1), []),
  };
}
