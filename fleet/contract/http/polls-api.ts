/** Polls of a meeting over HTTP: the results of its calls, and what its hosts prepared. A poll runs at a media node alone. */
import { CallPoll, PollDraft } from '../polls.ts';
import { EpochMs, Id, z } from '../schema.ts';
import { ofHostAlone, ofHostAloneInCall, ofPeople, type RouteTable } from './route.ts';

/** Of a meeting, which of them are listed; the newest. */
export const MEETING_POLLS_LISTED = 100;
export const MAX_PREPARED_POLLS = 30;

export const MeetingPoll = z.object({
  poll: CallPoll,
  /** its call ended without a result: the media node was lost */
  isLost: z.boolean(),
});
export type MeetingPoll = z.infer<typeof MeetingPoll>;

export const PreparedPoll = z.object({
  preparedPollId: Id,
  preparedAtMs: EpochMs,
  draft: z.object(PollDraft.shape),
});
export type PreparedPoll = z.infer<typeof PreparedPoll>;

export const pollsApi = {
  meetingPolls: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/meetings/:meetingId/polls',
    access: ofPeople,
    summary: 'Polls of the meeting’s calls with their results, the newest first; a secret one without any name',
    params: z.strictObject({ meetingId: Id }),
    response: z.object({ polls: z.array(MeetingPoll).max(MEETING_POLLS_LISTED) }),
  },
  preparedPolls: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/meetings/:meetingId/prepared-polls',
    access: ofHostAloneInCall,
    summary: 'What the hosts prepared to ask, in the order in which they did, right choices of quizzes included',
    params: z.strictObject({ meetingId: Id }),
    response: z.object({ preparedPolls: z.array(PreparedPoll).max(MAX_PREPARED_POLLS) }),
  },
  preparePoll: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/meetings/:meetingId/prepared-polls',
    access: ofHostAlone,
    summary: 'Prepare a poll before the meeting',
    params: z.strictObject({ meetingId: Id }),
    body: PollDraft,
    response: z.object({ preparedPoll: PreparedPoll }),
  },
  removePreparedPoll: {
    kind: 'json',
    method: 'DELETE',
    path: '/api/v1/meetings/:meetingId/prepared-polls/:preparedPollId',
    access: ofHostAlone,
    summary: 'Remove a prepared poll',
    params: z.strictObject({ meetingId: Id, preparedPollId: Id }),
    response: z.object({}),
  },
} as const satisfies RouteTable;
