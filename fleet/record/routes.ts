/** What a meeting left behind, for its people. */
import { Readable } from 'node:stream';
import type { MeetingRole } from '#contract/call-order.ts';
import { recordApi } from '#contract/http/record-api.ts';
import { appendAudit } from '../audit/index.ts';
import type { ErasureList } from '../erasures/index.ts';
import { actorOf, type ServedRoute, serve } from '../http/route.ts';
import type { Notes } from '../notes/index.ts';
import type { AccountChanges } from '../people/index.ts';
import type { AuthorityStore } from '../store/index.ts';
import { markedMessages, markMessage, unmarkMessage } from './marked-messages.ts';
import { attendanceFile, attendanceOf } from './meeting-attendance.ts';
import type { MinutesOfMeetings } from './meeting-minutes.ts';
import type { MinutesPdf } from './minutes-pdf.ts';
import { ownTime } from './own-time.ts';
import { pastMeetings } from './past-meetings.ts';
import { forgetInRecords, personRecord } from './person-record.ts';
import { PolicyTree, setOwnDays, setRecordPolicy } from './kept-periods.ts';
import { keptRecords } from './kept-records.ts';
import { recordKeepingOf } from './record-keeping.ts';
import { type DeleteRecordDependencies, deleteRecord, wholeRecord } from './whole-record.ts';

type RecordRoutesDependencies = {
  store: AuthorityStore;
  minutes: MinutesOfMeetings;
  pdf: Pick<MinutesPdf, 'of'>;
  notes: Pick<Notes, 'erase'>;
  removeFiles: DeleteRecordDependencies['removeFiles'];
  accounts: Pick<AccountChanges, 'forget'>;
  erasures: Pick<ErasureList, 'write'>;
  /** what this meeting left behind is not as it was */
  onChanged: (meetingId: string) => void;
};

const hosts = ({ meetingRole }: { meetingRole: MeetingRole | null }) => ({
  isHost: meetingRole === 'host' || meetingRole === 'co-host',
});

export function recordRoutes(deps: RecordRoutesDependencies): ServedRoute[] {
  const { store, minutes, pdf, accounts, erasures, onChanged } = deps;
  return serve(recordApi, {
    attendance: async ({ params }) => ({ calls: await attendanceOf(store.read, params.meetingId, Date.now()) }),
    attendanceFile: async ({ params }) => ({
      stream: Readable.from([attendanceFile(await attendanceOf(store.read, params.meetingId, Date.now()))]),
      contentType: 'text/csv; charset=utf-8',
      fileName: `maru-attendance-${new Date().toISOString().slice(0, 10)}.csv`,
      sizeBytes: null,
    }),
    minutes: async (context) => {
      const { meetingId } = context.params;
      const list = await minutes.list(meetingId, hosts(context));
      return { minutes: list, areDeleted: await minutes.areDeleted(meetingId) };
    },
    minutesFile: async (context) => {
      const { text, startedAtMs } = await minutes.find(context.params, hosts(context));
      return {
        stream: Readable.from([text]),
        contentType: 'text/markdown; charset=utf-8',
        fileName: `maru-minutes-${new Date(startedAtMs).toISOString().slice(0, 10)}.md`,
        sizeBytes: Buffer.byteLength(text),
      };
    },
    minutesPdf: async (context) => {
      const { text, language, startedAtMs } = await minutes.find(context.params, hosts(context));
      const file = await pdf.of({ text, language });
      return {
        stream: Readable.from([file]),
        contentType: 'application/pdf',
        fileName: `maru-minutes-${new Date(startedAtMs).toISOString().slice(0, 10)}.pdf`,
        sizeBytes: file.length,
      };
    },
    correctMinutes: async ({ params, body }) => {
      await minutes.correct(params, body);
      return {};
    },
    sendMinutes: async (context) => {
      await minutes.send(context.params, context.body.revision, actorOf(context));
      return {};
    },
    markedMessages: async ({ params }) => ({ messageIds: await markedMessages(store.read, params.meetingId) }),
    markMessage: async ({ params }) => {
      await store.write((trx) => markMessage(trx, params, Date.now()));
      onChanged(params.meetingId);
      return {};
    },
    unmarkMessage: async ({ params }) => {
      await store.write((trx) => unmarkMessage(trx, params));
      onChanged(params.meetingId);
      return {};
    },
    recordFile: async ({ params, account }) => ({
      stream: Readable.from([await wholeRecord(store.read, params.meetingId, Date.now(), account.accountId)]),
      contentType: 'application/json; charset=utf-8',
      fileName: `maru-record-${new Date().toISOString().slice(0, 10)}.json`,
      sizeBytes: null,
    }),
    deleteRecord: async (context) => {
      const { meetingId } = context.params;
      await deleteRecord(deps, meetingId, actorOf(context)).finally(() => erasures.write());
      onChanged(meetingId);
      return {};
    },
    keptRecords: ({ query }) => keptRecords(store.read, query),
    recordKeeping: ({ params }) => recordKeepingOf(store.read, params.meetingId),
    setRecordKeeping: async (context) => {
      const { meetingId } = context.params;
      await setOwnDays(store, meetingId, context.body.days, actorOf(context));
      onChanged(meetingId);
      return {};
    },
    recordPolicies: async () => {
      const { organisation, places } = await PolicyTree.read(store.read);
      return { organisation, places: [...places].map(([placeId, { policy }]) => ({ placeId, policy })) };
    },
    setRecordPolicy: async (context) => {
      await setRecordPolicy(store, null, context.body, actorOf(context));
      return {};
    },
    setPlaceRecordPolicy: async (context) => {
      await setRecordPolicy(store, context.params.placeId, context.body, actorOf(context));
      return {};
    },
    ownRecordFile: async ({ account }) => ({
      stream: Readable.from([await personRecord(store.read, account.accountId, true)]),
      contentType: 'application/json; charset=utf-8',
      fileName: `maru-everything-of-mine-${new Date().toISOString().slice(0, 10)}.json`,
      sizeBytes: null,
    }),
    exportPerson: async (context) => {
      const { accountId } = context.params;
      const text = await personRecord(store.read, accountId, false);
      const subject = `account:${accountId}`;
      await store.write((trx) => appendAudit(trx, { kind: 'person-exported', actor: actorOf(context), subject }));
      return { text };
    },
    forgetPerson: async (context) => {
      const { params, body } = context;
      await accounts.forget(params.accountId, { ...body, actor: actorOf(context), also: forgetInRecords });
      await Promise.all([store.emptyLog(), erasures.write()]);
      return {};
    },
    pastMeetings: ({ account, query }) => pastMeetings(store.read, account.accountId, query, Date.now()),
    ownTime: async ({ account }) => ({ intervals: await ownTime(store.read, account.accountId, Date.now()) }),
  });
}
