/**
 * What people write on a meeting's page, and read there. What is written in a call its media node orders, and reports; what is
 * written here while a call runs is sent to its node.
 */
import { InvalidStateError, ProtocolError, UserError } from '#contract/error-codes.ts';
import type { MeetingRole } from '#contract/call-order.ts';
import { CHAT_POSTS_AT_ONCE, type ChatPost, type chatApi } from '#contract/http/chat-api.ts';
import type { RouteAnswer, RouteOutput } from '#contract/http/route.ts';
import type { NodeCommand } from '#contract/node-link.ts';
import { AttemptLimit } from '#edge/attempt-limit.ts';
import type { AuthorityStore } from '../store/index.ts';
import {
  chatPeople,
  chatRevisionOf,
  type ChatReader,
  insertPost,
  isWritable,
  mayRecall,
  mentionedIn,
  postOf,
  postsBefore,
  recallPost,
  seenBy,
} from './posts.ts';
import { markRead, readCountsOf, readersOf } from './read-marks.ts';

export type MeetingChatDependencies = {
  store: AuthorityStore;
  /** to the node of the meeting's call, where one runs */
  commandCall: (meetingId: string, commandOf: (callId: string) => NodeCommand) => Promise<void>;
  /** what is written in this meeting is not as it was */
  onChanged: (meetingId: string) => void;
  /** somebody has read more of it */
  onRead: (meetingId: string) => void;
};
/** `role`: in the meeting. */
export type ChatPerson = { accountId: string; displayName: string; role: MeetingRole | null };

/** of one account, in all meetings */
const POSTS = { burst: 20, refillPerMinute: 60 };
/** a page marks at a pace (MARK_READ_EVERY_MS) */
const MARKS = { burst: 30, refillPerMinute: 60 };
const personOfAccount = (accountId: string): string => `account:${accountId}`;
const readerOf = ({ accountId, role }: ChatPerson): ChatReader => ({
  person: personOfAccount(accountId),
  isHost: role === 'host' || role === 'co-host',
});

export class MeetingChat {
  readonly #deps: MeetingChatDependencies;
  readonly #limit = new AttemptLimit(POSTS);
  readonly #marksLimit = new AttemptLimit(MARKS);

  constructor(deps: MeetingChatDependencies) {
    this.#deps = deps;
  }

  /** The newest, of those before a number, of those with these words. */
  async read(
    meetingId: string,
    by: ChatPerson,
    { beforeNumber = null, text = null }: { beforeNumber?: number | null; text?: string | null },
  ): Promise<RouteAnswer<typeof chatApi.chatPosts>> {
    const part = { beforeNumber, text, most: CHAT_POSTS_AT_ONCE };
    const { rows, hasOlder } = await postsBefore(this.#deps.store.read, meetingId, part);
    const people = await chatPeople(this.#deps.store.read, meetingId);
    const reader = readerOf(by);
    // of the newest alone: who searches or looks further back sees none
    const isNewest = beforeNumber === null && text === null;
    const counts = isNewest
      ? await readCountsOf(this.#deps.store.read, { meetingId, person: reader.person, rows })
      : new Map<string, number>();
    const posts = rows.map((row) => seenBy(reader, row, counts.get(row.messageId)));
    return { posts, hasOlder, revision: await chatRevisionOf(this.#deps.store.read, meetingId), people };
  }

  /**
   * The same id again is one message.
   * @throws UserError too-many-attempts; InvalidStateError not-possible-now: a message of this id is somebody else's, or the
   *   meeting is cancelled or over for good
   */
  async post(
    meetingId: string,
    by: ChatPerson,
    { messageId, text, replyTo, mentions = [] }: RouteOutput<typeof chatApi.postChat, 'body'>,
  ): Promise<ChatPost> {
    const { store, commandCall, onChanged } = this.#deps;
    const { displayName } = by;
    if (!this.#limit.take(by.accountId)) throw new UserError('too-many-attempts', 'too many messages');
    const reader = readerOf(by);
    const [{ person }, atMs] = [reader, Date.now()];
    const row = await store.write(async (trx) => {
      const known = await postOf(trx, { meetingId, messageId });
      if (!known && !(await isWritable(trx, meetingId)))
        throw new InvalidStateError('not-possible-now', 'it is cancelled');
      const people = mentions.length === 0 ? [] : await chatPeople(trx, meetingId);
      const named = people.filter(({ accountId }) => mentions.includes(accountId));
      return insertPost(trx, {
        ...{ meetingId, messageId, callId: null, person, displayName, isGuest: 0, text, atMs },
        replyTo: replyTo ?? null,
        mentioned: JSON.stringify(
          named.map((each) => ({ person: personOfAccount(each.accountId), name: each.displayName })),
        ),
      });
    });
    if (row.person !== person)
      throw new InvalidStateError('not-possible-now', 'a message of this id is somebody else’s');
    // one that was kept before may not have reached the call
    const sent = { messageId, displayName: row.displayName, person, text: row.text, atMs: row.atMs };
    const about = { replyTo: row.replyTo ?? undefined, mentioned: mentionedIn(row) };
    if (row.callId === null && row.recalledAtMs === null)
      await commandCall(meetingId, (callId) => ({ name: 'post-chat', callId, ...sent, ...about }));
    onChanged(meetingId);
    return seenBy(reader, row);
  }

  /**
   * The same again changes nothing.
   * @throws ProtocolError not-found; UserError forbidden: somebody else's, and the caller is no host; InvalidStateError
   *   not-possible-now: it was written too long ago
   */
  async recall(meetingId: string, by: ChatPerson, messageId: string): Promise<void> {
    const { store, commandCall, onChanged } = this.#deps;
    const reader = readerOf(by);
    await store.write(async (trx) => {
      const row = await postOf(trx, { meetingId, messageId });
      if (!row) throw new ProtocolError('not-found', 'no such message');
      if (row.person !== reader.person && !reader.isHost) throw new UserError('forbidden', 'somebody else wrote it');
      if (!mayRecall(reader, row)) throw new InvalidStateError('not-possible-now', 'it was written too long ago');
      await recallPost(trx, row);
    });
    await commandCall(meetingId, (callId) => ({ name: 'recall-chat', callId, messageId }));
    onChanged(meetingId);
  }

  /**
   * The newest message that the person's page has shown. Pages of those who wrote are notified, gathered, and the person's own of
   * a mention; in the call by its node, at its pace.
   * @throws UserError too-many-attempts
   */
  async markRead(meetingId: string, by: ChatPerson, messageId: string): Promise<void> {
    if (!this.#marksLimit.take(by.accountId)) throw new UserError('too-many-attempts', 'too many marks');
    const mark = { person: personOfAccount(by.accountId), displayName: by.displayName, messageId };
    const { store, commandCall, onChanged, onRead } = this.#deps;
    const { isGrown, hasReadMention } = await store.write((trx) => markRead(trx, { meetingId, ...mark }));
    if (hasReadMention) onChanged(meetingId);
    if (!isGrown) return;
    onRead(meetingId);
    await commandCall(meetingId, (callId) => ({ name: 'mark-chat-read', callId, ...mark }));
  }

  /** @throws ProtocolError not-found; UserError forbidden: somebody else's */
  async readers(meetingId: string, by: ChatPerson, messageId: string): Promise<string[]> {
    const { read } = this.#deps.store;
    const row = await postOf(read, { meetingId, messageId });
    if (!row) throw new ProtocolError('not-found', 'no such message');
    if (row.person !== personOfAccount(by.accountId)) throw new UserError('forbidden', 'somebody else wrote it');
    return readersOf(read, row);
  }
}
