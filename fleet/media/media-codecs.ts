/** The codecs of routers (decision 15), and the parameters of the silent anchor. */
import { PROGRAM_PAYLOAD_TYPES } from '#contract/packager-link.ts';
import type { types } from 'mediasoup';

export const routerCodecs: types.RouterRtpCodecCapability[] = [
  {
    kind: 'audio',
    mimeType: 'audio/opus',
    clockRate: 48_000,
    channels: 2,
    preferredPayloadType: PROGRAM_PAYLOAD_TYPES['program-sound'],
  },
  { kind: 'video', mimeType: 'video/VP8', clockRate: 90_000 },
  {
    kind: 'video',
    mimeType: 'video/H264',
    clockRate: 90_000,
    preferredPayloadType: PROGRAM_PAYLOAD_TYPES.program,
    parameters: { 'packetization-mode': 1, 'profile-level-id': '42e01f', 'level-asymmetry-allowed': 1 },
  },
];

/** A LAN's worth to begin with: bandwidth estimation goes down from here in a second, and up in several. */
export const INITIAL_OUTGOING_BITRATE_BPS = 3_000_000;

/**
 * Between two questions to a sender for a key frame. libwebrtc ignores one that comes within 300 ms of the last
 * (`WebRTC-KeyframeInterval`), and the worker repeats an ignored one after a second only: two viewers who come at
 * nearly one instant would wait that long for a picture.
 */
export const KEY_FRAME_REQUEST_DELAY_MS = 350;

/** Any fixed number: the producer never sends. */
export const anchorRtpParameters: types.RtpParameters = {
  codecs: [{ mimeType: 'audio/opus', payloadType: 111, clockRate: 48_000, channels: 2 }],
  encodings: [{ ssrc: 1_111_111 }],
};

/** Every browser can receive this: the anchor needs no request to the client. */
export function anchorCapabilities(router: types.RtpCapabilities): types.RtpCapabilities {
  return {
    codecs: router.codecs!.filter(({ mimeType }) => mimeType.toLowerCase() === 'audio/opus'),
    headerExtensions: router.headerExtensions!.filter(
      ({ kind, uri }) => kind === 'audio' && uri === 'urn:ietf:params:rtp-hdrext:sdes:mid',
    ),
  };
}

/**
 * The estimate never goes below this: two of a camera's lowest layers. On a downlink that narrows it falls to a fraction
 * of what the link carries, all pictures are stopped, and with nothing sent it is measured again after 5 s only.
 */
export const MIN_OUTGOING_BITRATE_BPS = 200_000;
