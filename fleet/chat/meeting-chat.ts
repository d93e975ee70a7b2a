/**
 * What people write on a meeting's page, and read there. What is written in a call its media node orders, and reports; what is
 * written here while a call runs is sent to its node.
 */
import { InvalidStateError, UserError } from '#contract/error-codes.ts';
import { CHAT_POSTS_AT_ONCE, type ChatPost } from '#contract/http/chat-api.ts';
import type { NodeCommand } from '#contract/node-link.ts';
import { AttemptLimit } from '#edge/attempt-limit.ts';
import type { AuthorityStore } from '../store/index.ts';
import { insertPost, postsBefore, seenBy } from './posts.ts';

export type MeetingChatDependencies = {
  store: AuthorityStore;
  /** to the node of the meeting's call, where one runs */
  commandCall: (meetingId: string, commandOf: (callId: string) => NodeCommand) => Promise<void>;
  /** what is written in this meeting is not as it was */
  onChanged: (meetingId: string) => void;
};
export type ChatWriter = { accountId: string; displayName: string };

/** of one account, in all meetings */
const POSTS = { burst: 20, refillPerMinute: 60 };
const personOfWriter = (accountId: string): string => `account:${accountId}`;

export class MeetingChat {
  readonly #deps: MeetingChatDependencies;
  readonly #limit = new AttemptLimit(POSTS);

  constructor(deps: MeetingChatDependencies) {
    this.#deps = deps;
  }

  /** @param beforeNumber null: the newest of all */
  async read(
    meetingId: string,
    accountId: string,
    beforeNumber: number | null,
  ): Promise<{ posts: ChatPost[]; hasOlder: boolean }> {
    const part = { beforeNumber, most: CHAT_POSTS_AT_ONCE };
    const { rows, hasOlder } = await postsBefore(this.#deps.store.read, meetingId, part);
    return { posts: rows.map((row) => seenBy(personOfWriter(accountId), row)), hasOlder };
  }

  /**
   * The same id again is one message.
   * @throws UserError too-many-attempts; InvalidStateError not-possible-now: a message of this id is somebody else's
   */
  async post(
    meetingId: string,
    { accountId, displayName }: ChatWriter,
    { messageId, text }: { messageId: string; text: string },
  ): Promise<ChatPost> {
    const { store, commandCall, onChanged } = this.#deps;
    if (!this.#limit.take(accountId)) throw new UserError('too-many-attempts', 'too many messages');
    const [person, atMs] = [personOfWriter(accountId), Date.now()];
    const written = { meetingId, messageId, callId: null, person, displayName, isGuest: 0 as const, text, atMs };
    const row = await store.write((trx) => insertPost(trx, written));
    if (row.person !== person)
      throw new InvalidStateError('not-possible-now', 'a message of this id is somebody else’s');
    // one that was kept before may not have reached the call
    const sent = { messageId, displayName: row.displayName, text: row.text, atMs: row.atMs };
    if (row.callId === null) await commandCall(meetingId, (callId) => ({ name: 'post-chat', callId, ...sent }));
    onChanged(meetingId);
    return seenBy(person, row);
  }
}
