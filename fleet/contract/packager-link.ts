/**
 * Fleet server and packager, over a Unix socket in the data folder: JSON, one message a line; paths are of this machine. The packager
 * receives the program's RTP on a port of loopback, cuts parts and segments, records, and delivers playlists and media to viewers.
 * The server sends `open` again for each broadcast that runs after either side was started again: what runs goes on.
 */
import { BroadcastKind, BroadcastQuality, Chapter, ProgramPicture } from './broadcast.ts';
import { ErrorCode } from './error-codes.ts';
import { ProtocolVersion } from './protocol-version.ts';
import { EpochMs, Id, z } from './schema.ts';

/** In the data folder. */
export const PACKAGER_SOCKET = 'packager.sock';
export const MAX_PACKAGER_MESSAGE_BYTES = 1024 * 1024;
/** In the data folder: one folder of each broadcast, named by its id. */
export const BROADCASTS_FOLDER = 'broadcasts';
/** In the folder of each: the MP4 with chapters, once it is finished. */
export const FINAL_FILE = 'final.mp4';
/** Likewise, after the end: where each segment stands in the recording. Written by the packager, which reads all of it. */
export const REPLAY_INDEX_FILE = 'replay.json';
/** A row begins with: sequence, start and duration in seconds, date in ms by the packager's clock. */
export const RecordedSegments = z.object({
  segments: z.array(z.tuple([z.number(), z.number(), z.number(), z.number()]).rest(z.number())),
});
export type RecordedSegments = z.infer<typeof RecordedSegments>;

/** Of what the node sends to the packager; its clock rates are 48,000 and 90,000. Held by the node's routers. */
export const PROGRAM_PAYLOAD_TYPES = { 'program-sound': 100, program: 103 } as const;

const Path = z.string().min(1).max(4_000);

export const ToPackager = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.literal('hello'),
    protocol: ProtocolVersion,
    /** JWKS: verifies viewers' tokens */
    keys: z.array(z.looseObject({ kid: z.string(), kty: z.string() })),
    /** of pages that may read what is delivered, besides a bearer's */
    origins: z.array(z.url()).max(50),
    /** viewings that are void, until their tokens have expired: all of them */
    revokedViewingIds: z.array(Id).max(20_000),
  }),
  z.strictObject({
    name: z.literal('open'),
    broadcastId: Id,
    kind: BroadcastKind,
    /** exists; of this broadcast alone */
    folder: Path,
    quality: BroadcastQuality,
    /** it was on air before: the timeline goes on where the folder ends */
    wentLiveAtMs: EpochMs.nullable(),
  }),
  /** cutting starts with the next key frame, or the slate: playlists are there within a second. Again: nothing */
  z.strictObject({ name: z.literal('go-live'), broadcastId: Id }),
  /** playlists end, the recording is closed */
  z.strictObject({ name: z.literal('end'), broadcastId: Id }),
  /** never went live: nothing is kept */
  z.strictObject({ name: z.literal('drop'), broadcastId: Id }),
  /** after `ended`: the recording as an MP4 with chapters, made without encoding again. Again: nothing */
  z.strictObject({
    name: z.literal('finish'),
    broadcastId: Id,
    folder: Path,
    title: z.string(),
    chapters: z.array(Chapter).max(2_000),
  }),
  /** a replay is served from this folder, until `forget` */
  z.strictObject({ name: z.literal('serve'), broadcastId: Id, folder: Path }),
  z.strictObject({ name: z.literal('forget'), broadcastId: Id }),
  z.strictObject({ name: z.literal('revoke'), viewingIds: z.array(Id).min(1).max(1_000) }),
]);
export type ToPackager = z.infer<typeof ToPackager>;

export const FromPackager = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.literal('hello'),
    protocol: ProtocolVersion,
    /** why nothing can be broadcast on this machine, in English, for IT; null: it can */
    whyUnavailable: z.string().max(2_000).nullable(),
    /** of its deliveries on this machine */
    port: z.number().int(),
  }),
  /** where the node sends the program's RTP to: `forward-program` */
  z.strictObject({ name: z.literal('opened'), broadcastId: Id, mediaPort: z.number().int() }),
  /** each second, and at once when it changes */
  z.strictObject({
    name: z.literal('health'),
    broadcastId: Id,
    /** of what arrives from the program */
    picture: ProgramPicture,
    hasSound: z.boolean(),
    isOnSlate: z.boolean(),
    /** viewers whose lease runs */
    watching: z.number().int().nonnegative(),
    /** nothing can be kept: live goes on without rewind and recording */
    isDiskFull: z.boolean(),
  }),
  /** playlists have ended, all is on the disk */
  z.strictObject({
    name: z.literal('ended'),
    broadcastId: Id,
    durationMs: z.number().int().nonnegative(),
    sizeBytes: z.number().int().nonnegative(),
  }),
  z.strictObject({ name: z.literal('finished'), broadcastId: Id, sizeBytes: z.number().int().nonnegative() }),
  z.strictObject({ name: z.literal('finish-failed'), broadcastId: Id, code: ErrorCode, message: z.string().max(500) }),
]);
export type FromPackager = z.infer<typeof FromPackager>;
