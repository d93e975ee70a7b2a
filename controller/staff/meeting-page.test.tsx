// @vitest-environment happy-dom
/** A meeting's page holds still: a press on what moves between finger down and finger up is lost. */
import { setImmediate } from 'node:timers/promises';
import { act } from 'react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { PageUnderTest } from '#ui/page-under-test.tsx';
import { takeArrival } from '#ui/sign-in/arrival.ts';
import { Staff } from './staff.tsx';
import { detailOf, idOf, StaffServerUnderTest, staffPage } from './staff-under-test.tsx';

let server: StaffServerUnderTest;
let page: PageUnderTest;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  server = new StaffServerUnderTest();
  server.install();
  server.meetings = [detailOf(1, { role: 'host' })];
  location.hash = `#/meetings/${idOf(101)}`;
  page = staffPage();
});
afterEach(() => {
  page.end();
  vi.useRealTimers();
  vi.restoreAllMocks();
  location.hash = '';
});

const pass = (ms: number) => act(async () => void (await vi.advanceTimersByTimeAsync(ms)));
const isShown = (title: string): boolean => {
  const heading = [...document.querySelectorAll('h2')].find(({ textContent }) => textContent === title);
  return heading !== undefined && heading.closest('[hidden]') === null;
};
/** While the page's code and its answers come in, and no time passes for it. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await act(async () => void (await setImmediate()));
}
/** Its head is shown, and what it fetches is asked for. */
async function show(): Promise<void> {
  await page.show(<Staff arrival={takeArrival()} />);
  await until(() => server.streams.length > 0);
  await act(async () => server.home());
  await until(() => document.querySelector('h1')?.textContent === 'Meeting 1' && server.askedFor('chatPosts') === 1);
}

it('shows its parts as soon as those are known that may come above others', async () => {
  await show();
  await until(() => isShown('Notes'));
});

it.each(['meetingSeries', 'minutes'] as const)('waits for %s, and fetches the others meanwhile', async (name) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const late = { meetingSeries: { next: null, tasks: [], hasMoreTasks: false }, minutes: { minutes: [] } }[name];
  server.answers[name] = async () => {
    await promise;
    return { body: late };
  };
  await show();
  await pass(1_000);
  expect([isShown('Notes'), server.askedFor('chatPosts')]).toEqual([false, 1]);
  resolve();
  await until(() => isShown('Notes'));
});

it('waits for no answer longer than a moment', async () => {
  server.answers.minutes = () => new Promise(() => {});
  await show();
  expect(isShown('Notes')).toBe(false);
  await pass(1_500);
  await until(() => isShown('Notes'));
});
