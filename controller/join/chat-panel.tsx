/** The chat of the call: beside the stage on a laptop, over it on a phone. Text alone, lines as they were written. */
import SendHorizontal from 'lucide-react/icons/send-horizontal';
import X from 'lucide-react/icons/x';
import { type FormEvent, type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ChatMessage, ChatText } from '#contract/chat.ts';
import { Button } from '#ui/button.tsx';
import { clockTime } from '#ui/words/format.ts';
import { currentLanguage } from '#ui/words/words.ts';

type ChatPanelProps = {
  messages: readonly ChatMessage[];
  selfPeerId: string;
  /** resolves once everybody gets it */
  onSend: (text: string) => Promise<void>;
  onClose: () => void;
};

export function ChatPanel({ messages, selfPeerId, onSend, onClose }: ChatPanelProps) {
  const { t } = useTranslation('meeting');
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
      <Messages messages={messages} selfPeerId={selfPeerId} />
      <Composer onSend={onSend} />
    </section>
  );
}

function Messages({ messages, selfPeerId }: Pick<ChatPanelProps, 'messages' | 'selfPeerId'>) {
  const { t } = useTranslation('meeting');
  const { t: join } = useTranslation('join');
  const list = useRef<HTMLOListElement>(null);
  const isAtEnd = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new message is why it scrolls
  useEffect(() => {
    const { current } = list;
    if (current && isAtEnd.current) current.scrollTop = current.scrollHeight;
  }, [messages]);
  return (
    <ol
      ref={list}
      role="log"
      aria-label={t('chat.messages')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        isAtEnd.current = scrollHeight - scrollTop - clientHeight < 32;
      }}
      className="flex min-h-0 flex-1 flex-col gap-3 overflow-y-auto"
    >
      {messages.length === 0 && <li className="text-base text-quiet">{t('chat.empty')}</li>}
      {messages.map(({ messageId, peerId, displayName, isGuest, text, atMs }) => (
        <li key={messageId}>
          <p className="text-small text-quiet">
            <bdi className="font-semibold">
              {peerId === selfPeerId ? join('call.you', { name: displayName }) : displayName}
            </bdi>
            {isGuest && ` · ${t('mark.guest')}`} · <time>{clockTime(atMs, currentLanguage())}</time>
          </p>
          <p dir="auto" className="text-base whitespace-pre-wrap">
            {text}
          </p>
        </li>
      ))}
    </ol>
  );
}

function Composer({ onSend }: Pick<ChatPanelProps, 'onSend'>) {
  const { t } = useTranslation('meeting');
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<'failed' | 'tooLong' | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const problemId = useId();
  useEffect(() => field.current?.focus(), []);
  const send = async () => {
    const checked = ChatText.safeParse(text);
    if (text.trim() === '') return;
    if (!checked.success) {
      setProblem('tooLong');
      return;
    }
    setText('');
    setProblem(null);
    try {
      await onSend(checked.data);
    } catch {
      // what was typed is not lost
      setText((since) => (since === '' ? text : since));
      setProblem('failed');
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void send();
  };
  // Enter of a Korean input method finishes a syllable, and Shift+Enter begins a line
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void send();
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-2">
      <div className="flex items-end gap-2">
        <textarea
          ref={field}
          aria-label={t('chat.message')}
          aria-describedby={problemId}
          aria-invalid={problem === 'tooLong'}
          rows={2}
          value={text}
          dir="auto"
          onChange={(event) => {
            setText(event.target.value);
            setProblem(null);
          }}
          onKeyDown={onKeyDown}
          className="min-h-14 min-w-0 flex-1 resize-none rounded-control border border-edge bg-raised px-4 py-2 text-base text-ink"
        />
        <Button
          type="submit"
          variant="primary"
          icon={SendHorizontal}
          aria-label={t('chat.send')}
          className="min-h-14!"
        />
      </div>
      <p id={problemId} role="alert" className="text-small font-medium text-fault empty:hidden">
        {problem !== null && t(`chat.${problem}`)}
      </p>
    </form>
  );
}
