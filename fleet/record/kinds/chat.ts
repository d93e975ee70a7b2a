/** What was written in the meeting's chat, and which of it hosts marked for the minutes. */
import { chatOfPerson, deleteChat, forgetInChat, writtenChat } from '../../chat/index.ts';
import { deleteMarksOfNothing } from '../marked-messages.ts';
import type { RecordKind } from './kind.ts';

export const chatKind: RecordKind = {
  keptAs: 'chat',
  read: async (db, meetingId) => ({ chat: await writtenChat(db, meetingId) }),
  oldest: (db, meetingIds) =>
    db
      .selectFrom('chatPost')
      .select('meetingId')
      .select(({ fn }) => fn.min('atMs').as('atMs'))
      .where('meetingId', 'in', meetingIds)
      .groupBy('meetingId')
      .execute(),
  async remove(trx, meetingId, upToMs) {
    await deleteChat(trx, meetingId, upToMs);
    await deleteMarksOfNothing(trx, meetingId);
  },
  ofPerson: async (db, { accountId }) => ({ chat: await chatOfPerson(db, accountId) }),
  forget: (trx, { accountId }, nameIn) => forgetInChat(trx, accountId, nameIn),
};
