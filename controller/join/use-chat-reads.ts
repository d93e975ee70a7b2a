/** Marks what of the chat the page has shown, and names who has read: at the call's node, what is from before the call at the fleet server. */
import { useCallback } from 'react';
import type { CallClient } from '#call/call-client.ts';
import { chatApi } from '#contract/http/chat-api.ts';
import { callApi } from '#ui/http-client.ts';
import { useReadMark } from '#ui/meeting/use-read-mark.ts';

type Call = Pick<CallClient, 'getSnapshot' | 'markChatRead' | 'chatReaders'>;

/** @param meetingId null: a guest, whom the node alone serves */
export function useChatReads(call: Call, meetingId: string | null) {
  const mark = useCallback(
    async (messageId: string) => {
      if (isOfCall(call, messageId)) return call.markChatRead(messageId);
      if (meetingId !== null) await callApi(chatApi.markChatRead, { params: { meetingId }, body: { messageId } });
    },
    [call, meetingId],
  );
  const readersOf = useCallback(
    async (messageId: string): Promise<readonly string[]> => {
      if (isOfCall(call, messageId) || meetingId === null) return call.chatReaders(messageId);
      return (await callApi(chatApi.chatReaders, { params: { meetingId, messageId } })).names;
    },
    [call, meetingId],
  );
  return { onSeen: useReadMark(mark), readersOf };
}

const isOfCall = (call: Call, messageId: string): boolean =>
  call.getSnapshot().chat.some((each) => each.messageId === messageId);
