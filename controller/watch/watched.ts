/**
 * One broadcast that somebody watches, without its picture: what the fleet server knows of it, the viewing that lets the player
 * at its media, and what the delivery reports, also while the fleet server is away.
 */
import { Observable } from '#call/observable.ts';
import { type MaruError, toMaruError } from '#contract/error-codes.ts';
import { NoServer } from '#contract/http/answer.ts';
import { type BroadcastDetail, broadcastsApi } from '#contract/http/broadcasts-api.ts';
import { LiveStatus, livePath, livePaths, WATCH_TOKEN_RENEWED_AFTER_MS } from '#contract/live-delivery.ts';
import { callApi } from '#ui/http-client.ts';

export type Watched = {
  /** null: not known yet */
  detail: BroadcastDetail | null;
  /** where its media is; null: no viewing yet */
  liveUrl: string | null;
  /** null: the delivery has not answered, or not for a while */
  status: LiveStatus | null;
  /** the delivery's clock less this device's */
  clockAheadMs: number;
  isFleetAway: boolean;
  /** for good: this account may not watch it */
  refusal: MaruError | null;
};

type WatchedOptions = {
  broadcastId: string;
  onSignedOut: () => void;
  /** the delivery answers again after it did not */
  onLineBack: () => void;
};

const STATUS_MS = 4_000;
const STATUS_TIMEOUT_MS = 3_000;
/** an older answer counts no longer */
const STATUS_HOLDS_MS = 15_000;
const DETAIL_MS = 30_000;
const ASK_AGAIN_MS = 3_000;
/** a viewing that was refused is asked for at most this often */
const VIEWING_AGAIN_MS = 5_000;

/** Many ask: never all at once. */
const spread = (ms: number): number => ms * (0.8 + Math.random() * 0.4);

export class BroadcastFollower {
  readonly state = new Observable<Watched>({
    detail: null,
    liveUrl: null,
    status: null,
    clockAheadMs: 0,
    isFleetAway: false,
    refusal: null,
  });
  readonly #options: WatchedOptions;
  readonly #end = new AbortController();
  #viewingTimer: ReturnType<typeof setTimeout> | undefined;
  #detailTimer: ReturnType<typeof setTimeout> | undefined;
  #statusTimer: ReturnType<typeof setTimeout> | undefined;
  #viewingAskedAt = Number.NEGATIVE_INFINITY;
  #statusAt = Number.NEGATIVE_INFINITY;
  #isLineDown = false;

  constructor(options: WatchedOptions) {
    this.#options = options;
  }

  start(): void {
    void this.#openViewing();
    void this.#readDetail();
  }
  stop(): void {
    this.#end.abort();
    for (const timer of [this.#viewingTimer, this.#detailTimer, this.#statusTimer]) clearTimeout(timer);
  }

  /** The fleet server's list has changed: it may be about this one. */
  changed(): void {
    void this.#readDetail();
  }

  /** The delivery does not let this viewer in: the viewing has expired or was revoked. */
  readonly refused = (): void => {
    if (performance.now() - this.#viewingAskedAt < VIEWING_AGAIN_MS) return;
    void this.#openViewing();
  };

  async #openViewing(): Promise<void> {
    this.#viewingAskedAt = performance.now();
    clearTimeout(this.#viewingTimer);
    const again = await this.#ask(async (params, signal) => {
      const { viewing } = await callApi(broadcastsApi.createViewing, { params, signal });
      const isFirst = this.state.getSnapshot().liveUrl === null;
      this.#set({ liveUrl: viewing.liveUrl });
      if (isFirst) void this.#readStatus();
      return WATCH_TOKEN_RENEWED_AFTER_MS;
    });
    if (again !== null) this.#viewingTimer = setTimeout(() => void this.#openViewing(), spread(again));
  }

  async #readDetail(): Promise<void> {
    clearTimeout(this.#detailTimer);
    const again = await this.#ask(async (params, signal) => {
      const { broadcast } = await callApi(broadcastsApi.watchedBroadcast, { params, signal });
      this.#set({ detail: broadcast });
      return DETAIL_MS;
    });
    clearTimeout(this.#detailTimer);
    if (again !== null) this.#detailTimer = setTimeout(() => void this.#readDetail(), spread(again));
  }

  /** @returns after how many ms it is due again; null: never */
  async #ask(work: (params: { broadcastId: string }, signal: AbortSignal) => Promise<number>): Promise<number | null> {
    const { broadcastId, onSignedOut } = this.#options;
    const { signal } = this.#end;
    try {
      const dueMs = await work({ broadcastId }, signal);
      this.#set({ isFleetAway: false, refusal: null });
      return signal.aborted ? null : dueMs;
    } catch (error) {
      if (signal.aborted) return null;
      const problem = toMaruError(error);
      if (problem instanceof NoServer || problem.kind === 'operational') {
        this.#set({ isFleetAway: true });
        return ASK_AGAIN_MS;
      }
      if (problem.code === 'not-signed-in') onSignedOut();
      else this.#set({ refusal: problem });
      return null;
    }
  }

  async #readStatus(): Promise<void> {
    const { liveUrl } = this.state.getSnapshot();
    if (liveUrl === null || this.#end.signal.aborted) return;
    const answer = await this.#fetchStatus(liveUrl);
    if (this.#end.signal.aborted) return;
    if (answer) {
      this.#statusAt = performance.now();
      const hasChanged = this.state.getSnapshot().status?.phase !== answer.phase;
      this.#set({ status: answer, clockAheadMs: answer.nowMs - Date.now() });
      if (hasChanged) void this.#readDetail();
    } else if (performance.now() - this.#statusAt > STATUS_HOLDS_MS) this.#set({ status: null });
    this.#statusTimer = setTimeout(() => void this.#readStatus(), spread(STATUS_MS));
  }

  /** @returns null: no answer, or none for this viewer */
  async #fetchStatus(liveUrl: string): Promise<LiveStatus | null> {
    const { broadcastId, onLineBack } = this.#options;
    try {
      const response = await fetch(`${liveUrl}${livePath(broadcastId, livePaths.status)}`, {
        credentials: 'include',
        cache: 'no-store',
        signal: AbortSignal.any([this.#end.signal, AbortSignal.timeout(STATUS_TIMEOUT_MS)]),
      });
      if (this.#isLineDown) onLineBack();
      this.#isLineDown = false;
      if (response.status === 401 || response.status === 403) this.refused();
      if (!response.ok) return null;
      const status = LiveStatus.safeParse(await response.json());
      return status.success ? status.data : null;
    } catch {
      this.#isLineDown = true;
      return null;
    }
  }

  #set(change: Partial<Watched>): void {
    const before = this.state.getSnapshot();
    const changed = (Object.keys(change) as (keyof Watched)[]).some((key) => before[key] !== change[key]);
    if (changed && !this.#end.signal.aborted) this.state.set({ ...before, ...change });
  }
}
