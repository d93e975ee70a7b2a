// @vitest-environment happy-dom
/** Minutes on a meeting's page: a draft that hosts correct and send, and what others see. */
import { act } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type PageUnderTest, refusal } from '#ui/page-under-test.tsx';
import { takeArrival } from '#ui/sign-in/arrival.ts';
import { Staff } from './staff.tsx';
import { detailOf, idOf, StaffServerUnderTest, staffPage } from './staff-under-test.tsx';

let server: StaffServerUnderTest;
let page: PageUnderTest;
const startedAtMs = new Date(2027, 0, 5, 9).getTime();
const LABEL = 'Draft of 5 Jan 2027, 09:00';
let minutes: object[] = [];
const one = (over: object = {}) => ({
  minutesId: idOf(900),
  startedAtMs,
  endedAtMs: startedAtMs + 1,
  language: 'en',
  text: '# Minutes: Plans\n\n1. \\<b\\>bold\\</b\\>\n- [here](https://maru.example/w) [not](javascript:1)\n',
  revision: 4,
  sentAtMs: null,
  ...over,
});
beforeEach(() => {
  server = new StaffServerUnderTest();
  server.install();
  server.answers.minutes = () => ({ body: { minutes } });
  page = staffPage();
});
afterEach(() => page.end());

async function show(role: 'host' | 'member' = 'host'): Promise<void> {
  server.meetings = [detailOf(3, { role })];
  location.hash = `#/meetings/${idOf(103)}`;
  await page.show(<Staff arrival={takeArrival()} />);
  await page.until(() => server.streams.length > 0);
  await act(async () => server.home());
  await page.until(() => page.text.includes('Minutes'));
}
/** not the chat's field */
const draft = () =>
  [...document.querySelectorAll('textarea')].find(({ labels }) =>
    [...labels].some((each) => each.textContent === LABEL),
  );
const typedTexts = () => [...document.querySelectorAll('textarea')].map(({ value }) => value);
async function confirmSend(): Promise<void> {
  await page.press('Send the minutes');
  expect(server.askedFor('sendMinutes')).toBe(0);
  await act(async () => page.buttons('Send the minutes').at(-1)!.click());
}

it('a draft is corrected and sent, each on the revision that was seen', async () => {
  minutes = [one()];
  server.answers.correctMinutes = () => {
    minutes = [one({ text: 'better', revision: 5 })];
    return { body: {} };
  };
  server.answers.sendMinutes = () => {
    minutes = [one({ text: 'better', revision: 6, sentAtMs: startedAtMs })];
    return { body: {} };
  };
  await show();
  await page.until(() => page.text.includes(LABEL));
  await page.fill(LABEL, 'better');
  await confirmSend();
  await page.until(() => page.text.includes('Sent on 5 Jan 2027, 09:00'));
  expect(server.bodyOf('correctMinutes')).toEqual({ text: 'better', revision: 4 });
  expect(server.bodyOf('sendMinutes')).toEqual({ revision: 5 });
  expect(page.buttons('Send the minutes')).toEqual([]);
});

it('a draft is read as it will be sent, and its text opened to correct it', async () => {
  minutes = [one({ text: '# Minutes: Plans\n\n- We move in **May**\n' })];
  await show();
  await page.until(() => draft() !== undefined);
  const read = () => document.querySelector(`section[aria-label="${LABEL}"]`);
  expect(read()!.textContent).toContain('We move in May');
  expect(draft()!.closest('[hidden]')).not.toBeNull();
  await page.press('Correct the text');
  expect(read()).toBeNull();
  expect(draft()!.closest('[hidden]')).toBeNull();
  await page.fill(LABEL, 'We move in June');
  await page.press('Preview');
  expect(read()!.textContent).toBe('We move in June');
  expect(page.buttons('Save')).toHaveLength(1);
});

it('what is typed into a draft is saved by who leaves the page, and closing the page asks first', async () => {
  const closes = () => window.dispatchEvent(new Event('beforeunload', { cancelable: true }));
  minutes = [one()];
  server.answers.correctMinutes = () => ({ body: {} });
  await show();
  await page.until(() => page.text.includes(LABEL));
  expect(closes()).toBe(true);
  await page.fill(LABEL, 'half a sentence');
  expect(closes()).toBe(false);
  location.hash = '#/';
  await page.until(() => !page.text.includes(LABEL));
  await page.until(() => server.askedFor('correctMinutes') === 1);
  expect(server.bodyOf('correctMinutes')).toEqual({ text: 'half a sentence', revision: 4 });
  expect(closes()).toBe(true);
});

it('who leaves a draft as it was saves nothing', async () => {
  minutes = [one()];
  await show();
  await page.until(() => page.text.includes(LABEL));
  location.hash = '#/';
  await page.until(() => !page.text.includes(LABEL));
  expect(server.askedFor('correctMinutes')).toBe(0);
});

it('a correction that another host overtook is refused in words, and what was typed stays', async () => {
  minutes = [one()];
  server.answers.correctMinutes = () => refusal(409, 'meeting-changed');
  await show();
  await page.until(() => page.text.includes(LABEL));
  await page.fill(LABEL, 'mine');
  await confirmSend();
  await page.until(() => page.text.includes('Code for IT: meeting-changed'));
  expect(server.askedFor('sendMinutes')).toBe(0);
  expect(draft()!.value).toBe('mine');
});

it('after saving, what is saved stands there before it is fetched, and the next key builds on it', async () => {
  minutes = [one()];
  server.answers.correctMinutes = () => ({ body: {} });
  await show();
  await page.until(() => page.text.includes(LABEL));
  const { promise, resolve } = Promise.withResolvers<{ body: object }>();
  server.answers.minutes = () => promise;
  await page.press('Correct the text');
  await page.fill(LABEL, 'first');
  await page.press('Save');
  await page.until(() => server.askedFor('correctMinutes') === 1 && page.button('Save').disabled);
  expect(draft()!.value).toBe('first');
  await page.fill(LABEL, 'first and second');
  await page.press('Save');
  await page.until(() => server.askedFor('correctMinutes') === 2);
  expect(server.bodyOf('correctMinutes')).toEqual({ text: 'first and second', revision: 5 });
  resolve({ body: { minutes: [one({ text: 'first and second', revision: 6 })] } });
  await page.until(() => page.button('Save').disabled);
  expect(draft()!.value).toBe('first and second');
});

it('what is typed while it is saved stays, and is saved next', async () => {
  minutes = [one()];
  const { promise, resolve } = Promise.withResolvers<{ body: object }>();
  server.answers.correctMinutes = () => promise;
  await show();
  await page.until(() => page.text.includes(LABEL));
  await page.fill(LABEL, 'one');
  await page.press('Save');
  await page.fill(LABEL, 'one two');
  minutes = [one({ text: 'one', revision: 5 })];
  const asked = server.askedFor('minutes');
  resolve({ body: {} });
  await page.until(() => server.askedFor('minutes') > asked);
  expect(draft()!.value).toBe('one two');
  await page.press('Save');
  await page.until(() => server.askedFor('correctMinutes') === 2);
  expect(server.bodyOf('correctMinutes')).toEqual({ text: 'one two', revision: 5 });
});

it.each([
  ['Take the newest draft', 'theirs'],
  ['Save mine over it', 'mine'],
])('what another host wrote meanwhile is shown beside what was typed: %s', async (choice, kept) => {
  minutes = [one()];
  server.answers.correctMinutes = (_url, body) => {
    const { revision, text } = body as { revision: number; text: string };
    if (revision < 7) return refusal(409, 'meeting-changed');
    minutes = [one({ text, revision: 8 })];
    return { body: {} };
  };
  await show();
  await page.until(() => page.text.includes(LABEL));
  await page.press('Correct the text');
  await page.fill(LABEL, 'mine');
  minutes = [one({ text: 'theirs', revision: 7 })];
  await page.press('Save');
  await page.until(() => page.buttons(choice).length === 1);
  expect(document.querySelector('section[aria-label="The newest draft"]')!.textContent).toContain('theirs');
  expect(draft()!.value).toBe('mine');
  // nothing is sent before that is decided
  expect([page.button('Save').disabled, page.button('Send the minutes').disabled]).toEqual([true, true]);
  await page.press(choice);
  await page.until(() => page.buttons(choice).length === 0 && page.button('Save').disabled);
  expect(draft()!.value).toBe(kept);
  expect(page.text).not.toContain('Code for IT');
  await page.fill(LABEL, 'both');
  await page.press('Save');
  await page.until(() => (minutes[0] as { text: string }).text === 'both');
  expect(server.bodyOf('correctMinutes')).toEqual({ text: 'both', revision: kept === 'mine' ? 8 : 7 });
});

it.each(['Save', 'nothing'] as const)(
  'another host sends it while one types: what was typed is there to be copied, after %s',
  async (press) => {
    minutes = [one()];
    server.answers.correctMinutes = () => refusal(409, 'not-possible-now');
    await show();
    await page.until(() => draft() !== undefined);
    await page.fill(LABEL, 'an hour of work');
    minutes = [one({ text: 'theirs', revision: 5, sentAtMs: startedAtMs })];
    if (press === 'Save') await page.press('Save');
    else await act(async () => server.home());
    await page.until(() => page.text.includes('Somebody else has sent these minutes while you typed.'));
    expect(draft()).toBeUndefined();
    expect(page.text).toContain('theirs');
    expect(typedTexts()).toContain('an hour of work');
    await page.press('Discard it');
    expect(typedTexts()).not.toContain('an hour of work');
  },
);

it('what was sent is read as text, with links of https alone, and saved as a file', async () => {
  minutes = [one({ sentAtMs: startedAtMs })];
  await show('member');
  await page.until(() => page.text.includes('<b>bold</b>'));
  const links = [...document.querySelectorAll('main a[rel=noreferrer]')].map((each) => each.getAttribute('href'));
  expect(links).toEqual(['https://maru.example/w']);
  expect(page.text).toContain('[not](javascript:1)');
  expect(document.querySelector('[aria-label=Minutes] a[download]')?.getAttribute('href')).toBe(
    `/api/v1/meetings/${idOf(103)}/minutes/${idOf(900)}/file.md`,
  );
  expect(draft()).toBeUndefined();
});

it('a PDF is fetched when it is asked for; why there is none is said on the page', async () => {
  minutes = [one({ sentAtMs: startedAtMs })];
  await show('member');
  const link = () => [...document.querySelectorAll('a')].find((each) => each.textContent === 'PDF');
  await page.until(() => link() !== undefined);
  expect(link()!.getAttribute('href')).toBe(`/api/v1/meetings/${idOf(103)}/minutes/${idOf(900)}/file.pdf`);
  server.answers.minutesPdf = () => refusal(503, 'printer-unavailable');
  await act(async () => link()!.click());
  await page.until(() => page.text.includes('The PDF cannot be made now'));
  const { promise, resolve } = Promise.withResolvers<{ body: object }>();
  server.answers.minutesPdf = () => promise;
  const saved: string[] = [];
  const made = vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:minutes');
  await act(async () => link()!.click());
  await page.until(() => page.text.includes('The PDF is being made.'));
  expect(page.text).not.toContain('The PDF cannot be made now');
  const click = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockImplementation(function (this: HTMLAnchorElement) {
    saved.push(`${this.download} ${this.href}`);
  });
  await act(async () => resolve({ body: {} }));
  await page.until(() => saved.length > 0);
  expect(saved).toEqual(['maru-minutes-2027-01-05.pdf blob:minutes']);
  for (const spy of [made, click]) spy.mockRestore();
});

it('minutes that are written while the page is looked at are shown without a reload', async () => {
  minutes = [];
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  try {
    await show();
    await page.until(() => page.text.includes('A draft is written by itself'));
    minutes = [one()];
    await act(async () => vi.advanceTimersByTime(10_000));
    await page.until(() => draft() !== undefined);
  } finally {
    vi.useRealTimers();
  }
});

it('is left out for IT, which manages the meeting without being one of its people', async () => {
  for (const route of ['minutes', 'attendance', 'meetingPolls'] as const)
    server.answers[route] = () => refusal(403, 'forbidden');
  server.meetings = [detailOf(3, { role: 'member' })];
  location.hash = `#/meetings/${idOf(103)}`;
  await page.show(<Staff arrival={takeArrival()} />);
  await page.until(() => server.streams.length > 0);
  await act(async () => server.home());
  await page.until(() => page.text.includes('Notes') && !page.text.includes('Attendance'));
  expect(page.text).not.toMatch(/Minutes|Polls|Attendance|Try again/);
});

it('says what comes where there are none', async () => {
  minutes = [];
  await show();
  await page.until(() => page.text.includes('A draft is written by itself'));
});

it('says that it comes, and what is wrong where it cannot be fetched, with a way to try again', async () => {
  const empty = { body: { minutes: [] } };
  const { promise, resolve } = Promise.withResolvers<ReturnType<typeof refusal>>();
  server.answers.minutes = () => promise;
  await show();
  const card = () => document.querySelector('section[aria-label="Minutes"]');
  await page.until(() => card()?.querySelector('[role=status]') != null);
  resolve(refusal(507, 'storage-failed'));
  await page.until(() => card()!.textContent!.includes('Code for IT: storage-failed'));
  expect(card()!.querySelector('[role=status]')).toBeNull();
  server.answers.minutes = () => empty;
  await page.press('Try again');
  await page.until(() => page.text.includes('A draft is written by itself'));
  expect(card()!.textContent).not.toContain('Code for IT');
});

it('minutes that were deleted elsewhere are gone, in words, as soon as the page is looked at again', async () => {
  minutes = [one({ sentAtMs: startedAtMs, text: 'We move in May' })];
  await show();
  await page.until(() => page.text.includes('We move in May'));
  server.answers.minutes = () => ({ body: { minutes: [], areDeleted: true } });
  await act(async () => document.dispatchEvent(new Event('visibilitychange')));
  await page.until(() => page.text.includes('The minutes of this meeting were deleted.'));
  expect(page.text).not.toContain('We move in May');
});
