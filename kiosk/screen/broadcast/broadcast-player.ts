/**
 * The picture and sound of a broadcast in a `<video>`, for as long as it lasts and without a reload: a source that stands still
 * is opened anew, and what is gone for minutes is given up in words. The packager says what phase the broadcast is in.
 */
import { isOnAir } from '#contract/broadcast.ts';
import type { ErrorCode } from '#contract/error-codes.ts';
import { LiveStatus, livePath, livePaths, type Viewing } from '#contract/live-delivery.ts';

/** `coming`: not on the air yet. `away`: it is, and no picture comes. */
export type PictureState = 'coming' | 'playing' | 'away';
export type Source = { close: () => void };
export type BroadcastPlayerOptions = {
  video: Pick<HTMLVideoElement, 'currentTime' | 'ended'>;
  /** the newest: its token is renewed */
  viewing: () => Viewing;
  openSource: (viewing: () => Viewing) => Source;
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  onState: (state: PictureState) => void;
  /** @param code why it is given up; null: it is over */
  onEnd: (code: ErrorCode | null) => void;
  nowMs?: () => number;
};

const LOOK_MS = 500;
const STATUS_EACH_MS = 3_000;
/** it goes on the air any second */
const STATUS_BEFORE_MS = 1_000;
const STATUS_WITHIN_MS = 5_000;
/** shorter ones are bridged by what is buffered */
const STILL_MS = 1_500;
const OPENED_ANEW_MS = 12_000;
/** the last seconds are still to be played */
const LAST_SECONDS_MS = 8_000;
/** a renewed token is on its way */
const REFUSED_FOR_MS = 30_000;
export const GIVEN_UP_MS = 180_000;

export class BroadcastPlayer {
  readonly #options: Required<BroadcastPlayerOptions>;
  #source: Source | null = null;
  #phase: LiveStatus['phase'] | null = null;
  #state: PictureState | null = null;
  #position = 0;
  /** by `nowMs`: */
  #movedAtMs: number;
  #openedAtMs = Number.NEGATIVE_INFINITY;
  #askedAtMs = Number.NEGATIVE_INFINITY;
  #refusedSinceMs: number | null = null;
  #overSinceMs: number | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(options: BroadcastPlayerOptions) {
    this.#options = { nowMs: () => performance.now(), ...options };
    this.#movedAtMs = this.#options.nowMs();
  }

  start(): void {
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
    this.#look();
  }
  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#source?.close();
    this.#source = null;
  }

  get #isStopped(): boolean {
    return this.#timer === undefined;
  }

  #look(): void {
    const nowMs = this.#options.nowMs();
    this.#follow(nowMs);
    const end = this.#endDue(nowMs);
    if (end !== null) {
      this.stop();
      this.#options.onEnd(end.code);
      return;
    }
    const stillMs = nowMs - this.#movedAtMs;
    const isOld = stillMs > OPENED_ANEW_MS && nowMs - this.#openedAtMs > OPENED_ANEW_MS;
    if (this.#phase !== null && isOnAir(this.#phase) && (this.#source === null || isOld)) this.#open(nowMs);
    const hasMoved = this.#source !== null && this.#movedAtMs > this.#openedAtMs;
    if (hasMoved && stillMs <= STILL_MS) this.#show('playing');
    else if (this.#isComing) this.#show('coming');
    // its first picture is still to come
    else if (stillMs > STILL_MS) this.#show('away');
    if (nowMs - this.#askedAtMs >= (this.#isComing ? STATUS_BEFORE_MS : STATUS_EACH_MS)) void this.#ask(nowMs);
  }

  get #isComing(): boolean {
    return this.#phase !== null && !isOnAir(this.#phase) && !isOver(this.#phase);
  }

  /** Does the picture move. */
  #follow(nowMs: number): void {
    const { currentTime } = this.#options.video;
    const isMoving = currentTime > this.#position;
    if (isMoving) this.#refusedSinceMs = null;
    // one that only comes is waited for
    if (isMoving || (this.#isComing && this.#source === null)) this.#movedAtMs = nowMs;
    this.#position = currentTime;
  }

  /** null: it goes on */
  #endDue(nowMs: number): { code: ErrorCode | null } | null {
    const stillMs = nowMs - this.#movedAtMs;
    if (this.#overSinceMs !== null) {
      const isPlayed = this.#options.video.ended || stillMs > STILL_MS * 2;
      if (isPlayed || nowMs - this.#overSinceMs > LAST_SECONDS_MS) return { code: null };
    }
    if (stillMs > GIVEN_UP_MS) return { code: 'packager-unavailable' };
    const isRefused = this.#refusedSinceMs !== null && nowMs - this.#refusedSinceMs > REFUSED_FOR_MS;
    return isRefused ? { code: 'forbidden' } : null;
  }

  #open(nowMs: number): void {
    this.#source?.close();
    this.#openedAtMs = nowMs;
    this.#source = this.#options.openSource(this.#options.viewing);
  }

  async #ask(nowMs: number): Promise<void> {
    this.#askedAtMs = nowMs;
    const { broadcastId, liveUrl, token } = this.#options.viewing();
    try {
      const answer = await this.#options.fetch(new URL(livePath(broadcastId, livePaths.status), liveUrl).href, {
        headers: { authorization: `Bearer ${token ?? ''}` },
        signal: AbortSignal.timeout(STATUS_WITHIN_MS),
      });
      if (this.#isStopped) return;
      if (answer.status === 401 || answer.status === 403) {
        this.#refusedSinceMs ??= this.#options.nowMs();
        return;
      }
      if (!answer.ok) return;
      this.#refusedSinceMs = null;
      this.#phase = LiveStatus.parse(await answer.json()).phase;
      if (isOver(this.#phase)) this.#overSinceMs ??= this.#options.nowMs();
    } catch {
      // the line is cut: what the picture does decides
    }
  }

  #show(state: PictureState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#options.onState(state);
  }
}

const isOver = (phase: LiveStatus['phase']): boolean => phase === 'ended' || phase === 'cancelled';
