/**
 * The rooms as they change, for all pages of the console: one event stream, open while the page is looked at. Lists and
 * pages fetch what they show themselves; here they learn when it has changed.
 */
import { toMaruError } from '#contract/error-codes.ts';
import type { RouteEvent } from '#contract/http/route.ts';
import { type HealthCounts, roomsApi } from '#contract/http/rooms-api.ts';
import { followEvents } from '#ui/http-client.ts';

export type RoomsChange =
  /** anything may have changed: fetch anew */
  | { kind: 'all' }
  | { kind: 'some'; rows: Extract<RoomsEvent, { name: 'changed' }>['data']['rows']; removedRoomIds: string[] };
type RoomsEvent = RouteEvent<typeof roomsApi.roomChanges>;
export type LiveState = {
  isConnected: boolean;
  /** of the last sign of life */
  asOfMs: number | null;
  /** of all rooms; null: not known yet */
  counts: HealthCounts | null;
};

export class LiveRooms {
  readonly #onSignedOut: () => void;
  readonly #changeListeners = new Set<(change: RoomsChange) => void>();
  readonly #stateListeners = new Set<() => void>();
  #state: LiveState = { isConnected: true, asOfMs: null, counts: null };
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

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#stateListeners.add(listener);
    return () => this.#stateListeners.delete(listener);
  };
  readonly state = (): LiveState => this.#state;

  /** Until the function that comes back is called. */
  onChange(listener: (change: RoomsChange) => void): () => void {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  /** After an act of this page: what it changed is shown without waiting for the stream. */
  readonly refresh = (): void => this.#publish({ kind: 'all' });

  /** A page could not fetch what it shows. */
  readonly failed = (error: unknown): void => {
    if (toMaruError(error).code === 'not-signed-in') this.#onSignedOut();
  };

  readonly #look = (): void => {
    if (document.visibilityState !== 'visible') {
      this.#shut();
      return;
    }
    this.#close ??= followEvents(roomsApi.roomChanges, {
      onEvent: (event) => this.#take(event),
      onConnected: (isConnected) => this.#set({ isConnected, asOfMs: isConnected ? Date.now() : this.#state.asOfMs }),
      onRefused: (refusal) => {
        this.#close = null;
        this.failed(refusal);
      },
    });
  };

  #take(event: RoomsEvent): void {
    this.#set({ counts: event.data.counts });
    this.#publish(event.name === 'ready' ? { kind: 'all' } : { kind: 'some', ...event.data });
  }

  #shut(): void {
    this.#close?.();
    this.#close = null;
  }

  #set(change: Partial<LiveState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#stateListeners) listener();
  }

  #publish(change: RoomsChange): void {
    for (const listener of this.#changeListeners) listener(change);
  }
}
