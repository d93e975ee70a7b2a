// @vitest-environment happy-dom
/** Captions before a broadcast: off until somebody wants them, in time with a picture that is behind, and none of a replay. */
import { act } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { BroadcastCaptions } from '#contract/http/broadcasts-api.ts';
import { Caption } from '#ui/captions/caption.tsx';
import { PageUnderTest } from '#ui/page-under-test.tsx';
import en from '#ui/words/en/transcript.ts';
import ko from '#ui/words/ko/transcript.ts';
import { ReceivedCaptions } from './received-captions.ts';
import { ReceivedCaptionsContext, useBroadcastCaption } from './use-broadcast-caption.ts';
import type { WatchPlayer } from './watch-player.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const BROADCAST = id(1);
const spoken = (n: number, text: string, fromMs: number, broadcastId = BROADCAST): BroadcastCaptions => ({
  broadcastId,
  captions: [{ segmentId: id(100 + n), displayName: 'Mina', text, fromMs, untilMs: fromMs + 1_000 }],
});

let page: PageUnderTest;
let received: ReceivedCaptions;
let playheadMs: number | null;
const player = { livePositionMs: () => playheadMs } as WatchPlayer;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  localStorage.clear();
  playheadMs = 10_000;
  received = new ReceivedCaptions();
  page = new PageUnderTest({ transcript: { en, ko } });
});
afterEach(() => {
  page.end();
  vi.useRealTimers();
});

function Picture({ isLive }: { isLive: boolean }) {
  const { isOn, toggle, cue } = useBroadcastCaption(BROADCAST, player, isLive);
  return (
    <>
      {isOn !== null && (
        <button type="button" onClick={toggle}>
          CC
        </button>
      )}
      <Caption cue={cue} />
    </>
  );
}
const show = (isLive = true) =>
  page.show(
    <ReceivedCaptionsContext value={received}>
      <Picture isLive={isLive} />
    </ReceivedCaptionsContext>,
  );
const receive = (captions: BroadcastCaptions) => act(async () => received.receive(captions));
const playTo = async (atMs: number) => {
  playheadMs = atMs;
  await act(async () => void vi.advanceTimersByTime(200));
  return document.querySelector('section')!.textContent;
};

it('are offered once somebody has spoken, and off until they are wanted', async () => {
  await show();
  await receive(spoken(1, 'Elsewhere', 10_000, id(2)));
  expect(page.buttons('CC')).toEqual([]);
  await receive(spoken(2, 'Good morning', 12_000));
  expect([page.buttons('CC').length, await playTo(12_500)]).toEqual([1, '']);
  await page.press('CC');
  expect(await playTo(12_500)).toBe('MinaGood morning');
  await page.press('CC');
  expect(await playTo(12_500)).toBe('');
});

it('stand when the picture has come to them, and again where somebody goes back', async () => {
  localStorage.setItem('maru-captions-of-broadcasts', 'on');
  await show();
  await receive(spoken(1, 'Good morning', 12_000));
  await receive(spoken(2, 'Shall we begin?', 14_000));
  expect([await playTo(11_900), await playTo(12_000), await playTo(14_100)]).toEqual([
    '',
    'MinaGood morning',
    'MinaShall we begin?',
  ]);
  expect([await playTo(40_000), await playTo(12_600)]).toEqual(['', 'MinaGood morning']);
});

it('come late rather than not at all where the picture was faster than the words', async () => {
  localStorage.setItem('maru-captions-of-broadcasts', 'on');
  await show();
  playheadMs = 13_800;
  await receive(spoken(1, 'Good morning', 12_000));
  expect([await playTo(13_900), await playTo(17_000)]).toEqual(['MinaGood morning', 'MinaGood morning']);
});

it('that come again after the stream was cut are one', async () => {
  localStorage.setItem('maru-captions-of-broadcasts', 'on');
  await show();
  await receive(spoken(1, 'Good morning', 12_000));
  playheadMs = 13_500;
  await receive(spoken(1, 'Good morning', 12_000));
  expect(await playTo(18_000)).toBe('');
});

it('are not of a replay', async () => {
  localStorage.setItem('maru-captions-of-broadcasts', 'on');
  received.receive(spoken(1, 'Good morning', 12_000));
  await show(false);
  expect([page.buttons('CC'), await playTo(12_500)]).toEqual([[], '']);
});
