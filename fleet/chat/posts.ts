/** The rows of what is written in a meeting: each message once, numbered in the order in which it is kept. */
import { type Expression, sql } from 'kysely';
import { CHAT_MESSAGES_KEPT, RECALL_WITHIN_MS } from '#contract/chat.ts';
import type { ChatPost } from '#contract/http/chat-api.ts';
import type { KnownCallEvent } from '#contract/node-link.ts';
import { type Language, z } from '#contract/schema.ts';
import { messageSubject, recordErasure } from '../erasures/index.ts';
import type { AuthorityTables, AuthorityWrite } from '../store/index.ts';
import { forgetMentionsIn, insertMentions } from './mentions.ts';

type Row = AuthorityTables['chatPost'];
type Reader = Pick<AuthorityWrite, 'selectFrom'>;
export type NewPost = Omit<Row, 'number' | 'revision' | 'recalledAtMs'>;
/** Of a meeting's chat: who reads it. `isHost`: also a co-host. */
export type ChatReader = { person: string; isHost: boolean };

export const postOf = (db: Reader, { meetingId, messageId }: Pick<Row, 'meetingId' | 'messageId'>) =>
  db
    .selectFrom('chatPost')
    .selectAll()
    .where('meetingId', '=', meetingId)
    .where('messageId', '=', messageId)
    .executeTakeFirst();

/** A recall that was handled before its message, as when that one's batch failed on the disk: a place that nobody sees yet. */
const MARK_NAME = '';
/** of a meeting */
const MOST_MARKS = CHAT_MESSAGES_KEPT;

/** @returns the one that was there before, where it was */
export async function insertPost(trx: AuthorityWrite, post: NewPost): Promise<Row> {
  const known = await postOf(trx, post);
  if (!known) return insertRow(trx, post, null);
  const { displayName, person, callId } = known;
  if (displayName !== MARK_NAME || person !== post.person || callId !== post.callId) return known;
  // its words were recalled: its place alone is shown
  const shown = { displayName: post.displayName, isGuest: post.isGuest, atMs: post.atMs, replyTo: post.replyTo };
  const row: Row = { ...known, ...shown, revision: await nextRevision(trx, post.meetingId) };
  await trx
    .updateTable('chatPost')
    .set({ ...shown, revision: row.revision })
    .where('meetingId', '=', post.meetingId)
    .where('messageId', '=', post.messageId)
    .execute();
  return row;
}

async function insertRow(trx: AuthorityWrite, post: NewPost, recalledAtMs: number | null): Promise<Row> {
  const last = await trx
    .selectFrom('chatPost')
    .select((e) => e.fn.max('number').as('number'))
    .where('meetingId', '=', post.meetingId)
    .executeTakeFirst();
  const row: Row = {
    ...post,
    recalledAtMs,
    number: (last?.number ?? -1) + 1,
    revision: await nextRevision(trx, post.meetingId),
  };
  await trx.insertInto('chatPost').values(row).execute();
  if (recalledAtMs === null) await insertMentions(trx, row, mentionedIn(row));
  return row;
}

export type ChatEvent = Extract<KnownCallEvent, { name: 'chat-posted' | 'chat-recalled' }>;
export const isChatEvent = (event: KnownCallEvent): event is ChatEvent =>
  event.name === 'chat-posted' || event.name === 'chat-recalled';

/**
 * As a node reports it, in the transaction of the event. Ids are chosen by who writes, and a node knows those of its own call alone.
 * @returns false: the meeting has a message of this id already, of another person or call, and it stays as it is
 */
export async function recordChatEvent(trx: AuthorityWrite, event: ChatEvent): Promise<boolean> {
  if (event.name === 'chat-recalled') return recallInCall(trx, event);
  const { meetingId, callId, message, person, mentioned = [] } = event;
  const { messageId, displayName, isGuest, text, atMs, replyTo = null } = message;
  const row = await insertPost(trx, {
    ...{ meetingId, messageId, callId, person, displayName, isGuest: isGuest ? 1 : 0, text, atMs, replyTo },
    mentioned: JSON.stringify(mentioned),
  });
  return row.person === person && row.callId === callId;
}

async function recallInCall(
  trx: AuthorityWrite,
  event: Extract<ChatEvent, { name: 'chat-recalled' }>,
): Promise<boolean> {
  const row = await postOf(trx, event);
  if (!row) {
    await markRecalled(trx, event);
    return true;
  }
  const { callId, person, atMs } = event;
  // an older node reports no person: what it can have is of its own call
  const isThat =
    row.callId === callId
      ? person === undefined || row.person === person
      : // of the page a node knows no age: an old message's id, used again in a call, recalls nothing
        row.callId === null && row.person === person && atMs - row.atMs <= RECALL_WITHIN_MS;
  if (isThat) await recallPost(trx, row);
  return isThat;
}

/** So that the message, which comes later, brings no words. */
async function markRecalled(
  trx: AuthorityWrite,
  { meetingId, callId, messageId, person, atMs }: Extract<ChatEvent, { name: 'chat-recalled' }>,
): Promise<void> {
  if (person === undefined) return;
  const { count } = await trx
    .selectFrom('chatPost')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('meetingId', '=', meetingId)
    .where('displayName', '=', MARK_NAME)
    .executeTakeFirstOrThrow();
  if (Number(count) >= MOST_MARKS) return;
  const empty = { displayName: MARK_NAME, isGuest: 0 as const, text: '', replyTo: null, mentioned: '[]' };
  await insertRow(trx, { meetingId, callId, messageId, person, atMs, ...empty }, Date.now());
}

/** The place stays, the words are gone for good. */
export async function recallPost(
  trx: AuthorityWrite,
  { meetingId, messageId }: Pick<Row, 'meetingId' | 'messageId'>,
): Promise<void> {
  const recalledAtMs = Date.now();
  const { numUpdatedRows } = await trx
    .updateTable('chatPost')
    .set({ text: '', mentioned: '[]', recalledAtMs, revision: await nextRevision(trx, meetingId) })
    .where('meetingId', '=', meetingId)
    .where('messageId', '=', messageId)
    .where('recalledAtMs', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows > 0n)
    await recordErasure(trx, { subject: messageSubject({ meetingId, messageId }), atMs: recalledAtMs });
  await forgetMentionsIn(trx, { meetingId, messageId });
}

/** Of the calls that live at a node, what its chats may still show though it was recalled. The earlier recall first. */
export async function recallsAtNode(
  db: Reader,
  nodeId: string,
  sinceMs: number,
): Promise<{ callId: string; messageId: string }[]> {
  const calls = await db
    .selectFrom('call')
    .select(['callId', 'meetingId'])
    .where('nodeId', '=', nodeId)
    .where('endedAtMs', 'is', null)
    .execute();
  const recalls = await Promise.all(
    calls.map(async ({ callId, meetingId }) => {
      const rows = await db
        .selectFrom('chatPost')
        .select('messageId')
        .where('meetingId', '=', meetingId)
        .where('recalledAtMs', '>=', sinceMs)
        .where((e) => e.or([e('callId', 'is', null), e('callId', '=', callId)]))
        .orderBy('recalledAtMs', 'desc')
        .limit(CHAT_MESSAGES_KEPT)
        .execute();
      return rows.reverse().map(({ messageId }) => ({ callId, messageId }));
    }),
  );
  return recalls.flat();
}

/** Those before a number, the newest of them, in their order. @param beforeNumber null: the newest of all @param text null: any */
export async function postsBefore(
  db: Reader,
  meetingId: string,
  { beforeNumber, text, most }: { beforeNumber: number | null; text: string | null; most: number },
): Promise<{ rows: Row[]; hasOlder: boolean }> {
  let query = db
    .selectFrom('chatPost')
    .selectAll()
    .where('meetingId', '=', meetingId)
    .where('displayName', '!=', MARK_NAME);
  if (beforeNumber !== null) query = query.where('number', '<', beforeNumber);
  if (text !== null) query = query.where((e) => sql<boolean>`${e.ref('text')} like ${likeWords(text)} escape '!'`);
  const rows = await query
    .orderBy('number', 'desc')
    .limit(most + 1)
    .execute();
  return { rows: rows.slice(0, most).reverse(), hasOlder: rows.length > most };
}

/** An own one, or for hosts any, within RECALL_WITHIN_MS. */
export const mayRecall = ({ person, isHost }: ChatReader, row: Pick<Row, 'person' | 'atMs'>): boolean =>
  (isHost || row.person === person) && Date.now() - row.atMs <= RECALL_WITHIN_MS;

/** All that is written in a meeting, in its order, for a file. A recalled one has no words. */
export async function writtenChat(db: Reader, meetingId: string): Promise<object[]> {
  const rows = await db
    .selectFrom('chatPost')
    .selectAll()
    .where('meetingId', '=', meetingId)
    .where('displayName', '!=', MARK_NAME)
    .orderBy('number')
    .execute();
  return rows.map(({ messageId, callId, displayName, isGuest, text, atMs, recalledAtMs, replyTo, ...row }) => ({
    ...{ messageId, callId, displayName, isGuest: isGuest === 1, text, atMs, recalledAtMs, replyTo },
    mentions: mentionedIn(row).map(({ name }) => name),
  }));
}

/** What was written in these calls, the newest of it in its order. A recalled one has no words. */
export async function chatOfCalls(
  db: Reader,
  meetingId: string,
  { callIds, most }: { callIds: readonly string[]; most: number },
): Promise<Pick<Row, 'displayName' | 'isGuest' | 'text' | 'atMs'>[]> {
  if (callIds.length === 0) return [];
  const rows = await db
    .selectFrom('chatPost')
    .select(['displayName', 'isGuest', 'text', 'atMs'])
    .where('meetingId', '=', meetingId)
    .where('callId', 'in', callIds)
    .where('displayName', '!=', MARK_NAME)
    .orderBy('number', 'desc')
    .limit(most)
    .execute();
  return rows.reverse();
}

/** All that an account wrote, in all meetings, for a file. */
export async function chatOfPerson(db: Reader, accountId: string): Promise<object[]> {
  return db
    .selectFrom('chatPost')
    .select(['meetingId', 'messageId', 'displayName', 'text', 'atMs', 'recalledAtMs', 'replyTo'])
    .where('person', '=', `account:${accountId}`)
    .where('displayName', '!=', MARK_NAME)
    .orderBy('atMs')
    .orderBy('messageId')
    .execute();
}

/**
 * The words that an account wrote are recalled, however old; its name goes there, and where others named it. A few statements for each
 * meeting, whatever number of messages: a write has seconds.
 */
export async function forgetInChat(
  trx: AuthorityWrite,
  accountId: string,
  nameIn: Record<Language, string>,
): Promise<void> {
  const person = `account:${accountId}`;
  const meetings = await trx
    .selectFrom('chatPost')
    .innerJoin('meeting', 'meeting.meetingId', 'chatPost.meetingId')
    .select(['chatPost.meetingId', 'meeting.language'])
    .where((e) => e.or([e('person', '=', person), sql<boolean>`instr(${e.ref('mentioned')}, ${person}) > 0`]))
    .distinct()
    .execute();
  for (const { meetingId, language } of meetings) {
    const own = trx.updateTable('chatPost').where('meetingId', '=', meetingId).where('person', '=', person);
    const revision = await nextRevision(trx, meetingId);
    const recalled = { text: '', mentioned: '[]', recalledAtMs: Date.now(), revision };
    await own.set(recalled).where('recalledAtMs', 'is', null).execute();
    await own.set({ displayName: nameIn[language] }).where('displayName', '!=', MARK_NAME).execute();
    const written = trx.selectFrom('chatPost').select('messageId').where('meetingId', '=', meetingId);
    await trx
      .deleteFrom('chatMention')
      .where('meetingId', '=', meetingId)
      .where('messageId', 'in', written.where('person', '=', person))
      .execute();
    await trx
      .updateTable('chatPost')
      .set((e) => ({ mentioned: mentionedAs(e.ref('mentioned'), person, nameIn[language]) }))
      .where('meetingId', '=', meetingId)
      .where('person', '!=', person)
      .where((e) => sql<boolean>`instr(${e.ref('mentioned')}, ${person}) > 0`)
      .execute();
  }
  await trx.deleteFrom('chatRead').where('person', '=', person).execute();
  await trx.deleteFrom('chatMention').where('accountId', '=', accountId).execute();
}

/** A list that `mentionedIn` cannot read names nobody any more. */
const mentionedAs = (mentioned: Expression<string>, person: string, name: string) => sql<string>`
  case
    when not json_valid(${mentioned}) then '[]'
    when json_type(${mentioned}) <> 'array' then '[]'
    when exists (
      select 1 from json_each(${mentioned}) where case
        when type <> 'object' then 1
        else coalesce(json_type(value, '$.person'), '') <> 'text' or coalesce(json_type(value, '$.name'), '') <> 'text'
      end
    ) then '[]'
    else (
      select json_group_array(json(
        case when json_extract(value, '$.person') = ${person} then json_set(value, '$.name', ${name}) else value end
      )) from json_each(${mentioned})
    )
  end`;

/** Kept texts are in NFC. */
const likeWords = (text: string): string => `%${text.normalize('NFC').replace(/[!%_]/g, '!$&')}%`;

/** @param readCount how many others have read it; none: nobody, or it is not shown */
export const seenBy = (reader: ChatReader, row: Row, readCount?: number): ChatPost => ({
  messageId: row.messageId,
  number: row.number,
  displayName: row.displayName,
  isGuest: row.isGuest === 1,
  isOwn: row.person === reader.person,
  isFromCall: row.callId !== null,
  text: row.text,
  atMs: row.atMs,
  isRecalled: row.recalledAtMs !== null,
  ...(row.replyTo !== null && { replyTo: row.replyTo }),
  mentions: mentionedIn(row).map(({ person, name }) => ({ name, isMe: person === reader.person })),
  ...(readCount !== undefined && { readCount }),
  mayRecall: row.recalledAtMs === null && mayRecall(reader, row),
});

const Mentioned = z.array(z.object({ person: z.string(), name: z.string() }));

/** Nobody, where the row is damaged: its words, and the rest of the chat, are read all the same. */
export function mentionedIn({ mentioned }: Pick<Row, 'mentioned'>): z.infer<typeof Mentioned> {
  try {
    return Mentioned.safeParse(JSON.parse(mentioned)).data ?? [];
  } catch {
    return [];
  }
}

/** The meeting's people with an account, its host among them, by name: who can be named in a message. */
export async function chatPeople(db: Reader, meetingId: string): Promise<{ accountId: string; displayName: string }[]> {
  const invited = db
    .selectFrom('meetingPerson')
    .select('accountId')
    .where('meetingId', '=', meetingId)
    .where('accountId', 'is not', null);
  const host = db.selectFrom('meeting').select('hostAccountId as accountId').where('meetingId', '=', meetingId);
  return db
    .selectFrom('account')
    .select(['accountId', 'displayName'])
    .where('accountId', 'in', invited.union(host).$castTo<{ accountId: string }>())
    .where('disabledAtMs', 'is', null)
    .orderBy('displayName')
    .orderBy('accountId')
    .execute();
}

/**
 * False: it was cancelled, or its room was removed; what was written stays to be read. A meeting whose time is over is written in:
 * what came of it is discussed where it was.
 */
export async function isWritable(db: Reader, meetingId: string): Promise<boolean> {
  const meeting = await db
    .selectFrom('meeting')
    .select('meetingId')
    .where('meetingId', '=', meetingId)
    .where('endedAtMs', 'is', null)
    .where('cancelledAtMs', 'is', null)
    .executeTakeFirst();
  return meeting !== undefined;
}

/** It counts up with each change of what is written there; 0: nothing is. */
export const chatRevisionOf = async (db: Reader, meetingId: string): Promise<number> =>
  (await chatRevisionsOf(db, [meetingId])).get(meetingId) ?? 0;

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
  return (await chatRevisionOf(db, meetingId)) + 1;
}
