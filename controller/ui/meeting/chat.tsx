/** The chat of a call or a meeting: its messages as they were written, text alone, and the field for the next one. */
import SendHorizontal from 'lucide-react/icons/send-horizontal';
import Reply from 'lucide-react/icons/reply';
import Trash2 from 'lucide-react/icons/trash-2';
import X from 'lucide-react/icons/x';
import {
  type FormEvent,
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  useEffect,
  useId,
  useLayoutEffect,
  useRef,
  useState,
} from 'react';
import { useTranslation } from 'react-i18next';
import { type ChatMessage, ChatText } from '#contract/chat.ts';
import { Button } from '../button.tsx';
import { ConfirmDialog } from '../dialog.tsx';
import { clockTime, dateAndTime } from '../words/format.ts';
import { useSameId } from '../use-same-id.ts';
import { currentLanguage } from '../words/words.ts';
import { ReadBy } from './read-by.tsx';
import { linkPieces } from './chat-links.ts';
import { TypedLink } from './linked-text.tsx';
import { mentionPieces, type Nameable, namedIn, offeredNames, withName } from './chat-mentions.ts';

type ShownMessage = Pick<
  ChatMessage,
  'messageId' | 'displayName' | 'isGuest' | 'text' | 'atMs' | 'isRecalled' | 'replyTo'
> & {
  mentions?: readonly { name: string; peerId?: string | undefined; isMe?: boolean }[] | undefined;
};
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
  /** one more button of a message that has its words */
  actOf?: ((message: M) => ReactNode) | undefined;
  /** left out: nobody here answers a message */
  onReply?: (message: M) => void;
  /** the newest one is on a page that is looked at. The same function for as long as the chat is the same */
  onSeen?: (messageId: string) => void;
  /** undefined: nobody has, or it is not shown */
  readCountOf?: (message: M) => number | undefined;
  /** who have read one that has a count, by name */
  readersOf?: (message: M) => Promise<readonly string[]>;
  /** its addresses lead to their pages; not where a screen has to stay on its own */
  hasLinks?: boolean;
  /** who looks; absent: each mention knows whether it is meant */
  selfPeerId?: string;
  className?: string;
};

export function ChatMessages<M extends ShownMessage>(props: ChatMessagesProps<M>) {
  const { messages, nameOf, marksOf = noMarks, emptyWords, above, className = '' } = props;
  const { onSeen, readCountOf = noCount, readersOf } = props;
  const { mayRecall = () => false, onRecall, onReply, actOf, selfPeerId, hasLinks = false } = props;
  const byId = new Map(messages.map((message) => [message.messageId, message]));
  const [asked, setAsked] = useState<M | null>(null);
  const { t } = useTranslation('meeting');
  const list = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const newest = useRef<HTMLLIElement>(null);
  useSeen(newest, messages.at(-1)?.messageId, onSeen);
  const drawn = useRef<{ firstId: string | undefined; height: number }>({ firstId: undefined, height: 0 });
  useLayoutEffect(() => {
    const { current } = list;
    if (!current) return;
    const { firstId, height } = drawn.current;
    const hasOlder = messages.findIndex(({ messageId }) => messageId === firstId) > 0;
    if (isAtEnd.current) current.scrollTop = current.scrollHeight;
    // who reads stays at the message that was read
    else if (hasOlder) current.scrollTop += current.scrollHeight - height;
    drawn.current = { firstId: messages[0]?.messageId, height: current.scrollHeight };
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
        drawn.current.height = scrollHeight;
      }}
      // some browsers would move it a second time
      className={`min-h-0 overflow-y-auto [overflow-anchor:none] ${className}`}
    >
      {above && <div className="flex flex-col pb-3">{above}</div>}
      <ol className="flex flex-col gap-3">
        {messages.length === 0 && <li className="text-base text-quiet">{emptyWords ?? t('chat.empty')}</li>}
        {messages.map((message, at) => (
          <li
            key={message.messageId}
            ref={at === messages.length - 1 ? newest : null}
            data-place={`chat-${message.messageId}`}
            className={`group relative ${isMeant(message, selfPeerId) ? 'rounded-control bg-accent-soft px-3 py-2' : ''}`}
          >
            <p
              className={`text-small text-quiet ${BESIDE_BUTTONS[Number(mayRecall(message)) + Number(onReply !== undefined) + Number(actOf !== undefined)]}`}
            >
              <bdi className="font-semibold">{nameOf(message)}</bdi>
              {message.isGuest && ` · ${t('mark.guest')}`} · <time>{timeOfDay(message)}</time>
              {marksOf(message).map((mark) => ` · ${mark}`)}
              {isMeant(message, selfPeerId) && ` · ${t('chat.namesYou')}`}
            </p>
            <div
              // calm to read: under a pointer or the keyboard. A finger has no way to ask for them
              className="absolute -top-4 right-0 flex transition-opacity group-focus-within:opacity-100! group-hover:opacity-100! [@media(hover:hover)]:opacity-0"
            >
              {!message.isRecalled && actOf?.(message)}
              {onReply && !message.isRecalled && (
                <Button
                  variant="quiet"
                  icon={Reply}
                  aria-label={t('chat.replyToName', { name: nameOf(message) })}
                  onPress={() => onReply(message)}
                />
              )}
              {mayRecall(message) && (
                <Button
                  variant="quiet"
                  icon={Trash2}
                  aria-label={t('chat.recallOf', { name: nameOf(message) })}
                  onPress={() => setAsked(message)}
                />
              )}
            </div>
            {message.replyTo !== undefined && (
              <p className="mb-1 truncate border-l-2 border-edge pl-2 text-small text-quiet">
                {quoteOf(byId.get(message.replyTo)) ?? t('chat.replyToEarlier')}
              </p>
            )}
            {message.isRecalled ? (
              <p className="text-base text-quiet italic">{t('chat.recalled')}</p>
            ) : (
              <p dir="auto" className="text-base whitespace-pre-wrap">
                <MessageWords message={message} hasLinks={hasLinks} />
              </p>
            )}
            {!message.isRecalled && readersOf && readCountOf(message) !== undefined && (
              <ReadBy count={readCountOf(message)!} readersOf={() => readersOf(message)} />
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

type MessageWordsProps = { message: Pick<ShownMessage, 'text' | 'mentions'>; hasLinks: boolean };

export function MessageWords({ message: { text, mentions = [] }, hasLinks }: MessageWordsProps) {
  const names = mentions.map(({ name }) => name);
  return (hasLinks ? linkPieces(text) : [{ text, href: null }]).map((piece, n) =>
    piece.href === null ? (
      mentionPieces(piece.text, names).map(({ text: words, name }, at) =>
        // biome-ignore lint/suspicious/noArrayIndexKey: pieces of a text that never changes
        name === null ? words : <strong key={`${n}-${at}`}>{words}</strong>,
      )
    ) : (
      // biome-ignore lint/suspicious/noArrayIndexKey: pieces of a text that never changes
      <TypedLink key={n} href={piece.href} text={piece.text} />
    ),
  );
}

function useSeen(
  newest: RefObject<HTMLElement | null>,
  messageId: string | undefined,
  onSeen: ((messageId: string) => void) | undefined,
): void {
  useEffect(() => {
    const { current } = newest;
    if (!current || messageId === undefined || !onSeen) return;
    let isInView = false;
    const look = () => {
      if (isInView && document.visibilityState === 'visible') onSeen(messageId);
    };
    const observer = new IntersectionObserver((entries) => {
      isInView = entries.at(-1)?.isIntersecting ?? false;
      look();
    });
    observer.observe(current);
    document.addEventListener('visibilitychange', look);
    return () => {
      observer.disconnect();
      document.removeEventListener('visibilitychange', look);
    };
  }, [newest, messageId, onSeen]);
}

/** With its date where that is not today's. */
const timeOfDay = ({ atMs }: ShownMessage): string => {
  const isToday = new Date(atMs).toDateString() === new Date().toDateString();
  return (isToday ? clockTime : dateAndTime)(atMs, currentLanguage());
};
/** by how many buttons stand at its end */
const BESIDE_BUTTONS = ['', 'pr-12', 'pr-24', 'pr-36'];
const noMarks = (): string[] => [];
const noCount = (): undefined => undefined;
const isMeant = ({ mentions = [] }: ShownMessage, selfPeerId: string | undefined): boolean =>
  mentions.some(({ peerId, isMe = false }) => isMe || (peerId !== undefined && peerId === selfPeerId));
/** In one line; null: it is not here, or recalled. */
const quoteOf = (message: ShownMessage | undefined): string | null =>
  message === undefined || message.isRecalled ? null : `${message.displayName}: ${message.text.replace(/\s+/g, ' ')}`;

const NOBODY: readonly Nameable[] = [];

/** `mentions`: ids of those of `people` whom it names. */
export type ComposedAbout = { replyTo?: string | undefined; mentions?: string[] | undefined };
type ChatComposerProps<M extends ShownMessage> = {
  /** resolves once everybody gets it; the same `messageId` again is the same message, whose answer was lost */
  onSend: (text: string, about: ComposedAbout, messageId: string) => Promise<void>;
  /** opened to write at once */
  isFocused?: boolean;
  /** who can be named in it */
  people?: readonly Nameable[];
  /** the message that it answers */
  replyTo?: M | null;
  /** it answers none any more: it was sent, or nobody wants that; one that could not be sent answers its own again */
  onReplyChange?: (change: (before: M | null) => M | null) => void;
};

export function ChatComposer<M extends ShownMessage>(props: ChatComposerProps<M>) {
  const { onSend, isFocused = false, people = NOBODY, replyTo = null, onReplyChange } = props;
  const { t } = useTranslation('meeting');
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<'failed' | 'tooLong' | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const problemId = useId();
  const withSameId = useSameId();
  const [offered, setOffered] = useState(NOBODY);
  const [chosen, setChosen] = useState(NOBODY);
  const answers = replyTo?.messageId;
  useEffect(() => {
    if (isFocused || answers !== undefined) field.current?.focus();
  }, [isFocused, answers]);
  const choose = (person: Nameable) => {
    const { current } = field;
    if (!current) return;
    const made = withName(text, current.selectionStart, person.name);
    setText(made.text);
    setChosen((before) => [...before, person]);
    setOffered(NOBODY);
    current.focus();
    // once it is drawn
    requestAnimationFrame(() => current.setSelectionRange(made.caret, made.caret));
  };
  const send = async () => {
    const checked = ChatText.safeParse(text);
    if (text.trim() === '') return;
    if (!checked.success) {
      setProblem('tooLong');
      return;
    }
    const mentions = namedIn(checked.data, chosen);
    const about = {
      ...(answers !== undefined && { replyTo: answers }),
      ...(mentions.length > 0 && { mentions }),
    };
    // the next one is typed while this is under way
    setText('');
    setChosen(NOBODY);
    setProblem(null);
    setOffered(NOBODY);
    onReplyChange?.(() => null);
    try {
      await withSameId([checked.data, about], (messageId) => onSend(checked.data, about, messageId));
    } catch {
      // what was typed is not lost, nor what is typed since
      setText((since) => (since === '' ? text : `${text}\n${since}`));
      setChosen((since) => [...chosen, ...since]);
      onReplyChange?.((since) => since ?? replyTo);
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
    const [first] = offered;
    if (first) choose(first);
    else void send();
  };
  // Escape puts the names away; what is around it may close by Escape, and lose what is typed
  const putAway = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || offered.length === 0 || event.nativeEvent.isComposing) return;
    event.stopPropagation();
    setOffered(NOBODY);
    field.current?.focus();
  };
  return (
    <form onSubmit={submit} onKeyDown={putAway} className="flex flex-col gap-2">
      {replyTo !== null && (
        <div className="flex items-center gap-2 border-l-2 border-accent pl-3">
          <p className="min-w-0 flex-1 truncate text-small text-quiet">{quoteOf(replyTo) ?? t('chat.recalled')}</p>
          <Button variant="quiet" icon={X} aria-label={t('chat.noReply')} onPress={() => onReplyChange?.(() => null)} />
        </div>
      )}
      {offered.length > 0 && (
        <fieldset aria-label={t('chat.whom')} className="flex flex-wrap gap-2">
          {offered.map((person) => (
            <Button key={person.id} variant="plain" onPress={() => choose(person)}>
              <bdi>@{person.name}</bdi>
            </Button>
          ))}
        </fieldset>
      )}
      <p role="status" className="sr-only">
        {offered.length > 0 && t('chat.offered', { names: offered.map(({ name }) => name).join(', ') })}
      </p>
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
            const { value, selectionStart } = event.target;
            setText(value);
            setProblem(null);
            setOffered(offeredNames(value.slice(0, selectionStart), people));
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
