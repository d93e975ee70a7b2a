// @vitest-environment happy-dom
/** A room's software in the console: what runs, why it waits, what failed, its history, and "update now". */
import { act } from 'react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RouteAnswer } from '#contract/http/route.ts';
import type { updatesApi } from '#contract/http/updates-api.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { RoomUpdate } from '#contract/room-update.ts';
import { refusal } from '#ui/page-under-test.tsx';
import { Console } from '../console.tsx';
import { accountOf, ConsoleUnderTest, idOf, roomOf, ServerUnderTest } from '../console-under-test.tsx';
import { offeredOf } from './updates-under-test.ts';

const release = (version: string) => offeredOf(version).facts.releaseId;
const update = (over: Partial<RoomUpdate> = {}): RoomUpdate => ({
  ...{ protocol: PROTOCOL_VERSION, roomId: idOf(1), epoch: 1, revision: 1, asOfMs: Date.now() },
  running: { releaseId: release('1.4.2'), version: '1.4.2', isConfirmed: true },
  wanted: { releaseId: release('1.5.0'), version: '1.5.0', rolloutId: null, attempt: 0 },
  step: 'wait',
  stepSinceMs: Date.now(),
  progress: null,
  waitsFor: 'booking',
  restartsAtMs: null,
  offersNotNow: false,
  notNowUntilMs: null,
  failed: null,
  confirmed: null,
  ...over,
});
let server: ServerUnderTest;
let page: ConsoleUnderTest;
let answer: RouteAnswer<typeof updatesApi.roomUpdate>;
beforeEach(() => {
  answer = { reported: update(), history: [] };
  server = new ServerUnderTest();
  server.rooms = [roomOf(1)];
  Object.assign(server.answers, {
    roomUpdate: () => ({ body: answer }),
    updateRoomNow: () => ({ body: {} }),
    updatesOverview: () => ({
      body: { releases: [offeredOf('1.5.0')], running: [], rollouts: [], ended: [], feedFault: null },
    }),
  } satisfies typeof server.answers);
  server.install();
  page = new ConsoleUnderTest();
});
afterEach(() => {
  page.end();
  location.hash = '';
});
const show = async (words: string) => {
  location.hash = `#/rooms/${idOf(1)}`;
  await page.show(<Console />);
  await page.until(() => card().includes(words));
};
const card = (): string => document.querySelector('section[aria-label=Software]')?.textContent ?? '';
const shown = (words: string) => page.until(() => page.text.includes(words));

it('shows what it runs, what it is to run, and why it waits', async () => {
  await show('1.4.2');
  expect(card()).toContain('Is to run1.5.0');
  expect(card()).toContain('A booking is near. Goes on after it.');
  expect(card()).toContain('No update yet.');
});

it('shows the last failure with what to do, and its history, the newest first', async () => {
  const of = { releaseId: release('1.5.0'), version: '1.5.0' };
  const failed = {
    ...{ releaseId: of.releaseId, attempt: 0, atMs: Date.now(), isHeld: true },
    ...{ failure: 'not-proven-in-time' as const, refusal: null, check: null, detail: 'no proof' },
  };
  const history = [
    { ...of, atMs: 1_000, outcome: 'began' as const, detail: '' },
    { ...of, atMs: 2_000, outcome: 'failed' as const, detail: 'no proof' },
  ];
  answer = { reported: update({ failed, step: 'none', waitsFor: null }), history };
  await show('did not show in time');
  expect(card()).toContain('It is not tried again by itself.');
  expect(card().indexOf('1.5.0: failed')).toBeLessThan(card().indexOf('1.5.0: began'));
});

it('reads words of a newer server as unknown', async () => {
  const reported = { ...update(), step: 'levitate', waitsFor: 'tide' };
  const entry = { releaseId: release('1.5.0'), version: '1.5.0', atMs: 1_000, outcome: 'dreamt', detail: '' };
  server.answers.roomUpdate = () => ({ body: { reported, history: [entry] } });
  await show('1.4.2');
  expect(card()).toContain('1.5.0: something that this page does not know');
});

it('updates now after a question that names what it means', async () => {
  await show('1.4.2');
  await page.press('Update now');
  await shown('Update Room 1 now?');
  expect(page.text).toContain('This room gets 1.5.0 at once');
  expect(page.text).toContain('Never in a meeting');
  expect(server.askedFor('updateRoomNow')).toBe(0);
  await act(async () => page.buttons('Update now').at(-1)!.click());
  await shown('The room has been asked to update.');
  expect(server.bodyOf('updateRoomNow')).toEqual({ releaseId: release('1.5.0') });
});

it('offers a release where none is wanted, and says why nothing came of it', async () => {
  answer = { reported: update({ wanted: null, step: 'none', waitsFor: null }), history: [] };
  server.answers.updateRoomNow = () => refusal(409, 'not-possible-now');
  await show('What it runs now');
  await page.press('Update now');
  await shown('This room gets 1.5.0 at once');
  await act(async () => page.buttons('Update now').at(-1)!.click());
  await shown('Code for IT: not-possible-now');
});

it('follows a new report of the room', async () => {
  await show('1.4.2');
  answer = { reported: update({ step: 'prove', waitsFor: null }), history: [] };
  server.rooms = [roomOf(1, { projections: { update: answer.reported } })];
  await act(async () =>
    server.stream('room-changes').say('changed', { rows: server.rooms, removedRoomIds: [], counts: server.counts }),
  );
  await page.until(() => card().includes('Proves itself'), 5_000);
});

it('offers nothing to those who may only look, and says where nothing is reported', async () => {
  server.account = accountOf('viewer');
  answer = { reported: null, history: [] };
  await show('has not reported its software yet');
  expect(page.buttons('Update now')).toEqual([]);
});
