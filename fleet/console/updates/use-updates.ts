/**
 * Releases, rollouts and what runs where, as they change: one answer, and the event stream of rollouts. A rollout that
 * changes is replaced where it stands; all the rest is fetched anew every few seconds at most.
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import { type MaruError, toMaruError } from '#contract/error-codes.ts';
import type { RouteAnswer, RouteEvent } from '#contract/http/route.ts';
import { updatesApi } from '#contract/http/updates-api.ts';
import type { Rollout } from '#contract/rollout.ts';
import { callApi, followEvents } from '#ui/http-client.ts';
import { PacedFetch } from '../paced-fetch.ts';
import { useLiveRooms } from '../use-rooms.ts';
import { hasEndedRollout } from './rollout-figures.ts';

export type UpdatesOverview = RouteAnswer<typeof updatesApi.updatesOverview>;
export type RoomsOfRolloutChange = Extract<RouteEvent<typeof updatesApi.updateChanges>, { name: 'rooms' }>['data'];

export type UpdatesShown = {
  /** null: not there yet. What was fetched last stays on show when the server stops answering. */
  overview: UpdatesOverview | null;
  problem: MaruError | null;
  isConnected: boolean;
  asOfMs: number;
  /** the answer to an act of this page */
  onRollout: (rollout: Rollout) => void;
  /** until the function that comes back is called */
  followRooms: (listener: (change: RoomsOfRolloutChange | 'all') => void) => () => void;
};

const INTERVAL_MS = 3_000;

export function useUpdates(): UpdatesShown {
  const live = useLiveRooms();
  const [overview, setOverview] = useState<UpdatesOverview | null>(null);
  const [problem, setProblem] = useState<MaruError | null>(null);
  const [isConnected, setConnected] = useState(true);
  const [asOfMs, setAsOfMs] = useState(() => Date.now());
  const roomListeners = useRef(new Set<(change: RoomsOfRolloutChange | 'all') => void>());
  const onRollout = useCallback(
    (rollout: Rollout) => setOverview((former) => former && withRollout(former, rollout)),
    [],
  );
  useEffect(() => {
    const fetching = new PacedFetch({
      work: (signal) => callApi(updatesApi.updatesOverview, { signal }),
      onDone: (answer) => {
        setOverview(answer);
        setProblem(null);
        setAsOfMs(Date.now());
      },
      onFailed: (error) => {
        live.failed(error);
        setProblem(toMaruError(error));
      },
      intervalMs: INTERVAL_MS,
    });
    const notifyRooms = (change: RoomsOfRolloutChange | 'all') => {
      for (const listener of roomListeners.current) listener(change);
    };
    let wasConnected = true;
    fetching.ask();
    const unfollow = followEvents(updatesApi.updateChanges, {
      onEvent: (event) => {
        if (event.name === 'rollout') onRollout(event.data);
        else notifyRooms(event.data);
        fetching.ask();
      },
      onConnected: (now) => {
        setConnected(now);
        if (now) setAsOfMs(Date.now());
        // something may have been missed
        if (now && !wasConnected) {
          fetching.ask();
          notifyRooms('all');
        }
        wasConnected = now;
      },
      onRefused: live.failed,
    });
    return () => {
      unfollow();
      fetching.stop();
    };
  }, [live, onRollout]);
  const followRooms = useCallback<UpdatesShown['followRooms']>((listener) => {
    roomListeners.current.add(listener);
    return () => roomListeners.current.delete(listener);
  }, []);
  return { overview, problem, isConnected, asOfMs, onRollout, followRooms };
}

/** The rollout in place of its former state; one that has come to its end is among the ended ones. */
function withRollout(overview: UpdatesOverview, rollout: Rollout): UpdatesOverview {
  const isOther = ({ rolloutId }: Rollout) => rolloutId !== rollout.rolloutId;
  const replaced = (list: readonly Rollout[]) => list.map((each) => (isOther(each) ? each : rollout));
  const { rollouts, ended } = overview;
  if (hasEndedRollout(rollout))
    return {
      ...overview,
      rollouts: rollouts.filter(isOther),
      ended: ended.every(isOther) ? [rollout, ...ended] : replaced(ended),
    };
  return { ...overview, rollouts: rollouts.every(isOther) ? [...rollouts, rollout] : replaced(rollouts) };
}
