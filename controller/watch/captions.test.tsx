// @vitest-environment happy-dom
/**
 * Captions before a broadcast: off until somebody wants them, in time with a picture that is behind. Of a replay, and of what was
 * spoken before the page was open, by the server's file.
 */
import { act, useState } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BroadcastCaption, BroadcastCaptions } from '#contract/http/broadcasts-api.ts';
import { Caption } from '#ui/captions/caption.tsx';
import { PageUnderTest } from '#ui/page-under-test.tsx';
import en from '#ui/words/en/transcript.ts';
import ko from '#ui/words/ko/transcript.ts';
import type { ReadCaptionFile } from './caption-file.ts';
import { ReceivedCaptions } from './received-captions.ts';
import { type CaptionedPicture, ReceivedCaptionsContext, useBroadcastCaption } from './use-broadcast-caption.ts';
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
let picture: CaptionedPicture;
let render: () => void;
/** what the file has, and how often it was asked for; null: no answer */
let file: BroadcastCaption[] | null;
let asked: number;
const player = {
  livePositionMs: () => (picture.kind === 'live' ? playheadMs : null),
  replayPositionMs: () => (picture.kind === 'replay' ? playheadMs : null),
} as WatchPlayer;
const readFile: ReadCaptionFile = async (url) => {
  expect(url).toBe(`/api/v1/broadcasts/${BROADCAST}/captions.vtt`);
  asked += 1;
  if (file === null) throw new Error('no answer');
  return file;
};
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] });
  localStorage.clear();
  playheadMs = 10_000;
  picture = { broadcastId: BROADCAST, kind: 'live', source: 'live', hasCaptions: false, liveAtMs: 1_000 };
  [file, asked] = [[], 0];
  received = new ReceivedCaptions();
  page = new PageUnderTest({ transcript: { en, ko } });
});
afterEach(() => {
  page.end();
  vi.useRealTimers();
});

function Picture() {
  const [, setTurn] = useState(0);
  render = () => setTurn((count) => count + 1);
  const { isOn, areMissed, toggle, cue } = useBroadcastCaption(player, picture, readFile);
  return (
    <>
      {areMissed && <i>missed</i>}
      {isOn !== null && (
        <button type="button" onClick={toggle}>
          CC
        </button>
      )}
      <Caption cue={cue} />
    </>
  );
}
const show = async (change: Partial<CaptionedPicture> = {}) => {
  picture = { ...picture, ...change };
  await page.show(
    <ReceivedCaptionsContext value={received}>
      <Picture />
    </ReceivedCaptionsContext>,
  );
};
const becomes = (change: Partial<CaptionedPicture>) => {
  picture = { ...picture, ...change };
  return act(async () => render());
};
const isMissed = () => document.querySelector('i') !== null;
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

describe('of a replay', () => {
  beforeEach(() => {
    localStorage.setItem('maru-captions-of-broadcasts', 'on');
    file = spoken(1, 'Good morning', 12_000).captions;
    // of the clock on which it was live
    received.receive(spoken(2, 'Live', 12_000));
  });

  it('are of its own times, and none of those that came while it was live', async () => {
    await show({ kind: 'replay', source: 'replay', hasCaptions: true });
    expect([await playTo(11_900), await playTo(12_500)]).toEqual(['', 'MinaGood morning']);
    expect([asked, isMissed()]).toEqual([1, false]);
    // deleted meanwhile, by hand or by time
    await becomes({ hasCaptions: false });
    expect([await playTo(12_500), page.buttons('CC').length, isMissed()]).toEqual(['', 0, true]);
  });

  it('are fetched only when they are wanted', async () => {
    localStorage.setItem('maru-captions-of-broadcasts', 'off');
    await show({ kind: 'replay', source: 'replay', hasCaptions: true });
    expect([await playTo(12_500), asked]).toEqual(['', 0]);
    await page.press('CC');
    expect([await playTo(12_500), asked]).toEqual(['MinaGood morning', 1]);
  });

  it('are asked for again where no answer came', async () => {
    file = null;
    await show({ kind: 'replay', source: 'replay', hasCaptions: true });
    expect(await playTo(12_500)).toBe('');
    file = spoken(1, 'Good morning', 12_000).captions;
    await act(async () => void (await vi.advanceTimersByTimeAsync(5_000)));
    expect([await playTo(12_500), asked]).toEqual(['MinaGood morning', 2]);
  });

  it.each([
    ['the server has none', false, 0],
    ['nobody heard what was spoken', true, 1],
  ])('are missed by who wants them where %s, and there is nothing to turn on', async (_, hasCaptions, times) => {
    file = [];
    await show({ kind: 'replay', source: 'replay', hasCaptions });
    expect([await playTo(12_500), page.buttons('CC').length, isMissed(), asked]).toEqual(['', 0, true, times]);
  });

  it('are not missed by who does not want any', async () => {
    localStorage.setItem('maru-captions-of-broadcasts', 'off');
    await show({ kind: 'replay', source: 'replay', hasCaptions: false });
    expect([page.buttons('CC').length, isMissed()]).toEqual([0, false]);
  });
});

it('of what was spoken before the page was open stand where somebody goes back to it, beside those that came since', async () => {
  localStorage.setItem('maru-captions-of-broadcasts', 'on');
  await show({ hasCaptions: true, liveAtMs: 100_000 });
  playheadMs = 200_000;
  await receive(spoken(2, 'Shall we begin?', 200_000));
  expect([await playTo(200_500), page.buttons('CC').length, asked]).toEqual(['MinaShall we begin?', 1, 0]);
  // in the file's times, with what the page has got already
  file = [...spoken(1, 'Good morning', 12_000).captions, ...spoken(2, 'Shall we begin?', 100_000).captions];
  await becomes({ source: 'dvr' });
  expect([await playTo(112_500), await playTo(200_500), asked]).toEqual(['MinaGood morning', 'MinaShall we begin?', 1]);
  await becomes({ source: 'live' });
  expect(await playTo(200_500)).toBe('MinaShall we begin?');
});
