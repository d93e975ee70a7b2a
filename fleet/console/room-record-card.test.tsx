// @vitest-environment happy-dom
/** What a room's meeting left behind: deleted in the console by who manages its meetings, once that is confirmed. */
import { act } from 'react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { refusal } from '#ui/page-under-test.tsx';
import { Console } from './console.tsx';
import { accountOf, ConsoleUnderTest, idOf, roomOf, ServerUnderTest } from './console-under-test.tsx';

let server: ServerUnderTest;
let page: ConsoleUnderTest;
beforeEach(() => {
  server = new ServerUnderTest();
  server.rooms = [roomOf(1)];
  server.install();
  page = new ConsoleUnderTest();
  location.hash = `/rooms/${idOf(1)}`;
});
afterEach(() => {
  page.end();
  location.hash = '';
});

it('is deleted once that is confirmed, and while a meeting runs the page says why not', async () => {
  let isRunning = true;
  server.answers.deleteRecord = ({ pathname }) => {
    expect(pathname).toContain(roomOf(1).meetingId);
    return isRunning ? refusal(409, 'not-possible-now') : { body: {} };
  };
  await page.show(<Console />);
  await page.until(() => page.buttons('Delete the record').length === 1);
  for (const words of ['Code for IT: not-possible-now', 'The record is deleted']) {
    await page.press('Delete the record');
    await page.until(() => page.text.includes('documents and recordings are deleted'));
    await act(async () => page.buttons('Delete the record').at(-1)!.click());
    await page.until(() => page.text.includes(words));
    isRunning = false;
  }
  expect(server.askedFor('deleteRecord')).toBe(2);
});

it('is not offered to who only looks at rooms', async () => {
  server.account = accountOf('viewer');
  await page.show(<Console />);
  await page.until(() => document.querySelector('h1')?.textContent === roomOf(1).roomName);
  expect(page.buttons('Delete the record')).toEqual([]);
});
