// @vitest-environment happy-dom
/** The attendance on a meeting's page: people and their time, the newest call first. */
import { act } from 'react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type PageUnderTest, refusal } from '#ui/page-under-test.tsx';
import { takeArrival } from '#ui/sign-in/arrival.ts';
import { Staff } from './staff.tsx';
import { detailOf, idOf, StaffServerUnderTest, staffPage } from './staff-under-test.tsx';

const MINUTE_MS = 60_000;
let server: StaffServerUnderTest;
let page: PageUnderTest;
beforeEach(() => {
  server = new StaffServerUnderTest();
  server.install();
  page = staffPage();
  server.meetings = [detailOf(3)];
});
afterEach(() => page.end());

async function show(): Promise<void> {
  location.hash = `#/meetings/${idOf(103)}`;
  await page.show(<Staff arrival={takeArrival()} />);
  await page.until(() => server.streams.length > 0);
  await act(async () => server.home());
}

it('lists who was there, for how long, and has it as a file', async () => {
  const from = new Date(2027, 0, 5, 9).getTime();
  const attendee = { joinedAtMs: from, leftAtMs: from + 90 * MINUTE_MS, presentMs: 40 * MINUTE_MS };
  const call = { callId: idOf(1), startedAtMs: from, endedAtMs: from + 90 * MINUTE_MS };
  server.answers.attendance = () => ({
    body: {
      calls: [
        {
          ...call,
          attendees: [
            { ...attendee, displayName: 'Mina Park', kind: 'account' },
            { ...attendee, displayName: '한라', kind: 'room', leftAtMs: null },
            // of a later release
            { ...attendee, displayName: 'Dealer', kind: 'visitor', presentMs: 59_000 },
            { ...attendee, displayName: 'Joon Park', kind: 'account', presentMs: 10 * MINUTE_MS - 1_000 },
          ],
        },
        { ...call, callId: idOf(2), attendees: [{ ...attendee, displayName: 'Mina Park', kind: 'account' }] },
      ],
    },
  });
  await show();
  await page.until(() => page.text.includes('4 attended'));
  const rows = [...document.querySelectorAll('details[open] li')].map(({ textContent }) => textContent);
  expect(rows).toEqual([
    'Mina Park09:00–10:3040 min',
    '한라Room · since 09:0040 min',
    'DealerGuest · 09:00–10:30under 1 min',
    'Joon Park09:00–10:309 min',
  ]);
  expect(document.querySelectorAll('details').length).toBe(2);
  expect(document.querySelector('[aria-label=Attendance] a[download]')?.getAttribute('href')).toBe(
    `/api/v1/meetings/${idOf(103)}/attendance.csv`,
  );
});

it('is deleted by a host once that is confirmed, and not by a member', async () => {
  const call = { callId: idOf(1), startedAtMs: 1, endedAtMs: 2, attendees: [] };
  let left = [call];
  server.answers.attendance = () => ({ body: { calls: left } });
  const minutes = { minutesId: idOf(5), startedAtMs: 1, endedAtMs: 2, language: 'en', revision: 1, sentAtMs: 3 };
  server.answers.minutes = () => ({
    body: { minutes: left.map(() => ({ ...minutes, text: 'We move in May' })), areDeleted: left.length === 0 },
  });
  server.answers.deleteRecord = () => {
    left = [];
    server.posts = [];
    server.meetings = [detailOf(3)];
    return { body: {} };
  };
  const post = { messageId: idOf(6), number: 0, displayName: 'Joon', isGuest: false, isOwn: false, isFromCall: false };
  server.posts = [{ ...post, text: 'The price is forty', atMs: 1, isRecalled: false, mayRecall: false, mentions: [] }];
  server.meetings = [detailOf(3, { chatRevision: 1 })];
  await show();
  await page.until(() => page.text.includes('We move in May') && page.text.includes('The price is forty'));
  await page.until(() => page.buttons('Delete record').length === 1);
  await page.press('Delete record');
  expect(server.askedFor('deleteRecord')).toBe(0);
  await act(async () => page.buttons('Delete record').at(-1)!.click());
  await page.until(() => page.text.includes('There is no attendance.'));
  await page.until(() => page.text.includes('The minutes of this meeting were deleted.'));
  expect(page.text).not.toContain('A draft is written by itself');
  // where there was no call there is a chat, and notes
  expect(page.buttons('Delete record')).toHaveLength(1);
  await page.until(() => !page.text.includes('We move in May') && !page.text.includes('The price is forty'));
  left = [call];
  server.meetings = [detailOf(3, { role: 'member' })];
  await act(async () => server.home({ rooms: [] }));
  await page.until(() => document.querySelectorAll('details').length === 1);
  expect(page.buttons('Delete record')).toEqual([]);
});

it('says that nobody was there, and offers no file then', async () => {
  await show();
  await page.until(() => page.text.includes('There is no attendance.'));
  expect(document.querySelector('a[href$="attendance.csv"]')).toBeNull();
});

it('says that it comes, and what is wrong where it cannot be fetched, with a way to try again', async () => {
  const empty = { body: { calls: [] } };
  const { promise, resolve } = Promise.withResolvers<ReturnType<typeof refusal>>();
  server.answers.attendance = () => promise;
  await show();
  const card = () => document.querySelector('section[aria-label="Attendance"]');
  await page.until(() => card()?.querySelector('[role=status]') != null);
  resolve(refusal(507, 'storage-failed'));
  await page.until(() => card()!.textContent!.includes('Code for IT: storage-failed'));
  expect(card()!.querySelector('[role=status]')).toBeNull();
  server.answers.attendance = () => empty;
  await page.press('Try again');
  await page.until(() => page.text.includes('There is no attendance.'));
  expect(card()!.textContent).not.toContain('Code for IT');
});
