/** What is written in a meeting, before, during and after its calls, and the field for the next message. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChatPost } from '#contract/http/chat-api.ts';
import type { MeetingDetail } from '#contract/http/meetings-api.ts';
import { Button } from '#ui/button.tsx';
import { Card } from '#ui/card.tsx';
import { ChatComposer, ChatMessages } from '#ui/meeting/chat.tsx';
import { useReadMark } from '#ui/meeting/use-read-mark.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import { ChatSearch } from './chat-search.tsx';
import { MarkButton, useMarkedMessages } from './marked-messages.tsx';
import { useMeetingChat } from './use-meeting-chat.ts';
import { useReadRevision, useRevision } from './use-meeting.ts';

export function ChatSection({ meeting }: { meeting: MeetingDetail }) {
  const { meetingId, role, isCancelled } = meeting;
  const chatRevision = useRevision(meeting, 'chatRevision');
  const readRevision = useReadRevision(meetingId);
  const marked = useMarkedMessages(meeting);
  const isHost = role === 'host' || role === 'co-host';
  const { t } = useTranslation('meeting');
  const chat = useMeetingChat(meetingId, { revision: chatRevision, readRevision });
  const { posts, hasOlder, problem, people, readOlder, send, recall, markRead, readersOf } = chat;
  const onSeen = useReadMark(markRead);
  const acts = useAsyncAction<true>();
  const [replyTo, setReplyTo] = useState<ChatPost | null>(null);
  // who manages meetings without being one of the people
  if (problem?.code === 'forbidden') return null;
  return (
    <Card title={t('chat.title')} place="chat">
      <div className="flex flex-col gap-3">
        <ChatSearch meetingId={meetingId} revision={Math.max(chat.revision, chatRevision ?? 0)} />
        <ProblemWords problem={problem ?? acts.problem} />
        {posts !== null && !(isCancelled && posts.length === 0) && (
          <ChatMessages
            hasLinks
            messages={posts}
            nameOf={({ isOwn, displayName }) => (isOwn ? t('chat.you', { name: displayName }) : displayName)}
            marksOf={(post) => [
              ...(post.isFromCall ? [t('chat.inCall')] : []),
              ...(marked.has(post) ? [t('chat.inMinutes')] : []),
            ]}
            actOf={
              isHost
                ? (post) => <MarkButton meetingId={meetingId} post={post} marked={marked} acts={acts} />
                : undefined
            }
            emptyWords={t('chat.emptyPage')}
            above={
              hasOlder && (
                <Button
                  variant="quiet"
                  className="self-center"
                  isPending={acts.pending('older') !== null}
                  onPress={() => void acts.run(readOlder, { key: 'older', about: true })}
                >
                  {t('chat.older')}
                </Button>
              )
            }
            mayRecall={({ mayRecall }) => mayRecall}
            onRecall={({ messageId }) => void acts.run(() => recall(messageId))}
            onSeen={onSeen}
            readCountOf={({ readCount }) => readCount}
            readersOf={({ messageId }) => readersOf(messageId)}
            {...(!isCancelled && { onReply: setReplyTo })}
            className="max-h-96"
          />
        )}
        {isCancelled ? (
          <p className="text-base text-quiet">{t('chat.closed')}</p>
        ) : (
          <ChatComposer onSend={send} people={people} replyTo={replyTo} onReplyChange={setReplyTo} />
        )}
      </div>
    </Card>
  );
}
