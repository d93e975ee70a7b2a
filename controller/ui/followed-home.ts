/** What a page shows first, followed by an event stream while the page is looked at; one stream for all of its pages. */
import { Observable } from '#call/observable.ts';
import { type MaruError, toMaruError } from '#contract/error-codes.ts';
import type { EventsRoute } from '#contract/http/route.ts';
import type { z } from '#contract/schema.ts';
import { followWhileLookedAt } from './http-client.ts';

type HomeRoute<T> = EventsRoute & { events: { home: z.ZodType<T> } };

export type HomeState<T> = {
  /** null: not known yet */
  home: T | null;
  /** false: what is shown may be old; it is asked for again by itself */
  isConnected: boolean;
  /** counts the connections: what happened between two of them shows in no difference of homes */
  connections: number;
  /** the server does not let this account at it */
  refusal: MaruError | null;
};

const noQuery = (): Record<string, string> => ({});

type FollowedHomeOptions = {
  onSignedOut: () => void;
  query?: () => Record<string, string>;
  onOther?: (name: string, data: unknown) => void;
};

export class FollowedHome<T> {
  readonly state = new Observable<HomeState<T>>({ home: null, isConnected: true, connections: 0, refusal: null });
  readonly #route: HomeRoute<T>;
  readonly onSignedOut: () => void;
  readonly #query: () => Record<string, string>;
  readonly #onOther: ((name: string, data: unknown) => void) | undefined;
  #close: (() => void) | null = null;

  /** @param query asked each time that it is opened @param onOther gets what comes over the same stream beside the home */
  constructor(route: HomeRoute<T>, { onSignedOut, query = noQuery, onOther }: FollowedHomeOptions) {
    this.#route = route;
    this.#query = query;
    this.#onOther = onOther;
    this.onSignedOut = onSignedOut;
  }

  start(): void {
    this.#close = followWhileLookedAt(this.#route, () => {
      let isFirst = true;
      return {
        // whose fields only the home's own class knows
        query: this.#query() as never,
        onEvent: ({ name, data }) => {
          if (name !== 'home') return this.#onOther?.(name, data);
          const { connections } = this.state.getSnapshot();
          this.#set({ home: data as T, refusal: null, connections: connections + (isFirst ? 1 : 0) });
          isFirst = false;
        },
        onConnected: (isConnected) => {
          isFirst ||= !isConnected;
          this.#set({ isConnected });
        },
        onRefused: (refusal) => {
          if (!this.failed(refusal)) this.#set({ refusal });
        },
      };
    });
  }
  stop(): void {
    this.#close?.();
    this.#close = null;
  }

  /** @returns true: the session has ended, and the sign-in is shown */
  readonly failed = (error: unknown): boolean => {
    const isOut = toMaruError(error).code === 'not-signed-in';
    if (isOut) this.onSignedOut();
    return isOut;
  };

  #set(change: Partial<HomeState<T>>): void {
    this.state.set({ ...this.state.getSnapshot(), ...change });
  }
}
