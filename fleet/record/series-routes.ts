/** A meeting's series, for its people; the rights are asked at each of its meetings. */
import type { Logger } from 'pino';
import { seriesApi } from '#contract/http/series-api.ts';
import { type ServedRoute, serve } from '../http/route.ts';
import type { Notes } from '../notes/index.ts';
import type { AuthorityStore } from '../store/index.ts';
import { earlierMeetings, seriesSeenBy } from './series.ts';
import { SeriesTasks } from './series-tasks.ts';

type SeriesRoutesDependencies = { store: AuthorityStore; notes: Pick<Notes, 'markTask'>; logger: Logger };

export function seriesRoutes({ store, notes, logger }: SeriesRoutesDependencies): ServedRoute[] {
  const tasks = new SeriesTasks({ logger });
  return serve(seriesApi, {
    meetingSeries: ({ params, account: { accountId } }) => seriesSeenBy(store.read, { ...params, accountId }, tasks),
    earlierMeetings: ({ params, account: { accountId }, query }) =>
      earlierMeetings(store.read, { ...params, accountId }, query),
    markTask: async ({ params: { meetingId, taskId }, body }) => {
      await notes.markTask(meetingId, { taskId, ...body });
      return {};
    },
  });
}
