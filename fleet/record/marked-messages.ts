/** Messages of the chat that hosts put into the minutes: which, and that they are in the minutes of one sitting. */
import { InvalidStateError, ProtocolError } from '#contract/error-codes.ts';
import { MAX_MARKED_MESSAGES } from '#contract/http/record-api.ts';
import type { AuthorityStore, AuthorityWrite } from '../store/index.ts';

type Named = { meetingId: string; messageId: string };

/** In the order of the chat, the newest. */
export async function markedMessages(db: AuthorityStore['read'], meetingId: string): Promise<string[]> {
  const rows = await db
    .selectFrom('markedMessage')
    .innerJoin('chatPost', (join) =>
      join
        .onRef('chatPost.meetingId', '=', 'markedMessage.meetingId')
        .onRef('chatPost.messageId', '=', 'markedMessage.messageId'),
    )
    .select('markedMessage.messageId')
    .where('markedMessage.meetingId', '=', meetingId)
    .where('chatPost.recalledAtMs', 'is', null)
    .orderBy('chatPost.number', 'desc')
    .limit(MAX_MARKED_MESSAGES)
    .execute();
  return rows.map(({ messageId }) => messageId).reverse();
}

/**
 * The same again changes nothing.
 * @throws ProtocolError not-found; InvalidStateError not-possible-now: it was recalled, or too many are for the next minutes
 */
export async function markMessage(trx: AuthorityWrite, { meetingId, messageId }: Named, nowMs: number): Promise<void> {
  const post = await trx
    .selectFrom('chatPost')
    .select('recalledAtMs')
    .where('meetingId', '=', meetingId)
    .where('messageId', '=', messageId)
    .executeTakeFirst();
  if (!post) throw new ProtocolError('not-found', 'no such message');
  if (post.recalledAtMs !== null) throw new InvalidStateError('not-possible-now', 'it was recalled');
  const waiting = await trx
    .selectFrom('markedMessage')
    .innerJoin('chatPost', (join) =>
      join
        .onRef('chatPost.meetingId', '=', 'markedMessage.meetingId')
        .onRef('chatPost.messageId', '=', 'markedMessage.messageId'),
    )
    .select('markedMessage.messageId')
    .where('markedMessage.meetingId', '=', meetingId)
    .where('markedMessage.minutesId', 'is', null)
    .where('chatPost.recalledAtMs', 'is', null)
    .execute();
  if (waiting.some((each) => each.messageId === messageId)) return;
  if (waiting.length >= MAX_MARKED_MESSAGES)
    throw new InvalidStateError('not-possible-now', 'too many messages are marked');
  await trx
    .insertInto('markedMessage')
    .values({ meetingId, messageId, markedAtMs: nowMs, minutesId: null })
    .onConflict((conflict) => conflict.columns(['meetingId', 'messageId']).doNothing())
    .execute();
}

export async function unmarkMessage(trx: AuthorityWrite, { meetingId, messageId }: Named): Promise<void> {
  await trx.deleteFrom('markedMessage').where('meetingId', '=', meetingId).where('messageId', '=', messageId).execute();
}

/** Of messages that are deleted. */
export async function deleteMarksOfNothing(trx: AuthorityWrite, meetingId: string): Promise<void> {
  const kept = trx.selectFrom('chatPost').select('messageId').where('meetingId', '=', meetingId);
  await trx.deleteFrom('markedMessage').where('meetingId', '=', meetingId).where('messageId', 'not in', kept).execute();
}

/** In the transaction that writes the minutes which have them. */
export async function keepMarksWith(
  trx: AuthorityWrite,
  { meetingId, minutesId }: { meetingId: string; minutesId: string },
  messageIds: readonly string[],
): Promise<void> {
  if (messageIds.length === 0) return;
  await trx
    .updateTable('markedMessage')
    .set({ minutesId })
    .where('meetingId', '=', meetingId)
    .where('messageId', 'in', [...messageIds])
    .where('minutesId', 'is', null)
    .execute();
}
