/** Everything that a meeting left behind here: as one file, and its deletion, which leaves nothing of it but the audit log's line. */
import { InvalidStateError, OperationalError } from '#contract/error-codes.ts';
import { appendAudit } from '../audit/index.ts';
import { deleteChat, writtenChat } from '../chat/index.ts';
import { withdrawMinutes } from '../mail/index.ts';
import { type Notes, writtenNotes } from '../notes/index.ts';
import { deletePolls, keptPolls } from '../polls/index.ts';
import type { AuthorityStore } from '../store/index.ts';
import { attendanceOf } from './meeting-attendance.ts';

/** As JSON, times in epoch milliseconds. For a host of the meeting: its route lets in nobody else. */
export async function wholeRecord(db: AuthorityStore['read'], meetingId: string, nowMs: number): Promise<string> {
  const meeting = await db
    .selectFrom('meeting')
    .select(['meetingId', 'title', 'startsAtMs', 'endsAtMs', 'agenda'])
    .where('meetingId', '=', meetingId)
    .executeTakeFirst();
  const pagesShown = await db
    .selectFrom('pageShown')
    .select(['documentId', 'title', 'page', 'fromMs', 'untilMs'])
    .where('meetingId', '=', meetingId)
    .orderBy('fromMs')
    .execute();
  const minutes = await db
    .selectFrom('minutes')
    .select(['startedAtMs', 'endedAtMs', 'language', 'facts', 'text', 'sentAtMs'])
    .where('meetingId', '=', meetingId)
    .orderBy('endedAtMs')
    .execute();
  const whole = {
    meeting,
    attendance: await attendanceOf(db, meetingId, nowMs),
    chat: await writtenChat(db, meetingId),
    notes: await readableNotes(db, meetingId),
    ...(await keptPolls(db, meetingId)),
    pagesShown,
    minutes: minutes.map(({ facts, ...row }) => ({ ...row, facts: JSON.parse(facts) as unknown })),
  };
  return `${JSON.stringify(whole, null, 2)}\n`;
}

/** null: a stored row is damaged, which keeps nobody from the rest. */
async function readableNotes(db: AuthorityStore['read'], meetingId: string) {
  try {
    return await writtenNotes(db, meetingId);
  } catch (error) {
    if (error instanceof OperationalError) throw error;
    return null;
  }
}

/** All of it or nothing. @throws InvalidStateError not-possible-now: a call of the meeting runs */
export async function deleteRecord(notes: Pick<Notes, 'erase'>, meetingId: string, actor: string): Promise<void> {
  await notes.erase(meetingId, async (trx) => {
    const running = await trx
      .selectFrom('call')
      .select('callId')
      .where('meetingId', '=', meetingId)
      .where('endedAtMs', 'is', null)
      .where('participantCount', '>', 0)
      .executeTakeFirst();
    if (running) throw new InvalidStateError('not-possible-now', 'a call of the meeting runs');
    for (const table of ['stay', 'pageShown', 'minutes'] as const)
      await trx.deleteFrom(table).where('meetingId', '=', meetingId).execute();
    await deleteChat(trx, meetingId);
    await deletePolls(trx, meetingId);
    await trx.deleteFrom('markedMessage').where('meetingId', '=', meetingId).execute();
    await withdrawMinutes(trx, meetingId);
    await appendAudit(trx, { kind: 'record-deleted', actor, subject: `meeting:${meetingId}` });
  });
}
