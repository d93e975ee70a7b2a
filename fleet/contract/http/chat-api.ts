/** What is written in a meeting, before, during and after its calls: for its people, on its page. */
import { ChatText, MAX_MENTIONS, MAX_READERS } from '../chat.ts';
import { EpochMs, Id, z } from '../schema.ts';
import { ofPeople, type RouteTable } from './route.ts';

export const CHAT_POSTS_AT_ONCE = 50;

export const ChatPost = z.object({
  messageId: Id,
  /** counts up in the meeting */
  number: z.number().int().nonnegative(),
  displayName: z.string(),
  isGuest: z.boolean(),
  /** the caller wrote it */
  isOwn: z.boolean(),
  /** written in a call, not on the meeting's page */
  isFromCall: z.boolean(),
  text: z.string(),
  atMs: EpochMs,
  /** its place stays, and the words are gone for everyone: `text` is empty */
  isRecalled: z.boolean(),
  /** the message that it answers; it may have been written too long ago to be among these */
  replyTo: Id.optional(),
  /** whom it names: `@` and the name stand in the text */
  mentions: z.array(z.object({ name: z.string(), isMe: z.boolean() })),
  /** how many others have read it: of the caller's own newest ones that somebody has read */
  readCount: z.number().int().positive().optional(),
  /** the caller, now: wrote it or is a host, within RECALL_WITHIN_MS */
  mayRecall: z.boolean(),
});
export type ChatPost = z.infer<typeof ChatPost>;

const MeetingParams = z.object({ meetingId: Id });

export const chatApi = {
  chatPosts: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/meetings/:meetingId/chat',
    access: ofPeople,
    summary: 'What is written in a meeting: the newest, or those before a number',
    params: MeetingParams,
    query: z.strictObject({
      beforeNumber: z.coerce.number().int().nonnegative().optional(),
      /** those alone in which these words stand */
      text: z.string().trim().min(1).max(100).optional(),
    }),
    response: z.object({
      /** in their order */
      posts: z.array(ChatPost).max(CHAT_POSTS_AT_ONCE),
      hasOlder: z.boolean(),
      /** as `chatRevision` of the meeting, also of one of before today; 0: nothing is written */
      revision: z.number().int().nonnegative().default(0),
      /** who can be named in a message */
      people: z.array(z.object({ accountId: Id, displayName: z.string() })),
    }),
  },
  postChat: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/meetings/:meetingId/chat',
    access: ofPeople,
    summary: 'Write in a meeting; its call, where one runs, gets it too. The same id again is one message',
    params: MeetingParams,
    body: z.strictObject({
      messageId: Id,
      text: ChatText,
      /** messageId of the one that it answers */
      replyTo: Id.optional(),
      /** accountIds of those whom it names; who is none of the meeting's people is left out */
      mentions: z.array(Id).max(MAX_MENTIONS).optional(),
    }),
    response: z.object({ post: ChatPost }),
  },
  recallChat: {
    kind: 'json',
    method: 'DELETE',
    path: '/api/v1/meetings/:meetingId/chat/:messageId',
    access: ofPeople,
    summary: 'Recall an own message, or as a host any: its place stays, the words go for everyone. Within 24 hours',
    params: MeetingParams.extend({ messageId: Id }),
    response: z.object({}),
  },
  markChatRead: {
    kind: 'json',
    method: 'PUT',
    path: '/api/v1/meetings/:meetingId/chat-read',
    access: ofPeople,
    summary: 'The newest message that the caller’s page has shown; an older one changes nothing',
    params: MeetingParams,
    body: z.strictObject({ messageId: Id }),
    response: z.object({}),
  },
  chatReaders: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/meetings/:meetingId/chat/:messageId/readers',
    access: ofPeople,
    summary: 'Who has read an own message, by name',
    params: MeetingParams.extend({ messageId: Id }),
    response: z.object({ names: z.array(z.string()).max(MAX_READERS) }),
  },
} as const satisfies RouteTable;
