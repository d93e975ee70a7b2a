/** Meetings that belong together. The first two become a series when the second is planned from the first. */
import { InvalidStateError, ProtocolError } from '#contract/error-codes.ts';
import { type AuthorityWrite, newId } from '../store/index.ts';

/** The series of a meeting that a person made; one without gets its own. @throws ProtocolError not-found; InvalidStateError not-possible-now */
export async function seriesToContinue(trx: AuthorityWrite, meetingId: string): Promise<string> {
  const row = await trx
    .selectFrom('meeting')
    .select(['seriesId', 'hostAccountId'])
    .where('meetingId', '=', meetingId)
    .executeTakeFirst();
  if (!row) throw new ProtocolError('not-found', 'no such meeting');
  if (row.hostAccountId === null) throw new InvalidStateError('not-possible-now', 'a room’s own meeting');
  if (row.seriesId !== null) return row.seriesId;
  const seriesId = newId();
  await trx.updateTable('meeting').set({ seriesId }).where('meetingId', '=', meetingId).execute();
  return seriesId;
}
