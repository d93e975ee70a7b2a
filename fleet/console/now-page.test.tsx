// @vitest-environment happy-dom
/** Now: which rooms can't hold a meeting and why, apart from them those of which nothing is known, and what waits for somebody. */
import { act } from 'react';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { RoomOverview } from '#contract/http/rooms-api.ts';
import { showLanguage } from '#ui/words/words.ts';
import { Console } from './console.tsx';
import { accountOf, ConsoleUnderTest, idOf, offline, roomOf, ServerUnderTest } from './console-under-test.tsx';

let server: ServerUnderTest;
let page: ConsoleUnderTest;
beforeEach(() => {
  location.hash = '';
  server = new ServerUnderTest();
  server.install();
  page = new ConsoleUnderTest();
});
afterEach(() => page.end());

const show = () => page.show(<Console />);
const title = () => document.querySelector('h1')?.textContent;
const stream = () => server.stream('room-changes');
const change = async (n: number, over: object): Promise<void> => {
  server.rooms = server.rooms.map((room) => (room.roomId === idOf(n) ? { ...room, ...over } : room));
  const rows = server.rooms.filter(({ roomId }) => roomId === idOf(n));
  await act(async () => stream().say('changed', { rows, removedRoomIds: [], counts: server.counts }));
};
const dark: Partial<RoomOverview> = { health: 'trouble', reasons: [{ kind: 'signal', signal: 'screen-black' }] };
const section = (name: string) => document.querySelector(`section[aria-label^="${name}"]`)?.textContent ?? '';

it('says that there are none, that they are being fetched, and that no server answers', async () => {
  await show();
  await page.until(() => page.text.includes('No rooms yet'));
  page.end();
  server = new ServerUnderTest();
  server.answers.listRooms = () => 'no-answer';
  server.install();
  await show();
  await page.until(() => page.text.includes('The server does not answer'));
  server.rooms = [roomOf(1)];
  delete server.answers.listRooms;
  await act(async () => stream().open());
  await act(async () => stream().say('ready', { counts: server.counts }));
  await page.until(() => title() === 'Every room can hold a meeting');
  expect(page.text).not.toContain('does not answer');
});

it('answers which can’t hold a meeting, why, since when and what to do; those that do not answer apart, in both languages', async () => {
  server.rooms = [
    roomOf(1),
    roomOf(2, { ...dark, healthSinceMs: Date.now() - 3 * 60_000, placeId: idOf(70) }),
    roomOf(3, offline),
    roomOf(4, offline),
  ];
  server.answers.listPlaces = () => ({
    body: {
      places: [
        {
          placeId: idOf(70),
          parentId: null,
          kind: 'site',
          placeName: 'Seoul',
          defaults: { meetingPolicy: null, allowedRanges: [] },
          roomCount: 1,
          accountCount: 0,
        },
      ],
      organisation: { meetingPolicy: null, allowedRanges: [] },
    },
  });
  await show();
  await page.until(() => title() === '1 room can’t hold a meeting' && section('Can’t hold').includes('Seoul'));
  expect(page.text).toContain('2 more rooms do not answer: nothing is known of them.');
  expect(section('Can’t hold')).toContain('Room 2');
  expect(section('Can’t hold')).toContain('The TV shows a black pictureRestart the screen');
  expect(section('Can’t hold')).toContain('3 minutes ago');
  expect(section('Can’t hold')).not.toContain('Room 3');
  expect(section('No answer')).toContain('The kiosk does not answerCheck its power and network');
  await act(async () => showLanguage('ko'));
  await page.until(() => title() === '회의실 1곳에서 회의할 수 없습니다');
});

it('follows the changes: from all well to silent to trouble and back', async () => {
  server.rooms = [roomOf(1), roomOf(2)];
  await show();
  await page.until(() => title() === 'Every room can hold a meeting');
  await change(2, offline);
  await page.until(() => title() === '1 room does not answer');
  await change(2, { ...roomOf(2), ...dark });
  await page.until(() => title() === '1 room can’t hold a meeting');
  await change(2, roomOf(2));
  await page.until(() => title() === 'Every room can hold a meeting');
});

it('counts a new room that is not ready yet apart, and rooms out of service', async () => {
  const service = { sinceMs: 0, untilMs: null, reason: '' };
  server.rooms = [
    roomOf(1, { ...offline, service: { ...service, state: 'new' } }),
    roomOf(2, { ...offline, service: { ...service, state: 'maintenance' } }),
  ];
  await show();
  await page.until(() => title() === 'No room is in service yet');
  const tiles = [...document.querySelectorAll('[aria-label="Rooms by state"] a')];
  expect(tiles.map((tile) => [tile.textContent, tile.getAttribute('href')])).toContainEqual([
    'Being set up1',
    '#/rooms?service=new',
  ]);
  expect(page.text).toContain('Out of service1');
});

it('shows what is open: calls for help to those who help, and alerts', async () => {
  server.rooms = [roomOf(1)];
  const list = (counts: object) => () => ({ body: { rows: [], nextCursor: null, total: 0, counts } });
  server.answers.listHelp = list({ open: 2, unseen: 1 });
  server.answers.listAlerts = list({ open: 3, critical: 1, acknowledged: 2 });
  await show();
  await page.until(() => page.text.includes('Alerts3 open · 1 critical · 2 looked after'));
  expect(page.text).toContain('Calls for help2 open · 1 not seen yet');
  expect([...document.querySelectorAll('a')].some((link) => link.getAttribute('href') === '#/alerts')).toBe(true);
  page.end();
  server = new ServerUnderTest();
  server.account = accountOf('viewer');
  server.rooms = [roomOf(1)];
  server.install();
  await show();
  await page.until(() => page.text.includes('AlertsNone'));
  expect(page.text).not.toContain('Calls for help');
  expect(server.askedFor('listHelp')).toBe(0);
});

it('names the side that is too old, with both numbers', async () => {
  const protocol = { kind: 'protocol', tooOld: 'kiosk', kioskProtocol: 1, serverProtocol: 2 } as const;
  server.rooms = [roomOf(1, { online: false, health: 'trouble', reasons: [protocol] })];
  await show();
  await page.until(() => page.text.includes('Room 1'));
  expect(page.text).toContain('too old for this server (kiosk: protocol 1, server: 2)Update the kiosk');
});

it('fetches each list at most twice a second, however fast the rooms change', async () => {
  server.rooms = [roomOf(1), roomOf(2)];
  await show();
  await page.until(() => title() === 'Every room can hold a meeting');
  const fetched = server.askedFor('listRooms');
  const startedAtMs = performance.now();
  for (let i = 0; i < 20; i += 1) {
    await change(2, i % 2 === 0 ? offline : { ...roomOf(2) });
    await act(async () => new Promise((resolve) => setTimeout(resolve, 10)));
  }
  const mostOfEach = Math.ceil((performance.now() - startedAtMs) / 500) + 1;
  const lists = 2;
  expect(mostOfEach).toBeLessThan(20);
  expect(server.askedFor('listRooms') - fetched).toBeLessThanOrEqual(lists * mostOfEach);
});

it('keeps what it shows while the server is silent, and says from when it is', async () => {
  server.rooms = [roomOf(1, dark)];
  await show();
  await act(async () => stream().open());
  await page.until(() => page.text.includes('Room 1') && page.text.includes('As of'));
  await act(async () => stream().fail());
  expect(page.text).toContain('The server does not answer. What you see is from');
  expect(page.text).toContain('Room 1');
  await act(async () => stream().open());
  expect(page.text).not.toContain('The server does not answer');
});
