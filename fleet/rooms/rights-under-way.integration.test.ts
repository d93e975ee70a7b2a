/** A right that is taken back while what it allows is under way: at the real fleet server, nothing is done on its strength. */
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FleetUnderTest, type Json } from '../fleet-under-test.ts';
import { PhoneUnderTest, RoomUnderTest } from '../room-under-test.ts';

let fleet: FleetUnderTest;
let room: RoomUnderTest;

beforeAll(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
  room = new RoomUnderTest(await fleet.enrolRoom('Room A'));
  await room.start(fleet);
  await room.sayState();
});
afterAll(async () => {
  room?.stop();
  await fleet.stop();
});

test('a command whose phone is disconnected while it is prepared does not reach the room', async () => {
  await room.offer('BCDFGHJK');
  const { controllerToken } = (await fleet.api('POST', '/api/v1/pairings', { code: 'BCDFGHJK' })).body;
  const phone = await new PhoneUnderTest(fleet.ready.fleetUrl).open(controllerToken);
  await expect.poll(() => phone.of('welcome')).toHaveLength(1);
  // its grant waits for a media node
  await fleet.register({ online: false });
  await sleep(200);
  phone.command({ name: 'join-call' });
  await sleep(200);
  const { roomId } = room.room;
  await fleet.api('DELETE', `/api/v1/rooms/${roomId}/pairings`, undefined, fleet.admin.cookie);
  await expect.poll(() => phone.closeCode).toBe(4421);
  await fleet.register();
  await sleep(1_000);
  expect(room.heard.filter(({ name }) => name === 'command')).toEqual([]);
});

test('whoever signs out while his request is still being sent does nothing by it', async () => {
  const { cookie } = await fleet.signIn(fleet.admin.userName, fleet.admin.password);
  const body = JSON.stringify({ roomName: 'Room of nobody' });
  const sending = request(new URL('/api/v1/rooms', fleet.ready.fleetUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': body.length, cookie },
  });
  sending.write(body.slice(0, 5));
  await sleep(200);
  await fleet.api('DELETE', '/api/v1/sessions/current', undefined, cookie);
  sending.end(body.slice(5));
  const [response] = (await once(sending, 'response')) as [IncomingMessage];
  expect(response.statusCode).toBe(401);
  const { rows } = (await fleet.api('GET', '/api/v1/rooms', undefined, fleet.admin.cookie)).body;
  expect(rows.map(({ roomName }: Json) => roomName)).toEqual(['Room A']);
});
