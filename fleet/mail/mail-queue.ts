/**
 * Mails that wait, in the store: queued in the transaction of the act that they report, so that neither is without the other.
 * Counts what a meeting and a sender may send. `mail-delivery.ts` sends them.
 */
import { type AuthorityTables, type AuthorityWrite, newId } from '../store/index.ts';
import type { MailMessage } from './message.ts';

type Row = AuthorityTables['mail'];
type Reader = Pick<AuthorityWrite, 'selectFrom'>;
export type NewMail = Pick<Row, 'kind' | 'meetingId' | 'personId' | 'accountId' | 'sender'> & { message: MailMessage };

const HOUR_MS = 3_600_000;
/** to people who are new to it or who get it again; its changes count for the sender alone */
const INVITATIONS_PER_MEETING_HOUR = 30;
const MAILS_PER_SENDER_DAY = 200;
/** of the same sender, beside those: who writes much in chats can still invite */
const MENTIONS_PER_SENDER_DAY = 200;
/** Mails about meetings that repeat: what becomes of one of them replaces none that waits. Their person is the one of `invitedAs`. */
export const WHOLE_KINDS: readonly Row['kind'][] = ['repetition-request', 'repetition-change'];
/** `failure` of a mail that was never tried */
export const OVER_LIMIT = 'mail-limit';
/** `failure` of a mail that another is in place of, or that is about nothing any more */
export const SUPERSEDED = 'superseded';

export async function queueMail(trx: AuthorityWrite, { message, ...mail }: NewMail): Promise<void> {
  await insert(trx, { ...mail, message: JSON.stringify(message), failure: null });
}

/** Kept so that its host sees that it was not sent. */
export async function refuseMail(trx: AuthorityWrite, { message: _, ...mail }: NewMail): Promise<void> {
  await insert(trx, { ...mail, message: '', failure: OVER_LIMIT });
}

async function insert(
  trx: AuthorityWrite,
  mail: Omit<Row, 'mailId' | 'createdAtMs' | 'nextTryAtMs' | 'tries' | 'sentAtMs'>,
): Promise<void> {
  const nowMs = Date.now();
  const started = { mailId: newId(), createdAtMs: nowMs, nextTryAtMs: nowMs, tries: 0, sentAtMs: null };
  await trx
    .insertInto('mail')
    .values({ ...mail, ...started })
    .execute();
}

/** How many more mails the sender may queue today, but for those about mentions; as invitations to the meeting where one is named. */
export async function mailsLeft(db: Reader, sender: string, meetingId: string | null): Promise<number> {
  const counted = db
    .selectFrom('mail')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where((e) => e.or([e('failure', 'is', null), e('failure', '<>', OVER_LIMIT)]));
  const today = await counted
    .where('sender', '=', sender)
    .where('kind', 'not in', ['meeting-cancel', 'chat-mention'])
    .where('createdAtMs', '>', Date.now() - 24 * HOUR_MS)
    .executeTakeFirstOrThrow();
  const left = MAILS_PER_SENDER_DAY - today.count;
  if (meetingId === null) return left;
  const hour = await counted
    .where('meetingId', '=', meetingId)
    .where('kind', 'in', ['meeting-request', 'repetition-request'])
    .where('createdAtMs', '>', Date.now() - HOUR_MS)
    .executeTakeFirstOrThrow();
  return Math.min(left, INVITATIONS_PER_MEETING_HOUR - hour.count);
}

/** How many more mails about mentions in their messages the sender may queue today. */
export async function mentionMailsLeft(db: Reader, sender: string): Promise<number> {
  const { count } = await db
    .selectFrom('mail')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where((e) => e.or([e('failure', 'is', null), e('failure', '<>', OVER_LIMIT)]))
    .where('sender', '=', sender)
    .where('kind', '=', 'chat-mention')
    .where('createdAtMs', '>', Date.now() - 24 * HOUR_MS)
    .executeTakeFirstOrThrow();
  return MENTIONS_PER_SENDER_DAY - count;
}

/**
 * What waits for a person or account is replaced by what is queued next.
 * @param keptKinds nothing that is queued next is in place of them
 */
export async function supersede(
  trx: AuthorityWrite,
  of: { personId: string } | { accountId: string },
  keptKinds: readonly Row['kind'][] = [],
): Promise<void> {
  const waiting = trx
    .updateTable('mail')
    .set({ failure: SUPERSEDED, message: '' })
    .where('sentAtMs', 'is', null)
    .where('failure', 'is', null);
  const replaced = keptKinds.length === 0 ? waiting : waiting.where('kind', 'not in', [...keptKinds]);
  await ('personId' in of
    ? replaced.where('personId', '=', of.personId)
    : replaced.where('accountId', '=', of.accountId)
  ).execute();
}

/** What they say is deleted: minutes of a meeting that wait are not sent. */
export async function withdrawMinutes(trx: AuthorityWrite, meetingId: string): Promise<void> {
  await trx
    .updateTable('mail')
    .set({ failure: 'record-deleted', message: '' })
    .where('meetingId', '=', meetingId)
    .where('kind', '=', 'meeting-minutes')
    .where('sentAtMs', 'is', null)
    .where('failure', 'is', null)
    .execute();
}

/** Where no mail server is named any more, nothing goes on waiting for one. */
export async function giveUpWaiting(trx: AuthorityWrite): Promise<void> {
  await trx
    .updateTable('mail')
    .set({ failure: 'no-mail-server', message: '' })
    .where('sentAtMs', 'is', null)
    .where('failure', 'is', null)
    .execute();
}

/**
 * People of a meeting whom a mail about it may have reached. Who is invited to meetings that repeat counts once that invitation waits: it
 * is sent whatever becomes of one of them.
 */
export async function reachedPeople(db: Reader, meetingId: string): Promise<Set<string>> {
  const rows = await db
    .selectFrom('mail')
    .select('personId')
    .distinct()
    .where('meetingId', '=', meetingId)
    .where('tries', '>', 0)
    .execute();
  const invited = await repetitionMails(db, meetingId);
  return new Set([
    ...rows.flatMap(({ personId }) => personId ?? []),
    ...invited.flatMap(({ personId, tries, failure }) => (tries > 0 || failure === null ? personId : [])),
  ]);
}

/** People of a meeting whose newest mail was its cancellation. Mails that were never tried and mails of minutes do not count. */
export async function knowingItCancelled(db: Reader, meetingId: string): Promise<Set<string>> {
  const rows = await db
    .selectFrom('mail')
    .select(['personId', 'kind'])
    .where('meetingId', '=', meetingId)
    .where('kind', '!=', 'meeting-minutes')
    .where('tries', '>', 0)
    .orderBy('createdAtMs')
    .orderBy('mailId')
    .execute();
  const newest = new Map(rows.map(({ personId, kind }) => [personId, kind]));
  return new Set([...newest].flatMap(([personId, kind]) => (personId && kind === 'meeting-cancel' ? personId : [])));
}

/** By person of the meeting: what invited them to it and to those that it repeats in. */
async function repetitionMails(db: Reader, meetingId: string) {
  const repeated = db.selectFrom('meeting').select('repetitionId').where('meetingId', '=', meetingId);
  const together = db.selectFrom('meeting').select('meetingId').where('repetitionId', 'in', repeated);
  return db
    .selectFrom('mail')
    .innerJoin('meetingPerson', 'meetingPerson.invitedAs', 'mail.personId')
    .select([
      'meetingPerson.personId',
      'mail.mailId',
      'mail.createdAtMs',
      'mail.tries',
      'mail.sentAtMs',
      'mail.failure',
    ])
    .where('mail.kind', 'in', WHOLE_KINDS)
    .where('mail.meetingId', 'in', together)
    .where('meetingPerson.meetingId', '=', meetingId)
    .execute();
}

/** By person: what became of the newest mail about the meeting itself, which can be sent again; not of minutes. */
export async function mailStatesOf(db: Reader, meetingId: string): Promise<Map<string, 'queued' | 'sent' | 'failed'>> {
  const own = await db
    .selectFrom('mail')
    .select(['personId', 'mailId', 'createdAtMs', 'sentAtMs', 'failure'])
    .where('meetingId', '=', meetingId)
    .where('kind', 'not in', ['meeting-minutes', ...WHOLE_KINDS])
    .execute();
  const rows = [...own, ...(await repetitionMails(db, meetingId))];
  rows.sort((a, b) => a.createdAtMs - b.createdAtMs || (a.mailId < b.mailId ? -1 : 1));
  return new Map(
    rows.flatMap(({ personId, sentAtMs, failure }) =>
      personId === null || (failure === SUPERSEDED && sentAtMs === null)
        ? []
        : [[personId, sentAtMs !== null ? 'sent' : failure !== null ? 'failed' : 'queued'] as const],
    ),
  );
}

/** What became of the invitation to meetings that repeat. @param personId as which the person is invited to all of them */
export async function repetitionInvitation(db: Reader, personId: string): Promise<'none' | 'waits' | 'reached'> {
  const rows = await db
    .selectFrom('mail')
    .select(['tries', 'failure'])
    .where('kind', 'in', WHOLE_KINDS)
    .where('personId', '=', personId)
    .execute();
  if (rows.some(({ tries }) => tries > 0)) return 'reached';
  return rows.some(({ failure }) => failure === null) ? 'waits' : 'none';
}
