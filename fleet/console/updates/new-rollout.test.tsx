// @vitest-environment happy-dom
/** A new rollout in the console: rings by name and share, what they would do, and its start after a question. */
import { act } from 'react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RolloutPreview } from '#contract/http/updates-api.ts';
import type { RolloutPlan } from '#contract/rollout.ts';
import { refusal } from '#ui/page-under-test.tsx';
import { Console } from '../console.tsx';
import { accountOf, ConsoleUnderTest, idOf, roomOf, ServerUnderTest } from '../console-under-test.tsx';
import { offeredOf, ringReportOf, rolloutUnderTest } from './updates-under-test.ts';

let server: ServerUnderTest;
let page: ConsoleUnderTest;
let preview: RolloutPreview;
beforeEach(() => {
  preview = {
    rings: [
      { name: 'Canary', rooms: 1, models: ['NUC 13'], missingModels: ['Elite Mini'] },
      { name: 'Everyone', rooms: 9, models: ['NUC 13', 'Elite Mini'], missingModels: [] },
    ],
    leftOut: 2,
    alreadyUpdated: 3,
  };
  server = new ServerUnderTest();
  server.rooms = [roomOf(1, { roomName: 'Maple 1' }), roomOf(2, { roomName: 'Birch 2' })];
  const older = offeredOf('1.4.2');
  Object.assign(server.answers, {
    updatesOverview: () => ({
      body: {
        releases: [
          { ...older, facts: { ...older.facts, madeAtMs: 1 } },
          offeredOf('1.5.0'),
          { ...older, facts: { ...older.facts, role: 'server', version: '9.0.0' } },
        ],
        ...{ running: [], rollouts: [], ended: [], feedFault: null },
      },
    }),
    previewRollout: () => ({ body: preview }),
    startRollout: () => ({ body: rolloutUnderTest([ringReportOf('Canary', 'running', { waiting: 1 })]) }),
    listPlaces: () => ({
      body: {
        places: [
          {
            ...{ placeId: idOf(50), parentId: null, kind: 'site', placeName: 'Seoul', roomCount: 2, accountCount: 0 },
            defaults: { meetingPolicy: null, allowedRanges: [] },
          },
        ],
        organisation: { meetingPolicy: null, allowedRanges: [] },
      },
    }),
  } satisfies typeof server.answers);
  server.install();
  page = new ConsoleUnderTest();
});
afterEach(() => {
  page.end();
  location.hash = '';
});
const open = async () => {
  location.hash = '#/updates/new';
  await page.show(<Console />);
  await page.until(() => page.text.includes('Add a ring'));
};
const shown = (words: string) => page.until(() => page.text.includes(words));
const nameCanary = async () => {
  await page.fill('Find a room', 'map');
  await shown('Add Maple 1');
  await page.press('Add Maple 1');
  await shown('9 rooms');
};
const planSent = () => server.bodyOf('startRollout') as RolloutPlan;

it('offers releases for kiosks alone, the newest first', async () => {
  await open();
  const options = [...document.querySelectorAll('option')].map(({ textContent }) => textContent);
  expect(options.length).toBe(2);
  expect(options[0]).toContain('1.5.0');
});

it('shows what it would do, warns of models that a ring lacks, and starts after a question', async () => {
  await open();
  expect(server.askedFor('previewRollout')).toBe(0);
  await nameCanary();
  expect(page.text).toContain('Not in this ring: Elite Mini.');
  expect(page.text).toContain('2 rooms are left out');
  expect(page.text).toContain('3 rooms run this release already.');
  await page.press('Start the rollout');
  await shown('Roll out 1.5.0?');
  expect(page.text).toContain('10 rooms are to be updated in rings, beginning with “Canary”.');
  expect(server.askedFor('startRollout')).toBe(0);
  await act(async () => page.buttons('Start the rollout').at(-1)!.click());
  await page.until(() => location.hash === '#/updates');
  expect(planSent().rings.map(({ name, roomIds }) => [name, roomIds])).toEqual([
    ['Canary', [idOf(1)]],
    ['10 percent', []],
    ['Half', []],
    ['Everyone', []],
  ]);
  expect(planSent().releaseId).toBe(offeredOf('1.5.0').facts.releaseId);
});

it('says what is missing, and sends nothing', async () => {
  await open();
  await page.press('Start the rollout');
  await shown('Name rooms or places, or give it a share');
  await page.fill('Deadline, in hours', '0');
  await shown('A whole number from 1 to 720');
  expect(server.askedFor('previewRollout') + server.askedFor('startRollout')).toBe(0);
});

it('adds and removes rings, and sends those that are left', async () => {
  await open();
  for (const ring of ['Canary', '10 percent', 'Half']) await page.press(`Remove ${ring}`);
  expect(page.buttons('Remove Everyone')).toEqual([]);
  await page.press('Add a ring');
  await page.press('Remove Ring 1');
  await shown('9 rooms');
  await page.press('Start the rollout');
  await act(async () => page.buttons('Start the rollout').at(-1)!.click());
  await page.until(() => server.askedFor('startRollout') === 1);
  expect(planSent().rings.map(({ name, upToPercent }) => [name, upToPercent])).toEqual([['Everyone', 100]]);
});

it('takes places, and takes a named room out again', async () => {
  await open();
  await nameCanary();
  await page.press('Where: All rooms in service');
  await act(async () => document.querySelector<HTMLInputElement>('input[type=checkbox]')!.click());
  await page.until(() => (server.bodyOf('previewRollout') as RolloutPlan).placeIds.length === 1);
  expect((server.bodyOf('previewRollout') as RolloutPlan).placeIds).toEqual([idOf(50)]);
  await page.press('Remove Maple 1');
  await shown('Complete the rings');
});

it('starts nothing where no room would change', async () => {
  preview = { rings: [{ name: 'Canary', rooms: 0, models: [], missingModels: [] }], leftOut: 0, alreadyUpdated: 10 };
  await open();
  await page.fill('Find a room', 'map');
  await shown('Add Maple 1');
  await page.press('Add Maple 1');
  await shown('No room would change.');
  expect(page.button('Start the rollout').disabled).toBe(true);
});

it('shows a refusal in words, and keeps what was typed', async () => {
  server.answers.startRollout = () => refusal(409, 'not-possible-now');
  await open();
  await nameCanary();
  await page.press('Start the rollout');
  await act(async () => page.buttons('Start the rollout').at(-1)!.click());
  await page.until(() => page.text.includes('Code for IT: not-possible-now'));
  expect(page.text).toContain('Maple 1');
  expect(location.hash).toBe('#/updates/new');
});

it('is not open to those who may not', async () => {
  server.account = accountOf('operator');
  location.hash = '#/updates/new';
  await page.show(<Console />);
  await shown('Sign out');
  expect(page.text).not.toContain('Add a ring');
});
