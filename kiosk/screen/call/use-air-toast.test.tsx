// @vitest-environment happy-dom
/** The TV announces a broadcast, a recording or a transcript when it begins, and to a room that comes into one. */
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type CallAir, OFF_AIR } from '#contract/broadcast.ts';
import { TOAST_SHOWN_MS } from '#ui/toast.tsx';
import en from '#ui/words/en/broadcast.ts';
import transcriptEn from '#ui/words/en/transcript.ts';
import ko from '#ui/words/ko/broadcast.ts';
import transcriptKo from '#ui/words/ko/transcript.ts';
import { showLanguage, startWords } from '#ui/words/words.ts';
import { useAirToast } from './use-air-toast.ts';

declare global {
  var IS_REACT_ACT_ENVIRONMENT: boolean;
}

let root: Root;
startWords({ broadcast: { en, ko }, transcript: { en: transcriptEn, ko: transcriptKo } });
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

function Toast({ air, isWritten }: { air: CallAir | null; isWritten: boolean }) {
  return useAirToast(air, air && { isOn: isWritten })?.words ?? null;
}
const draw = (air: CallAir | null, isWritten = false): string | null => {
  act(() => root.render(<Toast air={air} isWritten={isWritten} />));
  return document.body.textContent;
};
const pass = () => act(() => void vi.advanceTimersByTime(TOAST_SHOWN_MS));
const live: CallAir = { phase: 'live', liveAtMs: 1, watching: 0, isRecorded: true };

it('announces a start once, and the end', () => {
  expect(draw(OFF_AIR)).toBe('');
  expect(draw(live)).toBe(en.news.live);
  pass();
  expect(draw({ ...live, watching: 12 })).toBe('');
  expect(draw(OFF_AIR)).toBe(en.news.ended);
});

it('announces a recording to a room that comes into it, each time', () => {
  const recorded = { ...OFF_AIR, isRecorded: true };
  expect(draw(null)).toBe('');
  expect(draw(recorded)).toBe(en.news.recording);
  pass();
  expect(draw(null)).toBe('');
  expect(draw(recorded)).toBe(en.news.recording);
});

it('announces it in Korean', () => {
  act(() => showLanguage('ko'));
  expect(draw({ ...OFF_AIR, isRecorded: true })).toBe(ko.news.recording);
});

it('announces one after the other where a room comes into both', () => {
  const recorded = { ...OFF_AIR, isRecorded: true };
  expect(draw(recorded, true)).toBe(en.news.recording);
  pass();
  expect(draw(recorded, true)).toBe(transcriptEn.news.on);
  pass();
  expect(draw(recorded, false)).toBe(transcriptEn.news.off);
});
