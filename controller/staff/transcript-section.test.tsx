// @vitest-environment happy-dom
/** A meeting's transcript on its page: who spoke when and what, older on demand, found by words, files, and deletion by a host. */
import { act } from 'react';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { MeetingDetail } from '#contract/http/meetings-api.ts';
import type { SpokenText } from '#contract/http/transcript-api.ts';
import { NO_GUEST_RECORD } from '#contract/meeting-policy.ts';
import { type PageUnderTest, refusal } from '#ui/page-under-test.tsx';
import { takeArrival } from '#ui/sign-in/arrival.ts';
import en from '#ui/words/en/transcript.ts';
import { Staff } from './staff.tsx';
import { detailOf, idOf, meetingOf, StaffServerUnderTest, staffPage } from './staff-under-test.tsx';

let server: StaffServerUnderTest;
let page: PageUnderTest;
let spoken: SpokenText[];
beforeEach(() => {
  server = new StaffServerUnderTest();
  spoken = [];
  server.answers.transcript = (url) => {
    const before = Number(url.searchParams.get('beforeNumber') ?? Number.POSITIVE_INFINITY);
    const words = url.searchParams.get('text');
    const found = spoken.filter(({ number, text }) => number < before && (words === null || text.includes(words)));
    return { body: { segments: found.slice(-2), hasOlder: found.length > 2 } };
  };
  page = staffPage();
});
afterEach(() => {
  page.end();
  vi.restoreAllMocks();
  location.hash = '';
});

const segment = (number: number, over: Partial<SpokenText> = {}): SpokenText => ({
  segmentId: idOf(600 + number),
  callId: idOf(500),
  number,
  displayName: 'Joon Lee',
  isOwn: false,
  text: `words ${number}`,
  fromMs: 1_700_000_000_000 + number * 1_000,
  untilMs: 1_700_000_000_500 + number * 1_000,
  ...over,
});
const written = { admission: 'links-wait', joinBeforeHost: true, guestsAllowed: true, allowedRanges: [] } as const;
const withTranscript: Partial<MeetingDetail> = {
  policy: { ...written, allowedRanges: [], transcript: true, guestRecord: NO_GUEST_RECORD },
  isTranscriptPermitted: true,
};
async function show(over: Partial<MeetingDetail> = {}): Promise<void> {
  server.meetings = [detailOf(1, { transcriptRevision: 1, ...over })];
  location.hash = `#/meetings/${idOf(101)}`;
  server.install();
  await page.show(<Staff arrival={takeArrival()} />);
  await page.until(() => page.text.includes('Host: '));
}
const section = () => document.querySelector<HTMLElement>('section[aria-label="Transcript"]');
const lines = (): string[] =>
  [...section()!.querySelectorAll('li p:last-of-type')].map(({ textContent }) => textContent ?? '');
const hrefs = (): string[] => [...section()!.querySelectorAll('a')].map((each) => new URL(each.href).pathname);

test('lists what was spoken, by whom, as text, in the order in which it was spoken', async () => {
  spoken = [
    segment(0, { isOwn: true, displayName: 'Mina Park', text: '<b>bold</b>', fromMs: 1_700_000_009_000 }),
    segment(1),
  ];
  await show();
  await page.until(() => lines().length === 2);
  expect(lines()).toEqual(['words 1', '<b>bold</b>']);
  expect(section()!.textContent).toContain('Mina Park (you)');
});

test('has its files: of all, and captions of each call', async () => {
  spoken = [segment(0), segment(1, { callId: idOf(501) })];
  await show();
  await page.until(() => lines().length === 2);
  const meeting = `/api/v1/meetings/${idOf(101)}`;
  expect(hrefs()).toEqual([
    expect.stringMatching(new RegExp(`^${meeting}/transcript\\.(txt|md)$`)),
    `${meeting}/calls/${idOf(500)}/transcript.vtt`,
    `${meeting}/calls/${idOf(501)}/transcript.vtt`,
  ]);
});

test('reads older pages, and keeps them when more is spoken', async () => {
  spoken = [0, 1, 2, 3].map((number) => segment(number));
  await show();
  await page.until(() => lines().length === 2);
  await page.press(en.older);
  await page.until(() => lines().length === 4);
  spoken.push(segment(4));
  server.meetings = [detailOf(1, { transcriptRevision: 2 })];
  await act(async () => server.home());
  await page.until(() => lines().length === 5);
  expect(lines()).toEqual([0, 1, 2, 3, 4].map((number) => `words ${number}`));
});

test('a sentence that is spoken costs a page one request, and one that shows another meeting none', async () => {
  spoken = [segment(0)];
  await show();
  await page.until(() => lines().length === 1);
  const home = (of: [n: number, transcriptRevision: number]) =>
    act(async () =>
      server.home({
        meetings: [meetingOf(1), meetingOf(2)].map((each, at) => ({
          ...each,
          ...(at + 1 === of[0] && { transcriptRevision: of[1] }),
        })),
      }),
    );
  await home([1, 1]);
  await page.until(() => lines().length === 1);
  const asked = () => server.asked.map(({ name }) => name);
  const before = asked().length;
  for (let number = 1; number <= 3; number += 1) {
    spoken.push(segment(number));
    await home([1, number + 1]);
    await page.until(() => lines().includes(`words ${number}`));
  }
  expect(asked().slice(before)).toEqual(['transcript', 'transcript', 'transcript']);
  await home([2, 5]);
  const known = asked().length;
  await home([2, 6]);
  await home([2, 7]);
  expect(asked()).toHaveLength(known);
});

test('finds words, and shows all again', async () => {
  spoken = [segment(0, { text: 'The price' }), segment(1), segment(2)];
  await show();
  await page.until(() => lines().length === 2);
  await page.fill(en.search, 'price');
  await page.press(en.search);
  await page.until(() => lines().length === 1);
  expect(lines()).toEqual(['The price']);
  await page.fill(en.search, 'nobody said this');
  await page.press(en.search);
  await page.until(() => section()!.textContent!.includes(en.foundNone));
  await page.fill(en.search, '');
  await page.until(() => lines().length === 2);
});

test('a host deletes what was misheard, once asked; others cannot', async () => {
  spoken = [segment(0), segment(1)];
  server.answers.deleteSpoken = ({ pathname }) => {
    spoken = spoken.filter(({ segmentId }) => !pathname.endsWith(segmentId));
    return { body: {} };
  };
  await show();
  await page.until(() => lines().length === 2);
  const [first] = [...section()!.querySelectorAll<HTMLButtonElement>('li button')];
  await page.press(first!.getAttribute('aria-label')!);
  expect(server.askedFor('deleteSpoken')).toBe(0);
  await page.press(en.delete);
  await page.until(() => lines().length === 1);
  expect(lines()).toEqual(['words 1']);
  page.end();
  await show({ role: 'member' });
  await page.until(() => lines().length === 1);
  expect(section()!.querySelectorAll('li button')).toHaveLength(0);
});

test('says why there is nothing, and asks again', async () => {
  await show({ ...withTranscript, transcriptRevision: undefined });
  await page.until(() => section()?.textContent?.includes(en.none) ?? false);
  expect(hrefs()).toEqual([]);
  page.end();
  const { transcript } = server.answers;
  server.answers.transcript = () => 'no-answer';
  spoken = [segment(0)];
  await show();
  await page.until(() => page.buttons('Try again').length > 0);
  server.answers.transcript = transcript!;
  await page.press('Try again');
  await page.until(() => lines().length === 1);
});

test('is no card where nothing may be written, nor for who is not of the meeting', async () => {
  await show({ transcriptRevision: undefined });
  expect([section(), server.askedFor('transcript')]).toEqual([null, 0]);
  page.end();
  // the meeting's own rule asks for it, and its place forbids it
  await show({ ...withTranscript, transcriptRevision: undefined, isTranscriptPermitted: false });
  expect([section(), server.askedFor('transcript')]).toEqual([null, 0]);
  page.end();
  server.answers.transcript = () => refusal(403, 'forbidden');
  await show();
  await page.until(() => server.askedFor('transcript') === 1);
  await page.until(() => section() === null);
});
