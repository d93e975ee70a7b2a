/** What a page shows first, followed by an event stream while the page is looked at; one stream for all of its pages. */
import { Observable } from '#call/observable.ts';
import { type MaruError, toMaruError } from '#contract/error-codes.ts';
import type { EventsRoute } from '#contract/http/route.ts';
import type { z } from '#contract/schema.ts';
import { followEvents } from './http-client.ts';

type HomeRoute<T> = EventsRoute & { events: { home: z.ZodType<T> } };

export type HomeState<T> = {
  /** null: not known yet */
  home: T | null;
  /** false: what is shown may be old; it is asked for again by itself */
  isConnected: boolean;
  /** the server does not let this account at it */
  refusal: MaruError | null;
};

export class FollowedHome<T> {
  readonly state = new Observable<HomeState<T>>({ home: null, isConnected: true, refusal: null });
  readonly #route: HomeRoute<T>;
  readonly onSignedOut: () => void;
  readonly #onOther: ((name: string, data: unknown) => void) | undefined;
  #close: (() => void) | null = null;

  /** @param onOther gets what comes over the same stream beside the home */
  constructor(
    route: HomeRoute<T>,
    { onSignedOut, onOther }: { onSignedOut: () => void; onOther?: (name: string, data: unknown) => void },
  ) {
    this.#route = route;
    this.#onOther = onOther;
    this.onSignedOut = onSignedOut;
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
    if (isOut) this.onSignedOut();
    return isOut;
  };

  readonly #look = (): void => {
    if (document.visibilityState !== 'visible') {
      this.#shut();
      return;
    }
    this.#close ??= followEvents(this.#route, {
      onEvent: ({ name, data }) => {
        if (name === 'home') this.#set({ home: data as T, refusal: null });
        else this.#onOther?.(name, data);
      },
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

  #set(change: Partial<HomeState<T>>): void {
    this.state.set({ ...this.state.getSnapshot(), ...change });
  }
}
