/** From a room's reports to alerts, through a real fleet server: what opens, what is listed, what a restart leaves. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FleetUnderTest, type Json } from '../fleet-under-test.ts';
import { RoomUnderTest } from '../room-under-test.ts';

let fleet: FleetUnderTest;
let maple: RoomUnderTest;
let oak: RoomUnderTest;

const api = async (method: string, path: string, body?: object): Promise<Json> => {
  const answer = await fleet.api(method, path, body, fleet.admin.cookie);
  expect([path, answer.status]).toEqual([path, 200]);
  return answer.body;
};
const serve = (room: RoomUnderTest, change: object) => api('PUT', `/api/v1/rooms/${room.room.roomId}/service`, change);
const alertsOf = async (room: RoomUnderTest, query = ''): Promise<Json[]> =>
  (await api('GET', `/api/v1/alerts?roomId=${room.room.roomId}${query}`)).rows;
const rowOf = (room: RoomUnderTest): Promise<Json> => api('GET', `/api/v1/rooms/${room.room.roomId}`);
const open = async (room: RoomUnderTest): Promise<string[]> =>
  (await alertsOf(room)).filter(({ state }) => state !== 'closed').map(({ signal }) => signal);

beforeAll(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
  [maple, oak] = [new RoomUnderTest(await fleet.enrolRoom('Maple')), new RoomUnderTest(await fleet.enrolRoom('Oak'))];
  for (const room of [maple, oak]) {
    await room.start(fleet);
    await room.sayState();
  }
  await serve(maple, { state: 'in-service' });
});
afterAll(async () => {
  for (const room of [maple, oak]) room.stop();
  await fleet.stop();
});

test('a new room opens no alert; one in service does after its time, and closes by itself', async () => {
  for (const room of [maple, oak]) await room.sayState({ notices: ['camera-missing'] });
  await expect.poll(() => open(maple)).toEqual(['camera-failing']);
  expect(await open(oak)).toEqual([]);
  expect((await alertsOf(maple))[0]).toMatchObject({
    severity: 'critical',
    roomName: 'Maple',
    state: 'open',
    facts: { reason: 'missing' },
    inhibitedBy: null,
  });
  await expect.poll(async () => (await rowOf(maple)).openAlertCount).toBe(1);
  const { alertId } = (await alertsOf(maple))[0];
  const acknowledged = await api('PUT', `/api/v1/alerts/${alertId}/acknowledgement`, { note: 'on my way' });
  expect(acknowledged).toMatchObject({ state: 'acknowledged', acknowledged: { note: 'on my way' } });
  for (const room of [maple, oak]) await room.sayState();
  await expect.poll(() => open(maple)).toEqual([]);
  expect((await alertsOf(maple, '&state=closed')).map(({ alertId: id }) => id)).toEqual([alertId]);
});

test('a box that is gone: one alert over a restart of the server, closed once it is back', async () => {
  maple.stop();
  await expect.poll(() => open(maple), { timeout: 40_000 }).toEqual(['kiosk-offline']);
  const [before] = await alertsOf(maple);
  await fleet.kill();
  await fleet.startServer();
  expect(await open(maple)).toEqual(['kiosk-offline']);
  await maple.start(fleet);
  await maple.sayState();
  await expect.poll(() => open(maple), { timeout: 30_000 }).toEqual([]);
  expect((await alertsOf(maple)).filter(({ signal }) => signal === 'kiosk-offline')).toMatchObject([
    { alertId: before!.alertId, openedAtMs: before!.openedAtMs },
  ]);
}, 120_000);

test('a room in maintenance is counted apart, opens nothing, and is in service again at its time', async () => {
  const service = await serve(maple, { state: 'maintenance', untilMs: Date.now() + 5_000, reason: 'cables' });
  expect(service).toMatchObject({ state: 'maintenance', reason: 'cables' });
  const { counts } = await api('GET', '/api/v1/rooms?health=trouble');
  expect(counts['out-of-service']).toBe(1);
  const { places } = await api('GET', '/api/v1/place-health');
  expect(places).toMatchObject([{ placeId: null, counts: { 'out-of-service': 1 } }]);
  expect((await api('GET', '/api/v1/rooms?service=maintenance')).rows).toMatchObject([{ roomName: 'Maple' }]);
  await expect.poll(async () => (await rowOf(maple)).service.state).toBe('in-service');
  const past = await fleet.api(
    'PUT',
    `/api/v1/rooms/${maple.room.roomId}/service`,
    { state: 'maintenance', untilMs: 1 },
    fleet.admin.cookie,
  );
  expect([past.status, past.body.error.code]).toEqual([400, 'bad-message']);
});
