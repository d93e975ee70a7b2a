// @vitest-environment happy-dom
/** Who waits stands on the TV until it is settled, in both languages. */
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ScreenFrame } from '#contract/screen-link.ts';
import en from '#ui/words/en/screen.ts';
import ko from '#ui/words/ko/screen.ts';
import { showLanguage, startWords } from '#ui/words/words.ts';
import { WaitingMark } from './waiting-mark.tsx';

declare global {
  var IS_REACT_ACT_ENVIRONMENT: boolean;
}

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

const draw = (waiting: ScreenFrame['waiting']): string | null => {
  act(() => root.render(<WaitingMark waiting={waiting} />));
  return document.body.textContent;
};

it('names who waits, small after a while, and goes when it is settled', () => {
  expect(draw({ displayName: 'Mina', count: 1 })).toBe(`Mina is waiting${en.waiting.admit}`);
  act(() => void vi.advanceTimersByTime(60_000));
  expect(document.body.textContent).toBe('Mina is waiting');
  expect(draw({ displayName: 'Mina', count: 3 })).toContain('Mina and 2 more are waiting');
  expect(draw(null)).toBe('');
});

it('names them in Korean', () => {
  act(() => showLanguage('ko'));
  expect(draw({ displayName: '민아', count: 1 })).toContain('민아 님이 기다리고 있습니다');
  expect(draw({ displayName: '민아', count: 3 })).toContain('민아 님 외 2명이 기다리고 있습니다');
});
