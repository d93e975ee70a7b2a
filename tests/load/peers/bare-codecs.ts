/** The codecs of the bare harness: what our own routers offer first, so that both send the same. */
import type { types } from 'mediasoup';

export const bareCodecs: types.RouterRtpCodecCapability[] = [
  { kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2 },
  { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000 },
];
