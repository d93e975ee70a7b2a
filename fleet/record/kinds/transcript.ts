/** What was spoken in the meeting's calls, as text. */
import { deleteTranscript, forgetInTranscript, spokenByPerson, spokenIn } from '../../transcript/index.ts';
import type { RecordKind } from './kind.ts';

export const transcriptKind: RecordKind = {
  keptAs: 'transcript',
  read: async (db, meetingId) => ({ transcript: await spokenIn(db, { meetingId }) }),
  oldest: (db, meetingIds) =>
    db
      .selectFrom('transcript')
      .select('meetingId')
      .select(({ fn }) => fn.min('untilMs').as('atMs'))
      .where('meetingId', 'in', meetingIds)
      .groupBy('meetingId')
      .execute(),
  remove: deleteTranscript,
  ofPerson: async (db, { accountId }) => ({ transcript: await spokenByPerson(db, accountId) }),
  forget: (trx, { accountId }) => forgetInTranscript(trx, accountId),
};
