// @vitest-environment happy-dom
/** The transcript in the call's page: its sign and its news, the host's switch, and captions that go by themselves. */
import { act, useState } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { CallState } from '#call/call-state.ts';
import { OFF_AIR } from '#contract/broadcast.ts';
import { OPEN_ORDER, RIGHTS } from '#contract/call-order.ts';
import { type CallTranscript, NO_TRANSCRIPT, type TranscriptSegment } from '#contract/transcript.ts';
import { Caption } from '#ui/captions/caption.tsx';
import { TranscriptMark } from '#ui/captions/transcript-mark.tsx';
import { useCallCaption } from '#ui/captions/use-call-caption.ts';
import { useCaptionsChoice } from '#ui/captions/use-captions-choice.ts';
import { PageUnderTest } from '#ui/page-under-test.tsx';
import { ToastRegion } from '#ui/toast.tsx';
import joinEn from '#ui/words/en/join.ts';
import meetingEn from '#ui/words/en/meeting.ts';
import en from '#ui/words/en/transcript.ts';
import joinKo from '#ui/words/ko/join.ts';
import meetingKo from '#ui/words/ko/meeting.ts';
import ko from '#ui/words/ko/transcript.ts';
import type { CallActs } from './call-acts.ts';
import { OrderSwitches } from './order-switches.tsx';
import { useCallNews } from './use-call-news.ts';

const possible: CallTranscript = { ...NO_TRANSCRIPT, isPossible: true };
const on: CallTranscript = { ...possible, isOn: true };
const segment = (n: number, text: string): TranscriptSegment => ({
  segmentId: `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`,
  peerId: '0193a0b0-0000-7000-8000-000000000001',
  displayName: 'Mina',
  text,
  fromMs: 1,
  untilMs: 2,
});

let page: PageUnderTest;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  localStorage.clear();
  page = new PageUnderTest({
    join: { en: joinEn, ko: joinKo },
    meeting: { en: meetingEn, ko: meetingKo },
    transcript: { en, ko },
  });
});
afterEach(() => {
  page.end();
  vi.useRealTimers();
});

const quiet = {
  ...{ chat: [], polls: [], participants: [], mutedByPeerId: null, keptMutedTimes: 0 },
  ...{ order: OPEN_ORDER, air: OFF_AIR, role: 'member', transcript: NO_TRANSCRIPT },
} as unknown as CallState;
const pass = (ms: number) => act(async () => void vi.advanceTimersByTime(ms));

let follow: (transcript: CallTranscript) => void;
function News({ first }: { first: CallTranscript }) {
  const [transcript, setTranscript] = useState(first);
  follow = setTranscript;
  const { current } = useCallNews({ ...quiet, transcript }, 'me');
  return (
    <>
      <TranscriptMark transcript={transcript} />
      <ToastRegion current={current} />
    </>
  );
}

it('is announced when it begins and when it ends, and its sign stands in between', async () => {
  await page.show(<News first={NO_TRANSCRIPT} />);
  expect(page.text).toBe('');
  await act(async () => follow(on));
  expect(page.text).toBe(`${en.sign}${en.news.on}`);
  await pass(10_000);
  expect(page.text).toBe(en.sign);
  await act(async () => follow({ ...on, isFailing: true }));
  expect(page.text).toBe(en.failing);
  await act(async () => follow(possible));
  expect(page.text).toBe(en.news.off);
});

it('is announced to who comes into it', async () => {
  await page.show(<News first={on} />);
  expect(page.text).toBe(`${en.sign}${en.news.on}`);
});

function Switch({ transcript, rights = RIGHTS.host }: { transcript: CallTranscript; rights?: typeof RIGHTS.host }) {
  return <OrderSwitches order={OPEN_ORDER} transcript={transcript} rights={rights} acts={acts} />;
}
const asked: unknown[] = [];
const acts: CallActs = {
  isPending: () => false,
  do: (_key, ask) => void ask({ setTranscript: async (change: unknown) => void asked.push(change) } as never),
  atOnce: () => {},
  report: () => {},
};
const flick = () => act(async () => document.querySelectorAll<HTMLElement>('[role=switch]').item(2).click());

it('is turned on by a host, in the language that they choose', async () => {
  asked.length = 0;
  await page.show(<Switch transcript={possible} />);
  await page.press('English');
  await flick();
  expect(asked).toEqual([{ isOn: true, language: 'en' }]);
});

it('changes its language while it is on, and is turned off', async () => {
  asked.length = 0;
  await page.show(<Switch transcript={{ ...on, language: 'en' }} />);
  await page.press('Korean');
  await flick();
  expect(asked).toEqual([
    { isOn: true, language: 'ko' },
    { isOn: false, language: 'en' },
  ]);
});

it('is not offered where it is not possible, nor to others', async () => {
  await page.show(<Switch transcript={NO_TRANSCRIPT} />);
  expect(page.text).not.toContain(en.switch);
  page.end();
  await page.show(<Switch transcript={possible} rights={['mute']} />);
  expect(page.text).not.toContain(en.switch);
});

let speak: (...captions: TranscriptSegment[]) => void;
function Captions() {
  const [captions, setCaptions] = useState<readonly TranscriptSegment[]>([segment(1, 'Before')]);
  speak = (...more) => setCaptions((kept) => [...kept, ...more]);
  const [wants, setWants] = useCaptionsChoice();
  const cue = useCallCaption(wants ? captions : null);
  return (
    <>
      <Caption cue={cue} />
      <button type="button" onClick={() => setWants(!wants)}>
        Toggle
      </button>
    </>
  );
}
const caption = () => document.querySelector('section')!.textContent;

it('shows who speaks and what, one after the other, and gone after some seconds', async () => {
  await page.show(<Captions />);
  await page.press('Toggle');
  expect(caption()).toBe('');
  await act(async () => speak(segment(2, 'Good morning'), segment(3, '시작할까요?')));
  expect(caption()).toBe('MinaGood morning');
  await pass(1_300);
  expect(caption()).toBe('Mina시작할까요?');
  await pass(6_000);
  expect(caption()).toBe('');
});

it('are read out to nobody, and keep each direction to itself', async () => {
  await page.show(<Captions />);
  await page.press('Toggle');
  await act(async () => speak(segment(2, 'שלום')));
  expect(document.querySelector('section')!.getAttribute('aria-live')).toBe('off');
  expect([...document.querySelectorAll('bdi')].map(({ textContent }) => textContent)).toEqual(['Mina', 'שלום']);
});

it('are each person’s own choice, which is kept', async () => {
  await page.show(<Captions />);
  await act(async () => speak(segment(2, 'Good morning')));
  expect(caption()).toBe('');
  await page.press('Toggle');
  page.end();
  await page.show(<Captions />);
  await act(async () => speak(segment(3, 'And again')));
  expect(caption()).toBe('MinaAnd again');
});
