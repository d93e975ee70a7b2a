/**
 * What was written in the meeting before the call: for its people, from the fleet server, with their own session. Others have what
 * the call's node keeps of the call.
 */
import { useCallback, useEffect, useState } from 'react';
import type { ChatMessage } from '#contract/chat.ts';
import { chatApi, type ChatPost } from '#contract/http/chat-api.ts';
import { callApi } from '#ui/http-client.ts';

type EarlierMessage = ChatMessage & Pick<ChatPost, 'mayRecall' | 'readCount'>;
export type EarlierChat = {
  /** in their order */
  messages: readonly EarlierMessage[];
  hasOlder: boolean;
  readOlder: () => void;
  /** null: it is not one of these */
  mayRecall: (messageId: string) => boolean | null;
  recall: (messageId: string) => void;
  readCountOf: (messageId: string) => number | undefined;
};
type Given = {
  /** null: a guest, whom the node alone serves */
  meetingId: string | null;
  isOpen: boolean;
  /** of the call, as its node has them */
  inCall: readonly ChatMessage[];
  /** ids, as the node has them */
  recalledIds: readonly string[];
  selfPeerId: string;
  readOlderInCall: () => Promise<boolean>;
  onFailed: (error: unknown) => void;
};

export function useEarlierChat({
  meetingId,
  isOpen,
  inCall,
  recalledIds,
  selfPeerId,
  readOlderInCall,
  onFailed,
}: Given): EarlierChat {
  const [posts, setPosts] = useState<readonly ChatPost[]>([]);
  const [hasOlderPosts, setHasOlderPosts] = useState(false);
  const isAsked = isOpen && meetingId !== null;
  useEffect(() => {
    if (!isAsked) return;
    const asking = new AbortController();
    callApi(chatApi.chatPosts, { params: { meetingId }, query: {}, signal: asking.signal }).then(
      (newest) => {
        setPosts(newest.posts);
        setHasOlderPosts(newest.hasOlder);
      },
      // who is none of the meeting's people, or the fleet server is away: the call's own chat is there
      () => {},
    );
    return () => asking.abort();
  }, [isAsked, meetingId]);
  const known = new Set(inCall.map(({ messageId }) => messageId));
  const messages = posts
    .filter(({ messageId }) => !known.has(messageId))
    .map((post) => (recalledIds.includes(post.messageId) ? recalled(post) : post))
    .map((post) => messageOf(post, selfPeerId));
  const hasOlderInCall = (inCall[0]?.number ?? 0) > 0 && posts.length === 0;
  const first = posts[0]?.number;
  const readOlder = useCallback(() => {
    if (meetingId === null || first === undefined) {
      void readOlderInCall().catch(onFailed);
      return;
    }
    callApi(chatApi.chatPosts, { params: { meetingId }, query: { beforeNumber: first } }).then((older) => {
      setPosts((before) => [...older.posts, ...before]);
      setHasOlderPosts(older.hasOlder);
    }, onFailed);
  }, [meetingId, first, readOlderInCall, onFailed]);
  const recall = useCallback(
    (messageId: string) => {
      if (meetingId === null) return;
      callApi(chatApi.recallChat, { params: { meetingId, messageId } }).then(
        () => setPosts((before) => before.map((post) => (post.messageId === messageId ? recalled(post) : post))),
        onFailed,
      );
    },
    [meetingId, onFailed],
  );
  return {
    messages,
    hasOlder: hasOlderPosts || hasOlderInCall,
    readOlder,
    mayRecall: (messageId) => messages.find((each) => each.messageId === messageId)?.mayRecall ?? null,
    recall,
    readCountOf: (messageId) => messages.find((each) => each.messageId === messageId)?.readCount,
  };
}

const recalled = (post: ChatPost): ChatPost => ({ ...post, text: '', isRecalled: true, mayRecall: false });

/** As one of the call: its writer is nobody's peer, or this one. */
const messageOf = ({ isOwn, isFromCall: _, mentions, ...post }: ChatPost, selfPeerId: string): EarlierMessage => ({
  ...post,
  mentions: mentions.map(({ name, isMe }) => ({ name, ...(isMe && { peerId: selfPeerId }) })),
  peerId: isOwn ? selfPeerId : post.messageId,
});
