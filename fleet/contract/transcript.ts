/**
 * What was spoken in a call, as text: a segment is one stretch of speech of one microphone, from an engine that IT has set up.
 * Written only while a host has turned it on, and the meeting's policy allows it; everybody in the call sees that it is on.
 */
import { EpochMs, Id, Language, z } from './schema.ts';

/** The newest captions that a room's agent and phones get. */
export const CAPTIONS_IN_ROOM = 3;

/** Of one segment; what an engine answers beyond it is cut. */
export const MAX_SEGMENT_LETTERS = 2_000;

export const CallTranscript = z.object({
  isOn: z.boolean(),
  /** it can be turned on here: the node has an engine, and the meeting's policy allows it */
  isPossible: z.boolean(),
  /** what is spoken, as the engine is asked */
  language: Language,
  /** it is on, and the engine does not answer: nothing is written meanwhile */
  isFailing: z.boolean(),
});
export type CallTranscript = z.infer<typeof CallTranscript>;
export const NO_TRANSCRIPT: CallTranscript = { isOn: false, isPossible: false, language: 'ko', isFailing: false };

/** Why it was turned off by nobody: no engine any more, or the meeting's rules; the call is over. */
export const TranscriptStop = z.enum(['not-possible', 'call-ended']);

export const TranscriptSegment = z.object({
  segmentId: Id,
  /** whose microphone; of a room: the room */
  peerId: Id,
  displayName: z.string(),
  text: z.string(),
  /** by the node's clock */
  fromMs: EpochMs,
  untilMs: EpochMs,
});
export type TranscriptSegment = z.infer<typeof TranscriptSegment>;
