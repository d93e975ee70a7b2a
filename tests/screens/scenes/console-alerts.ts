/** The console's alerts, and who is notified of them. */
import type { RouteName } from '#contract/http/all-routes.ts';
import type { Alert, AlertTarget } from '#contract/http/alerts-api.ts';
import { type SignalName, signalOf } from '#contract/signals.ts';
import { type Answer, consoleScene, healthy, press, rooms, signedIn } from './console.ts';
import type { Page } from 'playwright-core';
import type { Scene } from './scene.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const minutesAgo = (count: number): number => Date.now() - count * 60_000;
const LONG_ROOM = 'Namsan Panorama Conference Hall with Terrace, South Wing, 27th floor, behind the library';

const alertOf = (n: number, signal: SignalName, over: Partial<Alert> = {}): Alert => ({
  alertId: id(900 + n),
  signal,
  severity: signalOf(signal).severity,
  roomId: id(920 + n),
  roomName: `Maple ${n}F`,
  placeId: null,
  state: 'open',
  facts: {},
  sinceMs: minutesAgo(n * 17 + 3),
  openedAtMs: minutesAgo(n * 17 + 2),
  closedAtMs: null,
  inhibitedBy: null,
  acknowledged: null,
  ...over,
});
const site = alertOf(1, 'site-offline', { roomId: null, roomName: null, placeId: id(11) });
const alerts = [
  site,
  alertOf(2, 'kiosk-offline', { inhibitedBy: site.alertId }),
  alertOf(3, 'camera-failing', { roomName: LONG_ROOM }),
  alertOf(4, 'help-called', {
    roomName: '한라 회의실',
    state: 'acknowledged',
    acknowledged: { by: '김미나', atMs: minutesAgo(4), note: '새 케이블을 가지고 가는 중입니다. '.repeat(6) },
  }),
  alertOf(5, 'certificate-ending'),
  alertOf(6, 'disk-low', { state: 'closed', closedAtMs: minutesAgo(1) }),
  alertOf(7, 'tv-failing', { state: 'closed', closedAtMs: minutesAgo(30), roomName: null }),
];
const auditBroken = alertOf(8, 'audit-broken', { roomId: null, roomName: null, facts: { seq: 4711 } });
const clockOff = alertOf(9, 'node-clock-off', {
  ...{ roomId: null, roomName: null },
  facts: { nodeId: id(940), seconds: -63 },
});
const erasuresUnreadable = alertOf(10, 'erasures-unreadable', {
  ...{ roomId: null, roomName: null },
  facts: { code: 'EACCES' },
});
const page =
  (all: readonly Alert[]): Answer =>
  ({ searchParams }) => {
    const rows = all.filter(({ inhibitedBy }) => inhibitedBy === null || searchParams.get('inhibited') !== 'false');
    const some = rows.length > 2;
    const critical = rows.filter(({ severity }) => severity === 'critical').length;
    const counts = { open: rows.length, acknowledged: some ? 1 : 0, critical: some ? 3 : critical };
    return { body: { rows, nextCursor: some ? 'next' : null, total: some ? 41 : rows.length, counts } };
  };

const targetOf = (n: number, over: Partial<AlertTarget> = {}): AlertTarget => ({
  targetId: id(950 + n),
  kind: 'mail',
  targetName: 'IT help desk',
  destination: 'it@example.org',
  placeId: null,
  atLeast: 'warning',
  language: 'en',
  createdBy: `account:${id(9)}`,
  createdAtMs: minutesAgo(9_000),
  delivery: { deliveredAtMs: minutesAgo(12), failed: null, waitingCount: 0, nextTryAtMs: null },
  ...over,
});
const targets = [
  targetOf(0),
  targetOf(1, {
    kind: 'webhook',
    targetName: 'ITSM',
    destination: `https://itsm.example.org/api/hooks/${'incoming-room-alerts/'.repeat(6)}`,
    delivery: {
      deliveredAtMs: minutesAgo(300),
      failed: { atMs: minutesAgo(4), reason: 'not-trusted', detail: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
      waitingCount: 7,
      nextTryAtMs: minutesAgo(-6),
    },
  }),
  targetOf(2, {
    targetName: '남산 파노라마 타워 남관 시설 담당자와 야간 당직자',
    destination: 'night.duty.of.the.south.wing.of.namsan.panorama.tower@facilities.example.org',
    placeId: id(12),
    atLeast: 'critical',
    language: 'ko',
    delivery: {
      deliveredAtMs: minutesAgo(60),
      failed: { atMs: minutesAgo(190), reason: 'mail-refused', detail: 'ESOCKET' },
      waitingCount: 1,
      nextTryAtMs: null,
    },
  }),
  targetOf(3, {
    kind: 'webhook',
    targetName: 'New',
    destination: 'https://10.20.0.9/hooks',
    delivery: { deliveredAtMs: null, failed: null, waitingCount: 0, nextTryAtMs: null },
  }),
];
const defaults = { meetingPolicy: null, allowedRanges: [] };
const place = (n: number, parent: number | null, kind: string, placeName: string) => ({
  ...{ placeId: id(n), parentId: parent === null ? null : id(parent), kind, placeName },
  ...{ defaults, roomCount: 3, accountCount: 0 },
});
const answers: Partial<Record<RouteName, Answer>> = {
  currentSession: signedIn,
  ...rooms(healthy),
  listPlaces: {
    body: {
      places: [place(11, null, 'site', 'Seoul'), place(12, 11, 'building', '남산 파노라마 타워 남관')],
      organisation: defaults,
    },
  },
  listAlerts: page(alerts),
  listAlertTargets: { body: { targets, canMail: true } },
};
const scene = (name: string, path: string, over: Partial<Record<RouteName, Answer>> = {}, act?: Scene['act']): Scene =>
  consoleScene(name, { ...answers, ...over }, act, `/#${path}`);

const isListed = (shown: Page) => shown.locator('main li').first().waitFor();

export const alertScenes: readonly Scene[] = [
  scene('alerts', '/alerts?state=all', {}, isListed),
  scene('alerts-explained', '/alerts?state=all&explained=1', {}, isListed),
  scene('alerts-audit-broken', '/alerts', { listAlerts: page([auditBroken]) }, isListed),
  scene('alerts-clock-and-deletions', '/alerts', { listAlerts: page([erasuresUnreadable, clockOff]) }, isListed),
  scene('alerts-none', '/alerts', { listAlerts: page([]) }),
  scene('alerts-none-found', '/alerts?state=closed&severity=critical', { listAlerts: page([]) }),
  scene('alerts-no-server', '/alerts', { listAlerts: 'no-answer' }),
  scene('alerts-look-after', '/alerts', {}, (shown) => press(shown, /^Look after it: Maple 5F|^처리하기: Maple 5F/)),
  scene('alert-targets', '/alerts/targets', {}, isListed),
  scene('alert-targets-none', '/alerts/targets', { listAlertTargets: { body: { targets: [], canMail: false } } }),
  scene('alert-targets-no-server', '/alerts/targets', { listAlertTargets: 'no-answer' }),
  scene('alert-targets-add', '/alerts/targets', {}, async (shown) => {
    await press(shown, /^Add a recipient$|^수신처 추가$/);
    await shown.getByText(/^Webhook$|^웹훅$/).click();
    await press(shown, /^Save$|^저장$/);
  }),
  scene(
    'alert-targets-secret',
    '/alerts/targets',
    { renewAlertSecret: { body: { secret: `whsec_${'MfKQ9r8GKYqrTwjU'.repeat(3).slice(0, 43)}=` } } },
    async (shown) => {
      await press(shown, /^New secret for ITSM|^ITSM의 새 서명 키/);
      await press(shown, /^New secret$|^새 서명 키$/);
    },
  ),
];
