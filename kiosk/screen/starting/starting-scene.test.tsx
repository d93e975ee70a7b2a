// @vitest-environment happy-dom
/** What a person in front of a TV that does not get into the call reads there, in both languages. */
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { START_CANCEL_OFFERED_MS } from '#contract/timing.ts';
import type { ScreenView } from '#contract/screen-link.ts';
import en from '#ui/words/en/screen.ts';
import ko from '#ui/words/ko/screen.ts';
import { showLanguage, startWords } from '#ui/words/words.ts';
import { StartingScene } from './starting-scene.tsx';

declare global {
  var IS_REACT_ACT_ENVIRONMENT: boolean;
}

const devices = {
  microphone: 'on',
  camera: 'off',
  microphoneProblem: null,
  cameraProblem: null,
  ownCamera: null,
} as const;
const view = {
  pairing: { code: 'K7PW3MXD', url: 'https://maru.example.org/control#code=K7PW3MXD', shareUrl: null },
  state: { roomName: 'Maple' },
  projections: { equipment: { speakerphone: { name: 'S', state: 'ready', code: null }, tv: { control: 'cec' } } },
} as unknown as ScreenView;

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
const draw = (words: 'connecting' | 'slow' | 'returning', of = view, waitsFor: 'media-failed' | null = null) =>
  act(() =>
    root.render(
      <StartingScene
        meetingTitle="Weekly"
        view={of}
        words={words}
        waitsFor={waitsFor}
        devices={devices}
        troubles={[]}
      />,
    ),
  );
const shown = () => document.body.textContent;
const hasCode = () => shown().includes('K7PW 3MXD') && document.querySelector('svg[role=img]') !== null;

it('is quiet while the start is quick', () => {
  draw('connecting');
  expect(hasCode()).toBe(false);
  expect(shown()).not.toContain('Cancel');
});

it('shows code and QR while the start is stuck, and every other way to cancel', () => {
  draw('slow');
  expect(hasCode()).toBe(true);
  expect(shown()).toContain(
    'Cancel with a phone that scans the code, the call button of the speakerphone or Back on the TV’s remote control.',
  );
  act(() => showLanguage('ko'));
  draw('slow');
  expect(shown()).toContain('취소하는 방법: 휴대폰으로 코드 스캔, 스피커폰의 통화 버튼 또는 TV 리모컨의 뒤로 버튼');
});

it('offers no way that is not there', () => {
  draw('slow', { ...view, pairing: null, projections: {} });
  expect(hasCode()).toBe(false);
  expect(shown()).toContain('It ends by itself within a minute.');
  expect(shown()).not.toMatch(/phone that scans|call button|Back/);
  draw('slow', { ...view, pairing: null, projections: {} }, 'media-failed');
  expect(shown()).not.toContain('ends by itself');
});

it('shows them in a call, too, that the TV does not get back into', () => {
  draw('returning');
  expect(hasCode()).toBe(false);
  act(() => vi.advanceTimersByTime(START_CANCEL_OFFERED_MS));
  expect(hasCode()).toBe(true);
  expect(shown()).toContain('Leave with a phone that scans the code');
  expect(shown()).toContain('pressed twice');
});
