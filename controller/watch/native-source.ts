/** A source by the browser's own HLS: on Apple's devices, which play low-latency HLS themselves. */
import { playlistUrl, type PlayedPlaylist, type PlaylistOptions, type WatchWindow } from './source.ts';

/** as near to the end as it seeks by itself */
const EDGE_S = 2;

/** hls.js is preferred; Chromium plays HLS too, but seconds behind. */
export function playsNatively(video: HTMLVideoElement): boolean {
  const hasHls = video.canPlayType('application/vnd.apple.mpegurl') !== '';
  return hasHls && ('ManagedMediaSource' in globalThis || !('MediaSource' in globalThis));
}

type DatedVideo = HTMLVideoElement & { getStartDate?: () => Date };

export function openNatively({
  kind,
  liveUrl,
  broadcastId,
  video,
  fromMs,
  startMs,
  ...events
}: PlaylistOptions): PlayedPlaylist {
  const isReplay = kind === 'replay';
  const zeroMs = (): number => {
    const startDateMs = isReplay ? 0 : (video as DatedVideo).getStartDate?.().getTime();
    return startDateMs === undefined || Number.isNaN(startDateMs) ? startMs : startDateMs;
  };
  const seek = (positionMs: number): void => {
    video.currentTime = Math.max(0, (positionMs - zeroMs()) / 1000);
  };
  const endS = (): number => (video.seekable.length > 0 ? video.seekable.end(video.seekable.length - 1) : 0);
  const begun = (): void => {
    if (fromMs !== null) seek(fromMs);
  };
  const failed = (): void => {
    // the element does not name the status: a viewing is asked for in any case
    events.onRefused();
    events.onFailed();
  };
  const ended = (): void => {
    if (!isReplay) events.onComplete();
  };
  video.addEventListener('loadedmetadata', begun, { once: true });
  video.addEventListener('error', failed);
  video.addEventListener('ended', ended);
  video.crossOrigin = 'use-credentials';
  video.src = playlistUrl(liveUrl, broadcastId, kind);
  return {
    kind,
    positionMs: () => (video.readyState === HTMLMediaElement.HAVE_NOTHING ? null : zeroMs() + video.currentTime * 1000),
    window(): WatchWindow | null {
      if (isReplay) return Number.isFinite(video.duration) ? { startMs: 0, endMs: video.duration * 1000 } : null;
      if (video.seekable.length === 0) return null;
      return { startMs: zeroMs() + video.seekable.start(0) * 1000, endMs: zeroMs() + endS() * 1000 };
    },
    seek,
    followEdge(isFollowed) {
      if (isFollowed && kind === 'live' && video.seekable.length > 0) video.currentTime = endS() - EDGE_S;
    },
    rest() {},
    wake() {},
    close() {
      video.removeEventListener('loadedmetadata', begun);
      video.removeEventListener('error', failed);
      video.removeEventListener('ended', ended);
      video.removeAttribute('src');
      video.load();
    },
  };
}
