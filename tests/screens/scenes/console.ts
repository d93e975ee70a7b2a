/** Every state of the console, as the HTTP API would tell it. */
import type { Page } from 'playwright-core';
import { OFF_AIR } from '#contract/broadcast.ts';
import { OPEN_ORDER } from '#contract/call-order.ts';
import { DEFAULT_DOCUMENT_POLICY } from '#contract/document-policy.ts';
import type { ErrorCode } from '#contract/error-codes.ts';
import type { Invite } from '#contract/http/meetings-api.ts';
import { type Account, LOCAL_ISSUER } from '#contract/http/people-api.ts';
import type { Tablet } from '#contract/http/rooms-api.ts';
import { allRoutes, type RouteName } from '#contract/http/all-routes.ts';
import { type HealthReason, HealthState, type RoomOverview } from '#contract/http/rooms-api.ts';
import type { RoomPhase } from '#contract/room-state.ts';
import { settingsViewOf } from '../../../fleet/console/settings-view-under-test.ts';
import { roomState } from './remote.ts';
import type { Scene, SizeName } from './scene.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const sizes: readonly SizeName[] = ['laptop', 'phone'];
const minutes = (count: number): number => count * 60_000;

const account: Account = {
  accountId: id(9),
  userName: 'admin',
  displayName: 'Admin',
  email: null,
  placeId: null,
  issuer: LOCAL_ISSUER,
  mustChangePassword: false,
  grants: [{ role: 'administrator', scope: { kind: 'organisation' } }],
};
let made = 10;
export function roomOf(
  roomName: string,
  over: Partial<RoomOverview> = {},
  state: Parameters<typeof roomState>[0] = {},
): RoomOverview {
  made += 1;
  const { phase } = state;
  return {
    roomId: id(made),
    roomName,
    hasSameName: false,
    health: phase?.name === 'in-call' ? 'in-call' : 'ready',
    reasons: [],
    call: phase?.name === 'in-call' ? phase : null,
    hasUnreachableCall: false,
    healthSinceMs: Date.now() - 3_600_000,
    service: { state: 'in-service', sinceMs: 0, untilMs: null, reason: '' },
    placeId: null,
    openAlertCount: 0,
    enrolled: true,
    online: true,
    lastSeenMs: Date.now() - 2_000,
    meetingId: id(2),
    signals: [],
    placeIds: [],
    unreachableCall: null,
    blockedCount: 0,
    projections: { state: roomState({ roomId: id(made), roomName, ...state }) },
    ...over,
  };
}
export const trouble = (...reasons: HealthReason[]): Partial<RoomOverview> => ({ health: 'trouble', reasons });
const limited = (...reasons: HealthReason[]): Partial<RoomOverview> => ({ health: 'limited', reasons });
export const offline = { online: false, ...trouble({ kind: 'fleet', reason: 'offline' }) };
const call = (meetingTitle: string, participantCount: number): RoomPhase => ({
  name: 'in-call',
  callId: id(3),
  peerId: id(100),
  meetingTitle,
  startedAtMs: Date.now() - minutes(20),
  connection: 'connected',
  participantCount,
  participants: [],
  sharedBy: null,
  order: OPEN_ORDER,
  air: OFF_AIR,
});

export const healthy = [
  roomOf('Maple 3F'),
  roomOf('Birch 3F', {}, { phase: call('Weekly plan', 6) }),
  roomOf('한라 회의실'),
  roomOf('Cedar 5F', {}, { phase: call('제품 로드맵 검토', 14) }),
];
export const mixed = [
  ...healthy,
  roomOf('설악 회의실', { ...offline, lastSeenMs: Date.now() - minutes(95) }),
  roomOf('Willow 2F', {
    enrolled: false,
    online: false,
    lastSeenMs: null,
    projections: {},
    ...trouble({ kind: 'fleet', reason: 'not-enrolled' }),
  }),
  roomOf('Aspen 4F', trouble({ kind: 'fault', code: 'no-media-node' }), {
    phase: { name: 'fault', code: 'no-media-node', sinceMs: Date.now() - minutes(3), meetingTitle: null },
  }),
  roomOf(
    'Elm 2F',
    { blockedCount: 2, ...limited({ kind: 'blocked', count: 2 }) },
    { phase: call('Dealer training', 12) },
  ),
  roomOf('Oak 1F', limited({ kind: 'notice', notice: 'camera-missing' }), {
    camera: 'absent',
    notices: ['camera-missing'],
  }),
  roomOf('Juniper 6F', trouble({ kind: 'notice', notice: 'microphone-missing' }), {
    microphone: 'absent',
    notices: ['microphone-missing'],
  }),
];
export const LONG_ROOM = 'Namsan Panorama Conference Hall with Terrace, South Wing, 27th floor, behind the library';
const long = [
  roomOf(LONG_ROOM, { ...offline, lastSeenMs: Date.now() - minutes(60 * 50) }),
  roomOf('남산 파노라마 대회의실 남관 이십칠층 도서관 옆 전망 테라스'),
];
const sameName = { hasSameName: true };
export const alike = [
  { ...healthy[0]!, ...sameName },
  ...healthy.slice(1),
  roomOf('maple 3F', sameName),
  roomOf(LONG_ROOM, sameName),
  roomOf(LONG_ROOM, sameName),
];
export const many = Array.from({ length: 160 }, (_, index) =>
  roomOf(`Room ${index + 1}`, index % 17 === 5 ? offline : {}),
);

const invite = (n: number, displayName: string | null, expiresInMinutes: number, revoked = false): Invite => ({
  inviteId: id(200 + n),
  meetingId: id(2),
  displayName,
  seats: displayName === null ? 50 : 1,
  expiresAtMs: Date.now() + minutes(expiresInMinutes),
  revokedAtMs: revoked ? Date.now() : null,
  closedAtMs: null,
  usedAtMs: n % 2 === 0 ? null : Date.now() - minutes(n * 30),
});
const invites = [
  invite(1, 'Plant 2', 60 * 20),
  invite(2, null, 60 * 24 * 6),
  invite(3, '박미나', -30),
  { ...invite(5, null, 60 * 5), closedAtMs: Date.now() },
  invite(4, 'Wolfeschlegelsteinhausenbergerdorff Maximilian-Alexander', 50, true),
];

export type Answer =
  | { status?: number; body: unknown }
  | ((address: URL) => { status?: number; body: unknown })
  | 'no-answer'
  /** it is waited for as long as the scene lasts */
  | 'never';
export const refusal = (status: number, code: ErrorCode): Answer => ({
  status,
  body: { error: { code, message: '' } },
});
export const signedIn: Answer = { body: { account } };

/** Answers by the contract's route names; what is not named is refused as not signed in. */
async function api(page: Page, answers: Partial<Record<RouteName, Answer>>): Promise<void> {
  await page.route('**/api/v1/**', (route) => {
    const method = route.request().method();
    const { pathname } = new URL(route.request().url());
    const name = (Object.keys(allRoutes) as RouteName[]).find((each) => {
      const pattern = new RegExp(`^${allRoutes[each].path.replace(/:\w+/g, '[^/]+')}$`);
      return allRoutes[each].method === method && pattern.test(pathname);
    });
    const answer = (name && answers[name]) ?? refusal(401, 'not-signed-in');
    if (answer === 'never') return;
    if (answer === 'no-answer') return route.abort();
    const { status = 200, body } = typeof answer === 'function' ? answer(new URL(route.request().url())) : answer;
    return route.fulfill({ status, json: body });
  });
  // the stream of changes: open, and nothing changes; or it cannot be opened
  await page.addInitScript(
    (event) => {
      class Stream extends EventTarget {
        static readonly CLOSED = 2;
        readyState = 1;
        constructor() {
          super();
          setTimeout(() => this.dispatchEvent(new Event(event)));
        }
        close() {}
      }
      window.EventSource = Stream as unknown as typeof EventSource;
    },
    answers.listRooms === 'no-answer' ? 'error' : 'open',
  );
}
export const consoleScene = (
  name: string,
  answers: Partial<Record<RouteName, Answer>>,
  act?: Scene['act'],
  path = '/',
): Scene => ({
  name,
  path,
  sizes,
  setup: (page) => api(page, answers),
  ...(act === undefined ? {} : { act }),
});
const emptySeries = {
  temperatureCelsius: [],
  cpuPercent: [],
  memoryUsedPercent: [],
  diskFreePercent: [],
  fleetRoundTripMs: [],
};
const noneListed = (counts: object): Answer => ({ body: { rows: [], nextCursor: null, total: 0, counts } });
/** As the server filters and counts, sorted by state; and what else stands on pages of rooms, with nothing in it. */
export const rooms = (list: readonly RoomOverview[]) => ({
  listPlaces: { body: { places: [], organisation: { meetingPolicy: null, allowedRanges: [] } } } as Answer,
  listAlerts: noneListed({ open: 0, acknowledged: 0, critical: 0 }),
  listHelp: noneListed({ open: 0, unseen: 0 }),
  roomFacets: { body: { versions: [], models: [], signals: [] } } as Answer,
  roomHealthSeries: { body: { atMs: [], online: [], ...emptySeries } } as Answer,
  roomQualitySeries: { body: { atMs: [], lossPercent: [], roundTripMs: [] } } as Answer,
  roomCalls: { body: { calls: [] } } as Answer,
  listRoomEvents: { body: { events: [] } } as Answer,
  roomUpdate: { body: { reported: null, history: [] } } as Answer,
  listRooms: (({ searchParams }) => {
    const { health, service, answering, name, text, limit } = Object.fromEntries(searchParams);
    const isSame = (room: RoomOverview) => room.roomName.toLowerCase() === name?.toLowerCase();
    const isAnswering = ({ reasons }: RoomOverview) =>
      !reasons.some((why) => why.kind === 'fleet' && why.reason === 'offline');
    const countedAs = ({ health: state, service: { state: inService } }: RoomOverview): string =>
      inService === 'maintenance' || inService === 'retired'
        ? 'out-of-service'
        : inService === 'new' && state === 'trouble'
          ? 'being-set-up'
          : state;
    const all = HealthState.options
      .flatMap((state) => list.filter((room) => room.health === state))
      .filter((room) => health === undefined || countedAs(room) === health)
      .filter((room) => service === undefined || room.service.state === service)
      .filter((room) => answering === undefined || String(isAnswering(room)) === answering)
      .filter((room) => text === undefined || room.roomName.toLowerCase().includes(text.toLowerCase()))
      .filter((room) => name === undefined || isSame(room));
    const counts = Object.fromEntries(
      [...HealthState.options, 'being-set-up', 'out-of-service'].map((state) => [
        state,
        list.filter((room) => countedAs(room) === state).length,
      ]),
    );
    const rows = all.slice(0, Number(limit ?? 50));
    const nextCursor = rows.length < all.length ? 'next' : null;
    return { body: { rows, nextCursor, total: all.length, counts } };
  }) satisfies Answer,
  room: (({ pathname }) => {
    const room = list.find(({ roomId }) => pathname.endsWith(roomId));
    return room ? { body: room } : { status: 404, body: { error: { code: 'not-found', message: '' } } };
  }) satisfies Answer,
});
export const press = (page: Pick<Page, 'getByRole'>, name: RegExp) => page.getByRole('button', { name }).last().click();
const signIn = async (page: Page) => {
  await page.getByRole('textbox').first().fill('admin');
  await page.locator('input[type=password]').fill('one-time-password');
  await press(page, /^Sign in$|^로그인$/);
};
export const roomPath = `/#/rooms/${healthy[1]!.roomId}`;
const tablets: Tablet[] = ['By the door', '창가 쪽 큰 테이블 위 태블릿'].map((tabletName, n) => ({
  pairingId: id(300 + n),
  tabletName,
  createdAtMs: Date.now() - minutes(60 * 24 * 20),
  lastUsedAtMs: Date.now() - minutes(12),
}));
const ofRoom = { kind: 'room', roomId: healthy[1]!.roomId } as const;
export const roomAnswers = {
  roomSettings: { body: settingsViewOf({ scope: ofRoom }) },
  currentSession: signedIn,
  ...rooms(mixed),
  listInvites: { body: { invites } },
  documentPolicy: { body: { policy: DEFAULT_DOCUMENT_POLICY } },
  listTablets: { body: { tablets } },
} satisfies Partial<Record<RouteName, Answer>>;

const claim = {
  claimCode: 'K7PW-3MXD-9QRT',
  claimExpiresAtMs: Date.now() + minutes(10),
  deviceApiUrl: 'https://maru.example:7401',
  caSha256: 'a3'.repeat(32),
};
const longRoom = { ...roomAnswers, ...rooms(alike) };
const longPath = `/#/rooms/${alike.at(-1)!.roomId}`;
/** What stands at the end of the page is looked at as a person would come to it. */
const see = async (page: Page, name: RegExp) => page.getByRole('button', { name }).scrollIntoViewIfNeeded();

export const consoleScenes: readonly Scene[] = [
  consoleScene('sign-in', {}),
  consoleScene('sign-in-wrong', { signIn: refusal(401, 'credentials-invalid') }, signIn),
  consoleScene('sign-in-no-server', { currentSession: 'no-answer', signIn: 'no-answer' }, signIn),
  consoleScene(
    'change-password',
    { signIn: { body: { account: { ...account, mustChangePassword: true } } } },
    async (page) => {
      await signIn(page);
      await page.locator('input[autocomplete=new-password]').first().fill('short');
      await press(page, /Save and continue|저장하고 계속/);
    },
  ),
  consoleScene('now', { currentSession: signedIn, ...rooms(mixed) }),
  consoleScene('now-all-well', { currentSession: signedIn, ...rooms(healthy) }),
  consoleScene('now-empty', { currentSession: signedIn, ...rooms([]) }),
  consoleScene('now-long-names', { currentSession: signedIn, ...rooms(long) }),
  consoleScene('now-many', { currentSession: signedIn, ...rooms(many) }),
  consoleScene('now-no-server', { currentSession: signedIn, listRooms: 'no-answer' }),
  consoleScene('room-gone', roomAnswers, undefined, `/#/rooms/${id(999)}`),
  consoleScene('add-room', { currentSession: signedIn, ...rooms(mixed) }, (page) =>
    press(page, /^Add room$|^회의실 추가$/),
  ),
  consoleScene('add-room-same-name', { currentSession: signedIn, ...rooms(mixed) }, async (page) => {
    await press(page, /^Add room$|^회의실 추가$/);
    await page.getByRole('textbox').fill('maple 3f');
  }),
  consoleScene(
    'add-room-claim',
    {
      currentSession: signedIn,
      ...rooms(mixed),
      createRoom: { body: { roomId: id(50), ...claim } },
    },
    async (page) => {
      await press(page, /^Add room$|^회의실 추가$/);
      await page.getByRole('textbox').fill('Rowan 8F');
      await press(page, /^Add room$|^추가$/);
    },
  ),
  consoleScene('room-record-delete', roomAnswers, (page) => press(page, /^Delete the record$|^기록 삭제$/), roomPath),
  consoleScene('room', roomAnswers, undefined, roomPath),
  consoleScene(
    'room-trouble',
    { ...roomAnswers, listInvites: { body: { invites: [] } }, listTablets: { body: { tablets: [] } } },
    undefined,
    `/#/rooms/${mixed.at(-1)!.roomId}`,
  ),
  consoleScene(
    'room-unreachable-call',
    {
      ...roomAnswers,
      ...rooms(mixed.map((room) => ({ ...room, unreachableCall: { silentMs: minutes(2), participantCount: 4 } }))),
    },
    undefined,
    roomPath,
  ),
  consoleScene(
    'room-link-form',
    roomAnswers,
    (page) => press(page, /Make a guest link|외부 참가자 링크 만들기/),
    roomPath,
  ),
  consoleScene(
    'room-link-fresh',
    {
      ...roomAnswers,
      createInvite: {
        body: { invite: invites[0], joinUrl: `https://maru.example/join#${'eyJhbGciOiJFZERTQSJ9'.repeat(12)}` },
      },
    },
    async (page) => {
      await press(page, /Make a guest link|외부 참가자 링크 만들기/);
      await press(page, /^Make link$|^링크 만들기$/);
    },
    roomPath,
  ),
  consoleScene('room-tablet-form', roomAnswers, (page) => press(page, /^Add a tablet$|^태블릿 추가$/), roomPath),
  consoleScene(
    'room-tablet-code',
    { ...roomAnswers, createTabletCode: { body: { code: 'K7PW3MXD', expiresAtMs: Date.now() + minutes(10) } } },
    async (page) => {
      await press(page, /^Add a tablet$|^태블릿 추가$/);
      await page.getByRole('textbox').fill('By the door');
      await press(page, /^Make code$|^코드 만들기$/);
    },
    roomPath,
  ),
  consoleScene(
    'room-revoke-asked',
    roomAnswers,
    (page) =>
      page
        .getByRole('button', { name: /Revoke the link|링크 취소/ })
        .first()
        .click(),
    roomPath,
  ),
  consoleScene('room-kiosk', roomAnswers, (page) => see(page, /^Remove room$|^회의실 삭제$/), roomPath),
  consoleScene(
    'room-kiosk-none',
    roomAnswers,
    (page) => see(page, /^Remove room$|^회의실 삭제$/),
    `/#/rooms/${mixed.find(({ enrolled }) => !enrolled)!.roomId}`,
  ),
  consoleScene('room-claim-asked', roomAnswers, (page) => press(page, /^New claim$|^새 등록 정보$/), roomPath),
  consoleScene(
    'room-claim-fresh',
    { ...longRoom, createClaim: { body: claim } },
    async (page) => {
      await press(page, /^New claim$|^새 등록 정보$/);
      await press(page.getByRole('alertdialog'), /^New claim$|^새 등록 정보$/);
    },
    longPath,
  ),
  consoleScene(
    'room-kiosk-revoke-asked',
    longRoom,
    (page) => press(page, /^Revoke the kiosk$|^단말 등록 취소$/),
    longPath,
  ),
  consoleScene(
    'room-kiosk-revoke-no-server',
    { ...roomAnswers, revokeKiosk: 'no-answer' },
    async (page) => {
      await press(page, /^Revoke the kiosk$|^단말 등록 취소$/);
      await press(page, /^Revoke$|^등록 취소$/);
      await page.getByRole('alert').filter({ visible: true }).first().scrollIntoViewIfNeeded();
    },
    roomPath,
  ),
  consoleScene(
    'room-rename',
    longRoom,
    async (page) => {
      await press(page, /^Rename$|^이름 바꾸기$/);
      await page.getByRole('textbox').fill('Maple 3F');
    },
    longPath,
  ),
  consoleScene(
    'room-rename-refused',
    { ...roomAnswers, renameRoom: refusal(403, 'forbidden') },
    async (page) => {
      await press(page, /^Rename$|^이름 바꾸기$/);
      await press(page.getByRole('dialog'), /^Rename$|^이름 바꾸기$/);
    },
    roomPath,
  ),
  consoleScene('room-remove-asked', roomAnswers, (page) => press(page, /^Remove room$|^회의실 삭제$/), roomPath),
  consoleScene('room-remove-asked-long', longRoom, (page) => press(page, /^Remove room$|^회의실 삭제$/), longPath),
];
