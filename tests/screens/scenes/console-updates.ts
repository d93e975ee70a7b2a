/** The console's updates: rollouts in every state, a plan with its preview, a room's software. */
import type { Page } from 'playwright-core';
import type { RouteName } from '#contract/http/all-routes.ts';
import type { RolloutPreview, UpdateHistoryEntry } from '#contract/http/updates-api.ts';
import type {
  OfferedRelease,
  RingReport,
  Rollout,
  RolloutRing,
  RolloutRoom,
  RoomInRollout,
} from '#contract/rollout.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { FailedUpdate, RoomUpdate } from '#contract/room-update.ts';
import type { ReleaseFacts } from '#contract/update-feed.ts';
import {
  type Answer,
  consoleScene,
  healthy,
  LONG_ROOM,
  press,
  refusal,
  roomAnswers,
  roomPath,
  rooms,
  signedIn,
} from './console.ts';
import type { Scene } from './scene.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const ago = (ms: number): number => Date.now() - ms;
const releaseId = (version: string): string => `${version}-3fa9c01b77de4520`;

const NOTES = `## 1.5.0

### Added
- Signed updates: rings, hours, and a way back for **every** room.
- The TV counts down, and the room may say \`not now\`, once,
  for up to six hours.

### Fixed
- A room whose camera is unplugged in a call keeps its sound. See [the guide](https://example.org/guide).
`;
const facts = (version: string, madeAgoMs: number, over: Partial<ReleaseFacts> = {}): ReleaseFacts => ({
  releaseId: releaseId(version),
  role: 'kiosk',
  version,
  commit: 'a'.repeat(40),
  madeAtMs: ago(madeAgoMs),
  protocol: PROTOCOL_VERSION,
  sizeBytes: 412_000_000,
  fileCount: 9_214,
  notes: NOTES,
  ...over,
});
const release = (of: ReleaseFacts, expiresInMs: number, over: Partial<OfferedRelease> = {}): OfferedRelease => ({
  ...{ facts: of, feeds: ['online'], expiresAtMs: Date.now() + expiresInMs, runningRooms: 0 },
  ...over,
});
const newest = facts('1.5.0', 3 * DAY_MS);
const releases = [
  release(newest, 6 * DAY_MS, { runningRooms: 1_204 }),
  release(facts('1.4.2', 40 * DAY_MS), 9 * DAY_MS, { feeds: ['medium'], runningRooms: 8_596 }),
  release(facts('1.4.1', 80 * DAY_MS, { notes: '' }), -2 * DAY_MS, { runningRooms: 12 }),
  release(facts('1.5.0', 3 * DAY_MS, { role: 'server', sizeBytes: 96_000_000 }), 6 * DAY_MS),
];
const running = [
  { releaseId: releaseId('1.4.2'), version: '1.4.2', rooms: 8_596 },
  { releaseId: releaseId('1.5.0'), version: '1.5.0', rooms: 1_204 },
  { releaseId: null, version: '1.5.0-checkout+changes', rooms: 2 },
  { releaseId: null, version: null, rooms: 41 },
];

const ringOf = (name: string, over: Partial<RolloutRing> = {}): RolloutRing => ({
  ...{ name, roomIds: [], placeIds: [], upToPercent: 0, soakMinutes: 1_440, needsGo: false },
  ...over,
});
const noRooms: RingReport['counts'] = {
  waiting: 0,
  offline: 0,
  'under-way': 0,
  updated: 0,
  failed: 0,
  silent: 0,
  'left-out': 0,
};
const report = (
  ring: RolloutRing,
  state: RingReport['state'],
  counts: Partial<RingReport['counts']>,
  over: Partial<RingReport> = {},
): RingReport => ({
  ...{ ring, state, sinceMs: ago(3 * HOUR_MS), soaksUntilMs: null, counts: { ...noRooms, ...counts } },
  ...over,
});
const rolloutOf = (rings: RingReport[], over: Partial<Rollout> = {}): Rollout => ({
  rolloutId: id(700),
  release: newest,
  plan: {
    ...{ releaseId: newest.releaseId, placeIds: [], rings: rings.map(({ ring }) => ring) },
    ...{ haltAtFailedPercent: 10, silentAfterMinutes: 30, deadlineHours: 72 },
  },
  ...{ state: 'running', halt: null, startedBy: 'Mina Kim', startedAtMs: ago(2 * DAY_MS), endedAtMs: null, rings },
  ...over,
});
const canary = ringOf('Canary', { needsGo: true });
const underWay = [
  report(canary, 'done', { updated: 6 }),
  report(ringOf('10 percent', { upToPercent: 10 }), 'running', {
    ...{ updated: 61, 'under-way': 7, waiting: 19, offline: 4, failed: 1, silent: 1, 'left-out': 2 },
  }),
  report(ringOf('Half', { upToPercent: 50 }), 'waiting', { waiting: 380, offline: 12 }),
  report(ringOf('Everyone', { upToPercent: 100 }), 'waiting', { waiting: 470, offline: 21 }),
];
const manyRings = Array.from({ length: 8 }, (_, index) =>
  report(
    ringOf(index === 2 ? '남산 파노라마 타워 남관과 북관의 모든 회의실' : `Ring of site ${index + 1}`),
    index < 3 ? 'done' : index === 3 ? 'running' : 'waiting',
    index < 3
      ? { updated: 400 * (index + 1) }
      : index === 3
        ? { updated: 311, 'under-way': 44, waiting: 1_020, offline: 18, failed: 9, silent: 3 }
        : { waiting: 900 + 200 * index, offline: 12 * index },
  ),
);
const allDone = [
  report(canary, 'done', { updated: 6 }),
  report(ringOf('Everyone', { upToPercent: 100 }), 'done', { updated: 114, 'left-out': 3 }),
];

const failedUpdate: FailedUpdate = {
  releaseId: newest.releaseId,
  attempt: 0,
  failure: 'proof-failed',
  refusal: null,
  check: 'camera',
  detail: 'camera "Logitech Rally Bar" opened, no frame within 20 s',
  atMs: ago(40 * MINUTE_MS),
  isHeld: true,
};
const roomIn = (n: number, roomName: string, state: RoomInRollout, over: Partial<RolloutRoom> = {}): RolloutRoom => ({
  roomId: id(720 + n),
  roomName,
  placeId: null,
  model: 'Intel NUC 13 Pro',
  ring: 1,
  state,
  sinceMs: ago((n + 1) * 7 * MINUTE_MS),
  step: 'none',
  waitsFor: null,
  nextWindowMs: null,
  timeZone: 'Asia/Seoul',
  notNowUntilMs: null,
  progressPercent: null,
  runningVersion: '1.4.2',
  runningReleaseId: releaseId('1.4.2'),
  failed: null,
  isUrgent: false,
  ...over,
});
const listed: RolloutRoom[] = [
  roomIn(0, LONG_ROOM, 'failed', { failed: failedUpdate }),
  roomIn(1, 'Aspen 4F', 'failed', {
    failed: { ...failedUpdate, failure: 'refused', refusal: 'damaged', check: null, detail: 'objects/9f2a…' },
  }),
  roomIn(2, 'Birch 3F', 'silent', { sinceMs: ago(50 * MINUTE_MS) }),
  roomIn(3, '한라 회의실', 'under-way', { step: 'fetch', progressPercent: 42.4 }),
  roomIn(4, 'Cedar 5F', 'under-way', { step: 'wait', waitsFor: 'meeting' }),
  roomIn(5, '설악 회의실', 'under-way', {
    ...{ step: 'wait', waitsFor: 'not-now', notNowUntilMs: Date.now() + 2 * HOUR_MS, isUrgent: true },
  }),
  roomIn(6, 'Elm 2F', 'under-way', { step: 'prove' }),
  roomIn(7, 'Oak 1F', 'waiting', { waitsFor: 'hours', nextWindowMs: Date.now() + 26 * HOUR_MS, model: null }),
  roomIn(8, 'Juniper 6F', 'offline', { sinceMs: ago(3 * DAY_MS) }),
  roomIn(9, 'Pine 7F', 'updated', { runningVersion: '1.5.0', ring: 0 }),
  roomIn(10, 'Willow 2F', 'left-out', { ring: 3 }),
  roomIn(11, 'Maple 3F', 'waiting', { ring: 2 }),
];
const rolloutRooms: Answer = ({ searchParams }) => {
  const state = searchParams.get('state');
  const rows = listed.filter((room) => state === null || room.state === state);
  return {
    body: { rows, nextCursor: state === null ? 'next' : null, total: state === null ? 984 : rows.length, counts: {} },
  };
};

const overview = (rollouts: Rollout[], over: object = {}): Answer => ({
  body: { releases, running, rollouts, ended: [], feedFault: null, ...over },
});
const former = [
  rolloutOf(allDone, {
    ...{ rolloutId: id(701), state: 'done', release: facts('1.4.2', 40 * DAY_MS) },
    ...{ startedAtMs: ago(36 * DAY_MS), endedAtMs: ago(30 * DAY_MS) },
  }),
  rolloutOf(underWay.slice(0, 2), {
    ...{ rolloutId: id(702), state: 'aborted', release: facts('1.4.1', 80 * DAY_MS) },
    ...{ startedAtMs: ago(60 * DAY_MS), endedAtMs: ago(59 * DAY_MS) },
  }),
];
const answers: Partial<Record<RouteName, Answer>> = { currentSession: signedIn, ...rooms(healthy), rolloutRooms };
type Answers = Partial<Record<RouteName, Answer>>;
const scene = (name: string, updatesOverview: Answer, over: Answers = {}, act?: Scene['act'], path = '/updates') =>
  consoleScene(name, { ...answers, updatesOverview, ...over }, act, `/#${path}`);
const isListed = (page: Page) => page.locator('main li a').first().waitFor();

const viewer: Answer = {
  body: {
    account: {
      ...((signedIn as { body: { account: object } }).body.account as object),
      grants: [{ role: 'viewer', scope: { kind: 'organisation' } }],
    },
  },
};

const defaults = { meetingPolicy: null, allowedRanges: [] };
const place = (n: number, placeName: string, parentId: string | null, kind: string) => ({
  ...{ placeId: id(n), parentId, kind, placeName, defaults, roomCount: 3, accountCount: 0 },
});
const listPlaces: Answer = {
  body: {
    places: [place(800, 'Seoul', null, 'site'), place(801, '남산 파노라마 타워 남관', id(800), 'building')],
    organisation: defaults,
  },
};
const preview: RolloutPreview = {
  rings: [
    { name: 'Canary', rooms: 6, models: ['Intel NUC 13 Pro'], missingModels: ['HP Elite Mini 800 G9'] },
    { name: '10 percent', rooms: 92, models: ['Intel NUC 13 Pro', 'HP Elite Mini 800 G9'], missingModels: [] },
    { name: 'Half', rooms: 392, models: ['Intel NUC 13 Pro', 'HP Elite Mini 800 G9'], missingModels: [] },
    { name: 'Everyone', rooms: 491, models: ['Intel NUC 13 Pro', 'HP Elite Mini 800 G9'], missingModels: [] },
  ],
  leftOut: 5,
  alreadyUpdated: 12,
};
const planAnswers: Answers = {
  listPlaces,
  previewRollout: { body: preview },
  startRollout: refusal(403, 'sign-in-not-fresh'),
};
const addRoom = async (page: Page): Promise<void> => {
  await page.getByRole('searchbox').first().fill('Maple');
  await press(page, /^Add Maple 3F$|^Maple 3F 추가$/);
};
const start = (page: Page) => press(page, /^Start the rollout$|^배포 시작$/);

const update = (over: Partial<RoomUpdate> = {}): RoomUpdate => ({
  ...{ protocol: PROTOCOL_VERSION, roomId: healthy[1]!.roomId, epoch: 1, revision: 4, asOfMs: ago(4_000) },
  running: { releaseId: releaseId('1.4.2'), version: '1.4.2', isConfirmed: true },
  wanted: { releaseId: newest.releaseId, version: '1.5.0', rolloutId: id(700), attempt: 0 },
  step: 'fetch',
  stepSinceMs: ago(2 * MINUTE_MS),
  progress: { doneBytes: 173_000_000, totalBytes: 412_000_000 },
  waitsFor: null,
  restartsAtMs: null,
  offersNotNow: false,
  notNowUntilMs: null,
  failed: null,
  confirmed: { releaseId: releaseId('1.4.2'), atMs: ago(30 * DAY_MS) },
  ...over,
});
const entry = (
  outcome: UpdateHistoryEntry['outcome'],
  version: string,
  atMs: number,
  detail = '',
): UpdateHistoryEntry => ({
  ...{ atMs, releaseId: releaseId(version), version, outcome, detail },
});
const history = [
  entry('confirmed', '1.4.2', ago(30 * DAY_MS)),
  entry('began', '1.4.2', ago(30 * DAY_MS + 9 * MINUTE_MS)),
  entry('postponed', '1.4.2', ago(30 * DAY_MS + 5 * HOUR_MS)),
  entry('failed', '1.4.1', ago(59 * DAY_MS), failedUpdate.detail),
  entry('began', '1.4.1', ago(59 * DAY_MS + 9 * MINUTE_MS)),
  entry('confirmed', '1.4.0', ago(80 * DAY_MS)),
];
const software = (name: string, reported: RoomUpdate | null, act?: Scene['act'], over: Answers = {}): Scene =>
  consoleScene(
    name,
    {
      ...roomAnswers,
      updatesOverview: overview([]),
      roomUpdate: { body: { reported, history: reported === null ? [] : history } },
      ...over,
    },
    async (page) => {
      await page.getByRole('heading', { name: /^Software$|^소프트웨어$/ }).scrollIntoViewIfNeeded();
      await act?.(page);
    },
    roomPath,
  );
const updateNow = (page: Page) => press(page, /^Update now$|^지금 업데이트$/);

export const updateScenes: readonly Scene[] = [
  scene('updates', overview([rolloutOf(underWay)], { ended: former }), {}, isListed),
  scene('updates-failed', overview([rolloutOf(underWay)]), {}, isListed, '/updates?ring=1&state=failed'),
  scene('updates-eight-rings', overview([rolloutOf(manyRings)]), {}, isListed),
  scene(
    'updates-soaking',
    overview([
      rolloutOf([
        report(canary, 'soaking', { updated: 6 }, { soaksUntilMs: Date.now() + 5 * HOUR_MS + 12 * MINUTE_MS }),
        ...underWay.slice(2),
      ]),
    ]),
  ),
  scene('updates-needs-go', overview([rolloutOf([report(canary, 'needs-go', { updated: 6 }), ...underWay.slice(2)])])),
  scene(
    'updates-go-asked',
    overview([rolloutOf([report(canary, 'needs-go', { updated: 6 }), ...underWay.slice(2)])]),
    {},
    (page) => press(page, /^Go on$|^다음 단계 승인$/),
  ),
  scene('updates-paused', overview([rolloutOf(underWay, { state: 'paused' })]), {}, isListed),
  scene(
    'updates-halted',
    overview([
      rolloutOf(underWay, { state: 'halted', halt: { reason: 'failed-rooms', detail: '12 of 93 rooms: camera' } }),
    ]),
    {},
    isListed,
  ),
  scene('updates-abort-asked', overview([rolloutOf(underWay)]), {}, (page) => press(page, /^Abort$|^배포 중단$/)),
  scene(
    'updates-pause-sign-in',
    overview([rolloutOf(underWay)]),
    { steerRollout: refusal(403, 'sign-in-not-fresh') },
    (page) => press(page, /^Pause$|^일시 중지$/),
  ),
  scene('updates-pause-no-server', overview([rolloutOf(underWay)]), { steerRollout: 'no-answer' }, (page) =>
    press(page, /^Pause$|^일시 중지$/),
  ),
  scene('updates-done', overview([], { ended: former }), {}, isListed, `/updates?rollout=${id(701)}`),
  scene('updates-nothing', overview([], { ended: former })),
  scene('updates-two', overview([rolloutOf(underWay), rolloutOf(allDone, { rolloutId: id(703) })]), {}, isListed),
  scene('updates-viewer', overview([rolloutOf(underWay)]), { currentSession: viewer }, isListed),
  scene(
    'updates-feed-fault',
    overview([], {
      feedFault: {
        refusal: 'expired',
        detail: 'expired: timestamp.json, 2026-11-20T00:00:00Z',
        atMs: ago(5 * HOUR_MS),
      },
    }),
    {},
    (page) => press(page, /^What is new in 1.5.0$|^1.5.0 변경 내용$/),
  ),
  scene('updates-unsigned', overview([], { releases: [], running: running.slice(2, 3) })),
  scene('updates-no-server', 'no-answer'),
  scene('updates-loading', 'never'),
  scene('rollout-new', overview([]), planAnswers, addRoom, '/updates/new'),
  scene(
    'rollout-new-wrong',
    overview([]),
    planAnswers,
    async (page) => {
      await page.getByRole('textbox').nth(3).fill('-1');
      await start(page);
    },
    '/updates/new',
  ),
  scene(
    'rollout-new-asked',
    overview([]),
    planAnswers,
    async (page) => {
      await addRoom(page);
      await start(page);
    },
    '/updates/new',
  ),
  scene(
    'rollout-new-sign-in',
    overview([]),
    planAnswers,
    async (page) => {
      await addRoom(page);
      await start(page);
      await press(page.getByRole('alertdialog'), /^Start the rollout$|^배포 시작$/);
    },
    '/updates/new',
  ),
  scene('rollout-new-no-release', overview([], { releases: [] }), planAnswers, undefined, '/updates/new'),
  scene('rollout-new-no-server', 'no-answer', planAnswers, undefined, '/updates/new'),
  software('room-software', update()),
  software(
    'room-software-countdown',
    update({
      step: 'wait',
      waitsFor: 'countdown',
      progress: null,
      restartsAtMs: Date.now() + 42_000,
      offersNotNow: true,
    }),
  ),
  software('room-software-failed', update({ step: 'none', progress: null, wanted: null, failed: failedUpdate })),
  software(
    'room-software-checkout',
    update({ running: { releaseId: null, version: '1.5.0-checkout', isConfirmed: false }, step: 'none', wanted: null }),
  ),
  software('room-software-none', null),
  software('room-software-now', update(), updateNow),
  software('room-software-now-choice', update({ wanted: null, step: 'none' }), updateNow),
  software('room-software-no-server', null, undefined, { roomUpdate: 'no-answer' }),
];
