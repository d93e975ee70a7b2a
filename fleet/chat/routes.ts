/** What is written in a meeting, for its people. */
import { chatApi } from '#contract/http/chat-api.ts';
import type { MeetingRole } from '#contract/call-order.ts';
import type { Account } from '#contract/http/people-api.ts';
import { type ServedRoute, serve } from '../http/route.ts';
import type { ChatPerson, MeetingChat } from './meeting-chat.ts';

type Context = { account: Account; meetingRole: MeetingRole | null };
const personOf = ({ account: { accountId, displayName }, meetingRole }: Context): ChatPerson => ({
  accountId,
  displayName,
  role: meetingRole,
});

export function chatRoutes({ chat }: { chat: MeetingChat }): ServedRoute[] {
  return serve(chatApi, {
    chatPosts: async (context) => chat.read(context.params.meetingId, personOf(context), context.query),
    postChat: async (context) => ({ post: await chat.post(context.params.meetingId, personOf(context), context.body) }),
    recallChat: async (context) => {
      await chat.recall(context.params.meetingId, personOf(context), context.params.messageId);
      return {};
    },
    markChatRead: async (context) => {
      await chat.markRead(context.params.meetingId, personOf(context), context.body.messageId);
      return {};
    },
    chatReaders: async (context) => ({
      names: await chat.readers(context.params.meetingId, personOf(context), context.params.messageId),
    }),
  });
}
