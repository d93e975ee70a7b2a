/** Acts on several rooms, each by itself; rooms found by what their kiosks reported; the use of rooms as a table and a file. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FleetUnderTest, type Json } from '../fleet-under-test.ts';
import { RoomUnderTest } from '../room-under-test.ts';

let fleet: FleetUnderTest;
let maple: RoomUnderTest;
let oakId: string;
let placeId: string;
const NOBODYS = '0193a0b0-0000-7000-8000-000000000999';

const ask = async (method: string, path: string, body?: object): Promise<{ status: number; body: Json }> =>
  fleet.api(method, path, body, fleet.admin.cookie);
const api = async (method: string, path: string, body?: object): Promise<Json> => {
  const answer = await ask(method, path, body);
  expect([path, answer.status]).toEqual([path, 200]);
  return answer.body;
};
/** Without its mark, which `fetch` takes off. */
const fileOf = async (path: string): Promise<string> => (await ask('GET', path)).body;
const listed = async (query: string): Promise<string[]> =>
  (await api('GET', `/api/v1/rooms?${query}`)).rows.map(({ roomName }: Json) => roomName);

beforeAll(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
  maple = new RoomUnderTest(await fleet.enrolRoom('Maple'));
  await maple.start(fleet);
  await maple.sayState();
  oakId = (await api('POST', '/api/v1/rooms', { roomName: '=Oak' })).roomId;
  const place = { parentId: null, kind: 'site', placeName: '@Seoul' };
  placeId = (await api('POST', '/api/v1/places', place)).placeId;
});
afterAll(async () => {
  maple?.stop();
  await fleet.stop();
});

test('a new room that can’t hold a meeting yet is being set up, and in trouble once people count on it', async () => {
  expect(await listed('health=trouble')).toEqual([]);
  expect(await listed('service=new')).toContain('=Oak');
  const { counts } = await api('GET', '/api/v1/rooms');
  expect([counts['being-set-up'], counts.trouble]).toEqual([1, 0]);
});

test('several rooms are put in service: those that cannot be are refused by themselves, the others are', async () => {
  const roomIds = [maple.room.roomId, NOBODYS, oakId, oakId];
  const answer = await api('PUT', '/api/v1/room-services', { roomIds, state: 'in-service' });
  expect(answer).toEqual({
    changed: [maple.room.roomId, oakId],
    refused: [{ roomId: NOBODYS, code: 'not-found' }],
  });
  expect(await listed('health=trouble')).toEqual(['=Oak']);
  const past = { roomIds: [maple.room.roomId], state: 'maintenance', untilMs: 1 };
  expect((await api('PUT', '/api/v1/room-services', past)).refused).toEqual([
    { roomId: maple.room.roomId, code: 'bad-message' },
  ]);
});

test('several rooms are moved to a place, and found there', async () => {
  const answer = await api('PUT', '/api/v1/room-places', { roomIds: [oakId, NOBODYS], placeId });
  expect(answer).toEqual({ changed: [oakId], refused: [{ roomId: NOBODYS, code: 'not-found' }] });
  expect(await listed(`placeId=${placeId}`)).toEqual(['=Oak']);
  const nowhere = { roomIds: [oakId], placeId: NOBODYS };
  expect((await api('PUT', '/api/v1/room-places', nowhere)).refused).toEqual([{ roomId: oakId, code: 'not-found' }]);
});

test('an action of several rooms is begun or refused by each, and followed from the first one on', async () => {
  const roomIds = [maple.room.roomId, oakId];
  const answer = await api('POST', '/api/v1/room-actions', { roomIds, action: { name: 'restart-screen' } });
  expect(answer.refused).toMatchObject([{ roomId: oakId, code: 'room-not-answering' }]);
  const [{ actionId }] = answer.begun;
  const followed = await api('GET', `/api/v1/room-actions?actionId=${actionId}`);
  expect(followed.actions).toMatchObject([{ actionId, roomId: maple.room.roomId, state: 'pending' }]);
});

test('rooms are found by whether their kiosk answers, by a raised signal, version and model', async () => {
  await maple.sayState({ notices: ['tv-faulty', 'camera-missing'] });
  await expect.poll(() => listed('signal=camera-failing'), { timeout: 20_000 }).toEqual(['Maple']);
  expect(await listed('answering=true')).toEqual(['=Oak', 'Maple']);
  expect(await listed('answering=false')).toEqual([]);
  expect(await listed('version=9.9.9')).toEqual([]);
  const { signals, versions } = await api('GET', '/api/v1/room-facets');
  expect(signals).toContainEqual({ value: 'camera-failing', count: 1 });
  expect(versions).toEqual([]);
  const seen: Json[] = (await api('GET', `/api/v1/rooms/${maple.room.roomId}`)).signals;
  expect(seen).toContainEqual({
    signal: 'camera-failing',
    state: 'raised',
    sinceMs: expect.any(Number),
    facts: { reason: 'missing' },
  });
  await maple.sayState();
  maple.stop();
  await expect.poll(() => listed('answering=false'), { timeout: 40_000 }).toEqual(['Maple']);
  const unknown: Json[] = (await api('GET', `/api/v1/rooms/${maple.room.roomId}`)).signals;
  expect(unknown).toContainEqual({ signal: 'camera-failing', state: 'unknown', sinceMs: null, facts: {} });
});

test('the use of rooms: a row for each room and place, and a file in which no name is a formula', async () => {
  const period = `fromMs=${Date.now() - 86_400_000}&toMs=${Date.now() + 1_000}`;
  const { rooms, places } = await api('GET', `/api/v1/usage?${period}`);
  expect(rooms.map(({ roomName }: Json) => roomName).sort()).toEqual(['=Oak', 'Maple']);
  expect(places).toMatchObject([{ placeId, path: '@Seoul', roomCount: 1 }]);
  expect((await ask('GET', `/api/v1/usage?fromMs=0&toMs=${Date.now()}`)).body.error.code).toBe('bad-message');
  const file = await fileOf(`/api/v1/usage.csv?${period}`);
  expect(file.split('\r\n').sort()).toEqual(
    expect.arrayContaining([expect.stringMatching(/^'=Oak,'@Seoul,0,0,0,0,/), expect.stringMatching(/^Maple,,0,/)]),
  );
  expect(await fileOf(`/api/v1/usage.csv?${period}&by=place`)).toMatch(/^place,rooms,[^\r]*\r\n'@Seoul,1,/);
});
