// @vitest-environment happy-dom
/** A room's settings in the console: every field has words, what is saved, applied, refused, and set on the kiosk itself. */
import { act } from 'react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RoomSettingsView } from '#contract/http/settings-api.ts';
import { settingFieldsOf, SECTION_NAMES } from '#contract/settings/all-settings.ts';
import consoleEn from '#ui/words/en/console.ts';
import { refusal } from '#ui/page-under-test.tsx';
import { ConsoleUnderTest, idOf, ServerUnderTest } from './console-under-test.tsx';
import { SettingsCard } from './settings-card.tsx';

let server: ServerUnderTest;
let page: ConsoleUnderTest;
let view: RoomSettingsView;
beforeEach(() => {
  view = { revision: 3, values: {}, secrets: {}, report: { revision: 3, local: {}, refused: [] } };
  server = new ServerUnderTest();
  server.answers.roomSettings = () => ({ body: view });
  server.answers.changeRoomSettings = () => ({ body: view });
  server.install();
  page = new ConsoleUnderTest();
});
afterEach(() => page.end());

async function show(online = true): Promise<void> {
  await page.show(<SettingsCard room={{ roomId: idOf(1), online }} />);
  await page.until(() => page.text.includes('Calendar'));
}
async function edit(section: string): Promise<void> {
  const found = [...document.querySelectorAll('button')].find(
    (each) => each.getAttribute('aria-label') === `Change: ${section}`,
  );
  await act(async () => found!.click());
  await page.until(() => document.querySelector('form') !== null);
}
const notify = (over: Partial<RoomSettingsView>) =>
  act(async () => server.streams.at(-1)!.say('settings', { ...view, ...over }));
const sent = () => server.asked.findLast(({ name }) => name === 'changeRoomSettings')?.body;

it('has words for each field of the declaration', () => {
  const words = consoleEn.roomSettings.sections as Record<string, Record<string, unknown>>;
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
  expect(sent()).toEqual({ revision: 3, values: { offAfterIdleMinutes: 30 }, secrets: {} });
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
  await notify({ revision: 4 });
  await page.until(() => page.text.includes('has not applied it yet'));
  await notify({ revision: 4, report: { revision: 4, local: {}, refused: [] } });
  await page.until(() => page.text.includes('In force on the kiosk'));
  const refused = [{ section: 'calendar', field: 'password', code: 'setting-missing' as const, message: '' }];
  await notify({ revision: 5, report: { revision: 5, local: {}, refused } });
  await page.until(() => page.text.includes('Refused by the kiosk: Password'));
  expect(page.text).toContain('is missing');
  expect(page.text).not.toContain('In force on the kiosk');
});

it('does not change what is set on the kiosk itself', async () => {
  view = { ...view, report: { revision: 3, local: { tv: ['offAfterIdleMinutes'] }, refused: [] } };
  await show();
  await edit('TV');
  expect(page.text).toContain('Set on the kiosk itself');
  expect(document.querySelector('input[inputmode=numeric]')).toBeNull();
});

it('sends a password only when it is typed, and says when it has to be entered again', async () => {
  view = { ...view, values: { calendar: { kind: 'caldav' } }, secrets: { calendar: { password: 'enter-again' } } };
  await show();
  expect(page.text).toContain('Has to be entered again');
  await edit('Calendar');
  await page.press('Save');
  await page.until(() => server.askedFor('changeRoomSettings') === 1);
  expect(sent()).toMatchObject({ secrets: {} });
  await edit('Calendar');
  await page.type('input[type=password]', 'open sesame');
  await page.press('Save');
  await page.until(() => server.askedFor('changeRoomSettings') === 2);
  expect(sent()).toMatchObject({ values: { kind: 'caldav' }, secrets: { password: 'open sesame' } });
});

it('shows that they are fetched, that no server answers, and that somebody else was faster', async () => {
  server.answers.roomSettings = () => 'no-answer';
  await page.show(<SettingsCard room={{ roomId: idOf(1), online: true }} />);
  await page.until(() => page.text.includes('The server does not answer'));
  await notify({});
  await page.until(() => page.text.includes('Calendar'));
  server.answers.changeRoomSettings = () => refusal(409, 'settings-changed');
  await edit('TV');
  await page.press('Save');
  await page.until(() => page.text.includes('Somebody else has changed'));
});
