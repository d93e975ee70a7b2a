/** The console's pages of people, places and the audit log. */
import type { AuditRow } from '#contract/http/audit-api.ts';
import type { RouteName } from '#contract/http/all-routes.ts';
import type { KeptRecord } from '#contract/http/record-api.ts';
import { type AccountRow, LOCAL_ISSUER } from '#contract/http/people-api.ts';
import type { Role } from '#contract/http/permissions.ts';
import type { PlaceRow } from '#contract/http/places-api.ts';
import { RecordPolicy } from '#contract/record-policy.ts';
import type { Page } from 'playwright-core';
import { type Answer, consoleScene, healthy, press, refusal, rooms, signedIn } from './console.ts';
import type { Scene } from './scene.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const hoursAgo = (count: number): number => Date.now() - count * 3_600_000;
const KEPT_NOTHING = RecordPolicy.parse({});
const LONG_NAME = 'Wolfeschlegelsteinhausenbergerdorff Maximilian-Alexander von und zu Hohenstein';

const personOf = (n: number, displayName: string, role: Role, over: Partial<AccountRow> = {}): AccountRow => ({
  accountId: id(n),
  userName: `user-${n}`,
  displayName,
  email: `user-${n}@example.org`,
  placeId: null,
  issuer: LOCAL_ISSUER,
  mustChangePassword: false,
  grants: [{ role, scope: { kind: 'organisation' } }],
  isDisabled: false,
  isInvited: false,
  lastSignedInAtMs: hoursAgo(n),
  ...over,
});
const people = [
  personOf(1, 'Mina Kim', 'administrator'),
  personOf(2, '박준', 'operator', { grants: [{ role: 'operator', scope: { kind: 'place', placeId: id(12) } }] }),
  personOf(3, 'Hana', 'member', { isInvited: true, lastSignedInAtMs: null, email: null }),
  personOf(4, LONG_NAME, 'viewer', { userName: 'maximilian.alexander.wolfeschlegelsteinhausen@example.org' }),
  personOf(5, '이서연', 'member', { isDisabled: true }),
  personOf(6, 'Install team', 'installer', { lastSignedInAtMs: null }),
  personOf(7, 'A former member', 'member', {
    ...{ userName: `former-${id(7)}`, email: null, grants: [], isDisabled: true, isForgotten: true },
    lastSignedInAtMs: null,
  }),
];
const placeOf = (
  n: number,
  parent: number | null,
  kind: PlaceRow['kind'],
  placeName: string,
  roomCount = 0,
): PlaceRow => ({
  placeId: id(n),
  parentId: parent === null ? null : id(parent),
  kind,
  placeName,
  defaults: { meetingPolicy: null, allowedRanges: [] },
  roomCount,
  accountCount: n % 5,
});
const places = [
  placeOf(11, null, 'site', 'Seoul'),
  placeOf(12, 11, 'building', '남산 파노라마 타워 남관'),
  placeOf(13, 12, 'floor', '27F', 4),
  placeOf(14, 12, 'floor', '3F', 12),
  placeOf(15, null, 'site', 'Research and Development Campus of the South, behind the library, with the old mill'),
];
const entry = (seq: number, kind: AuditRow['kind'], over: Partial<AuditRow> = {}): AuditRow => ({
  seq,
  atMs: hoursAgo(60 - seq),
  kind,
  actor: { key: `account:${id(1)}`, name: 'Mina Kim' },
  subject: { key: 'network:192.0.2.14', name: null },
  details: {},
  ...over,
});
const log = [
  entry(58, 'signed-in', { details: { method: 'password' } }),
  entry(57, 'role-granted', {
    subject: { key: `account:${id(2)}`, name: '박준' },
    details: { grant: `operator place ${id(12)}` },
  }),
  entry(56, 'guest-admitted', {
    actor: { key: `pairing:${id(77)}`, name: null },
    subject: { key: `meeting:${id(78)}`, name: LONG_NAME },
    details: { displayName: LONG_NAME, ticketId: id(79) },
  }),
  entry(55, 'sign-in-refused', {
    actor: { key: 'network:2001:db8::17', name: null },
    subject: { key: 'account:unknown', name: null },
  }),
  entry(54, 'room-placed', { subject: { key: `room:${id(80)}`, name: '한라 회의실' } }),
  entry(53, 'guest-removed', {
    actor: { key: `peer:${id(81)}`, name: null },
    subject: { key: `call:${id(82)}`, name: null },
  }),
  entry(52, 'unknown', { actor: { key: 'haunted:house', name: null } }),
];
const recordOf = (n: number, title: string, over: Partial<KeptRecord> = {}): KeptRecord => ({
  meetingId: id(n),
  title,
  hostName: 'Mina Kim',
  roomName: null,
  atMs: hoursAgo(n),
  isRunning: false,
  kept: [],
  documentCount: 0,
  recordingCount: 0,
  ...over,
});
const daysFromNow = (days: number): number => Date.now() + days * 86_400_000;
const records = [
  recordOf(3, 'Prices of next year', {
    kept: [
      { kind: 'chat', dueAtMs: daysFromNow(20) },
      { kind: 'notes', dueAtMs: null },
      { kind: 'attendance', dueAtMs: daysFromNow(300) },
      { kind: 'minutes', dueAtMs: null },
    ],
    documentCount: 2,
    recordingCount: 1,
  }),
  recordOf(4, '분기 계획', { hostName: '박준', isRunning: true, kept: [{ kind: 'chat', dueAtMs: null }] }),
  recordOf(30, '한라 회의실', { hostName: null, roomName: '한라 회의실', documentCount: 1 }),
  recordOf(60, LONG_NAME, { hostName: LONG_NAME }),
];
const comingRecords = [
  recordOf(8, 'Prices of the year after', { atMs: daysFromNow(7), kept: [{ kind: 'notes', dueAtMs: null }] }),
];
const paged = (rows: readonly unknown[], total: number, counts: object): { body: unknown } => ({
  body: { rows, nextCursor: total > rows.length ? 'next' : null, total, counts },
});
const answers = {
  currentSession: signedIn,
  ...rooms(healthy),
  listAudit: paged(log, 1_204, { all: 90_210 }),
  listAccounts: paged(people, 812, { all: 812, disabled: 14 }),
  // the list of what is still to come is asked from now on
  keptRecords: (({ searchParams }) =>
    Number(searchParams.get('from')) > 0 ? paged(comingRecords, 1, {}) : paged(records, 612, {})) satisfies Answer,
  listPlaces: { body: { places, organisation: { meetingPolicy: null, allowedRanges: [] } } },
  recordPolicies: { body: { organisation: { ...KEPT_NOTHING, chat: 180, notes: 1_095 }, places: [] } },
  account: (({ pathname }) => ({
    body: { account: people.find(({ accountId }) => pathname.endsWith(accountId)) },
  })) satisfies Answer,
  listAccountSessions: {
    body: {
      sessions: ['Firefox 145, Ubuntu', `Chrome on a machine that is called ${LONG_NAME}`].map((browser, n) => ({
        sessionId: id(90 + n),
        method: 'password',
        createdAtMs: hoursAgo(30),
        lastUsedAtMs: hoursAgo(n),
        browser,
        network: '192.0.2.14',
        isCurrent: n === 0,
      })),
    },
  },
  listAccountTokens: {
    body: {
      tokens: [
        {
          tokenId: id(95),
          tokenName: 'Room statistics',
          permissions: ['rooms.view'],
          scope: { kind: 'organisation' },
          createdAtMs: hoursAgo(100),
          expiresAtMs: hoursAgo(-2_000),
          lastUsedAtMs: null,
        },
      ],
    },
  },
} satisfies Partial<Record<RouteName, Answer>>;

const scene = (name: string, path: string, over: Partial<Record<RouteName, Answer>> = {}, act?: Scene['act']): Scene =>
  consoleScene(name, { ...answers, ...over }, act, `/#${path}`);
const isListed = (page: Page) => page.locator('main tbody tr, main li').first().waitFor();
const person = `/people/${id(2)}`;
const field = (page: Page, name: RegExp) => page.getByRole('textbox', { name });

export const administrationScenes: readonly Scene[] = [
  scene('audit', '/audit', {}, isListed),
  scene(
    'audit-filtered',
    '/audit?kind=signed-in&actor=mina&from=2027-03-01',
    { listAudit: paged([log[0]], 1, { all: 90 }) },
    isListed,
  ),
  scene('audit-empty', '/audit', { listAudit: paged([], 0, { all: 0 }) }),
  scene('audit-none-found', '/audit?actor=nobody', { listAudit: paged([], 0, { all: 90 }) }),
  scene('audit-no-server', '/audit', { listAudit: 'no-answer' }),
  scene('records', '/records', {}, (page) => page.getByText('Prices of next year').first().waitFor()),
  scene('records-delete', '/records', {}, (page) =>
    press(page, /^Delete the record of Prices of next year$|^Prices of next year 기록 삭제$/),
  ),
  scene('records-loading', '/records', { keptRecords: 'never' }),
  scene('records-none-found', '/records?text=nothing', { keptRecords: paged([], 0, {}) }),
  scene('records-no-server', '/records', { keptRecords: 'no-answer' }),
  scene('people', '/people', {}, isListed),
  scene('people-none-found', '/people?text=nobody', { listAccounts: paged([], 0, { all: 812, disabled: 14 }) }),
  scene('people-empty', '/people', { listAccounts: paged([], 0, { all: 0, disabled: 0 }) }),
  scene('people-no-server', '/people', { listAccounts: 'no-answer' }),
  scene('people-add', '/people', {}, async (page) => {
    await press(page, /^Add person$|^사용자 추가$/);
    await press(page, /^Add$|^추가$/);
  }),
  scene(
    'people-added',
    '/people',
    {
      createAccount: {
        body: {
          account: people[2],
          inviteUrl: `https://maru.example/staff#invite=${'k7'.repeat(20)}`,
          isMailed: false,
        },
      },
    },
    async (page) => {
      await press(page, /^Add person$|^사용자 추가$/);
      await field(page, /^User name|^사용자 이름/).fill('hana');
      await field(page, /^Name|^이름/).fill(LONG_NAME);
      await press(page, /^Add$|^추가$/);
    },
  ),
  scene(
    'people-import',
    '/people',
    {
      previewAccountImport: {
        body: {
          created: 120,
          changed: 3,
          unchanged: 40,
          bad: [
            { line: 7, userName: 'x y', problems: ['user-name-invalid', 'place-unknown'] },
            { line: 31, userName: LONG_NAME, problems: ['email-invalid'] },
          ],
        },
      },
    },
    async (page) => {
      await press(page, /^Import list$|^목록 가져오기$/);
      const list = { name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from('user name') };
      await page.locator('input[type=file]').setInputFiles(list);
    },
  ),
  scene('person', person, {}, isListed),
  scene('person-long', `/people/${id(4)}`, {}, isListed),
  scene('person-forget', person, {}, async (page) => {
    await press(page, /^Forget this person$|^이 사람의 기록 지우기$/);
  }),
  scene('person-disabled', `/people/${id(5)}`),
  scene('person-forgotten', `/people/${id(7)}`),
  scene('person-fresh', person, { changeAccount: refusal(401, 'sign-in-not-fresh') }, (page) =>
    press(page, /^Save$|^저장$/),
  ),
  scene('person-refused', person, { changeAccount: refusal(409, 'last-administrator') }, (page) =>
    press(page, /^Save$|^저장$/),
  ),
  scene('places', '/places', {}, isListed),
  scene('places-empty', '/places', {
    listPlaces: { body: { places: [], organisation: { meetingPolicy: null, allowedRanges: [] } } },
  }),
  scene('places-add', '/places', {}, (page) => press(page, /^Add inside Seoul$|^Seoul 안에 추가$/)),
  scene('places-rules', '/places', {}, async (page) => {
    await press(page, /^Meeting rules of 27F$|^27F 회의 규칙$/);
    await page.getByRole('dialog').getByRole('combobox').first().selectOption('all-wait');
  }),
  scene('places-guest-record', '/places', {}, async (page) => {
    await press(page, /^Meeting rules of 27F$|^27F 회의 규칙$/);
    await page.getByRole('dialog').getByRole('combobox').first().selectOption('links-wait');
    const shows = page.getByRole('combobox', {
      name: /^What guests see after the meeting$|^회의 후 외부 참가자에게 공개$/,
    });
    await shows.selectOption('chat-and-polls');
    await shows.scrollIntoViewIfNeeded();
  }),
  scene('places-kept', '/places', {}, async (page) => {
    await press(page, /^Meeting rules of 27F$|^27F 회의 규칙$/);
    const chat = page.getByRole('dialog').getByRole('combobox', { name: /^Chat$|^채팅$/ });
    await chat.selectOption('30');
    await chat.scrollIntoViewIfNeeded();
  }),
  scene('places-not-empty', '/places', { removePlace: refusal(409, 'place-not-empty') }, async (page) => {
    await press(page, /^Remove 3F$|^3F 삭제$/);
    await press(page, /^Remove$|^삭제$/);
  }),
];
