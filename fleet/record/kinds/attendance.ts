/** Who was in the meeting's calls. What calls themselves remember of names goes with it. */
import { attendanceOf } from '../meeting-attendance.ts';
import type { OldestOfMeeting, RecordKind } from './kind.ts';

/** who waits is still to be let in, and who was let in may come again */
const KNOCKS_THAT_ARE_OVER = ['declined', 'left'] as const;

export const attendanceKind: RecordKind = {
  keptAs: 'attendance',
  read: async (db, meetingId, nowMs) => ({ attendance: await attendanceOf(db, meetingId, nowMs) }),
  oldest: (db, meetingIds) => {
    const named = db
      .selectFrom('stay')
      // of one that nobody ended the last sign of life
      .select(['meetingId', 'seenAtMs as atMs'])
      .where('meetingId', 'in', meetingIds)
      // these may be older or newer than all stays
      .unionAll(
        db
          .selectFrom('call')
          .innerJoin('entry', 'entry.callId', 'call.callId')
          .select(['call.meetingId', 'call.endedAtMs as atMs'])
          .where('call.meetingId', 'in', meetingIds)
          .where('entry.displayName', 'is not', null)
          .where('call.endedAtMs', 'is not', null)
          .$castTo<OldestOfMeeting>(),
      )
      .unionAll(
        db
          .selectFrom('ticket')
          .select(['meetingId', 'seenAtMs as atMs'])
          .where('meetingId', 'in', meetingIds)
          .where('state', 'in', KNOCKS_THAT_ARE_OVER),
      );
    return db
      .selectFrom(named.as('named'))
      .select('meetingId')
      .select(({ fn }) => fn.min('atMs').as('atMs'))
      .groupBy('meetingId')
      .execute();
  },
  async remove(trx, meetingId, upToMs) {
    const stays = trx.deleteFrom('stay').where('meetingId', '=', meetingId);
    await (upToMs === null ? stays : stays.where('seenAtMs', '<=', upToMs)).execute();
    const ended = trx
      .selectFrom('call')
      .select('callId')
      .where('meetingId', '=', meetingId)
      .where('endedAtMs', 'is not', null);
    await trx
      .updateTable('entry')
      .set({ displayName: null })
      .where('callId', 'in', upToMs === null ? ended : ended.where('endedAtMs', '<=', upToMs))
      .execute();
    const knocks = trx
      .deleteFrom('ticket')
      .where('meetingId', '=', meetingId)
      .where('state', 'in', KNOCKS_THAT_ARE_OVER);
    await (upToMs === null ? knocks : knocks.where('seenAtMs', '<=', upToMs)).execute();
  },
  async ofPerson(db, { accountId }) {
    const stays = await db
      .selectFrom('stay')
      .select(['meetingId', 'callId', 'displayName', 'joinedAtMs', 'leftAtMs'])
      .where('accountId', '=', accountId)
      .orderBy('joinedAtMs')
      .execute();
    return { attendance: stays };
  },
  async forget(trx, { accountId }, nameIn) {
    for (const language of ['en', 'ko'] as const)
      await trx
        .updateTable('stay')
        .set({ displayName: nameIn[language] })
        .where('accountId', '=', accountId)
        .where('meetingId', 'in', trx.selectFrom('meeting').select('meetingId').where('language', '=', language))
        .execute();
    await trx.updateTable('entry').set({ displayName: null }).where('accountId', '=', accountId).execute();
    await trx.deleteFrom('ticket').where('accountId', '=', accountId).execute();
    // the last: nothing ties the rows to the account any more
    await trx.updateTable('stay').set({ accountId: null }).where('accountId', '=', accountId).execute();
  },
};
