/**
 * What viewers fetch from the packager, directly or through nginx: playlists and media of a broadcast, by low-latency HLS. Every
 * request carries the viewer's token in the cookie, or in `Authorization: Bearer …`; no URL has one.
 */
import { AddressRange } from './address-range.ts';
import { ReportedBroadcastPhase } from './broadcast.ts';
import { JOIN_TOKEN_ISSUER } from './grants.ts';
import { EpochMs, Id, z } from './schema.ts';

export const LIVE_PATH = '/live';
/** Below `/live/BROADCAST-ID/`. */
export const livePaths = {
  /** the short playlist with parts, held by `_HLS_msn` and `_HLS_part` */
  live: 'live.m3u8',
  /** from the start, whole segments */
  dvr: 'dvr.m3u8',
  /** after the end: byte ranges of one file */
  replay: 'replay.m3u8',
  init: 'init.mp4',
  /** fragmented, as it was recorded */
  recording: 'recording.mp4',
  status: 'status',
} as const;
export const livePath = (broadcastId: string, file: string): string => `${LIVE_PATH}/${broadcastId}/${file}`;
export const segmentFile = (sequence: number): string => `${sequence}.m4s`;
export const partFile = (sequence: number, part: number): string => `${sequence}.${part}.m4s`;
/** For nginx' `auth_request`: 204, or 401 or 403; the original URI stands in `X-Original-URI`. */
export const LIVE_CHECK_PATH = '/live-check';

/** `__Host-` where there is TLS. */
export const watchCookie = (isSecure: boolean): string => (isSecure ? '__Host-maru-watch' : 'maru-watch');
export const WATCH_AUDIENCE = 'maru-watch';
export const WATCH_TOKEN_TTL_MS = 60 * 60_000;
/** A player renews its token this often. */
export const WATCH_TOKEN_RENEWED_AFTER_MS = 5 * 60_000;
/** A viewer counts as watching this long after the last request for a playlist. */
export const VIEWER_LEASE_MS = 10_000;

/** Signed by the fleet server (EdDSA), verified by the packager alone. */
export const WatchTokenClaims = z.object({
  iss: z.literal(JOIN_TOKEN_ISSUER),
  aud: z.literal(WATCH_AUDIENCE),
  /** viewingId: revocable; one of a session or room */
  sub: Id,
  iat: z.number().int(),
  exp: z.number().int(),
  broadcasts: z
    .array(
      z.object({
        broadcastId: Id,
        /** each list holds */ allowedRanges: z.array(z.array(AddressRange).max(64)).max(4),
      }),
    )
    .max(20),
});
export type WatchTokenClaims = z.infer<typeof WatchTokenClaims>;

/** What a player asks for each few seconds, from the packager: also while the fleet server is away. */
export const LiveStatus = z.object({
  phase: ReportedBroadcastPhase,
  watching: z.number().int().nonnegative(),
  isOnSlate: z.boolean(),
  /** false: the disk is full */
  canRewind: z.boolean(),
  nowMs: EpochMs,
});
export type LiveStatus = z.infer<typeof LiveStatus>;

/** What lets somebody at a broadcast's media. */
export const Viewing = z.object({
  broadcastId: Id,
  /** origin of the delivery */
  liveUrl: z.url(),
  expiresAtMs: EpochMs,
  /** for a room's TV, which has no cookie; absent: the cookie was set */
  token: z.string().max(8_192).optional(),
});
export type Viewing = z.infer<typeof Viewing>;
