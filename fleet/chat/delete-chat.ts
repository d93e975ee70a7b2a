/** All that is written in a meeting goes with its record: the messages, and who read them. */
import type { AuthorityWrite } from '../store/index.ts';

/** For good. @param upToMs what is newer stays; null: all of it */
export async function deleteChat(trx: AuthorityWrite, meetingId: string, upToMs: number | null): Promise<void> {
  for (const table of ['chatMention', 'chatPost'] as const) {
    const deleting = trx.deleteFrom(table).where('meetingId', '=', meetingId);
    await (upToMs === null ? deleting : deleting.where('atMs', '<=', upToMs)).execute();
  }
  // a mark is of the newest message that was read, which those before it need. The next message gets the number after what is left
  await trx
    .updateTable('chatRead')
    .set({ number: newestNumber(trx, meetingId) })
    .where('meetingId', '=', meetingId)
    .where('number', '>', newestNumber(trx, meetingId))
    .execute();
  // and who read nothing of what is left is not kept by name
  const first = trx
    .selectFrom('chatPost')
    .select(({ fn }) => fn.min('number').as('number'))
    .where('meetingId', '=', meetingId);
  await trx
    .deleteFrom('chatRead')
    .where('meetingId', '=', meetingId)
    .where((e) => e.or([e('number', '<', first), e(first, 'is', null)]))
    .execute();
}

const newestNumber = (trx: AuthorityWrite, meetingId: string) =>
  trx
    .selectFrom('chatPost')
    .select((e) => e.fn.max('number').as('number'))
    .where('meetingId', '=', meetingId)
    .$castTo<{ number: number }>();
