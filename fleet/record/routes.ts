/** What a meeting left behind, for its people. */
import { Readable } from 'node:stream';
import { recordApi } from '#contract/http/record-api.ts';
import { type ServedRoute, serve } from '../http/route.ts';
import type { AuthorityStore } from '../store/index.ts';
import { attendanceFile, attendanceOf } from './meeting-attendance.ts';
import { ownTime } from './own-time.ts';
import { pastMeetings } from './past-meetings.ts';

export function recordRoutes({ store }: { store: AuthorityStore }): ServedRoute[] {
  return serve(recordApi, {
    attendance: async ({ params }) => ({ calls: await attendanceOf(store.read, params.meetingId, Date.now()) }),
    attendanceFile: async ({ params }) => ({
      stream: Readable.from([attendanceFile(await attendanceOf(store.read, params.meetingId, Date.now()))]),
      contentType: 'text/csv; charset=utf-8',
      fileName: `maru-attendance-${new Date().toISOString().slice(0, 10)}.csv`,
      sizeBytes: null,
    }),
    pastMeetings: ({ account, query }) => pastMeetings(store.read, account.accountId, query, Date.now()),
    ownTime: async ({ account }) => ({ intervals: await ownTime(store.read, account.accountId, Date.now()) }),
  });
}
