/** A laptop's way to the TV at the real fleet server: the code, the room asked into its call, the grant, and its end. */
import { decodeJwt } from 'jose';
import type { MqttClient } from 'mqtt';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { OFF_AIR } from '#contract/broadcast.ts';
import { OPEN_ORDER } from '#contract/call-order.ts';
import { topicOf } from '#contract/topics.ts';
import { FleetUnderTest, type Json, SIGNALING_URL } from '../fleet-under-test.ts';
import { codeHash, PhoneUnderTest, RoomUnderTest } from '../room-under-test.ts';
import { newId } from '../store/index.ts';

let fleet: FleetUnderTest;
let room: RoomUnderTest;
let node: MqttClient;
const nodeCommands: Json[] = [];
let codes = 0;
const BOOKING = 'b'.repeat(64);

beforeAll(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
  ({ node } = fleet);
  node.on('message', (topic, payload) => {
    if (topic === topicOf('nodeCommand', fleet.nodeId)) nodeCommands.push(JSON.parse(payload.toString()));
  });
  await node.subscribeAsync(topicOf('nodeCommand', fleet.nodeId), { qos: 1 });
  room = new RoomUnderTest(await fleet.enrolRoom('Room A'));
  await room.start(fleet);
});
beforeEach(async () => {
  room.heard.length = 0;
  room.answer = ({ id }) => ({ ok: true, id });
  await room.sayState();
});
afterAll(async () => {
  room?.stop();
  await fleet.stop();
});

async function offered(): Promise<string> {
  codes += 1;
  const code = `BCDFGHJ${'23456789KMNPQRSTVWXYZ'[codes]}`;
  await room.offer(code);
  return code;
}
const pair = (code: string) => fleet.api('POST', '/api/v1/laptop-pairings', { code });
const enter = (laptopToken: string) => fleet.api('POST', '/api/v1/laptop-entries', { laptopToken });
const token = async (): Promise<string> => (await pair(await offered())).body.laptopToken;
const codeOf = async (asked: Promise<{ body: Json }>): Promise<string> => (await asked).body.error?.code;
const commands = (): Json[] => room.heard.filter(({ name }) => name === 'command').map(({ message }) => message);
const seen = (phase: string) =>
  expect
    .poll(async () => ((await fleet.roomOf(room.room.roomId)).projections.state as Json)?.phase)
    .toMatchObject({ name: phase });
const inCall = (callId: string) => ({
  name: 'in-call' as const,
  callId,
  peerId: newId(),
  meetingTitle: 'Room A',
  startedAtMs: Date.now(),
  connection: 'connected' as const,
  participantCount: 1,
  participants: [],
  sharedBy: null,
  order: OPEN_ORDER,
  air: OFF_AIR,
});

test('the code lets it in once; the idle room is asked into its call, and the laptop may only send its screen there', async () => {
  const code = await offered();
  const { status, body } = await pair(` ${code.slice(0, 4).toLowerCase()} ${code.slice(4)}`);
  expect([status, body.roomName]).toEqual([200, 'Room A']);
  await expect
    .poll(() => room.last('requestReply'))
    .toEqual({ name: 'pairing-code-used', sha256: codeHash(room.room.roomId, code) });
  expect(await codeOf(pair(code))).toBe('pairing-code-invalid');
  expect(commands()).toEqual([]);
  const { grant } = (await enter(body.laptopToken)).body;
  expect(commands()).toMatchObject([
    { command: { name: 'join-call', forLaptop: true }, grant: { callId: grant.callId } },
  ]);
  expect(grant).toMatchObject({ meetingId: room.room.meetingId, signalingUrl: SIGNALING_URL, documents: null });
  expect(decodeJwt(grant.joinToken)).toMatchObject({
    sub: grant.peerId,
    peerKind: 'person',
    roomId: room.room.roomId,
    displayName: null,
    publishes: ['screen', 'screen-audio'],
    receives: [],
    rights: [],
    documents: [],
  });
});

test('its token steers nothing, and a phone’s token shows no screen', async () => {
  const link = await new PhoneUnderTest(fleet.ready.fleetUrl).open(await token());
  await expect.poll(() => link.closeCode).toBe(4419);
  const { controllerToken } = (await fleet.api('POST', '/api/v1/pairings', { code: await offered() })).body;
  expect(await codeOf(enter(controllerToken))).toBe('forbidden');
  expect(await codeOf(enter('made up'))).toBe('token-invalid');
  expect(commands()).toEqual([]);
});

test('a tablet’s code from the console lets no laptop in, and stays good for its tablet', async () => {
  const path = `/api/v1/rooms/${room.room.roomId}/tablet-codes`;
  const { code } = (await fleet.api('POST', path, { tabletName: 'By the door' }, fleet.admin.cookie)).body;
  expect(await codeOf(pair(code))).toBe('pairing-code-invalid');
  expect((await fleet.api('POST', '/api/v1/pairings', { code })).body.kind).toBe('tablet');
});

test('a room in a call of its own stays in it, and the laptop comes there; one in another room’s is not disturbed', async () => {
  const laptop = await token();
  const { grant } = (await enter(laptop)).body;
  room.heard.length = 0;
  await room.sayState({ phase: { ...inCall(grant.callId), bookingId: BOOKING } });
  await seen('in-call');
  expect((await enter(laptop)).body.grant.callId).toBe(grant.callId);
  expect(commands()).toEqual([]);
  await room.sayState({ phase: { ...inCall(newId()), bookingId: BOOKING } });
  await expect.poll(() => codeOf(enter(laptop))).toBe('not-possible-now');
});

test('a room that left its own call in this moment is asked into it again', async () => {
  const laptop = await token();
  const { grant } = (await enter(laptop)).body;
  await room.sayState({ phase: inCall(grant.callId) });
  await seen('in-call');
  room.heard.length = 0;
  expect((await enter(laptop)).body.grant.callId).toBe(grant.callId);
  expect(commands()).toMatchObject([{ command: { name: 'join-call' }, grant: { callId: grant.callId } }]);
});

test('a room on its way into a booked meeting is not sent into another', async () => {
  const laptop = await token();
  const phase = {
    name: 'starting' as const,
    meetingTitle: 'Design',
    bookingId: BOOKING,
    sinceMs: Date.now(),
    cancelOffered: false,
  };
  await room.sayState({ phase });
  await expect.poll(() => codeOf(enter(laptop))).toBe('not-possible-now');
});

test('what the room refuses, or leaves unanswered, reaches the laptop', async () => {
  const laptop = await token();
  room.answer = ({ id }) => ({ ok: false, id, error: { code: 'no-screen', message: 'dark' } });
  expect(await codeOf(enter(laptop))).toBe('no-screen');
  room.answer = () => null;
  expect(await codeOf(enter(laptop))).toBe('room-not-answering');
});

test('its pairings ended, the laptop is put out of the call and let in no more', async () => {
  const laptop = await token();
  const { grant } = (await enter(laptop)).body;
  const { roomId } = room.room;
  await fleet.api('DELETE', `/api/v1/rooms/${roomId}/pairings`, undefined, fleet.admin.cookie);
  await expect
    .poll(() => nodeCommands)
    .toContainEqual({ name: 'remove-participant', callId: grant.callId, peerId: grant.peerId });
  expect(await codeOf(enter(laptop))).toBe('pairing-revoked');
});

test('a room that is removed lets no laptop in', async () => {
  const gone = new RoomUnderTest(await fleet.enrolRoom('Room B'));
  await gone.start(fleet);
  await gone.sayState();
  await gone.offer('ZBCDFGHJ', 'ZBCDFGHK');
  const { laptopToken } = (await pair('ZBCDFGHJ')).body;
  expect((await enter(laptopToken)).status).toBe(200);
  await fleet.api('DELETE', `/api/v1/rooms/${gone.room.roomId}`, undefined, fleet.admin.cookie);
  expect(await codeOf(enter(laptopToken))).toBe('pairing-revoked');
  expect(await codeOf(pair('ZBCDFGHK'))).toBe('pairing-code-invalid');
  gone.stop();
});

test('who asks without end is slowed, and disturbs no other laptop', async () => {
  const [laptop, other] = [await token(), await token()];
  const answers: unknown[] = [];
  for (let n = 0; n < 12; n += 1) answers.push(await codeOf(enter(laptop)));
  expect([answers[0], answers.at(-1)]).toEqual([undefined, 'too-many-attempts']);
  expect((await enter(other)).status).toBe(200);
});

test('guesses of phones and laptops count together', async () => {
  const code = await offered();
  for (let n = 0; n < 6; n += 1) await fleet.api('POST', '/api/v1/pairings', { code: 'ZZZZZZZZ' });
  const answers: string[] = [];
  for (let n = 0; n < 6; n += 1) answers.push(await codeOf(pair('ZZZZZZZZ')));
  expect([answers[0], answers.at(-1)]).toEqual(['pairing-code-invalid', 'too-many-attempts']);
  expect(await codeOf(pair(code))).toBe('too-many-attempts');
});
