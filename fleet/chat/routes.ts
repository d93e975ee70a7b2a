/** What is written in a meeting, for its people. */
import { chatApi } from '#contract/http/chat-api.ts';
import { type ServedRoute, serve } from '../http/route.ts';
import type { MeetingChat } from './meeting-chat.ts';

export function chatRoutes({ chat }: { chat: MeetingChat }): ServedRoute[] {
  return serve(chatApi, {
    chatPosts: async ({ params, query, account }) =>
      chat.read(params.meetingId, account.accountId, query.beforeNumber ?? null),
    postChat: async ({ params, body, account }) => ({ post: await chat.post(params.meetingId, account, body) }),
  });
}
