// @vitest-environment happy-dom
/** What meetings left behind, in the console: found, deleted once that is confirmed, and for administrators alone. */
import { act } from 'react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { KeptRecord } from '#contract/http/record-api.ts';
import { refusal } from '#ui/page-under-test.tsx';
import { dateAndTime } from '#ui/words/format.ts';
import { Console } from './console.tsx';
import { accountOf, ConsoleUnderTest, idOf, ServerUnderTest } from './console-under-test.tsx';

const recordOf = (n: number, title: string, over: Partial<KeptRecord> = {}): KeptRecord => ({
  ...{ meetingId: idOf(n), title, hostName: 'Mina Kim', roomName: null, atMs: n, isRunning: false },
  ...{ kept: [{ kind: 'chat', dueAtMs: null }], documentCount: 1, recordingCount: 0 },
  ...over,
});
let server: ServerUnderTest;
let page: ConsoleUnderTest;
let records: KeptRecord[];
beforeEach(() => {
  records = [
    recordOf(1, 'Prices'),
    recordOf(2, 'Empty', { kept: [], documentCount: 0 }),
    recordOf(3, 'Running', { isRunning: true }),
  ];
  server = new ServerUnderTest();
  server.answers.keptRecords = ({ searchParams }) => {
    const rows = records.filter(({ title }) => title.includes(searchParams.get('text') ?? ''));
    return { body: { rows, nextCursor: null, total: rows.length, counts: {} } };
  };
  server.install();
  page = new ConsoleUnderTest();
  location.hash = '/records';
});
afterEach(() => {
  page.end();
  location.hash = '';
});

it('shows what is kept, and deletes it once that is confirmed; the list is as it is then', async () => {
  let isRunning = true;
  server.answers.deleteRecord = ({ pathname }) => {
    expect(pathname).toContain(idOf(1));
    if (isRunning) return refusal(409, 'not-possible-now');
    records[0] = recordOf(1, 'Prices', { kept: [], documentCount: 0 });
    return { body: {} };
  };
  await page.show(<Console />);
  await page.until(() => page.text.includes('Chat: for good'));
  expect(page.text).toContain('1 document');
  // neither of what is empty nor of what runs
  expect(page.buttons('Delete the record of Prices')).toHaveLength(1);
  for (const title of ['Empty', 'Running']) expect(page.buttons(`Delete the record of ${title}`)).toEqual([]);
  for (const words of ['Code for IT: not-possible-now', 'The record of Prices is deleted']) {
    await page.press('Delete the record of Prices');
    await page.until(() => page.text.includes('documents and recordings are deleted'));
    await act(async () => page.buttons('Delete the record').at(-1)!.click());
    await page.until(() => page.text.includes(words));
    isRunning = false;
  }
  await page.until(() => page.buttons('Delete the record of Prices').length === 0);
  expect(server.askedFor('deleteRecord')).toBe(2);
});

it('says of two meetings with one title which one is deleted', async () => {
  const [earlierMs, laterMs] = [Date.UTC(2027, 2, 1, 9), Date.UTC(2027, 2, 8, 9)];
  records = [recordOf(1, 'Weekly', { atMs: laterMs }), recordOf(2, 'Weekly', { atMs: earlierMs })];
  await page.show(<Console />);
  await page.until(() => page.buttons('Delete the record of Weekly').length === 2);
  for (const [at, atMs] of [laterMs, earlierMs].entries()) {
    await act(async () => page.buttons('Delete the record of Weekly')[at]!.click());
    const when = `Meeting of ${dateAndTime(atMs, 'en')}.`;
    await page.until(() => document.querySelector('[role=alertdialog]')?.textContent?.includes(when) === true);
    await page.press('Not now');
  }
});

it('finds by what is in the address, and says where nothing is found', async () => {
  location.hash = '/records?text=Nowhere&from=2027-03-01';
  await page.show(<Console />);
  await page.until(() => page.text.includes('No meeting matches this'));
});

it('is not there for who only manages meetings', async () => {
  server.account = accountOf('operator');
  await page.show(<Console />);
  await page.until(() => page.text.includes('Broadcasts'));
  expect(server.askedFor('keptRecords')).toBe(0);
  expect(page.text).not.toContain('Meeting records');
});
