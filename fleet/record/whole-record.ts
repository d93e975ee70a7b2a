/** Everything that a meeting left behind here: as one file, and its deletion, which leaves nothing of it but the audit log's line. */
import { InvalidStateError } from '#contract/error-codes.ts';
import { appendAudit } from '../audit/index.ts';
import { type Erasure, finishErasure, recordErasure } from '../erasures/index.ts';
import { keepNothingLate } from '../meetings/index.ts';
import type { Notes } from '../notes/index.ts';
import type { AuthorityStore, AuthorityWrite } from '../store/index.ts';
import { recordKinds } from './kinds/kinds.ts';
import { seriesPlaceOf } from './series.ts';

/**
 * As JSON, times in epoch milliseconds. For a host of the meeting: its route lets in nobody else.
 * @param accountId who asks: its series is named as they see it; null: it is left out
 */
export async function wholeRecord(
  db: AuthorityStore['read'],
  meetingId: string,
  nowMs: number,
  accountId: string | null = null,
): Promise<string> {
  const meeting = await db
    .selectFrom('meeting')
    .select(['meetingId', 'title', 'startsAtMs', 'endsAtMs', 'agenda'])
    .where('meetingId', '=', meetingId)
    .executeTakeFirst();
  const series = accountId === null ? null : await seriesPlaceOf(db, { meetingId, accountId });
  const whole: Record<string, unknown> = { meeting, series };
  for (const kind of recordKinds) Object.assign(whole, await kind.read(db, meetingId, nowMs));
  return `${JSON.stringify(whole, null, 2)}\n`;
}

export type DeleteRecordDependencies = {
  store: Pick<AuthorityStore, 'write' | 'emptyLog'>;
  notes: Pick<Notes, 'erase'>;
  removeFiles: RemoveFiles;
};
/** Documents and recordings, with what lies on the disk of them. @param upToMs those that were made later stay; null: all of them */
export type RemoveFiles = (meetingId: string, actor: string, upToMs: number | null) => Promise<void>;

/**
 * Rows all or none; then files. Where an error or the end of this process comes between, `ErasureWork` goes on with the files.
 * @throws InvalidStateError not-possible-now: a call of the meeting runs
 */
export async function deleteRecord(
  { store, notes, removeFiles }: DeleteRecordDependencies,
  meetingId: string,
  actor: string,
): Promise<void> {
  const subject = `meeting:${meetingId}`;
  let erasure: Erasure = { subject, atMs: 0 };
  await notes.erase(meetingId, async (trx) => {
    if (await hasRunningCall(trx, meetingId))
      throw new InvalidStateError('not-possible-now', 'a call of the meeting runs');
    for (const kind of recordKinds) await kind.remove(trx, meetingId, null);
    const atMs = Date.now();
    await keepNothingLate(trx, meetingId, atMs);
    erasure = await recordErasure(trx, { subject, atMs }, 'files');
    await appendAudit(trx, { kind: 'record-deleted', actor, subject });
  });
  await removeFiles(meetingId, actor, null);
  await store.write((trx) => finishErasure(trx, erasure));
  await store.emptyLog();
}

export async function hasRunningCall(trx: Pick<AuthorityWrite, 'selectFrom'>, meetingId: string): Promise<boolean> {
  const running = await trx
    .selectFrom('call')
    .select('callId')
    .where('meetingId', '=', meetingId)
    .where('endedAtMs', 'is', null)
    .where('participantCount', '>', 0)
    .executeTakeFirst();
  return running !== undefined;
}
