/** Low-latency HLS into the TV's `<video>`. It repeats what fails; the player opens another where nothing moves. */
import Hls from 'hls.js/light';
import { livePath, livePaths, type Viewing } from '#contract/live-delivery.ts';
import { atTheEdge, startHls } from '#ui/hls/low-latency-hls.ts';
import type { Source } from './broadcast-player.ts';

export function openHlsSource(video: HTMLVideoElement, viewing: () => Viewing): Source {
  const { broadcastId, liveUrl } = viewing();
  const url = new URL(livePath(broadcastId, livePaths.live), liveUrl).href;
  const hls = startHls({
    video,
    url,
    // a TV has no cookie of the fleet's; the token may be newer with each request
    authorize: (request) => request.setRequestHeader('authorization', `Bearer ${viewing().token ?? ''}`),
    config: {
      ...atTheEdge(),
      backBufferLength: 10,
      // its code would have to come from a file or blob of its own
      enableWorker: false,
    },
    // the player asks for the phase of the broadcast, and for how long it is refused
    onRefused: () => {},
    onFailed: () => (hls.levels.length === 0 ? hls.loadSource(url) : hls.startLoad()),
  });
  hls.on(Hls.Events.MANIFEST_PARSED, () => play(video));
  return { close: () => hls.destroy() };
}

/** The TV's browser lets pages sound; in another a picture without sound is better than none. */
function play(video: HTMLVideoElement): void {
  video.play().catch((error: unknown) => {
    if (!(error instanceof DOMException) || error.name !== 'NotAllowedError') return;
    video.muted = true;
    video.play().catch((again: unknown) => console.warn('screen: the broadcast does not play', again));
  });
}
