/** The rows of what was deleted for good: which meeting's record, person or message, and when. No names, no words. */
import type { AuthorityTables, AuthorityWrite } from '../store/index.ts';

/** `subject`: as the audit log names it, or a message of the chat. `atMs`: what is newer is not meant. */
export type Erasure = { subject: string; atMs: number };
export type ErasedMessage = { meetingId: string; messageId: string };
type StillDue = AuthorityTables['erasure']['stillDue'];

export const messageSubject = ({ meetingId, messageId }: ErasedMessage): string => `message:${meetingId}/${messageId}`;

const idIn = (kind: string, subject: string): string | null =>
  subject.startsWith(`${kind}:`) ? subject.slice(kind.length + 1) : null;
export const meetingOf = (subject: string): string | null => idIn('meeting', subject);
export const accountOf = (subject: string): string | null => idIn('account', subject);
export function messageOf(subject: string): ErasedMessage | null {
  const [meetingId, messageId] = idIn('message', subject)?.split('/') ?? [];
  return meetingId !== undefined && messageId !== undefined ? { meetingId, messageId } : null;
}

/**
 * In the transaction that deletes.
 * @param stillDue what is to be carried on where this process ends before
 * @returns as it is kept: later than one before, also where the clock was set back since, so that the list's newest is the last one
 */
export async function recordErasure(
  trx: AuthorityWrite,
  { subject, atMs: nowMs }: Erasure,
  stillDue: StillDue = null,
): Promise<Erasure> {
  const former = await trx.selectFrom('erasure').select('atMs').where('subject', '=', subject).executeTakeFirst();
  const atMs = Math.max(nowMs, (former?.atMs ?? -1) + 1);
  const values = { atMs, stillDue, isListed: 0 as const };
  await trx
    .insertInto('erasure')
    .values({ subject, ...values })
    .onConflict((conflict) => conflict.column('subject').doUpdateSet(values))
    .execute();
  return { subject, atMs };
}

/** Its rows are gone; its files are to follow. */
export async function leaveFilesDue(trx: AuthorityWrite, { subject, atMs }: Erasure): Promise<void> {
  await trx
    .updateTable('erasure')
    .set({ stillDue: 'files' })
    .where('subject', '=', subject)
    .where('atMs', '=', atMs)
    .execute();
}

/** All of it is gone, unless it was asked for again meanwhile. */
export async function finishErasure(trx: AuthorityWrite, { subject, atMs }: Erasure): Promise<void> {
  await trx
    .updateTable('erasure')
    .set({ stillDue: null })
    .where('subject', '=', subject)
    .where('atMs', '=', atMs)
    .execute();
}
