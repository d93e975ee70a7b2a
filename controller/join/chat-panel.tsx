/** The chat of the call: beside the stage on a laptop, over it on a phone. Text alone, lines as they were written. */
import X from 'lucide-react/icons/x';
import { useTranslation } from 'react-i18next';
import type { ChatMessage } from '#contract/chat.ts';
import { Button } from '#ui/button.tsx';
import { ChatComposer, ChatMessages } from '#ui/meeting/chat.tsx';

type ChatPanelProps = {
  messages: readonly ChatMessage[];
  selfPeerId: string;
  /** resolves once everybody gets it */
  onSend: (text: string) => Promise<void>;
  onClose: () => void;
};

export function ChatPanel({ messages, selfPeerId, onSend, onClose }: ChatPanelProps) {
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
        messages={messages}
        nameOf={({ peerId, displayName }) =>
          peerId === selfPeerId ? join('call.you', { name: displayName }) : displayName
        }
        className="flex-1"
      />
      <ChatComposer onSend={onSend} isFocused />
    </section>
  );
}
