/** What was spoken in a meeting's calls, as text: for its people, on its page. Written only while a host had turned it on. */
import { EpochMs, Id, z } from '../schema.ts';
import { ofHostAlone, ofPeople, type RouteTable } from './route.ts';

export const SPOKEN_AT_ONCE = 100;

export const SpokenText = z.object({
  segmentId: Id,
  callId: Id,
  /** counts up in the meeting */
  number: z.number().int().nonnegative(),
  /** who spoke; of a room: the room */
  displayName: z.string(),
  /** the caller spoke it */
  isOwn: z.boolean(),
  text: z.string(),
  fromMs: EpochMs,
  untilMs: EpochMs,
});
export type SpokenText = z.infer<typeof SpokenText>;

const MeetingParams = z.object({ meetingId: Id });
const SegmentParams = MeetingParams.extend({ callId: Id, segmentId: Id });

export const transcriptApi = {
  transcript: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/meetings/:meetingId/transcript',
    access: ofPeople,
    summary: 'What was spoken in a meeting: the newest, or what was kept before a number',
    params: MeetingParams,
    query: z.strictObject({
      beforeNumber: z.coerce.number().int().nonnegative().optional(),
      /** those alone in which these words stand */
      text: z.string().trim().min(1).max(100).optional(),
    }),
    response: z.object({
      /** in the order in which they were spoken */
      segments: z.array(SpokenText).max(SPOKEN_AT_ONCE),
      hasOlder: z.boolean(),
    }),
  },
  transcriptFile: {
    kind: 'download',
    method: 'GET',
    path: '/api/v1/meetings/:meetingId/transcript.txt',
    access: ofPeople,
    summary: 'What was spoken in a meeting as a text file, the first first',
    params: MeetingParams,
    contentTypes: ['text/plain'],
  },
  transcriptCaptions: {
    kind: 'download',
    method: 'GET',
    path: '/api/v1/meetings/:meetingId/calls/:callId/transcript.vtt',
    access: ofPeople,
    summary: 'What was spoken in one call of a meeting as captions (WebVTT), from the start of the call',
    params: MeetingParams.extend({ callId: Id }),
    contentTypes: ['text/vtt'],
  },
  deleteSpoken: {
    kind: 'json',
    method: 'DELETE',
    path: '/api/v1/meetings/:meetingId/calls/:callId/transcript/:segmentId',
    access: ofHostAlone,
    summary: 'Delete one segment, as what was misheard: gone for everyone. The same again changes nothing',
    params: SegmentParams,
    response: z.object({}),
  },
} as const satisfies RouteTable;
