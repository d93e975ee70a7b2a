/**
 * Plays a broadcast, live or as a replay, into one video element: chooses the playlist by where the person watches, and comes
 * back by itself after whatever stops the picture. It knows nothing of the fleet server.
 */
import { Observable } from '#call/observable.ts';
import type { OpenPlaylist, PlayedPlaylist, PlaylistKind } from './source.ts';

export type Playback = {
  source: PlaylistKind | null;
  /** as the person wants it */
  isPaused: boolean;
  /** `waiting`: the picture stands though it should move */
  picture: 'none' | 'moving' | 'waiting';
  /** it is moved along with the live edge */
  isAtLive: boolean;
  isMuted: boolean;
  volumePercent: number;
  /** the browser allows no sound before a tap */
  needsTap: boolean;
  rate: number;
  /** from the start of the broadcast; null: not known yet */
  positionMs: number | null;
  /** how far it goes by now */
  lengthMs: number | null;
  behindMs: number | null;
  /** played to its end */
  isOver: boolean;
};

export const NOT_PLAYING: Playback = {
  source: null,
  isPaused: false,
  picture: 'none',
  isAtLive: true,
  isMuted: false,
  volumePercent: 100,
  needsTap: false,
  rate: 1,
  positionMs: null,
  lengthMs: null,
  behindMs: null,
  isOver: false,
};

export type Shown = {
  liveUrl: string;
  broadcastId: string;
  /** when it went live, on the packager's clock */
  startMs: number;
  kind: 'live' | 'replay';
};

type PlayerOptions = {
  video: HTMLVideoElement;
  openSource: OpenPlaylist;
  /** the delivery does not let this viewer in */
  onRefused: () => void;
  /** before the picture is taken away for a moment */
  onSwitch?: () => void;
};

const LOOK_MS = 250;
/** without progress for so long, the page shows that it waits */
const WAITING_AFTER_MS = 1_200;
/** and for so long, a fresh start is tried */
const STUCK_AFTER_MS = 8_000;
/** nearer than this to the end is the live edge */
const EDGE_MS = 4_000;
/** farther back, the short live playlist may have nothing */
const SHORT_PLAYLIST_MS = 40_000;
/** whole segments need this much before the end */
const DVR_EDGE_MS = 12_000;
/** a picture that stands longer needs no more of the live playlist */
const REST_AFTER_MS = 30_000;
const RESTARTS_MS = [500, 1_000, 2_000, 4_000, 8_000] as const;
/** counts as well again */
const WELL_AFTER_MS = 10_000;

export class WatchPlayer {
  readonly state = new Observable<Playback>(NOT_PLAYING);
  readonly #options: PlayerOptions;
  #shown: Shown | null = null;
  #source: PlayedPlaylist | null = null;
  /** no more is added to the broadcast */
  #isComplete = false;
  #canRewind = true;
  #timer: ReturnType<typeof setInterval> | undefined;
  #restart: ReturnType<typeof setTimeout> | undefined;
  #restarts = 0;
  #lastTimeS = -1;
  #movedAt = 0;
  #stuckSince = 0;
  #wellSince = 0;
  #pausedAt: number | null = null;
  #isResting = false;
  /** where the picture was last, on the source's scale */
  #lastMs: number | null = null;

  constructor(options: PlayerOptions) {
    this.#options = options;
  }

  start(): void {
    const { video } = this.#options;
    video.addEventListener('ended', this.#ended);
    video.addEventListener('volumechange', this.#volumeChanged);
    window.addEventListener('online', this.lineIsBack);
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }
  stop(): void {
    const { video } = this.#options;
    video.removeEventListener('ended', this.#ended);
    video.removeEventListener('volumechange', this.#volumeChanged);
    window.removeEventListener('online', this.lineIsBack);
    clearInterval(this.#timer);
    this.#shut();
    this.#shown = null;
  }

  /** Nothing is fetched any more; the last picture stays. */
  rest(): void {
    this.#options.onSwitch?.();
    this.#shut();
    this.#shown = null;
    this.#set({ source: null, isOver: true });
  }

  /** Again with the same is harmless. */
  show(shown: Shown): void {
    const before = this.#shown;
    this.#shown = shown;
    if (
      before &&
      before.kind === shown.kind &&
      before.liveUrl === shown.liveUrl &&
      before.broadcastId === shown.broadcastId
    )
      return;
    this.#isComplete = false;
    this.#lastMs = null;
    this.#set({
      isOver: false,
      isPaused: false,
      isAtLive: shown.kind === 'live',
      rate: 1,
      positionMs: null,
      lengthMs: null,
    });
    this.#open(shown.kind, null);
  }

  /** false: only the live edge can be watched */
  allowRewind(canRewind: boolean): void {
    this.#canRewind = canRewind;
  }

  /** Of the picture, on the packager's clock; null: not known, or a replay. */
  readonly livePositionMs = (): number | null =>
    this.#shown?.kind === 'live' ? (this.#source?.positionMs() ?? null) : null;

  /** Of the picture, from the start of a replay; null: not known, or live. */
  readonly replayPositionMs = (): number | null =>
    this.#shown?.kind === 'replay' ? (this.#source?.positionMs() ?? null) : null;

  /** The delivery answers again: what waits is tried at once. */
  readonly lineIsBack = (): void => {
    if (this.state.getSnapshot().picture === 'waiting') this.#restartAfter(Math.random() * 1_000);
  };

  play(): void {
    const { isPaused, isOver, isAtLive } = this.state.getSnapshot();
    if (isOver && this.#shown?.kind === 'replay') {
      this.#set({ isPaused: false });
      this.seek(0);
      return;
    }
    if (!isPaused) return;
    this.#set({ isPaused: false });
    this.#pausedAt = null;
    this.#movedAt = performance.now();
    const { positionMs } = this.state.getSnapshot();
    if (this.#isResting) {
      this.#isResting = false;
      this.#source?.wake();
    }
    if (this.#shown?.kind === 'live' && positionMs !== null && !isAtLive) this.seek(positionMs);
    this.#play();
  }

  pause(): void {
    this.#set({ isPaused: true, isAtLive: this.#shown?.kind === 'live' ? false : this.state.getSnapshot().isAtLive });
    this.#source?.followEdge(false);
    this.#pausedAt = performance.now();
    this.#options.video.pause();
  }

  /** @param positionMs from the start of the broadcast */
  readonly seek = (positionMs: number): void => {
    const source = this.#source;
    const shown = this.#shown;
    if (!source || !shown) return;
    const endMs = this.#endMs();
    const wantedMs = Math.max(0, positionMs) + this.#zeroMs();
    this.#set({ isOver: false });
    if (shown.kind === 'replay') {
      source.seek(endMs === null ? wantedMs : Math.min(wantedMs, endMs));
      this.#moved();
      this.#play();
      return;
    }
    const behindMs = endMs === null ? 0 : endMs - wantedMs;
    if (!this.#isComplete && (behindMs <= EDGE_MS || !this.#canRewind)) {
      this.backToLive();
      return;
    }
    this.#set({ isAtLive: false });
    const fits = source.kind === 'dvr' ? this.#isComplete || behindMs >= DVR_EDGE_MS : behindMs <= SHORT_PLAYLIST_MS;
    if (fits) {
      source.followEdge(false);
      source.seek(wantedMs);
      this.#moved();
      this.#play();
    } else this.#open(source.kind === 'dvr' ? 'live' : 'dvr', wantedMs);
  };

  readonly backToLive = (): void => {
    if (this.#shown?.kind !== 'live') return;
    this.#set({ isAtLive: true, isPaused: false, isOver: false });
    this.#pausedAt = null;
    if (this.#source?.kind === 'live' && !this.#isResting) {
      this.#source.followEdge(true);
      this.#moved();
      this.#play();
    } else this.#open('live', null);
  };

  setMuted(isMuted: boolean): void {
    this.#options.video.muted = isMuted;
    this.#set({ needsTap: false });
  }
  setVolume(percent: number): void {
    this.#options.video.volume = Math.min(1, Math.max(0, percent / 100));
    this.setMuted(percent === 0);
  }
  /** of a replay */
  setRate(rate: number): void {
    this.#options.video.playbackRate = rate;
    this.#set({ rate });
  }

  #open(kind: PlaylistKind, fromMs: number | null): void {
    const shown = this.#shown;
    if (!shown) return;
    this.#options.onSwitch?.();
    this.#shut();
    const { video, openSource, onRefused } = this.#options;
    const { liveUrl, broadcastId, startMs } = shown;
    const source = openSource({
      kind,
      liveUrl,
      broadcastId,
      video,
      fromMs,
      startMs: kind === 'replay' ? 0 : startMs,
      onRefused,
      onFailed: () => this.#source === source && this.#restartSoon(),
      onComplete: () => {
        this.#isComplete = true;
      },
    });
    this.#source = source;
    this.#lastMs = fromMs ?? this.#lastMs;
    this.#moved();
    const { picture } = this.state.getSnapshot();
    this.#set({ source: kind, picture: picture === 'none' ? 'none' : 'waiting' });
    if (kind === 'replay') video.playbackRate = this.state.getSnapshot().rate;
    if (!this.state.getSnapshot().isPaused) this.#play();
  }

  #shut(): void {
    clearTimeout(this.#restart);
    this.#restart = undefined;
    this.#isResting = false;
    this.#source?.close();
    this.#source = null;
  }

  #restartSoon(): void {
    const delayMs = RESTARTS_MS[Math.min(this.#restarts, RESTARTS_MS.length - 1)]!;
    this.#restarts += 1;
    this.#restartAfter(delayMs * (0.75 + Math.random() / 2));
  }
  #restartAfter(delayMs: number): void {
    clearTimeout(this.#restart);
    this.#restart = setTimeout(() => {
      const source = this.#source;
      if (!source) return;
      this.#stuckSince = performance.now();
      const { isAtLive } = this.state.getSnapshot();
      const fromMs = source.kind === 'live' && isAtLive ? null : this.#lastMs;
      // farther back than the short playlist reaches, the picture that stood is in the long one
      const endMs = this.#endMs();
      const isOld = fromMs !== null && endMs !== null && endMs - fromMs > SHORT_PLAYLIST_MS;
      this.#open(source.kind === 'live' && isOld ? 'dvr' : source.kind, fromMs);
    }, delayMs);
  }

  #play(): void {
    const { video } = this.#options;
    void video.play().catch((error: unknown) => {
      if (!(error instanceof DOMException) || error.name !== 'NotAllowedError') return;
      if (video.muted) return this.#set({ isPaused: true });
      video.muted = true;
      this.#set({ needsTap: true });
      void video.play().catch(() => this.#set({ isPaused: true }));
    });
  }

  #moved(): void {
    this.#movedAt = performance.now();
    this.#stuckSince = this.#movedAt;
    this.#lastTimeS = -1;
  }

  #zeroMs(): number {
    if (this.#shown?.kind !== 'live') return 0;
    const window = this.#source?.kind === 'dvr' ? this.#source.window() : null;
    return window?.startMs ?? this.#shown.startMs;
  }
  #endMs(): number | null {
    return this.#source?.window()?.endMs ?? null;
  }

  #look(): void {
    const source = this.#source;
    if (!source) return;
    const { video } = this.#options;
    const now = performance.now();
    const { isPaused, isOver } = this.state.getSnapshot();
    const timeS = video.currentTime;
    const hasMoved = this.#lastTimeS >= 0 && timeS !== this.#lastTimeS && video.readyState >= 2;
    this.#lastTimeS = timeS;
    if (hasMoved) {
      if (now - this.#movedAt > WAITING_AFTER_MS) this.#wellSince = now;
      this.#movedAt = now;
      this.#stuckSince = now;
      if (now - this.#wellSince > WELL_AFTER_MS) this.#restarts = 0;
    }
    const positionMs = source.positionMs();
    if (positionMs !== null && video.readyState >= 2) this.#lastMs = positionMs;
    if (isPaused || isOver) {
      this.#stuckSince = now;
      this.#movedAt = now;
      if (
        source.kind === 'live' &&
        !this.#isResting &&
        this.#pausedAt !== null &&
        now - this.#pausedAt > REST_AFTER_MS
      ) {
        this.#isResting = true;
        source.rest();
      }
    } else if (now - this.#stuckSince > STUCK_AFTER_MS && this.#restart === undefined) this.#restartSoon();
    this.#report(source, { hasMoved, now });
  }

  #report(source: PlayedPlaylist, { hasMoved, now }: { hasMoved: boolean; now: number }): void {
    const { picture, isPaused, isOver } = this.state.getSnapshot();
    const zeroMs = this.#zeroMs();
    const endMs = this.#endMs();
    const isLive = this.#shown?.kind === 'live';
    const positionMs = this.#lastMs === null ? null : Math.max(0, this.#lastMs - zeroMs);
    const waits = !isPaused && !isOver && picture !== 'none' && now - this.#movedAt > WAITING_AFTER_MS;
    this.#set({
      picture: hasMoved || (isPaused && picture !== 'none') ? 'moving' : waits ? 'waiting' : picture,
      positionMs,
      lengthMs: endMs === null ? this.state.getSnapshot().lengthMs : Math.max(0, endMs - zeroMs),
      behindMs: isLive && endMs !== null && this.#lastMs !== null ? Math.max(0, endMs - this.#lastMs) : null,
      source: source.kind,
    });
  }

  readonly #ended = (): void => {
    if (this.#shown?.kind === 'replay' || this.#isComplete) this.#set({ isOver: true });
  };
  readonly #volumeChanged = (): void => {
    const { muted, volume } = this.#options.video;
    this.#set({ isMuted: muted, volumePercent: Math.round(volume * 100), ...(!muted && { needsTap: false }) });
  };

  #set(change: Partial<Playback>): void {
    const before = this.state.getSnapshot();
    const changed = (Object.keys(change) as (keyof Playback)[]).some((key) => before[key] !== change[key]);
    if (changed) this.state.set({ ...before, ...change });
  }
}
