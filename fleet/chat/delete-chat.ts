/** All that is written in a meeting goes with its record: the messages, and who read them. */
import type { AuthorityWrite } from '../store/index.ts';

/** For good. */
export async function deleteChat(trx: AuthorityWrite, meetingId: string): Promise<void> {
  for (const table of ['chatMention', 'chatRead', 'chatPost'] as const)
    await trx.deleteFrom(table).where('meetingId', '=', meetingId).execute();
}
