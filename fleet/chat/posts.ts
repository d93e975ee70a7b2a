/** The rows of what is written in a meeting: each message once, numbered in the order in which it is kept. */
import type { ChatPost } from '#contract/http/chat-api.ts';
import type { KnownCallEvent } from '#contract/node-link.ts';
import type { AuthorityTables, AuthorityWrite } from '../store/index.ts';

type Row = AuthorityTables['chatPost'];
type Reader = Pick<AuthorityWrite, 'selectFrom'>;
export type NewPost = Omit<Row, 'number' | 'revision'>;

export const postOf = (db: Reader, { meetingId, messageId }: Pick<Row, 'meetingId' | 'messageId'>) =>
  db
    .selectFrom('chatPost')
    .selectAll()
    .where('meetingId', '=', meetingId)
    .where('messageId', '=', messageId)
    .executeTakeFirst();

/** @returns the one that was there before, where it was */
export async function insertPost(trx: AuthorityWrite, post: NewPost): Promise<Row> {
  const known = await postOf(trx, post);
  if (known) return known;
  const last = await trx
    .selectFrom('chatPost')
    .select((e) => e.fn.max('number').as('number'))
    .where('meetingId', '=', post.meetingId)
    .executeTakeFirst();
  const row = { ...post, number: (last?.number ?? -1) + 1, revision: await nextRevision(trx, post.meetingId) };
  await trx.insertInto('chatPost').values(row).execute();
  return row;
}

/** As a node reports it, in the transaction of the event. */
export async function recordChatPosted(
  trx: AuthorityWrite,
  { meetingId, callId, message, person }: Extract<KnownCallEvent, { name: 'chat-posted' }>,
): Promise<void> {
  const { messageId, displayName, isGuest, text, atMs } = message;
  await insertPost(trx, { meetingId, messageId, callId, person, displayName, isGuest: isGuest ? 1 : 0, text, atMs });
}

/** Those before a number, the newest of them, in their order. @param beforeNumber null: the newest of all */
export async function postsBefore(
  db: Reader,
  meetingId: string,
  { beforeNumber, most }: { beforeNumber: number | null; most: number },
): Promise<{ rows: Row[]; hasOlder: boolean }> {
  let query = db.selectFrom('chatPost').selectAll().where('meetingId', '=', meetingId);
  if (beforeNumber !== null) query = query.where('number', '<', beforeNumber);
  const rows = await query
    .orderBy('number', 'desc')
    .limit(most + 1)
    .execute();
  return { rows: rows.slice(0, most).reverse(), hasOlder: rows.length > most };
}

export const seenBy = (person: string, row: Row): ChatPost => ({
  messageId: row.messageId,
  number: row.number,
  displayName: row.displayName,
  isGuest: row.isGuest === 1,
  isOwn: row.person === person,
  isFromCall: row.callId !== null,
  text: row.text,
  atMs: row.atMs,
});

/** By meeting: it counts up with each change of what is written there; a meeting in which nothing is written is left out. */
export async function chatRevisionsOf(db: Reader, meetingIds: readonly string[]): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('chatPost')
    .select((e) => ['meetingId', e.fn.max('revision').as('revision')])
    .where('meetingId', 'in', [...meetingIds])
    .groupBy('meetingId')
    .execute();
  return new Map(rows.map(({ meetingId, revision }) => [meetingId, revision]));
}

async function nextRevision(db: Reader, meetingId: string): Promise<number> {
  return ((await chatRevisionsOf(db, [meetingId])).get(meetingId) ?? 0) + 1;
}
