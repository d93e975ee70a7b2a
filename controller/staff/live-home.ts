/** What the staff page shows first, followed while the page is looked at; one stream for all of its pages. */
import { createContext, use, useSyncExternalStore } from 'react';
import { Observable } from '#call/observable.ts';
import { type MaruError, toMaruError } from '#contract/error-codes.ts';
import { meetingsApi, type StaffHome } from '#contract/http/meetings-api.ts';
import { followEvents } from '#ui/http-client.ts';

export type HomeState = {
  /** null: not known yet */
  home: StaffHome | null;
  /** false: what is shown may be old; it is asked for again by itself */
  isConnected: boolean;
  /** the server does not let this account at it */
  refusal: MaruError | null;
};

export class LiveHome {
  readonly state = new Observable<HomeState>({ home: null, isConnected: true, refusal: null });
  readonly #onSignedOut: () => void;
  #close: (() => void) | null = null;

  constructor({ onSignedOut }: { onSignedOut: () => void }) {
    this.#onSignedOut = onSignedOut;
  }

  start(): void {
    document.addEventListener('visibilitychange', this.#look);
    this.#look();
  }
  stop(): void {
    document.removeEventListener('visibilitychange', this.#look);
    this.#shut();
  }

  /** @returns true: the session has ended, and the sign-in is shown */
  readonly failed = (error: unknown): boolean => {
    const isOut = toMaruError(error).code === 'not-signed-in';
    if (isOut) this.#onSignedOut();
    return isOut;
  };

  readonly #look = (): void => {
    if (document.visibilityState !== 'visible') {
      this.#shut();
      return;
    }
    this.#close ??= followEvents(meetingsApi.staffHome, {
      onEvent: ({ data }) => this.#set({ home: data, refusal: null }),
      onConnected: (isConnected) => this.#set({ isConnected }),
      onRefused: (refusal) => {
        this.#shut();
        if (!this.failed(refusal)) this.#set({ refusal });
      },
    });
  };

  #shut(): void {
    this.#close?.();
    this.#close = null;
  }

  #set(change: Partial<HomeState>): void {
    this.state.set({ ...this.state.getSnapshot(), ...change });
  }
}

export const LiveHomeContext = createContext<LiveHome | null>(null);

export function useLiveHome(): LiveHome {
  const live = use(LiveHomeContext);
  if (live === null) throw new Error('no LiveHomeContext above');
  return live;
}

export function useHome(): HomeState {
  const { state } = useLiveHome();
  return useSyncExternalStore(state.subscribe, state.getSnapshot);
}
