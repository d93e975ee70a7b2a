// @vitest-environment happy-dom
/** Settings in the console: every field has words; where a value comes from; what is tried, saved, applied, refused, locked, taken back. */
import { act } from 'react';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { SettingsView } from '#contract/http/settings-api.ts';
import { settingFieldsOf, SECTION_NAMES } from '#contract/settings/all-settings.ts';
import settingsEn from '#ui/words/en/settings.ts';
import { refusal } from '#ui/page-under-test.tsx';
import { ConsoleUnderTest, idOf, ServerUnderTest } from './console-under-test.tsx';
import { LiveRooms } from './live-rooms.ts';
import { LiveRoomsContext } from './use-rooms.ts';
import { settingsViewOf } from './settings-view-under-test.ts';

let SettingsCard: typeof import('./settings-card.tsx').SettingsCard;
let server: ServerUnderTest;
// it adds its words to those that a page has started
beforeAll(async () => {
  const first = new ConsoleUnderTest();
  await first.show(null);
  first.end();
  ({ SettingsCard } = await import('./settings-card.tsx'));
});
let page: ConsoleUnderTest;
const scope = { kind: 'room', roomId: idOf(1) } as const;
const REPORT = { revision: 3, desiredRevision: 3, reportedAtMs: 1_000, local: {}, refused: [] };
let view: SettingsView;
const live = new LiveRooms({ onSignedOut: () => {} });
beforeEach(async () => {
  view = settingsViewOf({ scope, report: REPORT });
  server = new ServerUnderTest();
  server.answers.roomSettings = () => ({ body: view });
  server.answers.changeRoomSettings = () => ({ body: view });
  server.install();
  page = new ConsoleUnderTest();
});
afterEach(() => page.end());

async function show(online = true): Promise<void> {
  await page.show(
    <LiveRoomsContext value={live}>
      <SettingsCard scope={scope} isOnline={online} />
    </LiveRoomsContext>,
  );
  await page.until(() => page.text.includes('Calendar'));
}
async function edit(section: string): Promise<void> {
  const found = [...document.querySelectorAll('button')].find(
    (each) => each.getAttribute('aria-label') === `Change: ${section}`,
  );
  await act(async () => found!.click());
  await page.until(() => document.querySelector('form') !== null);
}
const notify = (over: Partial<SettingsView>) =>
  act(async () => server.streams.at(-1)!.say('settings', { ...view, ...over }));
const sent = () => server.asked.findLast(({ name }) => name === 'changeRoomSettings')?.body;

it('has words for each field of the declaration', () => {
  const words = settingsEn.sections as Record<string, Record<string, unknown>>;
  for (const section of SECTION_NAMES)
    for (const [field, declared] of settingFieldsOf(section)) {
      if (declared.kind === 'local') continue;
      expect(words[section]?.[field], `${section}.${field}`).toMatchObject({ label: /./, help: /./ });
      if (declared.kind === 'choice')
        expect(Object.keys((words[section]![field] as { options: object }).options)).toEqual([...declared.options]);
    }
});

it('saves what is set, by the revision that was seen', async () => {
  await show();
  await edit('TV');
  await page.type('input[inputmode=numeric]', '30');
  await page.press('Save');
  await page.until(() => server.askedFor('changeRoomSettings') === 1);
  expect(sent()).toEqual({ revision: 3, set: { tv: { offAfterIdleMinutes: 30 } } });
});

it('sends nothing that is out of range, and says so', async () => {
  await show();
  await edit('TV');
  await page.type('input[inputmode=numeric]', '0');
  await page.press('Save');
  await page.until(() => page.text.includes('This value is not possible here'));
  expect(page.text).toContain('Between 1 and 1440 minutes');
  expect(server.askedFor('changeRoomSettings')).toBe(0);
});

it('says when the kiosk has not applied it yet, when it has, and why it refused', async () => {
  await show();
  await notify({ report: { ...REPORT, desiredRevision: 4 } });
  await page.until(() => page.text.includes('has not applied it yet'));
  await notify({ report: { ...REPORT, revision: 4, desiredRevision: 4 } });
  await page.until(() => page.text.includes('In force on the kiosk'));
  const refused = [{ section: 'calendar', field: 'password', code: 'setting-missing' as const, message: '' }];
  await notify({ report: { ...REPORT, refused } });
  await page.until(() => page.text.includes('Refused by the kiosk: Password'));
  expect(page.text).toContain('is missing');
  expect(page.text).not.toContain('In force on the kiosk');
});

it('does not change what is set on the kiosk itself', async () => {
  view = { ...view, report: { ...REPORT, local: { tv: ['offAfterIdleMinutes'] } } };
  await show();
  await edit('TV');
  expect(page.text).toContain('Set on the kiosk itself');
  expect(document.querySelector('input[inputmode=numeric]')).toBeNull();
});

it('sends a password only when it is typed, and says when it has to be entered again', async () => {
  const own = { calendar: { kind: 'caldav' } };
  view = settingsViewOf({ scope, own, secrets: { calendar: { password: 'enter-again' } }, report: REPORT });
  await show();
  expect(page.text).toContain('Has to be entered again');
  await edit('Calendar');
  await page.press('Save');
  await page.until(() => page.text.includes('Nothing is changed yet'));
  expect(server.askedFor('changeRoomSettings')).toBe(0);
  await page.type('input[type=password]', 'open sesame');
  await page.press('Save');
  await page.until(() => server.askedFor('changeRoomSettings') === 1);
  expect(sent()).toEqual({ revision: 3, secrets: { calendar: { password: 'open sesame' } } });
});

it('shows where each value comes from; one that is locked from above is not changed', async () => {
  const seoul = { kind: 'place', placeId: idOf(70), placeName: 'Seoul' } as const;
  view = settingsViewOf({ scope, own: { tv: { audio: 'device', offAfterIdleMinutes: 5 } }, report: REPORT }, [
    { section: 'tv', field: 'offAfterIdleMinutes', value: 40, source: seoul, isLocked: true },
    { section: 'screen', field: 'language', value: 'ko', source: { kind: 'organisation' } },
  ]);
  await show();
  expect(page.text).toContain('From the organisation');
  expect(page.text).toContain('Set in this room');
  expect(page.text).toContain('40 minutesLocked: From Seoul');
  await edit('TV');
  expect(document.querySelector('input[inputmode=numeric]')).toBeNull();
  expect(page.text).toContain('Set here to 5 minutes, which counts again after the unlock');
  // equal to the default, and still the room's own until it is given up
  await page.press('As inherited: Speakerphone (Volume)');
  await page.press('Save');
  await page.until(() => server.askedFor('changeRoomSettings') === 1);
  expect(sent()).toEqual({ revision: 3, clear: { tv: ['audio'] } });
});

it('tries a change of many rooms before it is applied: how many change, which refuse and why', async () => {
  const place = { kind: 'place', placeId: idOf(70) } as const;
  view = settingsViewOf({ scope: place });
  server.answers.placeSettings = () => ({ body: view });
  server.answers.changePlaceSettings = () => ({ body: view });
  const named = { roomId: idOf(1), roomName: 'Maple' };
  server.answers.tryPlaceSettings = () => ({
    body: {
      changedCount: 37,
      changed: [{ ...named, fields: ['tv.offAfterIdleMinutes'], online: false }],
      unchangedCount: 3,
      refusedCount: 2,
      refused: [{ ...named, roomName: '<b>Oak</b>', field: 'tv.offAfterIdleMinutes', because: 'kiosk-file' }],
    },
  });
  await page.show(<SettingsCard scope={place} title="Seoul" />);
  await page.until(() => page.text.includes('Calendar'));
  await edit('TV');
  await page.type('input[inputmode=numeric]', '30');
  const lock = 'input[aria-label="Lock for everything below: Switch off when idle"]';
  await act(async () => document.querySelector<HTMLInputElement>(lock)!.click());
  await page.press('See what changes');
  await page.until(() => page.text.includes('37 rooms change'));
  expect(page.text).toContain('2 rooms refuse');
  expect(page.text).toContain('<b>Oak</b>: Switch off when idle. settings.json on the kiosk sets it');
  expect(page.text).toContain('Maple · off now, applies it on return');
  expect(server.askedFor('changePlaceSettings')).toBe(0);
  await page.press('Apply');
  await page.until(() => server.askedFor('changePlaceSettings') === 1);
  expect(server.asked.findLast(({ name }) => name === 'changePlaceSettings')?.body).toEqual({
    revision: 3,
    set: { tv: { offAfterIdleMinutes: 30 } },
    lock: { tv: { offAfterIdleMinutes: true } },
  });
});

it('lists the versions with their differences, and leads back to one with a reason', async () => {
  const change = { section: 'tv', field: 'offAfterIdleMinutes', what: 'value' };
  server.answers.roomSettingsVersions = () => ({
    body: {
      rows: [
        { revision: 3, atMs: 9_000, author: 'account:a', reason: '', changes: [{ ...change, before: 20, after: 30 }] },
        { revision: 2, atMs: 8_000, author: 'account:b', reason: 'Saving power', changes: [{ ...change, after: 20 }] },
      ],
      nextCursor: null,
      total: 2,
      counts: {},
    },
  });
  server.answers.returnRoomSettings = () => ({ body: view });
  await show();
  await page.press('Versions');
  await page.until(() => page.text.includes('Saving power'));
  expect(page.text).toContain('Switch off when idle: 20 minutes → 30 minutes');
  expect(page.text).toContain('Switch off when idle: not set → 20 minutes');
  await page.press('Go back to this: version 2');
  await page.press('Go back to this');
  await page.until(() => server.askedFor('returnRoomSettings') === 1);
  expect(server.asked.findLast(({ name }) => name === 'returnRoomSettings')?.body).toEqual({
    revision: 3,
    toRevision: 2,
    reason: '',
  });
});

it('shows that they are fetched, that no server answers, and that somebody else was faster', async () => {
  server.answers.roomSettings = () => 'no-answer';
  await page.show(<SettingsCard scope={scope} isOnline />);
  await page.until(() => page.text.includes('The server does not answer'));
  await notify({});
  await page.until(() => page.text.includes('Calendar'));
  server.answers.changeRoomSettings = () => refusal(409, 'settings-changed');
  await edit('TV');
  await page.type('input[inputmode=numeric]', '30');
  await page.press('Save');
  await page.until(() => page.text.includes('Somebody else has changed'));
});
