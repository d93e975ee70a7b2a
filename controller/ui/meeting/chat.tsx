/** The chat of a call or a meeting: its messages as they were written, text alone, and the field for the next one. */
import SendHorizontal from 'lucide-react/icons/send-horizontal';
import Undo2 from 'lucide-react/icons/undo-2';
import { type FormEvent, type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ChatMessage, ChatText } from '#contract/chat.ts';
import { Button } from '../button.tsx';
import { ConfirmDialog } from '../dialog.tsx';
import { clockTime, dateAndTime } from '../words/format.ts';
import { currentLanguage } from '../words/words.ts';

type ShownMessage = Pick<ChatMessage, 'messageId' | 'displayName' | 'isGuest' | 'text' | 'atMs' | 'isRecalled'>;
type ChatMessagesProps<M extends ShownMessage> = {
  messages: readonly M[];
  nameOf: (message: M) => string;
  /** beside name and time */
  marksOf?: (message: M) => string[];
  emptyWords?: string;
  /** before the first */
  above?: ReactNode;
  /** left out: nobody here may */
  mayRecall?: (message: M) => boolean;
  /** never rejects */
  onRecall?: (message: M) => void;
  className?: string;
};

export function ChatMessages<M extends ShownMessage>(props: ChatMessagesProps<M>) {
  const { messages, nameOf, marksOf = noMarks, emptyWords, above, className = '' } = props;
  const { mayRecall = () => false, onRecall } = props;
  const [asked, setAsked] = useState<M | null>(null);
  const { t } = useTranslation('meeting');
  const list = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new message is why it scrolls
  useEffect(() => {
    const { current } = list;
    if (current && isAtEnd.current) current.scrollTop = current.scrollHeight;
  }, [messages]);
  return (
    <div
      ref={list}
      role="log"
      aria-label={t('chat.messages')}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        isAtEnd.current = scrollHeight - scrollTop - clientHeight < 32;
      }}
      className={`min-h-0 overflow-y-auto ${className}`}
    >
      {above && <div className="flex flex-col pb-3">{above}</div>}
      <ol className="flex flex-col gap-3">
        {messages.length === 0 && <li className="text-base text-quiet">{emptyWords ?? t('chat.empty')}</li>}
        {messages.map((message) => (
          <li key={message.messageId} className="relative">
            <p className={`text-small text-quiet ${mayRecall(message) ? 'pr-12' : ''}`}>
              <bdi className="font-semibold">{nameOf(message)}</bdi>
              {message.isGuest && ` · ${t('mark.guest')}`} · <time>{timeOfDay(message)}</time>
              {marksOf(message).map((mark) => ` · ${mark}`)}
            </p>
            {mayRecall(message) && (
              <Button
                variant="quiet"
                icon={Undo2}
                aria-label={t('chat.recallOf', { name: nameOf(message) })}
                className="absolute! -top-3 right-0"
                onPress={() => setAsked(message)}
              />
            )}
            {message.isRecalled ? (
              <p className="text-base text-quiet italic">{t('chat.recalled')}</p>
            ) : (
              <p dir="auto" className="text-base whitespace-pre-wrap">
                {message.text}
              </p>
            )}
          </li>
        ))}
      </ol>
      <ConfirmDialog
        title={t('chat.recallTitle')}
        body={t('chat.recallBody')}
        action={t('chat.recall')}
        isOpen={asked !== null}
        onConfirm={() => {
          if (asked !== null) onRecall?.(asked);
          setAsked(null);
        }}
        onClose={() => setAsked(null)}
      />
    </div>
  );
}

/** With its date where that is not today's. */
const timeOfDay = ({ atMs }: ShownMessage): string => {
  const isToday = new Date(atMs).toDateString() === new Date().toDateString();
  return (isToday ? clockTime : dateAndTime)(atMs, currentLanguage());
};
const noMarks = (): string[] => [];

type ChatComposerProps = {
  /** resolves once everybody gets it */
  onSend: (text: string) => Promise<void>;
  /** opened to write at once */
  isFocused?: boolean;
};

export function ChatComposer({ onSend, isFocused = false }: ChatComposerProps) {
  const { t } = useTranslation('meeting');
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<'failed' | 'tooLong' | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const problemId = useId();
  useEffect(() => {
    if (isFocused) field.current?.focus();
  }, [isFocused]);
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
      <div className="flex items-stretch gap-2">
        <textarea
          ref={field}
          aria-label={t('chat.message')}
          placeholder={t('chat.message')}
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
          className="min-h-14 min-w-0 flex-1 resize-none rounded-control border border-edge bg-raised px-4 py-2 text-base text-ink placeholder:text-quiet focus:border-accent focus:outline-2 focus:outline-offset-0 focus:outline-accent"
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
