/** The chat of the room's call on its phones: the newest words, and the room's own. A room reads nothing: many look at it, or nobody. */
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ChatMessage, RECALL_WITHIN_MS } from '#contract/chat.ts';
import { Card } from '#ui/card.tsx';
import { ChatComposer, ChatMessages } from '#ui/meeting/chat.tsx';
import type { Nameable } from '#ui/meeting/chat-mentions.ts';
import { ProblemWords } from '#ui/problem-words.tsx';
import { useAsyncAction } from '#ui/use-async-action.ts';
import type { RoomLink } from '../link/room-link.ts';
import type { RemoteView } from './projection.ts';
import { useProjection } from './use-room.ts';

const NOBODY: readonly Nameable[] = [];
type ChatCardProps = {
  view: Extract<RemoteView, { screen: 'in-call' }>;
  link: Pick<RoomLink, 'command'>;
  /** a tablet of the room stays on its page */
  hasLinks: boolean;
};

export function ChatCard({ view, link, hasLinks }: ChatCardProps) {
  const { t } = useTranslation('meeting');
  const { t: common } = useTranslation('common');
  const chat = useProjection('chat');
  const act = useAsyncAction();
  const [replyTo, setReplyTo] = useState<ChatMessage | null>(null);
  const { callId, peerId, participants } = view.phase;
  const people = useMemo(
    () =>
      participants
        .filter((each) => each.peerId !== peerId && each.peerKind !== 'program')
        .map((each) => ({ id: each.peerId, name: each.displayName })),
    [participants, peerId],
  );
  if (chat === null || chat.callId !== callId) return null;
  return (
    <Card title={t('chat.title')}>
      <div className="flex flex-col gap-3">
        <ChatMessages
          hasLinks={hasLinks}
          messages={chat.messages}
          nameOf={(message) => (message.peerId === peerId ? common('thisRoom') : message.displayName)}
          mayRecall={({ atMs, isRecalled = false }) => !isRecalled && Date.now() - atMs < RECALL_WITHIN_MS}
          onRecall={({ messageId }) => void act.run(() => link.command({ name: 'recall-chat', messageId }))}
          {...(chat.takesAbout && { onReply: setReplyTo })}
          selfPeerId={peerId}
          className="max-h-80"
        />
        <ProblemWords problem={act.problem} />
        <ChatComposer
          onSend={(text, about, messageId) => link.command({ name: 'send-chat', messageId, text, ...about })}
          people={chat.takesAbout ? people : NOBODY}
          replyTo={replyTo}
          onReplyChange={setReplyTo}
        />
      </div>
    </Card>
  );
}
