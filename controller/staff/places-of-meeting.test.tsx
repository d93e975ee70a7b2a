// @vitest-environment happy-dom
/** Links of a summary lead to the very line on the meeting's page: of the agenda, a poll, and the minutes. */
import { act } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { lineKey } from '#contract/minutes-markdown.ts';
import { pollUnderTest } from '#contract/poll-under-test.ts';
import type { PageUnderTest } from '#ui/page-under-test.tsx';
import { takeArrival } from '#ui/sign-in/arrival.ts';
import { Staff } from './staff.tsx';
import { detailOf, idOf, StaffServerUnderTest, staffPage } from './staff-under-test.tsx';

const startedAtMs = new Date(2027, 0, 5, 9).getTime();
const TEXT =
  '# Minutes: Plans\n\n## Decisions\n\n- We \\*move\\* in May\n\n## Tasks\n\n- [ ] Ask (이준, by 2027-02-01)\n\n## Notes\n\nA note\n\n> A **quote**\n';
let server: StaffServerUnderTest;
let page: PageUnderTest;
let scrolled: string[];
let sentAtMs: number | null;
beforeEach(() => {
  server = new StaffServerUnderTest();
  server.install();
  server.meetings = [detailOf(3, { agenda: 'Budget\nHiring' })];
  sentAtMs = startedAtMs;
  server.answers.minutes = () => {
    const times = { startedAtMs, endedAtMs: startedAtMs + 1, sentAtMs };
    return { body: { minutes: [{ minutesId: idOf(900), language: 'en', text: TEXT, revision: 4, ...times }] } };
  };
  const polls = [pollUnderTest({ pollId: idOf(7) }), pollUnderTest({ pollId: idOf(8), question: 'When?' })];
  server.answers.meetingPolls = () => ({ body: { polls: polls.map((poll) => ({ poll, isLost: false })) } });
  scrolled = [];
  vi.spyOn(Element.prototype, 'scrollIntoView').mockImplementation(function (this: Element) {
    scrolled.push(this.getAttribute('aria-label') ?? this.textContent ?? '');
  });
  page = staffPage();
});
afterEach(() => {
  page.end();
  vi.restoreAllMocks();
});

async function open(place: string): Promise<string[]> {
  location.hash = `#/meetings/${idOf(103)}/at/${place}`;
  await page.show(<Staff arrival={takeArrival()} />);
  await page.until(() => server.streams.length > 0);
  await act(async () => server.home());
  await page.until(() => scrolled.length > 0);
  return scrolled;
}

it.each([
  [`agenda-${lineKey('Hiring')}`, 'Hiring'],
  [`polls-${idOf(8)}`, 'When?'],
  [`minutes-${lineKey('We *move* in May')}`, 'We *move* in May'],
  [`minutes-${lineKey('Ask (이준, by 2027-02-01)')}`, '□ Ask (이준, by 2027-02-01)'],
  [`notes-${lineKey('A note')}`, 'A note'],
  [`notes-${lineKey('A quote')}`, 'A quote'],
])('%s', async (place, words) => {
  expect(await open(place)).toEqual([words]);
});

it('in a draft too', async () => {
  sentAtMs = null;
  expect(await open(`minutes-${lineKey('We *move* in May')}`)).toEqual(['We *move* in May']);
});

it('a line that was corrected since leads to its part', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  location.hash = `#/meetings/${idOf(103)}/at/minutes-${lineKey('We move in June')}`;
  await page.show(<Staff arrival={takeArrival()} />);
  await act(async () => void (await vi.advanceTimersByTimeAsync(0)));
  await act(async () => server.home());
  await act(async () => void (await vi.advanceTimersByTimeAsync(5_000)));
  expect(scrolled).toEqual(['Minutes']);
  vi.useRealTimers();
});

it('addresses in the agenda and in minutes are links', async () => {
  server.meetings = [detailOf(3, { agenda: 'Budget: https://maru.example/budget' })];
  server.answers.minutes = () => {
    const times = { startedAtMs, endedAtMs: startedAtMs + 1, sentAtMs };
    const text = '- See https://maru.example/minutes\n';
    return { body: { minutes: [{ minutesId: idOf(900), language: 'en', text, revision: 4, ...times }] } };
  };
  location.hash = `#/meetings/${idOf(103)}`;
  await page.show(<Staff arrival={takeArrival()} />);
  const hrefs = () => [...document.querySelectorAll('a[target=_blank]')].map((link) => link.getAttribute('href'));
  await page.until(() => hrefs().length === 2);
  expect(hrefs().toSorted()).toEqual(['https://maru.example/budget', 'https://maru.example/minutes']);
});
