/** Which pages of documents were shown in a call, as its node reported them: documents themselves go with their meeting. */
import type { KnownCallEvent } from '#contract/node-link.ts';
import type { AuthorityWrite } from '../store/index.ts';

export async function recordPage(trx: AuthorityWrite, event: KnownCallEvent): Promise<void> {
  if (event.name !== 'page-shown') return;
  const { eventId, meetingId, documentId, title, page, fromMs, atMs } = event;
  await trx
    .insertInto('pageShown')
    .values({ shownId: eventId, meetingId, documentId, title, page, fromMs, untilMs: Math.max(fromMs, atMs) })
    // one that a node sends again after its id was forgotten
    .onConflict((c) => c.column('shownId').doNothing())
    .execute();
}
