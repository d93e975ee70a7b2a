/** The rows of who was mentioned and has not read it: made with the message, gone when it is read or recalled. */
import type { ChatMentions } from '#contract/http/meetings-api.ts';
import type { AuthorityTables, AuthorityWrite } from '../store/index.ts';

type Post = AuthorityTables['chatPost'];
type Reader = Pick<AuthorityWrite, 'selectFrom'>;

const ACCOUNT = 'account:';
/** of one account, looked at */
const MOST_ROWS = 200;
const MOST_MEETINGS = 20;

/** Of those whom it names the people of the meeting with an account, but who wrote it. */
export async function insertMentions(
  trx: AuthorityWrite,
  { meetingId, messageId, number, person, atMs }: Post,
  named: readonly { person: string }[],
): Promise<void> {
  const accountIds = named.flatMap((each) =>
    each.person.startsWith(ACCOUNT) && each.person !== person ? each.person.slice(ACCOUNT.length) : [],
  );
  for (const accountId of new Set(accountIds))
    if (await isOfPeople(trx, meetingId, accountId))
      await trx.insertInto('chatMention').values({ meetingId, messageId, accountId, number, atMs }).execute();
}

/** Up to that number. @returns whether there were any */
export async function forgetReadMentions(
  trx: AuthorityWrite,
  { meetingId, person, number }: Pick<AuthorityTables['chatRead'], 'meetingId' | 'person' | 'number'>,
): Promise<boolean> {
  if (!person.startsWith(ACCOUNT)) return false;
  const { numDeletedRows } = await trx
    .deleteFrom('chatMention')
    .where('meetingId', '=', meetingId)
    .where('accountId', '=', person.slice(ACCOUNT.length))
    .where('number', '<=', number)
    .executeTakeFirst();
  return numDeletedRows > 0n;
}

export async function forgetMentionsIn(
  trx: AuthorityWrite,
  { meetingId, messageId }: Pick<Post, 'meetingId' | 'messageId'>,
): Promise<void> {
  await trx.deleteFrom('chatMention').where('meetingId', '=', meetingId).where('messageId', '=', messageId).execute();
}

/** What an account has not read, by meeting, the newest first: of meetings whose people it is one of. */
export const unreadMentionsOf = (db: Reader, accountId: string): Promise<ChatMentions[]> =>
  gathered(db, accountId, ({ displayName }) => displayName);

/** As `unreadMentionsOf`. A guest, who chose the name, is null: nobody is to write words of theirs into a mail of ours. */
export const mailedMentionsOf = (db: Reader, accountId: string) =>
  gathered(db, accountId, ({ displayName, isGuest }) => (isGuest === 1 ? null : displayName));

async function gathered<Name extends string | null>(
  db: Reader,
  accountId: string,
  nameOf: (post: Pick<Post, 'displayName' | 'isGuest'>) => Name,
): Promise<(Omit<ChatMentions, 'names'> & { names: Name[] })[]> {
  const rows = await db
    .selectFrom('chatMention')
    .innerJoin('chatPost', (j) =>
      j
        .onRef('chatPost.meetingId', '=', 'chatMention.meetingId')
        .onRef('chatPost.messageId', '=', 'chatMention.messageId'),
    )
    .innerJoin('meeting', 'meeting.meetingId', 'chatMention.meetingId')
    .select(['chatMention.meetingId', 'meeting.title', 'chatPost.displayName', 'chatPost.isGuest'])
    .where('chatMention.accountId', '=', accountId)
    .where('chatMention.meetingId', 'in', meetingsOf(db, accountId))
    .orderBy('chatMention.atMs', 'desc')
    .limit(MOST_ROWS)
    .execute();
  const byMeeting = new Map<string, Omit<ChatMentions, 'names'> & { names: Name[] }>();
  for (const { meetingId, title, ...post } of rows) {
    const known = byMeeting.get(meetingId) ?? { meetingId, title, names: [], count: 0 };
    const name = nameOf(post);
    const names = known.names.includes(name) ? known.names : [...known.names, name];
    byMeeting.set(meetingId, { ...known, names, count: known.count + 1 });
  }
  return [...byMeeting.values()].slice(0, MOST_MEETINGS);
}

const meetingsOf = (db: Reader, accountId: string) =>
  db
    .selectFrom('meetingPerson')
    .select('meetingId')
    .where('accountId', '=', accountId)
    .union(db.selectFrom('meeting').select('meetingId').where('hostAccountId', '=', accountId));

async function isOfPeople(db: Reader, meetingId: string, accountId: string): Promise<boolean> {
  const found = await db
    .selectFrom('meeting')
    .select('meetingId')
    .where('meetingId', '=', meetingId)
    .where('meetingId', 'in', meetingsOf(db, accountId))
    .executeTakeFirst();
  return found !== undefined;
}
