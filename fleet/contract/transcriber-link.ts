/**
 * Media node and its transcriber, a child process on the same machine: Node's own channel between them (`serialization: 'advanced'`).
 * The node forwards each microphone's sound; the transcriber cuts it by voice activity, sends each cut to the engine and answers with
 * its words. It keeps nothing: a track that was open when it died is started again by the node.
 */
import { EpochMs, Id, Language, z } from './schema.ts';

export const ToTranscriber = z.discriminatedUnion('name', [
  /** a microphone whose sound follows; one per producer */
  z.strictObject({ name: z.literal('track'), trackId: Id, language: Language }),
  z.strictObject({
    name: z.literal('sound'),
    trackId: Id,
    /** one packet of Opus */
    payload: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
    /** of RTP, 48 kHz; wraps round */
    timestamp: z.number().int().nonnegative(),
    /** when the node got it */
    atMs: EpochMs,
  }),
  /** muted, left or turned off: what was spoken until now is still answered */
  z.strictObject({ name: z.literal('end-track'), trackId: Id }),
]);
export type ToTranscriber = z.infer<typeof ToTranscriber>;

export const FromTranscriber = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('ready') }),
  z.strictObject({
    name: z.literal('segment'),
    trackId: Id,
    segmentId: Id,
    text: z.string(),
    fromMs: EpochMs,
    untilMs: EpochMs,
  }),
  /** sent when it changes */
  z.strictObject({ name: z.literal('engine'), isFailing: z.boolean() }),
]);
export type FromTranscriber = z.infer<typeof FromTranscriber>;
