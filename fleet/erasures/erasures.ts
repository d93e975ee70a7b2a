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

/** In the transaction that deletes. @param stillDue what is to be carried on where this process ends before */
export async function recordErasure(
  trx: AuthorityWrite,
  { subject, atMs }: Erasure,
  stillDue: StillDue = null,
): Promise<void> {
  const values = { atMs, stillDue, isListed: 0 as const };
  await trx
    .insertInto('erasure')
    .values({ subject, ...values })
    .onConflict((conflict) => conflict.column('subject').doUpdateSet(values))
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
