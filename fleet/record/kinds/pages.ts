/** Which pages of documents were shown. */
import type { RecordKind } from './kind.ts';

export const pagesKind: RecordKind = {
  keptAs: 'attendance',
  async read(db, meetingId) {
    const pagesShown = await db
      .selectFrom('pageShown')
      .select(['documentId', 'title', 'page', 'fromMs', 'untilMs'])
      .where('meetingId', '=', meetingId)
      .orderBy('fromMs')
      .execute();
    return { pagesShown };
  },
  oldest: (db, meetingIds) =>
    db
      .selectFrom('pageShown')
      .select('meetingId')
      .select(({ fn }) => fn.min('untilMs').as('atMs'))
      .where('meetingId', 'in', meetingIds)
      .groupBy('meetingId')
      .execute(),
  async remove(trx, meetingId, upToMs) {
    const deleting = trx.deleteFrom('pageShown').where('meetingId', '=', meetingId);
    await (upToMs === null ? deleting : deleting.where('untilMs', '<=', upToMs)).execute();
  },
};
