// @vitest-environment happy-dom
/** Alerts in the console: filtered by the address, looked after with a note; recipients added with their secret, tested, removed. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Alert, AlertTarget } from '#contract/http/alerts-api.ts';
import { refusal } from '#ui/page-under-test.tsx';
import { Console } from './console.tsx';
import { accountOf, ConsoleUnderTest, idOf, ServerUnderTest } from './console-under-test.tsx';

const alertOf = (n: number, over: Partial<Alert> = {}): Alert => ({
  alertId: idOf(n),
  signal: 'camera-failing',
  severity: 'critical',
  roomId: idOf(100 + n),
  roomName: `Maple ${n}`,
  placeId: null,
  state: 'open',
  facts: {},
  sinceMs: Date.now() - 60_000,
  openedAtMs: Date.now() - 50_000,
  closedAtMs: null,
  inhibitedBy: null,
  acknowledged: null,
  ...over,
});
const targetOf = (n: number, over: Partial<AlertTarget> = {}): AlertTarget => ({
  targetId: idOf(n),
  kind: 'webhook',
  targetName: `ITSM ${n}`,
  destination: 'https://itsm.corp.example/hooks',
  placeId: null,
  atLeast: 'warning',
  language: 'en',
  createdBy: 'account:a',
  createdAtMs: 1,
  delivery: { deliveredAtMs: null, failed: null, waitingCount: 0, nextTryAtMs: null },
  ...over,
});

let server: ServerUnderTest;
let page: ConsoleUnderTest;
let alerts: Alert[];
let targets: AlertTarget[];
let asked: string[];
beforeEach(() => {
  const site = alertOf(1, { signal: 'site-offline', roomId: null, roomName: null, placeId: idOf(50) });
  alerts = [site, alertOf(2, { signal: 'kiosk-offline', inhibitedBy: site.alertId }), alertOf(3)];
  targets = [targetOf(7)];
  asked = [];
  server = new ServerUnderTest();
  Object.assign(server.answers, {
    listAlerts: ({ search }) => {
      asked.push(search);
      const counts = { open: alerts.length, acknowledged: 0, critical: 0 };
      return { body: { rows: alerts, nextCursor: null, total: alerts.length, counts } };
    },
    acknowledgeAlert: (_, body) => {
      const { note } = body as { note: string };
      alerts = [alertOf(3, { state: 'acknowledged', acknowledged: { by: 'Mina', atMs: Date.now(), note } })];
      return { body: alerts[0] };
    },
    listPlaces: () => ({ body: { places: [], organisation: { meetingPolicy: null, allowedRanges: [] } } }),
    listAlertTargets: () => ({ body: { targets, canMail: false } }),
    addAlertTarget: (_, body) => {
      const { targetName, url } = body as { targetName: string; url: string };
      if (url.includes('127.')) return refusal(422, 'target-not-allowed');
      targets = [...targets, targetOf(8, { targetName })];
      return { body: { target: targets[1], secret: 'whsec_c2hvd24gb25jZQ==' } };
    },
    testAlertTarget: () => {
      const failed = { atMs: Date.now(), reason: 'answered' as const, detail: '503' };
      targets = [targetOf(7, { delivery: { deliveredAtMs: null, failed, waitingCount: 2, nextTryAtMs: Date.now() } })];
      return { body: { target: targets[0] } };
    },
    removeAlertTarget: () => {
      targets = [];
      return { body: {} };
    },
  } satisfies typeof server.answers);
  server.install();
  page = new ConsoleUnderTest();
});
afterEach(() => {
  page.end();
  location.hash = '';
});

const open = async (hash: string, words: string) => {
  location.hash = hash;
  await page.show(<Console />);
  await page.until(() => page.text.includes(words));
};
const shown = (words: string) => page.until(() => page.text.includes(words));

it('shows what is open, with what explains it, and asks for what the address names', async () => {
  await open('#/alerts?severity=critical&signal=nonsense&explained=1', 'A place as a whole');
  expect(asked.at(-1)).toContain('state=open');
  expect(asked.at(-1)).toContain('severity=critical');
  expect(asked.at(-1)).not.toContain('nonsense');
  expect(asked.at(-1)).not.toContain('inhibited');
  expect(page.text).toContain('Explained by: The whole site is offline');
  expect(page.text).toContain('Opens after 11 seconds of its cause, closes 5 seconds after its end.');
  await page.press('Clear the filters');
  await page.until(() => asked.at(-1)?.includes('inhibited=false') === true);
  expect(location.hash).toBe('#/alerts');
});

it('looks after one with a note', async () => {
  await open('#/alerts', 'Maple 3');
  await page.press('Look after it: Maple 3, The camera sends no usable picture');
  await page.fill('Note (if you like)', ' on my way ');
  await page.press('Look after it');
  await shown('Mina looks after it, since');
  expect(page.text).toContain('Note: on my way');
});

it('offers nothing to those who may only look', async () => {
  server.account = accountOf('viewer');
  await open('#/alerts', 'Maple 3');
  expect(page.text).toContain('Maple 3');
  expect(page.text).not.toContain('Look after it');
  expect(page.text).not.toContain('Recipients');
});

it('adds a webhook: a wrong address is refused in words, a secret is shown once', async () => {
  await open('#/alerts/targets', 'ITSM 7');
  expect(page.text).toContain('No mail server is named on this server');
  await page.press('Add a recipient');
  await page.press('Webhook');
  await page.press('Save');
  expect(page.text).toContain('A URL that begins with https://');
  await page.fill('Name', 'Desk');
  await page.fill('URL', 'https://127.0.0.1/');
  await page.press('Save');
  await shown('This address cannot be notified');
  await page.fill('URL', 'https://itsm.corp.example/');
  await page.press('Save');
  await shown('whsec_c2hvd24gb25jZQ==');
  await page.press('I have it');
  await page.until(() => !page.text.includes('whsec_'));
  expect(page.text).toContain('Desk');
});

it('tests one, and shows why it does not get through; removes it after a question', async () => {
  await open('#/alerts/targets', 'ITSM 7');
  expect(page.text).toContain('Nothing sent yet');
  await page.press('Send a test to ITSM 7');
  await shown('Does not get through: it answered with 503');
  expect(page.text).toContain('2 messages wait');
  await page.press('Remove ITSM 7');
  await page.press('Remove');
  await shown('Nobody is notified yet');
});
