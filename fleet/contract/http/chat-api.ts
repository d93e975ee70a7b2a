/** What is written in a meeting, before, during and after its calls: for its people, on its page. */
import { ChatText } from '../chat.ts';
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
    query: z.strictObject({ beforeNumber: z.coerce.number().int().nonnegative().optional() }),
    response: z.object({
      /** in their order */
      posts: z.array(ChatPost).max(CHAT_POSTS_AT_ONCE),
      hasOlder: z.boolean(),
    }),
  },
  postChat: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/meetings/:meetingId/chat',
    access: ofPeople,
    summary: 'Write in a meeting; its call, where one runs, gets it too. The same id again is one message',
    params: MeetingParams,
    body: z.strictObject({ messageId: Id, text: ChatText }),
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
} as const satisfies RouteTable;
