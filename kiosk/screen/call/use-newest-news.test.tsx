// @vitest-environment happy-dom
/** Words in the chat and raised hands are news on the TV once, and only what came while the room was in. */
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ChatMessage } from '#contract/chat.ts';
import { participantUnderTest } from '#contract/participant-under-test.ts';
import type { Participant } from '#contract/room-state.ts';
import { TOAST_SHOWN_MS } from '#ui/toast.tsx';
import en from '#ui/words/en/screen.ts';
import ko from '#ui/words/ko/screen.ts';
import { showLanguage, startWords } from '#ui/words/words.ts';
import { useChatNews, useHandNews } from './use-newest-news.ts';

declare global {
  var IS_REACT_ACT_ENVIRONMENT: boolean;
}

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const message = (number: number, from: number, displayName: string): ChatMessage => ({
  messageId: id(50 + number),
  number,
  peerId: id(from),
  displayName,
  isGuest: false,
  text: 'Hello',
  atMs: 1,
});
const mina = (handRaisedAtMs: number | null) =>
  participantUnderTest({ peerId: id(11), displayName: 'Mina', handRaisedAtMs });

let root: Root;
startWords({ screen: { en, ko } });
beforeEach(() => {
  globalThis.IS_REACT_ACT_ENVIRONMENT = true;
  vi.useFakeTimers();
  showLanguage('en');
  root = createRoot(document.body.appendChild(document.createElement('div')));
});
afterEach(() => {
  act(() => root.unmount());
  document.body.replaceChildren();
  vi.useRealTimers();
});

type Shown = { chat?: ChatMessage[]; people?: Participant[]; self?: string | null };
function News({ chat = [], people = [], self = id(10) }: Shown) {
  const news = [useChatNews(chat, self), useHandNews(people, self)];
  return <p>{news.map((toast) => toast?.words ?? '').join('')}</p>;
}
const draw = (shown: Shown) => {
  act(() => root.render(<News {...shown} />));
  return document.body.textContent;
};

it('names who wrote, not the room itself, and nothing of before', () => {
  const before = [message(0, 11, 'Mina')];
  expect(draw({ chat: before, self: null })).toBe('');
  expect(draw({ chat: before })).toBe('');
  expect(draw({ chat: [...before, message(1, 10, 'Hall')] })).toBe('');
  const all = [...before, message(1, 10, 'Hall'), message(2, 12, 'Ben')];
  expect(draw({ chat: all })).toBe('Ben wrote in the chat');
  act(() => void vi.advanceTimersByTime(TOAST_SHOWN_MS));
  expect(draw({ chat: all })).toBe('');
});

it('names who raised a hand, again when it goes up again', () => {
  expect(draw({ people: [mina(null)] })).toBe('');
  expect(draw({ people: [mina(5)] })).toBe('Mina raised a hand');
  act(() => void vi.advanceTimersByTime(TOAST_SHOWN_MS));
  expect(draw({ people: [mina(null)] })).toBe('');
  expect(draw({ people: [mina(9)] })).toBe('Mina raised a hand');
});
