/** The rows of who has read what is written in a meeting: of each person the newest message that a page of theirs showed. */
import { MAX_READERS, READS_SHOWN } from '#contract/chat.ts';
import type { KnownCallEvent } from '#contract/node-link.ts';
import { cutText, shownText } from '#contract/shown-text.ts';
import type { AuthorityTables, AuthorityWrite } from '../store/index.ts';
import { forgetReadMentions } from './mentions.ts';
import { postOf } from './posts.ts';

type Post = AuthorityTables['chatPost'];
type Reader = Pick<AuthorityWrite, 'selectFrom'>;
type Mark = Omit<AuthorityTables['chatRead'], 'number'> & Pick<Post, 'messageId'>;
type MarkOutcome = { isGrown: boolean; hasReadMention: boolean };
type ReadEvent = Extract<KnownCallEvent, { name: 'chat-read' }>;

/** of a meeting, besides accounts: guests who come by a link are somebody else at each visit */
const MOST_GUESTS = 2_000;
const ACCOUNT = 'account:';
const UNCHANGED = { isGrown: false, hasReadMention: false };
const MAX_NAME = { units: 80, bytes: 240 };

/**
 * A mark grows only: an older message, and one that the meeting has not, change nothing. @returns whether it grew, and whether the
 * person has read there that they were mentioned
 */
export async function markRead(trx: AuthorityWrite, { messageId, ...mark }: Mark): Promise<MarkOutcome> {
  const { meetingId, person } = mark;
  const post = await postOf(trx, { meetingId, messageId });
  if (!post) return UNCHANGED;
  const displayName = cutText(shownText(mark.displayName), MAX_NAME);
  const known = await trx
    .selectFrom('chatRead')
    .select('number')
    .where('meetingId', '=', meetingId)
    .where('person', '=', person)
    .executeTakeFirst();
  if (known) {
    if (known.number >= post.number) return UNCHANGED;
    await trx
      .updateTable('chatRead')
      .set({ number: post.number, displayName })
      .where('meetingId', '=', meetingId)
      .where('person', '=', person)
      .execute();
  } else {
    if (!person.startsWith(ACCOUNT) && (await guestsOf(trx, meetingId)) >= MOST_GUESTS) return UNCHANGED;
    await trx.insertInto('chatRead').values({ meetingId, person, displayName, number: post.number }).execute();
  }
  const hasReadMention = await forgetReadMentions(trx, { meetingId, person, number: post.number });
  return { isGrown: true, hasReadMention };
}

async function guestsOf(db: Reader, meetingId: string): Promise<number> {
  const { count } = await db
    .selectFrom('chatRead')
    .select((e) => e.fn.countAll<number>().as('count'))
    .where('meetingId', '=', meetingId)
    .where('person', 'not like', `${ACCOUNT}%`)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** As a node reports them, in the transaction of the event. @returns as `markRead`, of any of them */
export async function recordReads(trx: AuthorityWrite, { meetingId, reads }: ReadEvent): Promise<MarkOutcome> {
  const outcome = { ...UNCHANGED };
  for (const read of reads) {
    const { isGrown, hasReadMention } = await markRead(trx, { meetingId, ...read });
    outcome.isGrown ||= isGrown;
    outcome.hasReadMention ||= hasReadMention;
  }
  return outcome;
}

/** By meeting, the accounts that wrote in it. */
export async function chatWritersOf(db: Reader, meetingIds: readonly string[]): Promise<Map<string, Set<string>>> {
  const rows = await db
    .selectFrom('chatPost')
    .select(['meetingId', 'person'])
    .distinct()
    .where('meetingId', 'in', [...meetingIds])
    .where('person', 'like', `${ACCOUNT}%`)
    .execute();
  const writers = new Map<string, Set<string>>();
  for (const { meetingId, person } of rows) {
    const known = writers.get(meetingId) ?? new Set();
    writers.set(meetingId, known.add(person.slice(ACCOUNT.length)));
  }
  return writers;
}

/** By message, how many others have read it: of the newest of these that are the person's own and not recalled. */
export async function readCountsOf(
  db: Reader,
  { meetingId, person, rows }: { meetingId: string; person: string; rows: readonly Post[] },
): Promise<Map<string, number>> {
  const own = rows.filter((row) => row.person === person && row.recalledAtMs === null).slice(-READS_SHOWN);
  if (own.length === 0) return new Map();
  const marks = await othersMarks(db, meetingId, person);
  const counts = own.map(({ messageId, number }): [string, number] => [
    messageId,
    marks.filter((mark) => mark.number >= number).length,
  ]);
  return new Map(counts.filter(([, count]) => count > 0));
}

/** Who has read it, without its writer, by name. Nobody has read what is recalled. */
export async function readersOf(db: Reader, post: Post): Promise<string[]> {
  if (post.recalledAtMs !== null) return [];
  const marks = await othersMarks(db, post.meetingId, post.person);
  return marks
    .filter(({ number }) => number >= post.number)
    .map(({ displayName }) => displayName)
    .slice(0, MAX_READERS);
}

const othersMarks = (db: Reader, meetingId: string, person: string) =>
  db
    .selectFrom('chatRead')
    .select(['displayName', 'number'])
    .where('meetingId', '=', meetingId)
    .where('person', '!=', person)
    .orderBy('displayName')
    .execute();
