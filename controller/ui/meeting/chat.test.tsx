// @vitest-environment happy-dom
/** The chat's field and list by themselves: names that are offered, what is sent, and what a failure leaves behind. */
import { act, useState } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { MARK_READ_EVERY_MS } from '#contract/chat.ts';
import { PageUnderTest } from '../page-under-test.tsx';
import en from '../words/en/meeting.ts';
import ko from '../words/ko/meeting.ts';
import { ChatComposer, ChatMessages, type ComposedAbout } from './chat.tsx';
import { useReadMark } from './use-read-mark.ts';

const JOON = { id: 'joon', name: 'Joon Lee' };
let page: PageUnderTest;
beforeEach(() => {
  page = new PageUnderTest({ meeting: { en, ko } });
});
afterEach(() => page.end());

const field = () => document.querySelector<HTMLTextAreaElement>('textarea')!;
const type = (text: string) => page.type('textarea', text);
async function key(name: string, options: KeyboardEventInit = {}): Promise<void> {
  await act(async () => {
    field().dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true, cancelable: true, ...options }));
  });
}

const mark = vi.fn(async (_: string) => {});
let write: (ids: string[]) => void;
function Read() {
  const [ids, setIds] = useState(['1', '2']);
  write = setIds;
  const messages = ids.map((messageId) => ({
    ...{ messageId, displayName: 'Mina', isGuest: false, text: '', atMs: 1 },
  }));
  return <ChatMessages messages={messages} nameOf={() => 'Mina'} onSeen={useReadMark(mark)} />;
}

describe('what is shown is marked as read', () => {
  let shown: (isIntersecting: boolean) => void;
  beforeEach(() => {
    vi.useFakeTimers();
    mark.mockClear();
    vi.stubGlobal(
      'IntersectionObserver',
      class {
        constructor(callback: (entries: { isIntersecting: boolean }[]) => void) {
          shown = (isIntersecting) => callback([{ isIntersecting }]);
        }
        observe(): void {}
        disconnect(): void {}
      },
    );
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });
  const pass = (ms: number) => act(async () => void vi.advanceTimersByTime(ms));

  it('once it is in view of a page that is looked at, the newest alone and at a pace', async () => {
    await page.show(<Read />);
    await pass(MARK_READ_EVERY_MS);
    expect(mark).not.toHaveBeenCalled();
    const visibility = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    shown(true);
    await pass(MARK_READ_EVERY_MS);
    expect(mark).not.toHaveBeenCalled();
    visibility.mockReturnValue('visible');
    document.dispatchEvent(new Event('visibilitychange'));
    for (const ids of [
      ['1', '2', '3'],
      ['1', '2', '3', '4'],
    ]) {
      await act(async () => write(ids));
      shown(true);
    }
    await pass(MARK_READ_EVERY_MS);
    expect(mark.mock.calls).toEqual([['4']]);
    shown(true);
    await pass(MARK_READ_EVERY_MS);
    expect(mark).toHaveBeenCalledOnce();
  });
});

describe('who has read', () => {
  it('stands under a message that has a count, with the names on a press', async () => {
    const messages = [1, 2].map((n) => ({
      ...{ messageId: `${n}`, displayName: 'Mina', isGuest: false, text: `words ${n}`, atMs: n },
    }));
    await page.show(
      <ChatMessages
        messages={[...messages, { ...messages[0]!, messageId: '3', isRecalled: true }]}
        nameOf={() => 'Mina'}
        readCountOf={({ messageId }) => (messageId === '1' ? undefined : 3)}
        readersOf={async ({ messageId }) => [`Joon of ${messageId}`, 'Sora']}
      />,
    );
    expect(page.buttons('Read by 3')).toHaveLength(1);
    await page.press('Read by 3');
    expect(page.text).toContain('Joon of 2, Sora');
    await page.press('Read by 3');
    expect(page.text).not.toContain('Sora');
  });
});

describe('names that are offered', () => {
  const onSend = vi.fn(async () => {});
  const onEscape = vi.fn();
  beforeEach(async () => {
    onSend.mockClear();
    onEscape.mockClear();
    await page.show(
      <section aria-label="Chat" onKeyDown={({ key: pressed }) => pressed === 'Escape' && onEscape()}>
        <ChatComposer onSend={onSend} people={[JOON, { id: 'joy', name: 'Joy Han' }]} />
      </section>,
    );
    await type('Thank you @jo');
  });

  it('Enter chooses the first, and the next Enter sends', async () => {
    await key('Enter', { isComposing: true });
    expect(field().value).toBe('Thank you @jo');
    await key('Enter');
    expect([field().value, onSend.mock.calls.length]).toEqual(['Thank you @Joon Lee ', 0]);
    await key('Enter');
    expect(onSend.mock.calls[0]?.slice(0, 2)).toEqual(['Thank you @Joon Lee', { mentions: ['joon'] }]);
  });

  it('Escape puts them away, and what is around stays open', async () => {
    await key('Escape');
    expect([field().value, onEscape.mock.calls.length]).toEqual(['Thank you @jo', 0]);
    expect(page.buttons('@Joon Lee')).toEqual([]);
    await key('Escape');
    expect(onEscape).toHaveBeenCalledOnce();
  });

  it('are announced', async () => {
    expect(document.querySelector('[role=status]')!.textContent).toContain('Joon Lee, Joy Han');
    await key('Escape');
    expect(document.querySelector('[role=status]')!.textContent).toBe('');
  });
});

const quoted = { messageId: 'first', displayName: 'Joy Han', isGuest: false, text: 'Which page?', atMs: 0 };
const other = { ...quoted, messageId: 'other', text: 'Lunch?' };

type OnSend = (text: string, about: ComposedAbout, messageId: string) => Promise<void>;
function Answering({ onSend }: { onSend: OnSend }) {
  const [replyTo, setReplyTo] = useState<typeof quoted | null>(null);
  return (
    <>
      {[quoted, other].map((each) => (
        <button key={each.messageId} type="button" onClick={() => setReplyTo(each)}>
          {each.text}
        </button>
      ))}
      <ChatComposer onSend={onSend} people={[JOON]} replyTo={replyTo} onReplyChange={setReplyTo} />
    </>
  );
}

describe('a message under way', () => {
  type Sent = { text: string; about: ComposedAbout; messageId: string; settle: (isDone: boolean) => Promise<void> };
  let sent: Sent[];
  const onSend: OnSend = (text, about, messageId) =>
    new Promise<void>((resolve, reject) => {
      const settle = (isDone: boolean) => act(async () => (isDone ? resolve() : reject(new Error('line lost'))));
      sent.push({ text, about, messageId, settle });
    });
  beforeEach(async () => {
    sent = [];
    await page.show(<Answering onSend={onSend} />);
    await page.press('Which page?');
    await type('Seven, @jo');
    await page.press('@Joon Lee');
    await page.press('Send');
  });
  const isAnswering = (text: string) => document.querySelector('form')!.textContent!.includes(`Joy Han: ${text}`);

  it('has its mentions and its reply, and the next its own', async () => {
    expect(isAnswering('Which page?')).toBe(false);
    await page.press('Lunch?');
    await type('Yes, @jo');
    await page.press('@Joon Lee');
    await sent[0]!.settle(true);
    expect(isAnswering('Lunch?')).toBe(true);
    await page.press('Send');
    await type('Later');
    await page.press('Send');
    expect(sent.map(({ text, about }) => [text, about])).toEqual([
      ['Seven, @Joon Lee', { replyTo: 'first', mentions: ['joon'] }],
      ['Yes, @Joon Lee', { replyTo: 'other', mentions: ['joon'] }],
      ['Later', {}],
    ]);
  });

  it('that fails comes back before what is typed since, with mentions and reply', async () => {
    await type('And eight');
    await sent[0]!.settle(false);
    expect(field().value).toBe('Seven, @Joon Lee \nAnd eight');
    expect([isAnswering('Which page?'), page.text.includes('Not sent. Try again.')]).toEqual([true, true]);
    await page.press('Send');
    expect(sent[1]).toMatchObject({ text: expect.stringContaining('And eight'), about: sent[0]!.about });
  });

  it('that fails is the same message when it is sent again, and another once it is changed or was sent', async () => {
    await sent[0]!.settle(false);
    await page.press('Send');
    await sent[1]!.settle(false);
    await type('Eight');
    await page.press('Send');
    await type('Eight');
    await page.press('Send');
    const [first, again, changed, twice] = sent.map(({ messageId }) => messageId);
    expect(again).toBe(first);
    expect(new Set([first, changed, twice]).size).toBe(3);
  });

  it('that fails leaves a reply that was chosen since', async () => {
    await page.press('Lunch?');
    await sent[0]!.settle(false);
    expect(isAnswering('Lunch?')).toBe(true);
  });
});

describe('the list', () => {
  const LINE_PX = 50;
  let show: (from: number, to: number) => Promise<void>;
  let list: HTMLElement;
  beforeEach(async () => {
    await page.show(<Listed />);
    list = document.querySelector<HTMLElement>('[role=log]')!;
    Object.defineProperties(list, {
      scrollHeight: { get: () => list.querySelectorAll('li').length * LINE_PX },
      clientHeight: { value: 2 * LINE_PX },
    });
    show = (from, to) => act(async () => setListed([from, to]));
    await show(6, 12);
  });
  const scroll = async (topPx: number) => {
    list.scrollTop = topPx;
    await act(async () => list.dispatchEvent(new Event('scroll', { bubbles: true })));
  };

  it('stays at what is read when older ones come above it, and where nothing else does', async () => {
    await scroll(0);
    await show(0, 12);
    expect(list.scrollTop).toBe(6 * LINE_PX);
    await show(0, 13);
    expect(list.scrollTop).toBe(6 * LINE_PX);
  });

  it('follows the newest from its end', async () => {
    await scroll(4 * LINE_PX);
    await show(6, 13);
    expect(list.scrollTop).toBe(7 * LINE_PX);
  });
});

let setListed: (listed: [from: number, to: number]) => void;
function Listed() {
  const [[from, to], set] = useState([0, 1]);
  setListed = set;
  const messages = Array.from({ length: to! - from! }, (_, at) => ({ ...quoted, messageId: `m${from! + at}` }));
  return <ChatMessages messages={messages} nameOf={({ displayName }) => displayName} />;
}

it('addresses are links where the page may be left, and words elsewhere; names stay marked', async () => {
  const text = '@Joon Lee https://maru.example/@Joon%20Lee javascript:alert(1)';
  const message = {
    messageId: '1',
    displayName: 'Mina',
    isGuest: false,
    text,
    atMs: 1,
    mentions: [{ name: 'Joon Lee' }],
  };
  const links = () => [...document.querySelectorAll('a')].map(({ href, target, rel }) => [href, target, rel]);
  await page.show(<ChatMessages messages={[message]} nameOf={() => 'Mina'} hasLinks />);
  expect(links()).toEqual([['https://maru.example/@Joon%20Lee', '_blank', 'noopener noreferrer']]);
  expect(page.text).toContain(text);
  expect([...document.querySelectorAll('strong')].map(({ textContent }) => textContent)).toEqual(['@Joon Lee']);
  page.end();
  await page.show(<ChatMessages messages={[message]} nameOf={() => 'Mina'} />);
  expect(links()).toEqual([]);
  expect(page.text).toContain(text);
});
