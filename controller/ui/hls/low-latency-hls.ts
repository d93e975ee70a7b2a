/**
 * hls.js, set up for our delivery: near the live edge, and each request repeated for as long as it takes. The watch page and the TV
 * play by it; it is long, so that a page loads it when there is something to play.
 */
import Hls, { type ErrorData, type HlsConfig, type LoaderConfig } from 'hls.js/light';

/** A playlist without parts, or none yet. */
export const USUAL_PART_S = 0.5;
/**
 * How a player stays at the live edge. All four are needed: without the largest latency a slow start stays behind for ever, and the
 * default increase moves the target a whole second back at each stall. Short parts allow to be nearer.
 * @param partS the playlist's PART-TARGET
 */
export const atTheEdge = (partS: number = USUAL_PART_S) =>
  ({
    ...(partS < USUAL_PART_S
      ? { liveSyncDuration: 1, liveMaxLatencyDuration: 3 }
      : { liveSyncDuration: 1.5, liveMaxLatencyDuration: 5 }),
    maxLiveSyncPlaybackRate: 1.25,
    liveSyncOnStallIncrease: 0.2,
  }) satisfies Partial<HlsConfig>;
/** Its track for cues has a `data:` address, which the page's policy blocks. */
const NO_CUES = {
  enableDateRangeMetadataCues: false,
  enableEmsgMetadataCues: false,
  enableID3MetadataCues: false,
} as const satisfies Partial<HlsConfig>;
const FIRST_BYTE_MS = 8_000;
const WHOLE_FILE_MS = 20_000;
/** between two requests for one file */
const LONGEST_RETRY_MS = 3_000;
/** what is gone for good is requested this often: it may only be late */
const TRIES_OF_MISSING = 3;
const RECOVERED_WITHIN_MS = 10_000;

export type HlsOptions = {
  video: HTMLVideoElement;
  url: string;
  /** sets what lets the viewer in; called before each request */
  authorize: (request: XMLHttpRequest) => void;
  config: Partial<HlsConfig>;
  /** the delivery wants another token; the request is repeated by itself */
  onRefused: () => void;
  /** nothing more comes by itself: another source is needed */
  onFailed: () => void;
};

export const canPlayByHls = (): boolean => Hls.isSupported();

/** Loads `url` into the video. A broken picture is mended once in a while. The caller destroys it. */
export function startHls({ video, url, authorize, config, onRefused, onFailed }: HlsOptions): Hls {
  const hls = new Hls({ ...NO_CUES, ...config, xhrSetup: authorize, ...retriesOf(onRefused) });
  let mendedAtMs = Number.NEGATIVE_INFINITY;
  hls.on(Hls.Events.ERROR, (_event, { fatal, type }: ErrorData) => {
    if (!fatal) return;
    const nowMs = performance.now();
    if (type === Hls.ErrorTypes.MEDIA_ERROR && nowMs - mendedAtMs > RECOVERED_WITHIN_MS) {
      mendedAtMs = nowMs;
      hls.recoverMediaError();
      return;
    }
    onFailed();
  });
  hls.attachMedia(video);
  hls.loadSource(url);
  return hls;
}

/** Every viewer waits differently long, so that a line that is back is not asked by all at once. */
export function retriesOf(
  onRefused: () => void,
): Pick<HlsConfig, 'manifestLoadPolicy' | 'playlistLoadPolicy' | 'fragLoadPolicy'> {
  const retry = (hasEnd: boolean): LoaderConfig['errorRetry'] => ({
    maxNumRetry: Number.POSITIVE_INFINITY,
    retryDelayMs: 400 + Math.random() * 600,
    maxRetryDelayMs: LONGEST_RETRY_MS,
    shouldRetry: (_config, count, _isTimeout, response) => {
      const status = response?.code ?? 0;
      if (status === 401 || status === 403) onRefused();
      const isMissing = status === 404 || status === 400 || status === 410;
      return !(isMissing && hasEnd && count >= TRIES_OF_MISSING);
    },
  });
  const policy = {
    default: {
      maxTimeToFirstByteMs: FIRST_BYTE_MS,
      maxLoadTimeMs: WHOLE_FILE_MS,
      timeoutRetry: retry(false),
      errorRetry: retry(true),
    },
  };
  return { manifestLoadPolicy: policy, playlistLoadPolicy: policy, fragLoadPolicy: policy };
}
