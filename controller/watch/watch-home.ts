/** The list of broadcasts that the watch page follows, for all of its pages. */
import { createContext, use, useSyncExternalStore } from 'react';
import type { WatchHome } from '#contract/http/broadcasts-api.ts';
import type { FollowedHome, HomeState } from '#ui/followed-home.ts';

export const WatchHomeContext = createContext<FollowedHome<WatchHome> | null>(null);

export function useFollowedWatchHome(): FollowedHome<WatchHome> {
  const home = use(WatchHomeContext);
  if (home === null) throw new Error('no WatchHomeContext above');
  return home;
}

export function useWatchHome(): HomeState<WatchHome> {
  const { state } = useFollowedWatchHome();
  return useSyncExternalStore(state.subscribe, state.getSnapshot);
}
