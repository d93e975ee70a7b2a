// @vitest-environment happy-dom
/** The updates of the console: whether a rollout is done and who is not, its acts, its rooms as they change, its releases. */
import { act } from 'react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Rollout, RolloutRoom } from '#contract/rollout.ts';
import { refusal } from '#ui/page-under-test.tsx';
import { Console } from '../console.tsx';
import { accountOf, ConsoleUnderTest, idOf, ServerUnderTest } from '../console-under-test.tsx';
import type { UpdatesOverview } from './use-updates.ts';
import { offeredOf, ringReportOf, rolloutRoomOf, rolloutUnderTest } from './updates-under-test.ts';

let server: ServerUnderTest;
let page: ConsoleUnderTest;
let overview: UpdatesOverview;
let listed: RolloutRoom[];
const rings = () => [
  ringReportOf('Canary', 'done', { updated: 2 }),
  ringReportOf('Everyone', 'running', { updated: 3, 'under-way': 1, failed: 1, silent: 1, waiting: 2, 'left-out': 4 }),
];
beforeEach(() => {
  overview = {
    releases: [offeredOf('1.5.0')],
    running: [{ releaseId: offeredOf('1.4.2').facts.releaseId, version: '1.4.2', rooms: 3 }],
    rollouts: [rolloutUnderTest(rings())],
    ended: [],
    feedFault: null,
  };
  listed = [rolloutRoomOf(1), rolloutRoomOf(2, { state: 'under-way', step: 'fetch', progressPercent: 12.7 })];
  server = new ServerUnderTest();
  Object.assign(server.answers, {
    updatesOverview: () => ({ body: overview }),
    rolloutRooms: ({ searchParams }) => {
      const rows = listed.filter(({ state }) => (searchParams.get('state') ?? state) === state);
      return { body: { rows, nextCursor: null, total: rows.length, counts: {} } };
    },
  } satisfies typeof server.answers);
  server.install();
  page = new ConsoleUnderTest();
});
afterEach(() => {
  page.end();
  location.hash = '';
});

const show = async (words: string, hash = '#/updates') => {
  location.hash = hash;
  await page.show(<Console />);
  await page.until(() => page.text.includes(words));
};
const shown = (words: string) => page.until(() => page.text.includes(words));
const send = (name: string, data: object) => act(async () => server.stream('update-changes').say(name, data));
const steered = (change: Partial<Rollout>) => () => {
  const rollout = { ...overview.rollouts[0]!, ...change };
  overview = { ...overview, rollouts: [rollout] };
  return { body: rollout };
};
const queriesOfRooms = () => server.asked.filter(({ name }) => name === 'rolloutRooms').map(({ url }) => url.search);

it('answers whether it is done and who is not, without the rooms that are left out', async () => {
  await show('Maple 1');
  expect(document.querySelector('h1')!.textContent).toBe('5 of 10 rooms run 1.5.0');
  expect(page.text).toContain('Updated 5 (50 %)');
  expect(page.text).toContain('Failed 1');
  expect(page.text).toContain('Begins as soon as the server asks it to');
  expect(page.text).toContain('Downloads the release, 12 %');
  const pictures = [...document.querySelectorAll('svg[role=img]')].map((each) => each.getAttribute('aria-label'));
  expect(pictures).toContain('Everyone: Updated 3, Under way 1, Failed 1, Silent 1, Waiting 2, Left out 4');
});

it('pauses at once, and resumes only after a question', async () => {
  server.answers.steerRollout = steered({ state: 'paused' });
  await show('Maple 1');
  await page.press('Pause');
  await shown('Nothing new begins.');
  expect(server.bodyOf('steerRollout')).toEqual({ act: 'pause' });
  expect(page.buttons('Pause')).toEqual([]);
  server.answers.steerRollout = steered({ state: 'running' });
  await page.press('Resume');
  await shown('Resume the rollout of 1.5.0?');
  expect(server.askedFor('steerRollout')).toBe(1);
  await act(async () => page.buttons('Resume').at(-1)!.click());
  await shown('The rollout goes on.');
  expect(server.bodyOf('steerRollout')).toEqual({ act: 'resume' });
});

it.each([
  ['Try again', '2 rooms try 1.5.0 once more.', 'retry', 'The failed rooms try again.'],
  ['Abort', 'this cannot be taken back', 'abort', 'Aborted'],
])('asks before “%s”', async (name, question, sent, after) => {
  server.answers.steerRollout = steered(sent === 'abort' ? { state: 'aborted', endedAtMs: Date.now() } : {});
  await show('Maple 1');
  await page.press(name);
  await shown(question);
  expect(server.askedFor('steerRollout')).toBe(0);
  await page.press('Not now');
  expect(server.askedFor('steerRollout')).toBe(0);
  await page.press(name);
  await act(async () => page.buttons(name).at(-1)!.click());
  await shown(after);
  expect(server.bodyOf('steerRollout')).toEqual({ act: sent });
});

it('lets the next ring begin where a person is awaited', async () => {
  const waits = [
    ringReportOf('Canary', 'needs-go', { updated: 2 }),
    ringReportOf('Everyone', 'waiting', { waiting: 40 }),
  ];
  overview = { ...overview, rollouts: [rolloutUnderTest(waits)] };
  server.answers.steerRollout = steered({});
  await show('An administrator must let the next ring begin');
  await page.press('Go on');
  await shown('Let “Everyone” begin?');
  expect(page.text).toContain('40 rooms begin to update');
  await act(async () => page.buttons('Go on').at(-1)!.click());
  await shown('The next ring begins.');
  expect(server.bodyOf('steerRollout')).toEqual({ act: 'go' });
});

it('asks for the password where the sign-in is not fresh, and then pauses', async () => {
  server.answers.steerRollout = () => refusal(403, 'sign-in-not-fresh');
  server.answers.confirmSession = () => {
    server.answers.steerRollout = steered({ state: 'paused' });
    return { body: {} };
  };
  await show('Maple 1');
  await page.press('Pause');
  await page.until(() => document.querySelector('input[type=password]') !== null);
  await page.type('input[type=password]', 'a long password');
  await act(async () => document.querySelector<HTMLButtonElement>('[role=dialog] button[type=submit]')!.click());
  await shown('The rollout is paused.');
  expect(server.askedFor('steerRollout')).toBe(2);
});

it('shows a refusal of an act in words, and the rollout as it was', async () => {
  server.answers.steerRollout = () => refusal(403, 'forbidden');
  await show('Maple 1');
  await page.press('Pause');
  await page.until(() => document.querySelector('main [role=alert]')?.textContent !== '');
  expect(page.buttons('Pause').length).toBe(1);
});

it('offers no act to those who may only look', async () => {
  server.account = accountOf('viewer');
  await show('Maple 1');
  for (const name of ['Pause', 'Abort', 'Try again']) expect(page.buttons(name)).toEqual([]);
  expect(page.text).not.toContain('New rollout');
});

it('follows the stream: a rollout goes on, a room in its place, one that comes into the list by a new fetch', async () => {
  await show('Maple 1', '#/updates?state=waiting');
  const change = (room: RolloutRoom) => send('rooms', { rolloutId: idOf(700), rooms: [room] });
  await change(rolloutRoomOf(1, { waitsFor: 'meeting' }));
  await shown('In a meeting. Goes on after it.');
  expect(queriesOfRooms().length).toBe(1);
  listed = [rolloutRoomOf(3)];
  await change(rolloutRoomOf(1, { state: 'updated', runningVersion: '1.5.0' }));
  await page.until(() => page.text.includes('Maple 3') && !page.text.includes('Maple 1'), 5_000);
  const [canary, all] = rings();
  const next = rolloutUnderTest([
    canary!,
    { ...all!, counts: { ...all!.counts, updated: 7, waiting: 0, 'under-way': 0 } },
  ]);
  overview = { ...overview, rollouts: [next] };
  await send('rollout', next);
  await shown('9 of 11 rooms run 1.5.0');
  await send('rollout', { ...next, state: 'done', endedAtMs: Date.now() });
  await shown('Former rollouts');
});

it('is not misled by rooms of another rollout', async () => {
  await show('Maple 1');
  await send('rooms', { rolloutId: idOf(701), rooms: [rolloutRoomOf(1, { waitsFor: 'meeting' })] });
  expect(page.text).not.toContain('In a meeting');
});

it('reads words of a newer server as unknown, and shows the rest', async () => {
  const { counts, ...ring } = ringReportOf('Canary', 'running', { updated: 1, waiting: 1 });
  const newer = { ...rolloutUnderTest(rings()), state: 'halted', halt: { reason: 'moonlight', detail: '' } };
  const rollouts = [{ ...newer, rings: [{ ...ring, state: 'dancing', counts: { ...counts, dreaming: 3 } }] }];
  server.answers.updatesOverview = () => ({ body: { ...overview, rollouts } });
  server.answers.rolloutRooms = () => ({
    body: {
      rows: [{ ...rolloutRoomOf(1), state: 'under-way', step: 'wait', waitsFor: 'tide' }],
      nextCursor: null,
      total: 1,
      counts: {},
    },
  });
  await show('Maple 1');
  expect(page.text).toContain('1 of 2 rooms run 1.5.0');
  expect(page.text).toContain('for a reason that this page does not know');
  expect(page.text).toContain('Waits for a reason that this page does not know');
});

it('shows the rooms of a ring and a state by one tap, in the address', async () => {
  await show('Maple 1');
  await page.press('Failed 1: rooms of Everyone');
  await page.until(() => location.hash.includes('ring=1'));
  expect(location.hash).toContain('state=failed');
  await shown('No room is like this');
  expect(queriesOfRooms().at(-1)).toContain('ring=1');
  await page.press('All rooms');
  await shown('Maple 1');
});

it('leaves out of the request what the address holds and no list knows', async () => {
  await show('Maple 1', '#/updates?ring=9&state=sleeping');
  expect(queriesOfRooms()).toEqual(['']);
});

it('says why each room waits, and what to do where it failed', async () => {
  const failed = {
    ...{ releaseId: offeredOf('1.5.0').facts.releaseId, attempt: 0, atMs: Date.now(), isHeld: true },
    ...{ failure: 'proof-failed' as const, refusal: null, check: 'camera' as const, detail: 'no frame within 20 s' },
  };
  listed = [
    rolloutRoomOf(1, { nextWindowMs: Date.UTC(2035, 0, 1, 16), timeZone: 'Asia/Seoul', ring: 1 }),
    rolloutRoomOf(2, { state: 'under-way', step: 'wait', waitsFor: 'not-now', notNowUntilMs: Date.now() }),
    rolloutRoomOf(3, { state: 'offline' }),
    rolloutRoomOf(4, { state: 'failed', failed }),
    rolloutRoomOf(5, { state: 'silent' }),
  ];
  await show('Maple 5');
  expect(page.text).toContain('01:00 (Seoul)');
  expect(page.text).toContain('Put off until ');
  expect(page.text).toContain('Offline since ');
  expect(page.text).toContain('It did not work with the new software: the camera');
  expect(page.text).toContain('The room went back and works as before.');
  expect(page.text).toContain('For IT: proof-failed · no frame within 20 s');
  expect(page.text).toContain('Check power and network of the kiosk');
});

it('shows releases with notes as text alone, warns before one expires, and why a feed was not taken in', async () => {
  const soon = offeredOf('1.5.0', { expiresAtMs: Date.now() + 3_600_000 });
  const past = offeredOf('1.4.1', { expiresAtMs: Date.now() - 1_000, feeds: ['medium'] });
  overview = {
    ...overview,
    rollouts: [],
    releases: [soon, past],
    feedFault: { refusal: 'signature', detail: '2 of 3 signatures', atMs: Date.now() },
  };
  await show('The newest feed was not taken in');
  expect(document.querySelector('h1')!.textContent).toBe('No rollout is under way');
  expect(page.text).toContain('The signatures are not sufficient or not trusted');
  expect(page.text).toContain('For IT: 2 of 3 signatures');
  expect(page.text).toContain('Offered only until');
  expect(page.text).toContain('No longer offered since');
  await page.press('What is new in 1.5.0');
  await shown('A way <b>back</b>');
  expect(document.querySelector('main b')).toBeNull();
});

it('explains what IT does next where nothing is signed yet', async () => {
  overview = { releases: [], running: [], rollouts: [], ended: [], feedFault: null };
  await show('This server has no signed release yet');
  expect(page.text).toContain('Make your keys once, offline');
  expect(page.text).not.toContain('New rollout');
});

it('keeps what it shows while the server is away, and says so', async () => {
  await show('Maple 1');
  await act(async () => server.stream('update-changes').fail());
  await shown('The server does not answer just now.');
  expect(page.text).toContain('Maple 1');
  const before = server.askedFor('updatesOverview');
  await act(async () => server.stream('update-changes').open());
  await page.until(() => server.askedFor('updatesOverview') > before, 5_000);
});
