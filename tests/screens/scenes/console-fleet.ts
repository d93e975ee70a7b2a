/** The console's pages for running many rooms: Now, the list with acts on several, a room over time, the use of rooms. */
import type { Page } from 'playwright-core';
import type { Alert } from '#contract/http/alerts-api.ts';
import type { CallOfRoom, PlaceUsage, RoomUsage } from '#contract/http/fleet-api.ts';
import type { PlaceRow } from '#contract/http/places-api.ts';
import type { RoomOverview } from '#contract/http/rooms-api.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { RoomEvent } from '#contract/room-events.ts';
import {
  alike,
  type Answer,
  consoleScene,
  healthy,
  LONG_ROOM,
  many,
  mixed,
  offline,
  press,
  refusal,
  roomAnswers,
  roomOf,
  rooms,
  signedIn,
  trouble,
} from './console.ts';
import type { Scene } from './scene.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const ago = (ms: number): number => Date.now() - ms;
const defaults = { meetingPolicy: null, allowedRanges: [] };
const place = (n: number, placeName: string, parentId: string | null, kind: PlaceRow['kind']): PlaceRow => ({
  placeId: id(n),
  parentId,
  kind,
  placeName,
  defaults,
  roomCount: 3,
  accountCount: 0,
});
const placeRows = [
  place(800, 'Seoul', null, 'site'),
  place(801, '남산 타워', id(800), 'building'),
  place(802, '27층 전망 라운지와 도서관', id(801), 'floor'),
  place(803, 'Research campus at the river, northern gate', null, 'site'),
];
const listPlaces: Answer = { body: { places: placeRows, organisation: defaults } };

const counted = (counts: object): Answer => ({ body: { rows: [], nextCursor: null, total: 0, counts } });
const inPlaces = mixed.map((room, index) => ({
  ...room,
  placeId: index % 3 === 0 ? null : id(801 + (index % 3)),
  healthSinceMs: ago(index % 4 === 0 ? 26 * HOUR_MS : (index + 1) * 7 * MINUTE_MS),
}));
const service = (state: RoomOverview['service']['state'], reason = '') => ({
  service: { state, sinceMs: ago(50 * HOUR_MS), untilMs: state === 'maintenance' ? ago(-3 * HOUR_MS) : null, reason },
});
const busy: RoomOverview[] = [
  ...inPlaces,
  roomOf('Pine 7F', { ...trouble({ kind: 'fleet', reason: 'not-enrolled' }), ...service('new') }),
  roomOf('Beech 1F', { ...offline, ...service('maintenance', 'New cables') }),
  roomOf('한강 대회의실', trouble({ kind: 'signal', signal: 'screen-black' }, { kind: 'signal', signal: 'disk-low' })),
];
const longInPlaces = [
  roomOf(LONG_ROOM, {
    ...trouble({ kind: 'signal', signal: 'microphone-failing' }),
    placeId: id(803),
    healthSinceMs: ago(9 * 24 * HOUR_MS),
  }),
  roomOf('남산 파노라마 대회의실 남관 이십칠층 도서관 옆 전망 테라스', { ...offline, placeId: id(802) }),
];
const facets: Answer = {
  body: {
    versions: [
      { value: '1.4.0', count: 9_204 },
      { value: '1.3.2', count: 412 },
    ],
    models: [{ value: 'Intel NUC 13 Pro Kit with a very long designation NUC13ANKi5', count: 9_616 }],
    signals: [
      { value: 'disk-low', count: 31 },
      { value: 'screen-black', count: 2 },
    ],
  },
};
const open: Partial<Record<'listHelp' | 'listAlerts', Answer>> = {
  listHelp: counted({ open: 3, unseen: 1 }),
  listAlerts: counted({ open: 12, acknowledged: 4, critical: 5 }),
};
const now = (list: readonly RoomOverview[]) => ({
  currentSession: signedIn,
  ...rooms(list),
  listPlaces,
  roomFacets: facets,
});
const row = (page: Page, index: number) => page.getByRole('row').nth(index);
const select = async (page: Page, ...indexes: number[]): Promise<void> => {
  for (const index of indexes) await row(page, index).locator('label').first().click();
};
const submit = (page: Page) => page.getByRole('dialog').locator('button[type=submit]').click();
/** On a phone they are folded. */
const unfold = async (page: Page): Promise<void> => {
  const button = page.getByRole('button', { name: /^Filter$|^필터$/ });
  if (await button.isVisible()) await button.click();
};

/** A day with an hour in which the box was off. */
const STEP_MS = 10 * MINUTE_MS;
const steps = Array.from({ length: 144 }, (_, index) => index);
const wave = (middle: number, by: number, phase: number) =>
  steps.map((step) =>
    step > 60 && step < 68 ? null : Math.round(10 * (middle + by * Math.sin(step / 9 + phase))) / 10,
  );
const dayAgo = (): number => ago(24 * HOUR_MS);
const healthSeries = (): Answer => ({
  body: {
    atMs: steps.map((step) => dayAgo() + step * STEP_MS),
    online: steps.map((step) => (step > 60 && step < 68 ? 0 : 1)),
    temperatureCelsius: wave(56, 6, 0),
    cpuPercent: wave(24, 15, 1),
    memoryUsedPercent: wave(61, 3, 2),
    diskFreePercent: wave(38, 1, 0),
    fleetRoundTripMs: wave(4, 2, 2),
  },
});
const qualitySeries = (): Answer => {
  const inCall = steps.filter((step) => (step > 54 && step < 61) || (step > 100 && step < 116));
  const withGap = inCall.flatMap((step, index) => (index > 0 && step - inCall[index - 1]! > 1 ? [null, step] : [step]));
  return {
    body: {
      atMs: withGap.map((step, index) => dayAgo() + (step ?? (withGap[index - 1] ?? 0) + 1) * STEP_MS),
      lossPercent: withGap.map((step) => (step === null ? null : step === 110 ? 9.4 : (step % 4) / 4)),
      roundTripMs: withGap.map((step) => (step === null ? null : 18 + (step % 7) * 6)),
    },
  };
};
const calls: CallOfRoom[] = [
  'Weekly plan',
  '제품 로드맵 검토와 분기별 출시 일정 조율을 위한 전체 회의',
  'Dealer training',
].map((meetingTitle, index) => ({
  callId: id(600 + index),
  meetingTitle,
  fromMs: ago((index * 5 + 3) * HOUR_MS),
  toMs: index === 0 ? null : ago((index * 5 + 2) * HOUR_MS),
  worst: index === 2 ? null : { lossPercent: index === 0 ? 0.4 : 9.4, roundTripMs: 54 },
  feedback: index === 1 ? 'bad' : null,
}));
const flow = (lossPercent: number | null) => ({
  lossPercent,
  jitterMs: 3,
  kilobitsPerSecond: 2_400,
  framesPerSecond: 30,
});
const qualityOfCall: Answer = {
  body: {
    points: Array.from({ length: 120 }, (_, index) => ({
      atMs: calls[1]!.fromMs + index * 30_000,
      end: index % 2 === 0 ? 'room' : 'server',
      quality: {
        roundTripMs: 20 + ((index * 7) % 30),
        sent: flow(null),
        received: flow(index > 60 && index < 80 ? 9 - (index % 5) : (index % 3) / 3),
        path: 'direct',
      },
    })),
  },
};
const heading = (n: number, atMs: number) => ({ eventId: id(700 + n), sequence: n, atMs });
const events: RoomEvent[] = [
  { name: 'agent-started', ...heading(1, ago(26 * HOUR_MS)), epoch: 4 },
  { name: 'device-faulty', ...heading(2, ago(20 * HOUR_MS)), device: 'tv', code: 'room-not-answering' },
  { name: 'device-mended', ...heading(3, ago(19 * HOUR_MS)), device: 'tv' },
  {
    name: 'call-joined',
    ...heading(4, ago(8 * HOUR_MS)),
    callId: id(601),
    meetingTitle: calls[1]!.meetingTitle,
    bookingId: null,
  },
  { name: 'call-left', ...heading(5, ago(7 * HOUR_MS)), callId: id(601), reason: 'left', durationMs: HOUR_MS },
];
const alertOf = (n: number, over: Partial<Alert>): Alert => ({
  alertId: id(900 + n),
  signal: 'camera-failing',
  severity: 'critical',
  roomId: id(1),
  roomName: 'Maple 3F',
  placeId: null,
  state: 'open',
  facts: {},
  sinceMs: ago(n * HOUR_MS),
  openedAtMs: ago(n * HOUR_MS),
  closedAtMs: null,
  inhibitedBy: null,
  acknowledged: null,
  ...over,
});
const alerts = [
  alertOf(1, {}),
  alertOf(3, {
    signal: 'disk-low',
    state: 'acknowledged',
    acknowledged: { by: '김미나', atMs: ago(2 * HOUR_MS), note: '' },
  }),
  alertOf(30, { signal: 'kiosk-offline', state: 'closed', closedAtMs: ago(29 * HOUR_MS) }),
];
const kiosk = (roomId: string) => {
  const common = { protocol: PROTOCOL_VERSION, roomId, epoch: 4, revision: 9, asOfMs: ago(12_000) };
  const device = (kind: string, name: string) => ({
    deviceKey: name,
    kind,
    name,
    isInUse: true,
    isTwin: false,
    isHdmiInput: false,
  });
  return {
    equipment: {
      ...common,
      devices: [
        device('camera', 'Logitech Rally Camera with Ultra-HD Imaging and RightSense'),
        device('microphone', 'Jabra SPEAK 750'),
        device('speaker', 'Jabra SPEAK 750'),
      ],
      camera: null,
      presets: [],
      shownInput: null,
      speakerphone: { name: 'Jabra SPEAK 750', state: 'ready', code: null },
      tv: { control: 'cec', power: 'on', name: 'LG 75UH5J', code: null },
      selfTest: null,
      lanUrl: null,
    },
    health: {
      ...common,
      versions: {
        maru: '1.4.0',
        node: '24.9.0',
        browser: 'Chromium 143.0.7499.40',
        kernel: '6.1.0-31-amd64',
        system: 'Debian GNU/Linux 12 (bookworm)',
      },
      model: 'Intel NUC 13 Pro',
      serialNumber: 'G6AN12345678',
      bootedAtMs: ago(90 * HOUR_MS),
      agentStartedAtMs: ago(26 * HOUR_MS),
      temperatureCelsius: 58,
      cpuPercent: 21,
      memory: null,
      disk: null,
      clockOffMs: 40,
      network: { interfaceName: 'eth0', address: '192.0.2.44', isWireless: false, fleetRoundTripMs: 4 },
      certificateEndsAtMs: ago(-200 * 24 * HOUR_MS),
      screen: { state: 'well', sinceMs: ago(26 * HOUR_MS), startCount: 1 },
      camera: { sight: 'black', sinceMs: ago(HOUR_MS) },
      microphone: { sight: 'well', sinceMs: ago(HOUR_MS) },
      callQuality: null,
    },
  };
};
const watched = roomOf('Maple 3F', {
  ...trouble({ kind: 'signal', signal: 'camera-failing' }),
  healthSinceMs: ago(HOUR_MS),
  placeId: id(802),
  placeIds: [id(802), id(801), id(800)],
  openAlertCount: 2,
  signals: [
    { signal: 'disk-low', state: 'raised', sinceMs: ago(3 * HOUR_MS), facts: {} },
    { signal: 'camera-failing', state: 'raised', sinceMs: ago(HOUR_MS), facts: { reason: 'black' } },
    { signal: 'clock-off', state: 'watching', sinceMs: ago(4_000), facts: {} },
    { signal: 'temperature-high', state: 'unknown', sinceMs: null, facts: {} },
    { signal: 'certificate-ending', state: 'unknown', sinceMs: null, facts: {} },
  ],
  projections: kiosk(id(1)),
});
const silentRoom = roomOf(LONG_ROOM, {
  ...offline,
  ...service('maintenance', 'The floor is being renovated; the box is in the cellar until the carpet has dried'),
  signals: [
    { signal: 'kiosk-offline', state: 'raised', sinceMs: ago(50 * HOUR_MS), facts: {} },
    ...(['camera-failing', 'microphone-failing', 'screen-black', 'disk-low', 'clock-off'] as const).map((signal) => ({
      signal,
      state: 'unknown' as const,
      sinceMs: null,
      facts: {},
    })),
  ],
});
const watchedAnswers = {
  ...roomAnswers,
  ...rooms([watched, silentRoom]),
  listPlaces,
  roomHealthSeries: () => healthSeries() as { body: unknown },
  roomQualitySeries: () => qualitySeries() as { body: unknown },
  roomCalls: { body: { calls } },
  callQuality: qualityOfCall,
  listRoomEvents: {
    body: {
      events: events.map((event) => ({ event, receivedAtMs: event.atMs + (event.sequence === 2 ? HOUR_MS : 0) })),
    },
  },
  listAlerts: { body: { rows: alerts, nextCursor: null, total: 3, counts: { open: 1, acknowledged: 1, critical: 1 } } },
};
const watchedPath = `/#/rooms/${watched.roomId}`;
const seeCard = async (page: Page, name: RegExp): Promise<void> => {
  const card = page
    .locator('section')
    .filter({ has: page.getByRole('heading', { name }) })
    .last();
  await card.waitFor();
  await card.evaluate((element) => element.scrollIntoView({ block: 'start' }));
};

const usageOf = (n: number, roomName: string, placeId: string | null): RoomUsage => ({
  roomId: id(1_000 + n),
  roomName,
  placeId,
  callCount: (n * 7) % 41,
  callMs: ((n * 7) % 41) * 47 * MINUTE_MS,
  bookedMs: ((n * 11) % 60) * HOUR_MS,
  noShowCount: (n * 3) % 8,
  faultMs: n % 5 === 0 ? n * 9 * MINUTE_MS : 0,
});
const usageRooms = [
  usageOf(1, LONG_ROOM, id(803)),
  usageOf(2, '남산 파노라마 대회의실 남관 이십칠층 도서관 옆 전망 테라스', id(802)),
  ...healthy.map(({ roomName }, index) => usageOf(index + 3, roomName, index % 2 === 0 ? id(802) : null)),
  ...Array.from({ length: 120 }, (_, index) => usageOf(index + 10, `Room ${index + 1}`, id(803))),
];
const placeUsage = (placeId: string, path: string, roomCount: number): PlaceUsage => ({
  placeId,
  placeName: path.split(' / ').at(-1)!,
  path,
  roomCount,
  callCount: roomCount * 31,
  callMs: roomCount * 31 * 47 * MINUTE_MS,
  bookedMs: roomCount * 40 * HOUR_MS,
  noShowCount: roomCount,
  faultMs: roomCount * 12 * MINUTE_MS,
});
const usage: Answer = {
  body: {
    rooms: usageRooms,
    places: [
      placeUsage(id(800), 'Seoul', 3),
      placeUsage(id(801), 'Seoul / 남산 타워', 3),
      placeUsage(id(802), 'Seoul / 남산 타워 / 27층 전망 라운지와 도서관', 3),
      placeUsage(id(803), 'Research campus at the river, northern gate', 121),
    ],
  },
};
const usagePage = { ...now(busy), usage };

/** What is fetched has come: but for the scenes of waiting, that is what is to be seen. */
async function loaded(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector('main .animate-turn') === null);
}
const fleetScene = (
  name: string,
  answers: Parameters<typeof consoleScene>[1],
  act?: Scene['act'],
  path?: string,
): Scene =>
  consoleScene(
    name,
    answers,
    async (page) => {
      await page.locator('main h1').waitFor();
      if (!name.endsWith('loading')) await loaded(page);
      await act?.(page);
    },
    path,
  );

export const fleetScenes: readonly Scene[] = [
  fleetScene('fleet-now', { ...now(busy), ...open }),
  fleetScene('fleet-now-open', { ...now(healthy), ...open }),
  fleetScene('fleet-now-long', now(longInPlaces)),
  fleetScene('fleet-now-new', now(busy.filter(({ service: { state } }) => state === 'new'))),
  fleetScene('rooms', now(busy), undefined, '/#/rooms'),
  fleetScene('rooms-filtered', now(busy), unfold, '/#/rooms?health=trouble&signal=screen-black&version=1.4.0'),
  fleetScene('rooms-many', now(many), undefined, '/#/rooms'),
  fleetScene('rooms-none', now([]), undefined, '/#/rooms'),
  fleetScene('rooms-none-found', now(busy), undefined, '/#/rooms?text=cellar'),
  fleetScene('rooms-loading', { ...now(busy), listRooms: 'never' }, undefined, '/#/rooms'),
  fleetScene('rooms-no-server', { ...now(busy), listRooms: 'no-answer' }, undefined, '/#/rooms'),
  fleetScene('rooms-long', now([...longInPlaces, ...alike]), (page) => select(page, 2), '/#/rooms'),
  fleetScene('rooms-selected', now(busy), (page) => select(page, 1, 3, 4), '/#/rooms'),
  fleetScene(
    'rooms-service',
    now(busy),
    async (page) => {
      await select(page, 1, 3);
      await press(page, /^Service…$|^운영 상태…$/);
      await page.getByRole('dialog').locator('label:has(input[value=maintenance])').click();
    },
    '/#/rooms',
  ),
  fleetScene(
    'rooms-restart',
    now(busy),
    async (page) => {
      await select(page, 1, 3);
      await press(page, /^Restart…$|^다시 시작…$/);
    },
    '/#/rooms',
  ),
  fleetScene(
    'rooms-move',
    now(busy),
    async (page) => {
      await select(page, 1);
      await press(page, /^Move…$|^옮기기…$/);
    },
    '/#/rooms',
  ),
  fleetScene(
    'rooms-result',
    {
      ...now([...longInPlaces, ...busy]),
      askActionOfRooms: {
        body: {
          begun: [],
          refused: longInPlaces.map(({ roomId }, index) => ({
            roomId,
            code: index === 0 ? 'forbidden' : 'room-not-answering',
          })),
        },
      },
    },
    async (page) => {
      await select(page, 1, 2, 3, 4);
      await press(page, /^Restart…$|^다시 시작…$/);
      await submit(page);
    },
    '/#/rooms',
  ),
  fleetScene(
    'rooms-refused',
    { ...now(busy), setServiceOfRooms: refusal(403, 'forbidden') },
    async (page) => {
      await select(page, 1);
      await press(page, /^Service…$|^운영 상태…$/);
      await submit(page);
    },
    '/#/rooms',
  ),
  fleetScene('room-watched', watchedAnswers, undefined, watchedPath),
  fleetScene('room-history', watchedAnswers, (page) => seeCard(page, /^Over time$|^시간에 따른 변화$/), watchedPath),
  fleetScene(
    'room-history-table',
    watchedAnswers,
    async (page) => {
      await press(page, /^As a table$|^표로 보기$/);
      await page.getByRole('row').nth(3).scrollIntoViewIfNeeded();
    },
    watchedPath,
  ),
  fleetScene(
    'room-call-quality',
    watchedAnswers,
    async (page) => {
      await page.locator('section ul button[aria-expanded]').nth(1).click();
      await seeCard(page, /^Meetings$|^회의$/);
    },
    watchedPath,
  ),
  fleetScene(
    'room-events',
    watchedAnswers,
    (page) => seeCard(page, /^Alerts of this room$|^이 회의실의 경보$/),
    watchedPath,
  ),
  fleetScene(
    'room-devices',
    watchedAnswers,
    (page) => seeCard(page, /^Devices and versions$|^장치와 버전$/),
    watchedPath,
  ),
  fleetScene('room-silent-long', watchedAnswers, undefined, `/#/rooms/${silentRoom.roomId}`),
  fleetScene(
    'room-history-no-server',
    { ...watchedAnswers, roomHealthSeries: 'no-answer', roomCalls: 'no-answer' },
    (page) => seeCard(page, /^Over time$|^시간에 따른 변화$/),
    watchedPath,
  ),
  fleetScene(
    'room-service-form',
    watchedAnswers,
    async (page) => {
      await page
        .locator('section')
        .filter({ has: page.getByRole('heading', { name: /^Service$|^운영 상태$/ }) })
        .last()
        .getByRole('button')
        .click();
      await page.getByRole('dialog').locator('label:has(input[value=retired])').click();
    },
    watchedPath,
  ),
  fleetScene('usage', usagePage, undefined, '/#/usage?from=2026-11-01&to=2026-11-28&sort=-callMs'),
  fleetScene('usage-by-place', usagePage, undefined, '/#/usage?by=place'),
  fleetScene('usage-too-long', usagePage, undefined, '/#/usage?from=2026-01-01&to=2026-11-28'),
  fleetScene('usage-none', { ...usagePage, usage: { body: { rooms: [], places: [] } } }, undefined, '/#/usage'),
  fleetScene('usage-loading', { ...usagePage, usage: 'never' }, undefined, '/#/usage'),
  fleetScene('usage-no-server', { ...usagePage, usage: 'no-answer' }, undefined, '/#/usage'),
];
