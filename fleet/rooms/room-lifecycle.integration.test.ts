/** A room's kiosk revoked, its claim made anew, the room renamed and removed, at the real fleet server over its wires. */
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { FleetKeys, topicOf } from '#contract/topics.ts';
import { connectAs, type Credentials, FleetUnderTest, type Json } from '../fleet-under-test.ts';
import { newSigningRequest } from '../devices/signing-request-under-test.ts';
import { PhoneUnderTest, RoomUnderTest } from '../room-under-test.ts';
import { newId } from '../store/index.ts';

let fleet: FleetUnderTest;
let room: RoomUnderTest;
let codes = 0;
const commands: Json[] = [];
const phones: PhoneUnderTest[] = [];
let keys: FleetKeys | null = null;

beforeAll(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
  await hear();
});
async function hear(): Promise<void> {
  fleet.node.on('message', (topic, payload) => {
    const message = JSON.parse(payload.toString()) as Json;
    if (topic === topicOf('keys')) keys = FleetKeys.parse(message);
    else commands.push(message);
  });
  await fleet.node.subscribeAsync([topicOf('nodeCommand', fleet.nodeId), topicOf('keys')], { qos: 1 });
}
beforeEach(async () => {
  room = new RoomUnderTest(await fleet.enrolRoom('Room A'));
  await room.start(fleet);
  await room.sayState();
});
afterEach(() => {
  for (const phone of phones.splice(0)) phone.close();
  room.stop();
});
afterAll(() => fleet.stop());

const admin = (method: string, path: string, body?: object) =>
  fleet.api(method, `/api/v1/rooms/${room.room.roomId}${path}`, body, fleet.admin.cookie);
const revokeKiosk = () => admin('DELETE', '/kiosk');
const listed = async (): Promise<Json> => {
  const { status, body } = await admin('GET', '');
  return status === 200 ? body : undefined;
};
const pair = (code: string) => fleet.api('POST', '/api/v1/pairings', { code });
async function offered(): Promise<string> {
  codes += 1;
  const code = `BCDFGH2${'23456789BC'[codes]}`;
  await room.offer(code);
  return code;
}
async function phoneBy(code: string): Promise<PhoneUnderTest> {
  const { body } = await pair(code);
  const phone = new PhoneUnderTest(fleet.ready.fleetUrl);
  phones.push(phone);
  await phone.open(body.controllerToken);
  await expect.poll(() => phone.of('welcome')).toHaveLength(1);
  return phone;
}
async function tablet(): Promise<PhoneUnderTest> {
  return phoneBy((await admin('POST', '/tablet-codes', { tabletName: 'By the door' })).body.code);
}
async function roomGrant(): Promise<Json> {
  const id = newId();
  await room.say('request', { name: 'request-grant', id, endedCallId: null }, false);
  const response = () => room.heard.find(({ message }) => message.id === id)?.message;
  await expect.poll(response, { timeout: 5_000 }).toBeDefined();
  return response().grant;
}
async function invite(): Promise<string> {
  const { body } = await fleet.api(
    'POST',
    `/api/v1/meetings/${room.room.meetingId}/invites`,
    { displayName: 'Mina', expiresInMinutes: 60 },
    fleet.admin.cookie,
  );
  return body.joinUrl.split('#')[1];
}
const enterBy = (token: string) => fleet.api('POST', '/api/v1/guest-entries', { invite: token });
const connect = (credentials: Credentials) => connectAs(fleet.ready.mqttUrl, credentials, { reconnectPeriod: 0 });
async function renewed(credentials: Credentials): Promise<Credentials> {
  const { csrPem, keyPem } = await newSigningRequest();
  const { body } = await fleet.device('/device/v1/renewals', { csrPem }, credentials);
  return { ...credentials, key: keyPem, cert: body.certificatePem };
}
/** What the device API says to who asks whether this certificate is good. */
async function standing({ key, cert }: Partial<Credentials>): Promise<string | undefined> {
  const ca = readFileSync(fleet.ready.caCertificatePath);
  const url = new URL('/device/v1/enrolments/current', fleet.ready.deviceApiUrl);
  return new Promise((resolve, reject) => {
    const asked = request(url, { ca, key, cert, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on('end', () => resolve(JSON.parse(text).error?.code));
    });
    asked.on('error', reject);
    asked.end();
  });
}
function audited(subject: string): string[] {
  const database = new Database(join(fleet.dataDir, 'authority.sqlite'), { readonly: true });
  const rows = database.prepare('select kind from audit where subject = ? and actor like ?').all(subject, 'account:%');
  database.close();
  return (rows as { kind: string }[]).map(({ kind }) => kind);
}
function reported(roomId: string): number {
  const database = new Database(join(fleet.dataDir, 'telemetry.sqlite'), { readonly: true });
  const rows = ['room_report', 'room_projection', 'room_event', 'room_event_receipt'].flatMap((table) =>
    database.prepare(`select * from ${table} where room_id = ?`).all(roomId),
  );
  database.close();
  return rows.length;
}

test('a revoked kiosk is out within two seconds on MQTT and the device API, with its phones, not its tablets', async () => {
  const [phone, wall] = [await phoneBy(await offered()), await tablet()];
  const former = room.room.credentials;
  const second = await renewed(former);
  expect([await standing(former), await standing(second)]).toEqual([undefined, undefined]);
  const code = await offered();
  const fromMs = Date.now();
  expect((await revokeKiosk()).body).toEqual({ revokedCount: 2 });
  await expect.poll(() => room.connected).toBe(false);
  await expect.poll(() => phone.closeCode).toBe(4421);
  expect(Date.now() - fromMs).toBeLessThan(2_000);
  for (const credentials of [former, second]) {
    await expect(connect(credentials)).rejects.toMatchObject({ code: 5 });
    expect(await standing(credentials)).toBe('enrolment-ended');
    const { csrPem } = await newSigningRequest();
    const renewal = await fleet.device('/device/v1/renewals', { csrPem }, credentials);
    expect(renewal.body.error.code).toBe('enrolment-ended');
  }
  const shown = await listed();
  expect(shown).toMatchObject({ enrolled: false, online: false });
  expect(shown.projections).toEqual({});
  // what its TV still shows
  expect((await pair(code)).body.error.code).toBe('pairing-code-invalid');
  wall.send({ type: 'ping' });
  await expect.poll(() => wall.of('pong')).toHaveLength(1);
  expect(audited(`room:${room.room.roomId}`)).toContain('certificate-revoked');
});

test('what was issued to a revoked kiosk is void at the media nodes within two seconds, what its successor gets is not', async () => {
  const { roomId } = room.room;
  const before = decodeJwt((await roomGrant()).joinToken);
  expect(before).toMatchObject({ peerKind: 'room', roomId });
  const fromMs = Date.now();
  await revokeKiosk();
  const upTo = () => keys?.revokedRooms?.find((each) => each.roomId === roomId)?.issuedUpTo ?? 0;
  await expect.poll(upTo).toBeGreaterThanOrEqual(before.iat!);
  expect(Date.now() - fromMs).toBeLessThan(2_000);
  const { body: claim } = await admin('POST', '/claims');
  const credentials = await fleet.enrol(claim.claimCode, roomId);
  room.stop();
  room = new RoomUnderTest({ ...room.room, credentials });
  await room.start(fleet);
  expect(decodeJwt((await roomGrant()).joinToken).iat).toBeGreaterThan(upTo());
});

test('a claim can be made again and again; the newest alone works, and the box that uses it takes the room over', async () => {
  const [{ body: older }, { body: newer }] = [await admin('POST', '/claims'), await admin('POST', '/claims')];
  expect(newer).toMatchObject({ deviceApiUrl: fleet.ready.deviceApiUrl, caSha256: older.caSha256 });
  expect(newer.claimExpiresAtMs).toBeGreaterThan(Date.now() + 9 * 60_000);
  await expect(fleet.enrol(older.claimCode, room.room.roomId)).rejects.toMatchObject({ code: 'claim-code-invalid' });
  expect(room.connected).toBe(true);
  const credentials = await fleet.enrol(newer.claimCode, room.room.roomId);
  await expect.poll(() => room.connected).toBe(false);
  expect([await standing(room.room.credentials), await standing(credentials)]).toEqual(['enrolment-ended', undefined]);
});

test('revoking voids an open claim too', async () => {
  const { body } = await admin('POST', '/claims');
  await revokeKiosk();
  await expect(fleet.enrol(body.claimCode, room.room.roomId)).rejects.toMatchObject({ code: 'claim-code-invalid' });
  expect((await revokeKiosk()).body).toEqual({ revokedCount: 0 });
});

test('who shows no certificate is not told about any', async () => {
  expect(await standing({})).toBe('forbidden');
});

test('a renamed room is called so on its TV, by its delegation, at the nodes, and to who pairs', async () => {
  const { roomId } = room.room;
  await expect.poll(() => room.last('desired')?.delegation).toBeTruthy();
  expect((await admin('PUT', '', { roomName: ' 한라 회의실 ' })).status).toBe(200);
  await expect
    .poll(() => room.last('desired'))
    .toMatchObject({ roomName: '한라 회의실', meeting: { title: '한라 회의실' } });
  await expect.poll(() => decodeJwt(room.last('desired').delegation).displayName).toBe('한라 회의실');
  await expect.poll(() => commands).toContainEqual({ name: 'rename-room', roomId, roomName: '한라 회의실' });
  expect((await pair(await offered())).body.roomName).toBe('한라 회의실');
  expect((await listed()).roomName).toBe('한라 회의실');
  expect(decodeJwt((await roomGrant()).joinToken)).toMatchObject({ displayName: '한라 회의실' });
  expect(audited(`room:${roomId}`)).toContain('room-renamed');
  expect((await admin('PUT', '', { roomName: ' ' })).body.error.code).toBe('bad-message');
});

test('a removed room ends with all that hangs on it, and stays removed', async () => {
  const { roomId, meetingId } = room.room;
  const [phone, wall, link] = [await phoneBy(await offered()), await tablet(), await invite()];
  const { body: tabletCode } = await admin('POST', '/tablet-codes', { tabletName: 'Another' });
  const { body: claim } = await admin('POST', '/claims');
  const { grant } = (await enterBy(link)).body;
  await expect.poll(() => reported(roomId)).toBeGreaterThan(0);
  const fromMs = Date.now();
  expect((await admin('DELETE', '')).status).toBe(200);
  await expect.poll(() => room.connected).toBe(false);
  await expect.poll(() => [phone.closeCode, wall.closeCode]).toEqual([4421, 4421]);
  await expect.poll(() => commands).toContainEqual({ name: 'end-call', callId: grant.callId });
  expect(Date.now() - fromMs).toBeLessThan(2_000);
  const isGone = async () => {
    expect(await listed()).toBeUndefined();
    await expect(connect(room.room.credentials)).rejects.toMatchObject({ code: 5 });
    expect((await enterBy(link)).body.error.code).toBe('invite-invalid');
    for (const [method, path, body] of [
      ['DELETE', ''],
      ['PUT', '', { roomName: 'Again' }],
      ['POST', '/claims'],
      ['DELETE', '/unreachable-calls'],
      ['DELETE', '/kiosk'],
      ['GET', '/events'],
      ['GET', '/tablets'],
    ] as const)
      expect((await admin(method, path, body)).body.error?.code, `${method} ${path}`).toBe('not-found');
    const invites = `/api/v1/meetings/${meetingId}/invites`;
    expect((await fleet.api('GET', invites, undefined, fleet.admin.cookie)).status).toBe(404);
  };
  await isGone();
  expect((await pair(tabletCode.code)).body.error.code).toBe('pairing-code-invalid');
  await expect(fleet.enrol(claim.claimCode, roomId)).rejects.toMatchObject({ code: 'claim-code-invalid' });
  expect(audited(`room:${roomId}`)).toEqual(
    expect.arrayContaining(['room-removed', 'certificate-revoked', 'pairing-revoked']),
  );
  // with its reports: they are saved each second
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  expect(reported(roomId)).toBe(0);
  await fleet.kill();
  await fleet.startServer({ registerNode: false });
  await expect.poll(() => fleet.node.connected, { timeout: 5_000 }).toBe(true);
  await isGone();
  // a node that was away at that moment carries the call still
  await hear();
  commands.length = 0;
  await fleet.register({ callIds: [grant.callId] });
  await expect.poll(() => commands).toContainEqual({ name: 'end-call', callId: grant.callId });
  await fleet.register();
});

test('the demonstration’s room is made again where it was removed', async () => {
  const own = new FleetUnderTest('--demonstration');
  await own.start();
  const first = own.ready.demonstration!;
  await own.api('DELETE', `/api/v1/rooms/${first.roomId}`, undefined, own.admin.cookie);
  await own.kill('SIGTERM');
  await own.startServer();
  expect(own.ready.demonstration!.roomId).not.toBe(first.roomId);
  expect(own.ready.demonstration!.claim).not.toBeNull();
  await own.stop();
});
