// @vitest-environment happy-dom
/** Broadcasts in the console: listed, ended and deleted after a question, their rules saved after a fresh sign-in where one is needed. */
import { act } from 'react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DEFAULT_RECORDING_POLICY, type ManagedBroadcast } from '#contract/http/broadcasts-api.ts';
import { refusal } from '#ui/page-under-test.tsx';
import { Console } from './console.tsx';
import { accountOf, ConsoleUnderTest, idOf, ServerUnderTest } from './console-under-test.tsx';

const broadcastOf = (n: number, over: Partial<ManagedBroadcast> = {}): ManagedBroadcast => ({
  broadcastId: idOf(n),
  kind: 'broadcast',
  title: `Meeting ${n}`,
  presenterName: 'Mina',
  phase: 'ended',
  startsAtMs: null,
  liveAtMs: Date.now() - 7_200_000,
  endedAtMs: Date.now() - 3_600_000,
  watching: 0,
  peakWatching: 41,
  recording: 'ready',
  durationMs: 3_600_000,
  sizeBytes: 1_234_567_890,
  deletedAtMs: null,
  ...over,
});

let server: ServerUnderTest;
let page: ConsoleUnderTest;
let underWay: ManagedBroadcast[];
let kept: ManagedBroadcast[];
beforeEach(() => {
  underWay = [
    broadcastOf(1, { phase: 'live', watching: 12, endedAtMs: null, recording: 'growing' }),
    broadcastOf(2, { phase: 'planned', startsAtMs: Date.now() + 3_600_000, liveAtMs: null, endedAtMs: null }),
  ];
  kept = [broadcastOf(3), broadcastOf(4, { recording: 'failed', kind: 'recording' })];
  server = new ServerUnderTest();
  Object.assign(server.answers, {
    listBroadcasts: ({ searchParams }) => {
      const shelf = searchParams.get('shelf');
      const rows =
        shelf === 'under-way' ? underWay : shelf === 'kept' ? kept : [broadcastOf(5, { recording: 'deleted' })];
      const found = rows.filter(({ title }) => title.includes(searchParams.get('text') ?? ''));
      const counts = { usedBytes: 12e9, freeBytes: 340e9 };
      return { body: { rows: found, nextCursor: null, total: found.length, counts } };
    },
    recordingPolicy: () => ({ body: { policy: DEFAULT_RECORDING_POLICY } }),
    endBroadcast: () => {
      underWay = [];
      return { body: {} };
    },
    deleteRecording: () => {
      kept = [];
      return { body: {} };
    },
    setRecordingPolicy: (_, body) => ({ body: { policy: body } }),
  } satisfies typeof server.answers);
  server.install();
  page = new ConsoleUnderTest();
});
afterEach(() => {
  page.end();
  location.hash = '';
});

async function show(hash = '/broadcasts'): Promise<void> {
  location.hash = hash;
  await page.show(<Console />);
  if (server.account?.grants[0]?.role !== 'member') await page.until(() => page.text.includes('Meeting 3'));
}

it('shows what runs with its viewers, what is kept with its size, and the space that all of it uses', async () => {
  await show();
  expect(page.text).toContain('12 viewers');
  expect(page.text).toContain('1.2 GB');
  expect(page.text).toContain('Recordings use 12 GB. 340 GB are free');
  expect(page.text).toContain('its file could not be made');
  const replay = [...document.querySelectorAll('a')].find(({ textContent }) => textContent === 'Meeting 3');
  expect(replay?.getAttribute('href')).toBe(`/watch/${idOf(3)}`);
  const download = [...document.querySelectorAll('a')].filter(({ textContent }) => textContent === 'Download');
  expect(download.map((each) => each.getAttribute('href'))).toEqual([`/api/v1/broadcasts/${idOf(3)}/file`]);
});

it('ends one that runs, after a question', async () => {
  await show();
  await page.press('End: Meeting 1');
  expect(server.askedFor('endBroadcast')).toBe(0);
  await page.press('End it for everyone');
  await page.until(() => page.text.includes('Nothing is on air or planned'));
  expect(server.askedFor('endBroadcast')).toBe(1);
});

it('deletes one that is kept, after a question, and shows what is gone', async () => {
  await show();
  await page.press('Delete: Meeting 3');
  expect(page.text).toContain('This cannot be undone');
  await page.press('Delete');
  await page.until(() => page.text.includes('No recordings yet'));
  expect(server.askedFor('deleteRecording')).toBe(1);
  await page.press('Not kept');
  await page.until(() => page.text.includes('Meeting 5'));
});

it('saves the rules, after the password where the sign-in is old', async () => {
  let isFresh = false;
  server.answers.setRecordingPolicy = (_, body) =>
    isFresh ? { body: { policy: body } } : refusal(401, 'sign-in-not-fresh');
  server.answers.confirmSession = () => {
    isFresh = true;
    return { body: {} };
  };
  await show();
  await page.until(() => page.buttons('Save').length === 1);
  const keepFor = document.querySelector('select')!;
  await act(async () => {
    keepFor.value = '30';
    keepFor.dispatchEvent(new Event('change', { bubbles: true }));
  });
  await page.press('Save');
  await page.fill('Your password', 'a password');
  await page.press('Confirm');
  await page.until(() => page.text.includes('Saved'));
  expect(server.bodyOf('setRecordingPolicy')).toEqual({ ...DEFAULT_RECORDING_POLICY, keptDays: 30 });
});

it('is for those who manage broadcasts alone', async () => {
  server.account = accountOf('member');
  await show();
  await page.until(() => page.text.includes('No rooms yet'));
  expect(page.text).not.toContain('Broadcasts');
  expect(server.askedFor('listBroadcasts')).toBe(0);
});
