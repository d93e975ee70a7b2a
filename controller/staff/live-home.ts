/** What the staff page shows first: the meetings of who is signed in, followed while the page is looked at. */
import { createContext, use, useSyncExternalStore } from 'react';
import { meetingsApi, type StaffHome } from '#contract/http/meetings-api.ts';
import { currentLanguage } from '#ui/words/words.ts';
import { FollowedHome, type HomeState } from '#ui/followed-home.ts';

export class LiveHome extends FollowedHome<StaffHome> {
  constructor(given: { onSignedOut: () => void }) {
    super(meetingsApi.staffHome, { ...given, query: () => ({ language: currentLanguage() }) });
  }
}

export const LiveHomeContext = createContext<LiveHome | null>(null);

export function useLiveHome(): LiveHome {
  const live = use(LiveHomeContext);
  if (live === null) throw new Error('no LiveHomeContext above');
  return live;
}

export function useHome(): HomeState<StaffHome> {
  const { state } = useLiveHome();
  return useSyncExternalStore(state.subscribe, state.getSnapshot);
}
