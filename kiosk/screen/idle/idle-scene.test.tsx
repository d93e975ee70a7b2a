// @vitest-environment happy-dom
/** An idle TV calls its room free, and asks for a start, only where a meeting can be started. */
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { ScreenView } from '#contract/screen-link.ts';
import { agenda } from '#ui/agenda/booking-under-test.ts';
import bookingsEn from '#ui/words/en/bookings.ts';
import commonEn from '#ui/words/en/common.ts';
import noticesEn from '#ui/words/en/notices.ts';
import screenEn from '#ui/words/en/screen.ts';
import bookingsKo from '#ui/words/ko/bookings.ts';
import commonKo from '#ui/words/ko/common.ts';
import noticesKo from '#ui/words/ko/notices.ts';
import screenKo from '#ui/words/ko/screen.ts';
import { showLanguage, startWords } from '#ui/words/words.ts';
import type { Trouble } from '../frame/troubles.ts';
import { IdleScene } from './idle-scene.tsx';

declare global {
  var IS_REACT_ACT_ENVIRONMENT: boolean;
}

let root: Root;
startWords({
  screen: { en: screenEn, ko: screenKo },
  notices: { en: noticesEn, ko: noticesKo },
  bookings: { en: bookingsEn, ko: bookingsKo },
  common: { en: commonEn, ko: commonKo },
});
beforeEach(() => {
  globalThis.IS_REACT_ACT_ENVIRONMENT = true;
  showLanguage('en');
  root = createRoot(document.body.appendChild(document.createElement('div')));
});
afterEach(() => {
  vi.useRealTimers();
  act(() => root.unmount());
  document.body.replaceChildren();
});

const meeting = { meetingId: '0193a0b0-0000-7000-8000-000000000001', title: 'Weekly', underWay: false };
const draw = (notices: Trouble[], projections: object = {}, idle: object = {}) => {
  const state = { roomName: 'Maple', meeting, notices };
  const shown = { notice: null, pictures: [], secondsEach: 10, ...idle };
  const view = { pairing: null, state, projections, idle: shown } as unknown as ScreenView;
  act(() => root.render(<IdleScene view={view} troubles={notices} />));
  return document.body.textContent;
};

it.each(['signaling-unreachable', 'signaling-untrusted', 'media-blocked', 'protocol-refused'] as const)(
  'is not free with %s, with a calendar or without',
  (notice) => {
    for (const over of [{}, { agenda: agenda([]) }]) {
      expect(draw([notice], over)).toContain(screenEn.idle.cutOff);
      expect(draw([notice], over)).not.toContain(screenEn.idle.startHint);
    }
    expect(draw([notice])).not.toContain(screenEn.idle.free);
  },
);

it('is free with what stops no meeting', () => {
  expect(draw(['camera-missing'])).toContain(screenEn.idle.free);
  expect(draw(['camera-missing'])).not.toContain(screenEn.idle.cutOff);
});

const key = 'a'.repeat(64);
const shownPicture = () => document.querySelector('img')?.getAttribute('src') ?? null;

it('shows pictures in turn with the room itself, and keeps still in between', () => {
  vi.useFakeTimers({ now: 0 });
  draw([], {}, { pictures: [key] });
  expect(shownPicture()).toBeNull();
  act(() => vi.advanceTimersByTime(9_000));
  expect(shownPicture()).toBeNull();
  act(() => vi.advanceTimersByTime(2_000));
  expect(shownPicture()).toBe(`/signage/${key}.webp`);
  expect(document.body.textContent).toContain('Maple');
  act(() => vi.advanceTimersByTime(10_000));
  expect(shownPicture()).toBeNull();
});

it('shows no picture while the room cannot hold a meeting', () => {
  vi.useFakeTimers({ now: 11_000 });
  draw(['signaling-unreachable'], {}, { pictures: [key] });
  expect(shownPicture()).toBeNull();
});

it('shows a notice until its end, as text', () => {
  vi.useFakeTimers({ now: 0 });
  const notice = { text: '<script>Fire drill</script>', tone: 'warning', untilMs: 90_000 };
  expect(draw([], {}, { notice })).toContain('<script>Fire drill</script>');
  expect(document.querySelector('script')).toBeNull();
  act(() => vi.advanceTimersByTime(121_000));
  expect(document.body.textContent).not.toContain('Fire drill');
});
