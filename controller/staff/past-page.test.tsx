// @vitest-environment happy-dom
/** Past meetings: the newest first, a page at a time, found by title; and the own time in meetings. */
import { act } from 'react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type PageUnderTest, refusal } from '#ui/page-under-test.tsx';
import { takeArrival } from '#ui/sign-in/arrival.ts';
import { Staff } from './staff.tsx';
import { idOf, meetingOf, StaffServerUnderTest, staffPage } from './staff-under-test.tsx';

let server: StaffServerUnderTest;
let page: PageUnderTest;
beforeEach(() => {
  server = new StaffServerUnderTest();
  server.install();
  page = staffPage();
});
afterEach(() => page.end());

async function show(hash: string): Promise<void> {
  location.hash = hash;
  await page.show(<Staff arrival={takeArrival()} />);
  await page.until(() => server.streams.length > 0);
  await act(async () => server.home());
}
const past = (n: number) => ({ ...meetingOf(n), heldAtMs: new Date(2027, 0, n, 9).getTime() });
const answer = (rows: object[], nextCursor: string | null = null) => ({
  body: { rows, nextCursor, total: rows.length, counts: { all: 9 } },
});
const titles = () => [...document.querySelectorAll('main li bdi')].map(({ textContent }) => textContent);

it('shows more of them, each a way to its meeting, and searches by title', async () => {
  server.answers.pastMeetings = ({ searchParams }) => {
    if (searchParams.get('text')) return answer([past(2)]);
    return searchParams.get('cursor') === 'next' ? answer([past(1)]) : answer([past(3), past(2)], 'next');
  };
  await show('#/past');
  await page.until(() => titles().length === 2);
  await page.press('Show more');
  await page.until(() => titles().length === 3);
  expect(titles()).toEqual(['Meeting 3', 'Meeting 2', 'Meeting 1']);
  expect(page.buttons('Show more')).toEqual([]);
  expect(document.querySelector('main li a')?.getAttribute('href')).toBe(`#/meetings/${idOf(103)}`);
  await page.fill('Find by title', 'two');
  await page.until(() => titles().length === 1);
  server.answers.pastMeetings = () => answer([]);
  await page.fill('Find by title', 'three');
  await page.until(() => page.text.includes('No meeting has this in its title.'));
});

it('says what is true of the search that was answered, not of the one that is typed', async () => {
  server.answers.pastMeetings = ({ searchParams }) => answer(searchParams.get('text') ? [] : [past(1)]);
  await show('#/past');
  await page.until(() => titles().length === 1);
  await page.fill('Find by title', 'three');
  await page.until(() => page.text.includes('No meeting has this in its title.'));
  const { promise, resolve } = Promise.withResolvers<ReturnType<typeof answer>>();
  server.answers.pastMeetings = () => promise;
  await page.fill('Find by title', '');
  await page.until(() => server.askedFor('pastMeetings') === 3);
  expect(page.text).not.toContain('None of your meetings is over yet.');
  resolve(answer([past(1)]));
  await page.until(() => titles().length === 1);
});

it('keeps the search for the way back from a meeting', async () => {
  const words = '50% / 분기?';
  server.answers.pastMeetings = ({ searchParams }) =>
    answer(searchParams.get('text') === words ? [past(2)] : [past(1)]);
  await show('#/past');
  await page.fill('Find by title', words);
  await page.until(() => titles().join() === 'Meeting 2');
  const { hash } = location;
  const go = (to: string) =>
    act(async () => {
      location.hash = to;
      window.dispatchEvent(new HashChangeEvent('hashchange'));
    });
  await go(`#/meetings/${idOf(102)}`);
  await page.until(() => titles().length === 0);
  await go(hash);
  await page.until(() => titles().join() === 'Meeting 2');
  expect(document.querySelector<HTMLInputElement>('input[type=search]')!.value).toBe(words);
});

it('says what is wrong where they cannot be fetched', async () => {
  server.answers.pastMeetings = () => refusal(507, 'storage-failed');
  await show('#/past');
  await page.until(() => page.text.includes('Code for IT: storage-failed'));
});

it('shows the own time in meetings to who asks for it, and asks for it no sooner', async () => {
  server.answers.listSessions = () => ({ body: { sessions: [] } });
  const nowMs = Date.now();
  server.answers.ownTime = () => ({ body: { intervals: [{ fromMs: nowMs - 5_400_000, untilMs: nowMs }] } });
  await show('#/account');
  await page.until(() => page.buttons('Show my time').length === 1);
  expect(server.askedFor('ownTime')).toBe(0);
  await page.press('Show my time');
  await page.until(() => document.querySelectorAll('tbody tr').length === 15);
  expect(page.text).toMatch(/1 h 30 min|\b\d+ min/);
});
