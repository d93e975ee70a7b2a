/** Results of polls, and those that hosts prepared. */
import { deletePolls, forgetInPolls, keptPolls, pollsOfPerson } from '../../polls/index.ts';
import type { RecordKind } from './kind.ts';

export const pollsKind: RecordKind = {
  keptAs: 'polls',
  read: keptPolls,
  oldest: (db, meetingIds) => {
    const held = db
      .selectFrom('poll')
      .select(['meetingId', 'startedAtMs as atMs'])
      .where('meetingId', 'in', meetingIds)
      .unionAll(
        db
          .selectFrom('preparedPoll')
          .select(['meetingId', 'preparedAtMs as atMs'])
          .where('meetingId', 'in', meetingIds),
      );
    return db
      .selectFrom(held.as('held'))
      .select('meetingId')
      .select(({ fn }) => fn.min('atMs').as('atMs'))
      .groupBy('meetingId')
      .execute();
  },
  remove: deletePolls,
  ofPerson: async (db, { accountId }, isOwn) => ({ polls: await pollsOfPerson(db, accountId, isOwn) }),
  forget: (trx, { accountId }, nameIn) => forgetInPolls(trx, accountId, nameIn),
};
