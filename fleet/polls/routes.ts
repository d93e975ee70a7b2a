/** Results and prepared polls of a meeting, for its people. */
import { pollsApi } from '#contract/http/polls-api.ts';
import { type ServedRoute, serve } from '../http/route.ts';
import type { Polls } from './polls.ts';

export const pollRoutes = ({ polls }: { polls: Polls }): ServedRoute[] =>
  serve(pollsApi, {
    meetingPolls: async ({ params }) => ({ polls: await polls.ofMeeting(params.meetingId) }),
    preparedPolls: async ({ params }) => ({ preparedPolls: await polls.prepared(params.meetingId) }),
    preparePoll: async ({ params, body }) => ({ preparedPoll: await polls.prepare(params.meetingId, body) }),
    removePreparedPoll: async ({ params }) => {
      await polls.removePrepared(params.meetingId, params.preparedPollId);
      return {};
    },
  });
