/** A source by hls.js: positions on the packager's clock, the live edge, and where a playlist begins. */
import Hls, { type LevelDetails } from 'hls.js/light';
import { atTheEdge, startHls, USUAL_PART_S } from '#ui/hls/low-latency-hls.ts';
import { playlistUrl, type PlayedPlaylist, type PlaylistOptions, type WatchWindow } from './source.ts';

export { canPlayByHls } from '#ui/hls/low-latency-hls.ts';

const KEPT_BEHIND_S = 90;
/** a guess of where a playlist starts is corrected when it is wrong by more */
const CORRECTED_S = 1;

export function openByHls({
  kind,
  liveUrl,
  broadcastId,
  video,
  fromMs,
  startMs,
  ...events
}: PlaylistOptions): PlayedPlaylist {
  const isLive = kind === 'live';
  let partS = USUAL_PART_S;
  let edge = atTheEdge(partS);
  let isFollowing = true;
  const hls = startHls({
    video,
    url: playlistUrl(liveUrl, broadcastId, kind),
    // a cookie lets the viewer in; the delivery may be of another port
    authorize: (request) => {
      request.withCredentials = true;
    },
    config: {
      ...(isLive ? edge : { lowLatencyMode: false }),
      ...(!isLive && fromMs !== null && { startPosition: Math.max(0, (fromMs - startMs) / 1000) }),
      backBufferLength: KEPT_BEHIND_S,
    },
    onRefused: events.onRefused,
    onFailed: events.onFailed,
  });
  /** until it is true that the picture is at `fromMs` */
  let pendingMs = fromMs;
  let isComplete = false;

  hls.on(Hls.Events.LEVEL_UPDATED, (_event, { details }) => {
    if (!details.live && !isComplete && kind !== 'replay') {
      isComplete = true;
      events.onComplete();
    }
    if (isLive && details.partTarget > 0 && details.partTarget !== partS) {
      partS = details.partTarget;
      edge = atTheEdge(partS);
      hls.config.liveSyncDuration = edge.liveSyncDuration;
      follow(isFollowing);
    }
    if (pendingMs === null) return;
    const wantedMs = pendingMs;
    pendingMs = null;
    const wantedS = timeOf(details, wantedMs);
    if (isLive) follow(false);
    const go = (): void => {
      if (Math.abs(video.currentTime - wantedS) > CORRECTED_S) video.currentTime = wantedS;
    };
    if (video.readyState >= HTMLMediaElement.HAVE_METADATA) go();
    else video.addEventListener('loadedmetadata', go, { once: true });
  });

  const details = (): LevelDetails | null => hls.latestLevelDetails;
  const dateOf = (list: LevelDetails, timeS: number): number => {
    if (kind === 'replay') return timeS * 1000;
    const fragment = list.fragments.findLast(({ start }) => start <= timeS) ?? list.fragments[0];
    return (fragment?.programDateTime ?? startMs) + (timeS - (fragment?.start ?? 0)) * 1000;
  };
  const timeOf = (list: LevelDetails, positionMs: number): number => {
    if (kind === 'replay') return positionMs / 1000;
    const fragment =
      list.fragments.findLast(({ programDateTime }) => (programDateTime ?? startMs) <= positionMs) ?? list.fragments[0];
    return (fragment?.start ?? 0) + Math.max(0, positionMs - (fragment?.programDateTime ?? startMs)) / 1000;
  };
  const follow = (isFollowed: boolean): void => {
    isFollowing = isFollowed;
    hls.config.liveMaxLatencyDuration = isFollowed ? edge.liveMaxLatencyDuration : Number.POSITIVE_INFINITY;
    hls.config.maxLiveSyncPlaybackRate = isFollowed ? edge.maxLiveSyncPlaybackRate : 1;
    if (!isFollowed) video.playbackRate = 1;
  };
  return {
    kind,
    positionMs() {
      const list = details();
      return list === null || video.readyState === HTMLMediaElement.HAVE_NOTHING
        ? null
        : dateOf(list, video.currentTime);
    },
    window(): WatchWindow | null {
      const list = details();
      if (list === null) return null;
      if (kind === 'replay') return { startMs: 0, endMs: list.edge * 1000 };
      // the newest playlist is a little old
      const sinceMs = list.live ? list.age * 1000 : 0;
      return { startMs: dateOf(list, list.fragmentStart), endMs: dateOf(list, list.edge) + sinceMs };
    },
    seek(positionMs) {
      const list = details();
      if (list === null) return;
      video.currentTime = Math.max(list.fragmentStart, timeOf(list, positionMs));
    },
    followEdge(isFollowed) {
      if (!isLive) return;
      follow(isFollowed);
      const edgeS = hls.liveSyncPosition;
      if (isFollowed && edgeS !== null && edgeS - video.currentTime > edge.liveSyncDuration) video.currentTime = edgeS;
    },
    rest: () => hls.stopLoad(),
    wake: () => hls.startLoad(video.currentTime, true),
    close: () => hls.destroy(),
  };
}
