/**
 * What browsers and the media worker agree on: codecs, encodings, header extensions, DTLS and ICE, in mediasoup's shapes
 * (https://mediasoup.org/documentation/v3/mediasoup/rtp-parameters-and-capabilities/). Each field that mediasoup reads is
 * checked here for type and range, because it writes them into its channel to the worker unchecked, and one value that
 * cannot be written breaks that channel for all calls. Fields that mediasoup does not read are dropped, so that a newer
 * browser, which has more of them, gets in.
 */
import { z } from './schema.ts';

/** mediasoup writes whole numbers of `parameters` as 32 bits with a sign. */
const INT32_LIMIT = 2 ** 31;
const UINT32_LIMIT = 2 ** 32;
/** of simulcast */
const MAX_ENCODINGS = 3;
/** a browser that offers all that it has: some fifty codecs, twenty header extensions */
const MAX_ENTRIES = 200;

const Ssrc = z
  .number()
  .int()
  .min(1)
  .max(UINT32_LIMIT - 1);
const PayloadType = z.number().int().min(0).max(127);
/** RFC 8285: one byte or two */
const HeaderExtensionId = z.number().int().min(1).max(255);
const HeaderExtensionUri = z.string().min(1).max(256);
const visible = (maxLength: number): z.ZodString =>
  z
    .string()
    .regex(/^[\x20-\x7e]*$/)
    .max(maxLength);

/** An `a=fmtp` line: open names, values of two types. */
const FormatParameters = z
  .record(visible(60).min(1), z.union([visible(1_000), z.number().gt(-INT32_LIMIT).lt(INT32_LIMIT)]))
  .refine((parameters) => Object.keys(parameters).length <= 50, 'too many parameters');

const RtcpFeedback = z.object({ type: visible(40).min(1), parameter: visible(40).optional() });

const codec = {
  mimeType: z.string().regex(/^(audio|video)\/[\w.+-]{1,40}$/i),
  clockRate: z.number().int().min(1).max(1_000_000),
  channels: z.number().int().min(1).max(32).optional(),
  parameters: FormatParameters.optional(),
  rtcpFeedback: z.array(RtcpFeedback).max(50).optional(),
};

export const RtpCapabilities = z.object({
  codecs: z
    .array(z.object({ ...codec, kind: z.enum(['audio', 'video']), preferredPayloadType: PayloadType }))
    .max(MAX_ENTRIES)
    .optional(),
  headerExtensions: z
    .array(
      z.object({
        kind: z.enum(['audio', 'video']),
        uri: HeaderExtensionUri,
        preferredId: HeaderExtensionId,
        preferredEncrypt: z.boolean().optional(),
        direction: z.enum(['sendrecv', 'sendonly', 'recvonly', 'inactive']).optional(),
      }),
    )
    .max(MAX_ENTRIES)
    .optional(),
});
export type RtpCapabilities = z.infer<typeof RtpCapabilities>;

const RtpEncodingParameters = z.object({
  ssrc: Ssrc.optional(),
  /** RFC 8851 */
  rid: z
    .string()
    .regex(/^[\w-]{1,16}$/)
    .optional(),
  codecPayloadType: PayloadType.optional(),
  rtx: z.object({ ssrc: Ssrc }).optional(),
  dtx: z.boolean().optional(),
  /** https://www.w3.org/TR/webrtc-svc/#scalabilitymodes* */
  scalabilityMode: z
    .string()
    .regex(/^[LS][1-3]T[1-3]h?(_KEY(_SHIFT)?)?$/)
    .optional(),
  maxBitrate: z.number().int().min(0).max(UINT32_LIMIT).optional(),
});

/** The worker knows no others, and refuses a whole producer for one that it does not know. */
export const HEADER_EXTENSION_URIS: ReadonlySet<string> = new Set([
  'urn:ietf:params:rtp-hdrext:sdes:mid',
  'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id',
  'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id',
  'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time',
  'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01',
  'urn:ietf:params:rtp-hdrext:ssrc-audio-level',
  'https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension',
  'urn:3gpp:video-orientation',
  'urn:ietf:params:rtp-hdrext:toffset',
  'http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time',
  'http://www.webrtc.org/experiments/rtp-hdrext/playout-delay',
]);

export const RtpParameters = z.object({
  /** a token of SDP (RFC 8859) */
  mid: z
    .string()
    .regex(/^[\w!#$%&'*+.^`{|}~-]{1,32}$/)
    .optional(),
  codecs: z
    .array(z.object({ ...codec, payloadType: PayloadType }))
    .min(1)
    .max(MAX_ENTRIES),
  headerExtensions: z
    .array(
      z.object({
        uri: HeaderExtensionUri,
        id: HeaderExtensionId,
        encrypt: z.boolean().optional(),
        parameters: FormatParameters.optional(),
      }),
    )
    .max(MAX_ENTRIES)
    .transform((all) => all.filter(({ uri }) => HEADER_EXTENSION_URIS.has(uri)))
    .optional(),
  encodings: z.array(RtpEncodingParameters).max(MAX_ENCODINGS).optional(),
  rtcp: z
    .object({
      /** RFC 3550: its length is one byte. Empty where Chromium sends simulcast by rid */
      cname: visible(255).optional(),
      reducedSize: z.boolean().optional(),
    })
    .optional(),
  /** RFC 8830: two ids of 64 characters at most */
  msid: visible(200).optional(),
});
export type RtpParameters = z.infer<typeof RtpParameters>;

export const DtlsParameters = z.object({
  role: z.enum(['auto', 'client', 'server']).optional(),
  fingerprints: z
    .array(
      z.object({
        algorithm: z.enum(['sha-1', 'sha-224', 'sha-256', 'sha-384', 'sha-512']),
        value: z.string().regex(/^[\da-f]{2}(:[\da-f]{2}){1,63}$/i),
      }),
    )
    .min(1)
    .max(10),
});
export type DtlsParameters = z.infer<typeof DtlsParameters>;

/** RFC 8839: `ice-char`, up to 256 */
const IceString = z.string().regex(/^[\w+/-]{1,256}$/);
export const IceParameters = z.object({
  usernameFragment: IceString,
  password: IceString,
  iceLite: z.boolean().optional(),
});
export type IceParameters = z.infer<typeof IceParameters>;

export const IceCandidate = z.object({
  foundation: z.string().min(1).max(32),
  priority: z
    .number()
    .int()
    .min(0)
    .max(UINT32_LIMIT - 1),
  /** an address, or a name that the client resolves; mediasoup fills `ip` alike */
  address: z.string().min(1).max(255),
  ip: z.string().min(1).max(255),
  protocol: z.enum(['udp', 'tcp']),
  port: z.number().int().min(1).max(65_535),
  type: z.enum(['host', 'srflx', 'prflx', 'relay']),
  tcpType: z.enum(['active', 'passive', 'so']).optional(),
});
export type IceCandidate = z.infer<typeof IceCandidate>;
