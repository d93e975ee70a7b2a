/**
 * What people report of other products' fleets, against ours: states that are not true, alarms that stay, settings that go back
 * by themselves. Real fleet server, rooms that speak MQTT. Each title is the report, in plain words.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { signalOf } from '#contract/signals.ts';
import { ROOM_ONLINE_MS } from '#contract/timing.ts';
import { FleetUnderTest, type Json } from '../fleet-under-test.ts';
import { RoomUnderTest } from '../room-under-test.ts';

const NAMES = ['Maple', 'Oak', 'Elm', 'Birch', 'Ash', 'Fir'] as const;
let fleet: FleetUnderTest;
const rooms = {} as Record<(typeof NAMES)[number], RoomUnderTest>;

const api = async (method: string, path: string, body?: object): Promise<Json> => {
  const answer = await fleet.api(method, `/api/v1${path}`, body, fleet.admin.cookie);
  expect([path, answer.status, answer.body]).toEqual([path, 200, answer.body]);
  return answer.body;
};
const alertsOf = async ({ room }: RoomUnderTest): Promise<Json[]> =>
  (await api('GET', `/alerts?roomId=${room.roomId}`)).rows;
const openOf = async (room: RoomUnderTest): Promise<string[]> =>
  (await alertsOf(room)).filter(({ state }) => state !== 'closed').map(({ signal }) => signal);
const rowOf = ({ room }: RoomUnderTest): Promise<Json> => api('GET', `/rooms/${room.roomId}`);
const presence = (room: RoomUnderTest, online: boolean, epoch = room.epoch) =>
  room.say('presence', { protocol: PROTOCOL_VERSION, online, epoch, asOfMs: Date.now() });
const settingsOf = ({ room }: RoomUnderTest): Promise<Json> => api('GET', `/rooms/${room.roomId}/settings`);
async function set(path: string, value: object): Promise<void> {
  const { revision } = await api('GET', path);
  await api('PUT', path, { revision, ...value });
}

beforeAll(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
  for (const name of NAMES) {
    const room = new RoomUnderTest(await fleet.enrolRoom(name));
    rooms[name] = room;
    await room.start(fleet);
    await room.sayState();
    await api('PUT', `/rooms/${room.room.roomId}/service`, { state: 'in-service' });
  }
}, 60_000);
afterAll(async () => {
  for (const room of Object.values(rooms)) room.stop();
  await fleet.stop();
});

test.concurrent('an alarm "offline" was raised although the box was only restarting', async ({ expect }) => {
  const room = rooms.Maple;
  await presence(room, false);
  room.stop();
  await expect.poll(async () => (await rowOf(room)).online).toBe(false);
  expect((await rowOf(room)).reasons).toEqual([{ kind: 'fleet', reason: 'offline' }]);
  await sleep(signalOf('kiosk-offline').raisedAfterMs - 4_000);
  room.epoch += 1;
  await room.start(fleet);
  await room.sayState();
  await expect.poll(async () => (await rowOf(room)).health).toBe('ready');
  await sleep(6_000);
  expect(await alertsOf(room)).toEqual([]);
}, 40_000);

test.concurrent('asking for a picture showed a dead display as online', async ({ expect }) => {
  const room = rooms.Oak;
  room.stop();
  await expect
    .poll(async () => (await rowOf(room)).online, { timeout: ROOM_ONLINE_MS + 5_000, interval: 500 })
    .toBe(false);
  const { lastSeenMs } = await rowOf(room);
  const look = { action: { name: 'look-at-screen' } };
  const asked = await fleet.api('POST', `/api/v1/rooms/${room.room.roomId}/actions`, look, fleet.admin.cookie);
  expect(asked.body.error.code).toBe('room-not-answering');
  // its certificate alone is no sign of life of the room's agent
  await fleet.device('/device/v1/renewals', { csrPem: 'none' }, room.room.credentials);
  await api('GET', `/rooms/${room.room.roomId}`);
  await sleep(1_000);
  expect(await rowOf(room)).toMatchObject({ online: false, health: 'trouble', lastSeenMs });
}, 40_000);

test.concurrent('old goodbyes that the broker delivered late made the server believe that boxes were gone', async ({
  expect,
}) => {
  const room = rooms.Elm;
  room.epoch = 7;
  await presence(room, true);
  await room.sayState({ volumePercent: 31 });
  await expect.poll(async () => (await rowOf(room)).projections.state?.volumePercent).toBe(31);
  await presence(room, false, 6);
  await sleep(1_000);
  expect((await rowOf(room)).online).toBe(true);
  await presence(room, false);
  await expect.poll(async () => (await rowOf(room)).online).toBe(false);
}, 30_000);

test.concurrent('alarms stayed open for ever: of a room in maintenance, retired or removed', async ({ expect }) => {
  const room = rooms.Birch;
  const service = (state: string) => api('PUT', `/rooms/${room.room.roomId}/service`, { state });
  await room.sayState({ notices: ['camera-missing'] });
  await expect.poll(() => openOf(room), { timeout: 15_000 }).toEqual(['camera-failing']);
  await service('maintenance');
  await expect.poll(() => openOf(room)).toEqual([]);
  // the cause is there still: in service again, it is one again
  await service('in-service');
  await expect.poll(() => openOf(room), { timeout: 15_000 }).toEqual(['camera-failing']);
  await service('retired');
  await expect.poll(() => openOf(room)).toEqual([]);
  await api('DELETE', `/rooms/${room.room.roomId}`);
  const { rows } = await api('GET', '/alerts?state=open');
  expect(rows.filter(({ roomId }: Json) => roomId === room.room.roomId)).toEqual([]);
}, 60_000);

test.concurrent('one alarm for each flicker: a signal that comes and goes opens one alert, not twenty', async ({
  expect,
}) => {
  const room = rooms.Fir;
  for (let flicker = 0; flicker < 8; flicker += 1) {
    await room.sayState({ notices: flicker % 2 === 0 ? ['microphone-missing'] : [] });
    await sleep(700);
  }
  expect(await alertsOf(room)).toEqual([]);
  await room.sayState({ notices: ['microphone-missing'] });
  await expect.poll(() => openOf(room), { timeout: 15_000 }).toEqual(['microphone-failing']);
  for (let flicker = 0; flicker < 8; flicker += 1) {
    await room.sayState({ notices: flicker % 2 === 0 ? [] : ['microphone-missing'] });
    await sleep(700);
  }
  await room.sayState();
  await expect.poll(() => openOf(room), { timeout: 15_000 }).toEqual([]);
  expect(await alertsOf(room)).toHaveLength(1);
}, 60_000);

test('settings and places went back by themselves: after a restart, a report of nothing, another box', async () => {
  const room = rooms.Ash;
  const { placeId } = await api('POST', '/places', { parentId: null, kind: 'site', placeName: 'Seoul' });
  await api('PUT', `/rooms/${room.room.roomId}/place`, { placeId });
  await set(`/places/${placeId}/settings`, { set: { screen: { language: 'ko' }, tv: { offAfterIdleMinutes: 25 } } });
  // equal to the default, and set all the same
  await set(`/rooms/${room.room.roomId}/settings`, { set: { screen: { language: 'en' } } });
  const wanted = { screen: { language: 'en' }, tv: { offAfterIdleMinutes: 25 } };
  const published = () => room.last('settings')?.values;
  await expect.poll(published).toMatchObject(wanted);
  const inForce = async () => {
    const { inForce: found } = await settingsOf(room);
    const { language } = found.screen;
    const { offAfterIdleMinutes } = found.tv;
    return [language.value, language.source.kind, offAfterIdleMinutes.value, offAfterIdleMinutes.source.kind];
  };
  const expected = ['en', 'room', 25, 'place'];
  expect(await inForce()).toEqual(expected);
  // a kiosk that lost its memory reports that it has nothing
  await room.say('settingsReport', { protocol: PROTOCOL_VERSION, revision: 0, key: null, local: {}, refused: [] });
  await sleep(500);
  expect(await inForce()).toEqual(expected);
  await fleet.kill();
  await fleet.startServer();
  room.stop();
  room.heard.length = 0;
  await room.start(fleet);
  await expect.poll(published, { timeout: 10_000 }).toMatchObject(wanted);
  expect(await inForce()).toEqual(expected);
  const { claimCode } = await api('POST', `/rooms/${room.room.roomId}/claims`);
  const credentials = await fleet.enrol(claimCode, room.room.roomId);
  const another = new RoomUnderTest({ ...room.room, credentials });
  rooms.Ash = another;
  await another.start(fleet);
  await expect.poll(() => another.last('settings')?.values, { timeout: 10_000 }).toMatchObject(wanted);
  expect(await inForce()).toEqual(expected);
  expect((await rowOf(another)).placeIds).toEqual([placeId]);
}, 60_000);
