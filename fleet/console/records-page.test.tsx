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
    const limitOf = (name: string, without: number) => Number(searchParams.get(name) ?? without);
    const isIn = ({ atMs }: KeptRecord) => atMs >= limitOf('from', 0) && atMs < limitOf('to', Number.POSITIVE_INFINITY);
    const rows = records.filter((each) => isIn(each) && each.title.includes(searchParams.get('text') ?? ''));
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

it('begins with meetings of the past; those to come stand below, under a heading of their own', async () => {
  records = [recordOf(1, 'Later', { atMs: Date.now() + 3_600_000 }), recordOf(2, 'Before')];
  await page.show(<Console />);
  await page.until(() => page.text.includes('Later') && page.text.includes('Before'));
  const [before, heading, later] = ['Before', 'Still to come', 'Later'].map((words) => page.text.indexOf(words));
  expect(before).toBeLessThan(heading!);
  expect(heading).toBeLessThan(later!);
});

it('after a deletion the focus is on the next record that can be deleted, after the last one on the heading', async () => {
  records = [recordOf(1, 'First'), recordOf(2, 'Empty', { kept: [], documentCount: 0 }), recordOf(3, 'Third')];
  server.answers.deleteRecord = ({ pathname }) => {
    const at = records.findIndex(({ meetingId }) => pathname.includes(meetingId));
    records[at] = { ...records[at]!, kept: [], documentCount: 0 };
    return { body: {} };
  };
  await page.show(<Console />);
  for (const [title, next] of [
    ['First', 'Delete the record of Third'],
    ['Third', 'Meeting records'],
  ] as const) {
    const name = `Delete the record of ${title}`;
    await page.until(() => page.buttons(name).length === 1);
    await act(async () => page.button(name).focus());
    await page.press(name);
    await page.until(() => document.querySelector('[role=alertdialog]') !== null);
    await act(async () => page.buttons('Delete the record').at(-1)!.click());
    await page.until(() => page.buttons(name).length === 0);
    const focused = () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent;
    await page.until(() => focused() === next);
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
