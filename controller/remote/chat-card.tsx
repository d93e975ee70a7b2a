/** The chat of the room's call on its phones: the newest words, and the room's own. */
import { useTranslation } from 'react-i18next';
import { RECALL_WITHIN_MS } from '#contract/chat.ts';
import { Card } from '#ui/card.tsx';
import { ChatComposer, ChatMessages } from '#ui/meeting/chat.tsx';
import { ProblemWords } from '#ui/problem-words.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import type { RoomLink } from '../link/room-link.ts';
import type { RemoteView } from './projection.ts';
import { useProjection } from './use-room.ts';

type ChatCardProps = { view: Extract<RemoteView, { screen: 'in-call' }>; link: Pick<RoomLink, 'command'> };

export function ChatCard({ view, link }: ChatCardProps) {
  const { t } = useTranslation('meeting');
  const { t: common } = useTranslation('common');
  const chat = useProjection('chat');
  const act = useAsyncAction();
  const { callId, peerId } = view.phase;
  if (chat === null || chat.callId !== callId) return null;
  return (
    <Card title={t('chat.title')}>
      <div className="flex flex-col gap-3">
        <ChatMessages
          messages={chat.messages}
          nameOf={(message) => (message.peerId === peerId ? common('thisRoom') : message.displayName)}
          mayRecall={({ atMs, isRecalled = false }) => !isRecalled && Date.now() - atMs < RECALL_WITHIN_MS}
          onRecall={({ messageId }) => void act.run(() => link.command({ name: 'recall-chat', messageId }))}
          className="max-h-80"
        />
        <ProblemWords problem={act.problem} />
        <ChatComposer onSend={(text, _, messageId) => link.command({ name: 'send-chat', messageId, text })} />
      </div>
    </Card>
  );
}
