/** How each kind of track is sent (decision 15): pure, so that the layers can be tested without a camera. */
import type { MediaSource } from '#contract/media-source.ts';
import type { types } from 'mediasoup-client';

const LAYERS = [
  { heightPx: 180, maxBitrate: 160_000 },
  { heightPx: 360, maxBitrate: 550_000 },
  { heightPx: 720, maxBitrate: 1_800_000 },
] as const;
const SMALLEST_LAYER_PX = 120;

/** A camera's simulcast layers, lowest first; a small camera has fewer, a large one is brought down to 720. */
export function cameraEncodings({ width, height }: { width?: number; height?: number }): types.RtpEncodingParameters[] {
  // a phone held upright is measured by its short side, as the tiles are
  const shortSidePx = Math.min(width ?? Number.POSITIVE_INFINITY, height ?? Number.POSITIVE_INFINITY);
  const sourcePx = Number.isFinite(shortSidePx) && shortSidePx > 0 ? shortSidePx : 720;
  const topScale = Math.max(1, sourcePx / 720);
  const topPx = sourcePx / topScale;
  const top = LAYERS.find((layer) => layer.heightPx >= topPx * 0.9) ?? LAYERS[2];
  const count = [1, 2, 4].filter((divisor) => topPx / divisor >= SMALLEST_LAYER_PX).length || 1;
  return Array.from({ length: count }, (_, index) => {
    const divisor = 2 ** (count - 1 - index);
    const layer = LAYERS[Math.max(0, LAYERS.indexOf(top) - (count - 1 - index))]!;
    return { scaleResolutionDownBy: topScale * divisor, maxBitrate: layer.maxBitrate, scalabilityMode: 'L1T2' };
  });
}

type SendOptions = Pick<types.ProducerOptions, 'encodings' | 'codecOptions' | 'codec'>;

export function sendOptions(
  source: MediaSource,
  track: MediaStreamTrack,
  capabilities: types.RtpCapabilities,
): SendOptions {
  const vp8 = capabilities.codecs?.find((codec) => codec.mimeType.toLowerCase() === 'video/vp8');
  switch (source) {
    case 'microphone':
      return { codecOptions: { opusFec: true, opusDtx: true, opusStereo: false } };
    case 'screen-audio':
    case 'program-sound':
      // music and films: no gaps, both sides
      return { codecOptions: { opusFec: true, opusDtx: false, opusStereo: true } };
    case 'program':
      // copied into segments: one encoding, whose parameter sets players keep
      return {
        codec: capabilities.codecs?.find((codec) => codec.mimeType.toLowerCase() === 'video/h264'),
        encodings: [{ maxBitrate: programBitrate(track.getSettings().height) }],
        codecOptions: { videoGoogleStartBitrate: 2_000 },
      };
    case 'camera':
      return {
        codec: vp8,
        encodings: cameraEncodings(track.getSettings()),
        codecOptions: { videoGoogleStartBitrate: 800 },
      };
    case 'screen':
      return {
        codec: vp8,
        encodings: [{ maxBitrate: 2_500_000, maxFramerate: 15 }],
        codecOptions: { videoGoogleStartBitrate: 1_200 },
      };
  }
}

/** In bit/s. */
const programBitrate = (heightPx: number | undefined): number =>
  heightPx !== undefined && heightPx > 720 ? 5_000_000 : 2_500_000;
