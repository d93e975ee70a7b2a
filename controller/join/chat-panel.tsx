/** The chat of the call: beside the stage on a laptop, over it on a phone. Text alone, lines as they were written. */
import X from 'lucide-react/icons/x';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ChatMessage, RECALL_WITHIN_MS } from '#contract/chat.ts';
import { Button } from '#ui/button.tsx';
import { ChatComposer, ChatMessages, type ComposedAbout } from '#ui/meeting/chat.tsx';
import type { Nameable } from '#ui/meeting/chat-mentions.ts';
import type { EarlierChat } from './use-earlier-chat.ts';

type ChatPanelProps = {
  messages: readonly ChatMessage[];
  selfPeerId: string;
  /** any message, not the own ones alone */
  mayModerate: boolean;
  onRecall: (messageId: string) => void;
  /** of the meeting, from before the call; in their order */
  earlier: EarlierChat;
  /** resolves once everybody gets it */
  onSend: (text: string, about: ComposedAbout, messageId: string) => Promise<void>;
  /** by message, how many have read it: of the own newest ones */
  reads: ReadonlyMap<string, number>;
  onSeen: (messageId: string) => void;
  readersOf: (messageId: string) => Promise<readonly string[]>;
  /** who is in the call, by peerId, without this one */
  people: readonly Nameable[];
  onClose: () => void;
};

export function ChatPanel(props: ChatPanelProps) {
  const { messages, selfPeerId, mayModerate, onRecall, earlier, onSend, people, onClose } = props;
  const { reads, onSeen, readersOf } = props;
  const [replyTo, setReplyTo] = useState<ChatMessage | null>(null);
  const { t } = useTranslation('meeting');
  const { t: join } = useTranslation('join');
  const { t: common } = useTranslation('common');
  return (
    <section
      aria-label={t('chat.title')}
      onKeyDown={({ key, nativeEvent }) => {
        if (key === 'Escape' && !nativeEvent.isComposing) onClose();
      }}
      className="flex min-h-0 flex-col gap-3 bg-raised p-4 pb-[max(1rem,env(safe-area-inset-bottom))] text-ink max-sm:fixed max-sm:inset-0 max-sm:z-30 sm:mr-3 sm:mb-2 sm:w-80 sm:rounded-card sm:shadow-card lg:w-96"
    >
      <div className="flex items-center gap-3">
        <h2 className="flex-1 text-base font-semibold">{t('chat.title')}</h2>
        <Button variant="quiet" icon={X} aria-label={common('close')} className="-mr-2" onPress={onClose} />
      </div>
      <ChatMessages
        hasLinks
        messages={[...earlier.messages, ...messages]}
        nameOf={({ peerId, displayName }) =>
          peerId === selfPeerId ? join('call.you', { name: displayName }) : displayName
        }
        above={
          earlier.hasOlder && (
            <Button variant="quiet" className="self-center" onPress={earlier.readOlder}>
              {t('chat.older')}
            </Button>
          )
        }
        mayRecall={({ messageId, peerId, atMs, isRecalled = false }) =>
          !isRecalled &&
          (earlier.mayRecall(messageId) ??
            ((mayModerate || peerId === selfPeerId) && Date.now() - atMs < RECALL_WITHIN_MS))
        }
        onRecall={({ messageId }) =>
          earlier.mayRecall(messageId) === null ? onRecall(messageId) : earlier.recall(messageId)
        }
        onReply={setReplyTo}
        onSeen={onSeen}
        readCountOf={({ messageId }) => reads.get(messageId) ?? earlier.readCountOf(messageId)}
        readersOf={({ messageId }) => readersOf(messageId)}
        selfPeerId={selfPeerId}
        className="flex-1"
      />
      <ChatComposer onSend={onSend} people={people} replyTo={replyTo} onReplyChange={setReplyTo} isFocused />
    </section>
  );
}
