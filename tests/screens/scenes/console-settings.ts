/** Settings in the console: of a room, of a place, and what their trial and versions show. */
import type { Page } from 'playwright-core';
import type { SettingsView } from '#contract/http/settings-api.ts';
import { settingsViewOf } from '../../../fleet/console/settings-view-under-test.ts';
import {
  type Answer,
  consoleScene,
  healthy,
  press,
  refusal,
  roomAnswers,
  roomPath,
  rooms,
  signedIn,
} from './console.ts';
import type { Scene } from './scene.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const LONG_PLACE = 'Namsan Panorama Conference Centre, South Wing';
const seoul = { kind: 'place', placeId: id(12), placeName: '서울 본사' } as const;
const organisation = { kind: 'organisation' } as const;
const scope = { kind: 'room', roomId: healthy[1]!.roomId } as const;
const report = {
  revision: 7,
  desiredRevision: 7,
  reportedAtMs: Date.now() - 3_600_000,
  local: { tv: ['adapter'] },
  refused: [],
};
const hours = { fromMinuteOfDay: 480, toMinuteOfDay: 1140, days: ['mon', 'tue', 'wed', 'thu', 'fri'] };
const picture = (n: number) => String(n).repeat(64);

const ofRoom = (over: Partial<SettingsView> = {}): Answer => ({
  body: settingsViewOf(
    {
      scope,
      revision: 7,
      own: {
        tv: { hours, offAfterIdleMinutes: 5 },
        mediaDevices: {
          preferred: [
            { kind: 'camera', label: 'Conference Cam' },
            { kind: 'microphone', vendorId: '0b0e', productId: '0420' },
          ],
        },
        calendar: { kind: 'caldav', url: 'https://cal.example.com/rooms/birch/', userName: 'room-birch' },
      },
      secrets: { calendar: { password: 'set' } },
      report,
      ...over,
    },
    [
      { section: 'screen', field: 'language', value: 'ko', source: organisation },
      { section: 'tv', field: 'offAfterIdleMinutes', value: 30, source: seoul, isLocked: true },
      { section: 'idle', field: 'noticeText', value: '금요일 18시부터 전기 점검이 있습니다', source: seoul },
    ],
  ),
});
const ofPlace: Answer = {
  body: settingsViewOf(
    {
      scope: { kind: 'place', placeId: seoul.placeId },
      own: {
        tv: { offAfterIdleMinutes: 30 },
        idle: { noticeText: '금요일 18시부터 전기 점검이 있습니다', signage: [picture(1), picture(2)] },
      },
      locks: { tv: ['offAfterIdleMinutes'] },
    },
    [{ section: 'screen', field: 'language', value: 'ko', source: organisation }],
  ),
};
const places = [
  { placeId: seoul.placeId, parentId: null, kind: 'site' as const, placeName: seoul.placeName },
  { placeId: id(13), parentId: seoul.placeId, kind: 'building' as const, placeName: LONG_PLACE },
].map((place) => ({ ...place, defaults: { meetingPolicy: null, allowedRanges: [] }, roomCount: 40, accountCount: 0 }));
const trial = {
  changedCount: 37,
  changed: Array.from({ length: 20 }, (_, n) => ({
    roomId: id(200 + n),
    roomName: n === 3 ? LONG_PLACE : `Room ${n + 1}`,
    fields: ['tv.offAfterIdleMinutes'],
    online: n % 5 !== 2,
  })),
  unchangedCount: 3,
  refusedCount: 2,
  refused: (['kiosk-file', 'overridden'] as const).map((because, n) => ({
    roomId: id(230 + n),
    roomName: `Room ${n + 40}`,
    field: 'tv.offAfterIdleMinutes',
    because,
  })),
};
const change = { section: 'tv', field: 'offAfterIdleMinutes' };
const versions: Answer = {
  body: {
    rows: [
      {
        revision: 3,
        atMs: Date.now() - 3_600_000,
        author: 'account:0193a0b0-0000-7000-8000-000000000009',
        reason: '전기 점검 안내',
        changes: [
          { section: 'idle', field: 'noticeText', what: 'value', after: '금요일 18시부터 전기 점검이 있습니다' },
          { ...change, what: 'lock', after: true },
        ],
      },
      {
        revision: 2,
        atMs: Date.now() - 90_000_000,
        author: 'admin',
        reason: 'Saving power',
        changes: [{ ...change, what: 'value', before: 20, after: 30 }],
      },
      {
        revision: 1,
        atMs: Date.now() - 190_000_000,
        author: 'admin',
        reason: '',
        changes: [{ ...change, what: 'value', after: 20 }],
      },
    ],
    nextCursor: null,
    total: 3,
    counts: {},
  },
};
const kept = {
  listSignage: {
    body: {
      pictures: [1, 2, 3].map((n) => ({
        signageKey: picture(n),
        fileName: n === 2 ? `${LONG_PLACE}.png` : `lobby-${n}.png`,
        sizeBytes: 90_000,
        addedAtMs: Date.now(),
        usedCount: n === 3 ? 0 : 1,
      })),
    },
  },
};
const room = { ...roomAnswers, ...kept, roomSettings: ofRoom() };
const place = {
  ...kept,
  currentSession: signedIn,
  ...rooms(healthy),
  listPlaces: { body: { places, organisation: { meetingPolicy: null, allowedRanges: [] } } },
  organisationSettings: { body: settingsViewOf({ scope: organisation, own: { screen: { language: 'ko' } } }) },
  placeSettings: ofPlace,
  placeSettingsVersions: versions,
  tryPlaceSettings: { body: trial },
  changePlaceSettings: refusal(409, 'settings-changed'),
} satisfies Parameters<typeof consoleScene>[1];
const placePath = `/#/settings/${seoul.placeId}`;

const see = (page: Page, name: RegExp) => page.getByRole('button', { name }).last().scrollIntoViewIfNeeded();
const seeCalendar = (page: Page) => see(page, /^Change: Calendar$|^캘린더 변경$/);
const openTv = (page: Page) => press(page, /^Change: TV$|^TV 변경$/);
async function tryTv(page: Page): Promise<void> {
  await openTv(page);
  await page.locator('input[inputmode=numeric]').fill('45');
  await press(page, /^See what changes$|^미리 확인$/);
}

export const settingsScenes: readonly Scene[] = [
  consoleScene('room-settings', room, seeCalendar, roomPath),
  consoleScene(
    'room-settings-refused',
    {
      ...room,
      roomSettings: ofRoom({
        secrets: { calendar: { password: 'enter-again' } },
        report: {
          ...report,
          refused: [
            { section: 'tv', field: null, code: 'setting-file-invalid', message: '' },
            { section: 'calendar', field: 'password', code: 'secret-unreadable', message: '' },
          ],
        },
      }),
    },
    seeCalendar,
    roomPath,
  ),
  consoleScene(
    'room-settings-waiting',
    { ...room, roomSettings: ofRoom({ report: { ...report, desiredRevision: 8 } }) },
    seeCalendar,
    roomPath,
  ),
  consoleScene(
    'room-settings-no-kiosk',
    { ...room, roomSettings: ofRoom({ revision: 0, own: {}, secrets: {}, report: null }) },
    seeCalendar,
    roomPath,
  ),
  consoleScene('room-settings-tv', room, openTv, roomPath),
  consoleScene(
    'room-settings-idle-wrong',
    { ...room, changeRoomSettings: refusal(409, 'settings-changed') },
    async (page) => {
      await press(page, /^Change: Idle TV|^비어 있는 TV.* 변경$/);
      await page.getByRole('dialog').locator('input[inputmode=numeric]').fill('0');
      await press(page, /^Save$|^저장$/);
    },
    roomPath,
  ),
  consoleScene(
    'room-settings-devices',
    room,
    (page) => press(page, /^Change: Camera, microphone, speaker$|^카메라, 마이크, 스피커 변경$/),
    roomPath,
  ),
  consoleScene('room-settings-calendar', room, (page) => press(page, /^Change: Calendar$|^캘린더 변경$/), roomPath),
  consoleScene('settings-organisation', place, undefined, '/#/settings'),
  consoleScene('settings-place', place, undefined, placePath),
  consoleScene('settings-place-tv', place, openTv, placePath),
  consoleScene(
    'settings-place-pictures',
    place,
    (page) => press(page, /^Change: Idle TV|^비어 있는 TV.* 변경$/),
    placePath,
  ),
  consoleScene('settings-trial', place, tryTv, placePath),
  consoleScene(
    'settings-trial-too-late',
    place,
    async (page) => {
      await tryTv(page);
      await press(page, /^Apply$|^적용$/);
      await page.getByRole('alert').filter({ visible: true }).first().scrollIntoViewIfNeeded();
    },
    placePath,
  ),
  consoleScene('settings-versions', place, (page) => press(page, /^Versions$|^변경 이력$/), placePath),
  consoleScene(
    'settings-versions-back',
    place,
    async (page) => {
      await press(page, /^Versions$|^변경 이력$/);
      await press(page, /^Go back to this: version 2$|^이때로 되돌리기: 버전 2$/);
    },
    placePath,
  ),
];
