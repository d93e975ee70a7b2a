/** Whether what is spoken in the room's call is written, and the newest captions, for its phones. */
import { ProjectionHeading } from './projection-heading.ts';
import { Id, z } from './schema.ts';
import { CallTranscript, CAPTIONS_IN_ROOM, TranscriptSegment } from './transcript.ts';

export const RoomTranscript = ProjectionHeading.extend({
  /** null: in no call */
  callId: Id.nullable(),
  transcript: CallTranscript,
  /** the newest, in their order; long ones are cut */
  captions: z.array(TranscriptSegment).max(CAPTIONS_IN_ROOM),
  /** the TV shows them */
  areCaptionsShown: z.boolean().default(true),
});
export type RoomTranscript = z.infer<typeof RoomTranscript>;
