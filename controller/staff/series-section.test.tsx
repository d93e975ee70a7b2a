// @vitest-environment happy-dom
/** The series of a meeting on its page: earlier ones, their open tasks, the next one, which hosts plan. */
import { act } from 'react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { MeetingDetail } from '#contract/http/meetings-api.ts';
import type { SeriesMeeting, SeriesTask } from '#contract/http/series-api.ts';
import { type PageUnderTest, refusal } from '#ui/page-under-test.tsx';
import { takeArrival } from '#ui/sign-in/arrival.ts';
import { Staff } from './staff.tsx';
import { detailOf, idOf, mina, StaffServerUnderTest, staffPage } from './staff-under-test.tsx';

let server: StaffServerUnderTest;
let page: PageUnderTest;
beforeEach(() => {
  server = new StaffServerUnderTest();
  server.install();
  page = staffPage();
});
afterEach(() => {
  page.end();
  location.hash = '';
});

const DAY_MS = 86_400_000;
const startsAtMs = Date.now() + DAY_MS;
const seriesMeeting = (n: number): SeriesMeeting => ({
  meetingId: idOf(300 + n),
  title: `Plan ${n}`,
  atMs: startsAtMs - n * 2 * DAY_MS,
  isCancelled: false,
});
const task = (n: number, over: Partial<SeriesTask> = {}): SeriesTask => ({
  meeting: seriesMeeting(1),
  taskId: `7-${n}`,
  text: `Task ${n}`,
  person: 'Joon',
  dueOn: '2001-02-03',
  mayMark: true,
  ...over,
});
const series = (tasks: SeriesTask[], next: SeriesMeeting | null = null, hasMoreTasks = false) => ({
  body: { next, tasks, hasMoreTasks },
});
const earlier = (count: number, nextCursor: string | null = null) => ({
  body: {
    rows: Array.from({ length: count }, (_, n) => seriesMeeting(n + 1)),
    nextCursor,
    total: 9,
    counts: {},
  },
});
async function show(over: Partial<MeetingDetail> = {}, path = ''): Promise<void> {
  const hostAccountId = mina.accountId;
  server.meetings = [detailOf(1, { startsAtMs, endsAtMs: startsAtMs + 3_600_000, hostAccountId, ...over })];
  location.hash = `#/meetings/${idOf(101)}${path}`;
  await page.show(<Staff arrival={takeArrival()} />);
}
const card = () => document.querySelector<HTMLElement>('section[aria-label="Series"]');
const links = () => [...card()!.querySelectorAll('a')].map((link) => link.getAttribute('href'));
const boxes = () => [...card()!.querySelectorAll<HTMLInputElement>('input[type=checkbox]')];
const press = (box: HTMLInputElement) => act(async () => box.click());

it('shows the next one, open tasks of earlier ones, and these, more of them on demand', async () => {
  server.answers.meetingSeries = () => series([task(1), task(2, { dueOn: null })], seriesMeeting(-1));
  server.answers.earlierMeetings = ({ searchParams }) =>
    searchParams.get('limit') === '5' ? earlier(5, 'more') : earlier(7);
  await show({ role: 'member' });
  await page.until(() => card() !== null);
  expect(links()).toEqual([299, 301, 301, 302, 303, 304, 305].map((n) => `#/meetings/${idOf(n)}`));
  expect(card()!.textContent).toContain('Next meeting: ');
  expect(card()!.textContent).toMatch(/Task 1Joon · was due on .*2001/);
  expect(card()!.textContent).toContain('Task 2Joon');
  await page.press('Show more');
  await page.until(() => links().length === 9);
  expect(page.buttons('Show more')).toEqual([]);
  // a member plans nothing
  expect(page.buttons('Plan the next one')).toEqual([]);
});

it('marks a task as done, which stays to be taken back; a refusal is shown', async () => {
  let open = [task(1), task(2)];
  server.answers.meetingSeries = () => series(open);
  server.answers.earlierMeetings = () => earlier(1);
  server.answers.markTask = ({ pathname }, body) => {
    const { isDone } = body as { isDone: boolean };
    expect(pathname).toBe(`/api/v1/meetings/${idOf(301)}/tasks/7-1`);
    open = isDone ? [task(2)] : [task(1), task(2)];
    return { body: {} };
  };
  await show();
  await page.until(() => card() !== null && boxes().length === 2);
  await press(boxes()[0]!);
  await page.until(() => server.askedFor('meetingSeries') === 2 && boxes()[1]!.checked);
  expect(server.bodyOf('markTask')).toEqual({ isDone: true, text: 'Task 1' });
  expect(boxes().map(({ checked }) => checked)).toEqual([false, true]);
  await press(boxes()[1]!);
  await page.until(() => boxes().every(({ checked }) => !checked));
  expect(server.bodyOf('markTask')).toEqual({ isDone: false, text: 'Task 1' });
  server.answers.markTask = () => refusal(409, 'meeting-changed');
  await press(boxes()[0]!);
  await page.until(() => card()!.textContent!.includes('Somebody else has changed this meeting'));
  expect(boxes().map(({ checked }) => checked)).toEqual([false, false]);
});

it('a task that was marked here and is open again is shown open', async () => {
  let open = [task(1)];
  server.answers.meetingSeries = () => series(open);
  server.answers.earlierMeetings = () => earlier(1);
  server.answers.markTask = () => {
    open = [];
    return { body: {} };
  };
  await show();
  await page.until(() => card() !== null && boxes().length === 1);
  await press(boxes()[0]!);
  await page.until(() => server.askedFor('meetingSeries') === 2 && boxes()[0]!.checked);
  // somebody else opens it
  open = [task(1)];
  await act(async () => server.home());
  await page.until(() => boxes().length === 1 && !boxes()[0]!.checked);
});

it('offers no box where the notes can be read only, and says when all is done or there may be more', async () => {
  server.answers.meetingSeries = () => series([task(1, { mayMark: false })], null, true);
  server.answers.earlierMeetings = () => earlier(1);
  await show();
  await page.until(() => card() !== null);
  expect(boxes()).toEqual([]);
  expect(card()!.textContent).toContain('There may be more tasks');
  server.answers.meetingSeries = () => series([]);
  await act(async () => server.home());
  await page.until(() => card()!.textContent!.includes('All tasks of the earlier meetings are done.'));
});

it('is no card for a meeting that stands alone, and its host plans the next one', async () => {
  await show();
  await page.until(() => page.buttons('Plan the next one').length === 1);
  expect(card()).toBeNull();
});

it('is nothing for who manages meetings without being one of the people', async () => {
  server.answers.meetingSeries = () => refusal(403, 'forbidden');
  await show({ role: 'co-host' });
  await page.until(() => server.askedFor('meetingSeries') > 0 && page.text.includes('Host: '));
  expect(card()).toBeNull();
  expect(page.buttons('Plan the next one')).toEqual([]);
});

it('is planned by its host: filled in, with the agenda on demand, and made after the one before', async () => {
  server.answers.earlierMeetings = () => earlier(1);
  server.answers.planNextMeeting = (_, body) => {
    server.meetings.push(detailOf(2, { title: (body as MeetingDetail).title }));
    return { body: { meeting: server.meetings.at(-1) } };
  };
  const people = [{ accountId: idOf(2), displayName: 'Joon Lee', role: 'member' as const }];
  const rest = { personId: idOf(50), email: null, inviteId: null, mail: null };
  await show({ agenda: 'Prices\nNext steps', people: people.map((person) => ({ ...person, ...rest })) });
  await page.until(() => page.buttons('Plan the next one').length === 1);
  await page.press('Plan the next one');
  await page.until(() => page.buttons('Use the agenda of last time').length === 1);
  await page.press('Use the agenda of last time');
  expect(page.buttons('Use the agenda of last time')).toEqual([]);
  await page.press('Make meeting');
  await page.until(() => location.hash === `#/meetings/${idOf(102)}`);
  const made = server.bodyOf('planNextMeeting') as { startsAtMs: number };
  expect(made).toMatchObject({
    ...{ title: 'Meeting 1', durationMinutes: 60, agenda: 'Prices\nNext steps', roomIds: [] },
    people: [{ accountId: idOf(2), role: 'member' }],
  });
  // in minutes, as the form has it
  expect(made.startsAtMs).toBe(Math.floor((startsAtMs + 2 * DAY_MS) / 60_000) * 60_000);
});

it('names the next one that is planned already', async () => {
  server.answers.meetingSeries = () => series([], seriesMeeting(-1));
  await show({}, '/next');
  await page.until(() => page.text.includes('The next one is planned already'));
});

it('a cancelled meeting offers nothing that cannot be used, and says why', async () => {
  await show({ isCancelled: true });
  await page.until(() => page.text.includes('This meeting was cancelled. Nobody joins it or writes here any more.'));
  await page.until(() => page.text.includes('Nobody writes in a cancelled meeting any more.'));
  expect(page.text).toContain('The notes of a cancelled meeting can be read, but not changed.');
  expect(document.querySelector('textarea')).toBeNull();
  for (const gone of ['Send', 'Invite', 'Change', 'Prepare a poll', 'Cancel meeting'])
    expect(page.buttons(gone)).toEqual([]);
  expect(page.text).not.toContain('Who comes in');
  // the next one can be planned
  await page.until(() => page.buttons('Plan the next one').length === 1);
});

it('of meetings that repeat, this one is cancelled alone or with the later ones', async () => {
  server.answers.cancelMeeting = () => ({ body: {} });
  server.answers.cancelFollowing = () => ({ body: {} });
  await show({ repeats: { every: 'week', laterCount: 2 } });
  await page.until(() => page.buttons('Plan the next one').length === 1);
  expect(page.text).toContain('Every week, 2 more');
  await page.press('Cancel meeting');
  await page.press('Cancel this and 2 later ones');
  await page.until(() => server.askedFor('cancelFollowing') === 1);
  await page.press('Cancel meeting');
  await page.press('Cancel this one alone');
  await page.until(() => server.askedFor('cancelMeeting') === 1);
});

it('the last of them is cancelled as any meeting', async () => {
  await show({ repeats: { every: 'week', laterCount: 0 } });
  await page.until(() => page.buttons('Plan the next one').length === 1);
  await page.press('Cancel meeting');
  expect(page.text).not.toContain('Cancel this one alone');
  expect(page.text).toContain('A running call ends');
});

it('the last of meetings that repeat is shown without how they repeat', async () => {
  await show({ repeats: { every: 'week', laterCount: 0 } });
  await page.until(() => page.buttons('Plan the next one').length === 1);
  expect(page.text).not.toContain('Every week');
});
