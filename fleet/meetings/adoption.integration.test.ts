/**
 * What happens at the real fleet server when it comes back and a room has begun its meeting without it: the delegation
 * by which that was possible, and the call that becomes the meeting's.
 */
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { DELEGATION_AUDIENCE, DelegationClaims } from '#contract/grants.ts';
import type { CallEvent } from '#contract/node-link.ts';
import { FleetKeys, topicOf } from '#contract/topics.ts';
import { FleetUnderTest, type Json, SIGNALING_URL } from '../fleet-under-test.ts';
import { newSigningRequest } from '../devices/signing-request-under-test.ts';
import { RoomUnderTest } from '../room-under-test.ts';
import { newId } from '../store/index.ts';

let fleet: FleetUnderTest;
let room: RoomUnderTest;
let names = 0;
const acked = new Set<string>();
const commands: Json[] = [];

beforeAll(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
  await hear();
});
beforeEach(async () => {
  names += 1;
  room = new RoomUnderTest(await fleet.enrolRoom(`Room ${names}`));
  await room.start(fleet);
});
afterEach(() => room.stop());
afterAll(() => fleet.stop());

async function hear(): Promise<void> {
  fleet.node.on('message', (topic, payload) => {
    const message = JSON.parse(payload.toString()) as Json;
    if (topic.endsWith('event-acks')) for (const id of message.eventIds) acked.add(id);
    if (topic.endsWith('command')) commands.push(message);
  });
  await fleet.node.subscribeAsync([topicOf('eventAcks', fleet.nodeId), topicOf('nodeCommand', fleet.nodeId)], {
    qos: 1,
  });
}
async function invite(): Promise<{ inviteId: string; token: string }> {
  const { body } = await fleet.api(
    'POST',
    `/api/v1/meetings/${room.room.meetingId}/invites`,
    { displayName: null, expiresInMinutes: 60 },
    fleet.admin.cookie,
  );
  return { inviteId: body.invite.inviteId, token: body.joinUrl.split('#')[1] };
}
const enter = async (token: string) => (await fleet.api('POST', '/api/v1/guest-entries', { invite: token })).body;
async function roomGrant(): Promise<Json> {
  const id = newId();
  await room.say('request', { name: 'request-grant', id, endedCallId: null }, false);
  const response = () => room.heard.find(({ message }) => message.id === id)?.message;
  await expect.poll(response, { timeout: 5000 }).toBeDefined();
  return response().grant;
}
async function tell(callId: string, ...happened: Json[]): Promise<void> {
  const events = happened.map((event) => ({
    ...event,
    eventId: newId(),
    callId,
    meetingId: room.room.meetingId,
    atMs: Date.now(),
  })) as CallEvent[];
  await fleet.node.publishAsync(topicOf('callEvents', fleet.nodeId), JSON.stringify({ events }), { qos: 1 });
  await expect.poll(() => events.every(({ eventId }) => acked.has(eventId))).toBe(true);
}
const opened = { name: 'call-opened' };
const roomJoined = (participantCount = 1) => ({
  name: 'participant-joined',
  peerId: newId(),
  peerKind: 'room',
  displayName: `Room ${names}`,
  participantCount,
});
const desired = (): Json => room.last('desired');

async function publishedKeys(): Promise<FleetKeys> {
  let told: FleetKeys | null = null;
  fleet.node.once('message', (_topic, payload) => {
    told = FleetKeys.parse(JSON.parse(payload.toString()));
  });
  await fleet.node.subscribeAsync(topicOf('keys'), { qos: 1 });
  await expect.poll(() => told).not.toBeNull();
  await fleet.node.unsubscribeAsync(topicOf('keys'));
  return told!;
}

test('a room that connects is given a delegation for its own key, which the published keys verify', async () => {
  await expect.poll(() => desired()?.delegation).toBeTruthy();
  const { keys } = await publishedKeys();
  const { payload } = await jwtVerify(desired().delegation, createLocalJWKSet({ keys } as never), {
    audience: DELEGATION_AUDIENCE,
    algorithms: ['EdDSA'],
  });
  const claims = DelegationClaims.parse(payload);
  const own = createPublicKey(createPrivateKey(room.room.credentials.key)).export({ format: 'jwk' });
  expect(claims.cnf.jwk).toMatchObject({ x: own.x, y: own.y });
  expect(claims).toMatchObject({
    sub: room.room.roomId,
    meetingId: room.room.meetingId,
    displayName: `Room ${names}`,
    nodes: [{ nodeId: fleet.nodeId, signalingUrl: SIGNALING_URL }],
  });
});

test('after a renewal it is signed for the new key, once the room comes by it', async () => {
  await expect.poll(() => desired()?.delegation).toBeTruthy();
  const { csrPem, keyPem } = await newSigningRequest();
  const { body } = await fleet.device('/device/v1/renewals', { csrPem }, room.room.credentials);
  room.stop();
  const credentials = { ...room.room.credentials, key: keyPem, cert: body.certificatePem };
  await sleep(50);
  room = new RoomUnderTest({ ...room.room, credentials });
  await room.start(fleet);
  const own = createPublicKey(createPrivateKey(keyPem)).export({ format: 'jwk' });
  const signedFor = () => {
    const claims = JSON.parse(Buffer.from(desired()?.delegation?.split('.')[1] ?? '', 'base64url').toString() || '{}');
    return claims.cnf?.jwk.x;
  };
  await expect.poll(signedFor).toBe(own.x);
});

test('a new box voids within two seconds what the former was given, and is given its own', async () => {
  await expect.poll(() => desired()?.delegation).toBeTruthy();
  const claimsOf = (token: string) => DelegationClaims.parse(JSON.parse(atob(token.split('.')[1]!)));
  const former = claimsOf(desired().delegation);
  const { roomId } = room.room;
  const { body: claim } = await fleet.api('POST', `/api/v1/rooms/${roomId}/claims`, undefined, fleet.admin.cookie);
  const fromMs = Date.now();
  const credentials = await fleet.enrol(claim.claimCode, roomId);
  const upTo = async () => (await publishedKeys()).revokedRooms?.find((each) => each.roomId === roomId)?.issuedUpTo;
  await expect.poll(upTo).toBeGreaterThanOrEqual(former.iat);
  expect(Date.now() - fromMs).toBeLessThan(2_000);
  await expect.poll(() => room.connected).toBe(false);
  room.stop();
  room = new RoomUnderTest({ ...room.room, credentials });
  await room.start(fleet);
  await expect.poll(() => desired()?.delegation).toBeTruthy();
  await expect.poll(() => claimsOf(desired().delegation).iat).toBeGreaterThan((await upTo())!);
});

test('a call that a room began is the meeting’s: guest and room get the same', async () => {
  const callId = newId();
  await tell(callId, opened, roomJoined());
  await expect.poll(() => desired().meeting).toMatchObject({ underWay: true, participantCount: 1 });
  const { token } = await invite();
  expect((await enter(token)).grant.callId).toBe(callId);
  expect((await roomGrant()).callId).toBe(callId);
  await tell(callId, { name: 'call-ended', reason: 'ended-by-room' });
  expect((await enter(token)).grant.callId).not.toBe(callId);
});

test('one that began and ended while we were gone is known, and over', async () => {
  const callId = newId();
  await tell(callId, opened, roomJoined(), { name: 'call-ended', reason: 'ended-by-room' });
  expect(desired().meeting).toMatchObject({ underWay: false, participantCount: 0 });
  await fleet.register({ callIds: [callId] });
  await expect.poll(() => commands).toContainEqual({ name: 'end-call', callId });
  await fleet.register();
});

test('it takes the place of one that was only prepared; who was sent there is found by the invite', async () => {
  const { inviteId, token } = await invite();
  const { grant } = await enter(token);
  const callId = newId();
  await tell(callId, opened, roomJoined());
  expect((await roomGrant()).callId).toBe(callId);
  await fleet.api(
    'DELETE',
    `/api/v1/meetings/${room.room.meetingId}/invites/${inviteId}`,
    undefined,
    fleet.admin.cookie,
  );
  await expect.poll(() => commands).toContainEqual({ name: 'remove-participant', callId, peerId: grant.peerId });
});

test('a meeting that has a call with people keeps it; the people of the other are moved there', async () => {
  const { token } = await invite();
  const { grant } = await enter(token);
  await tell(grant.callId, opened, roomJoined());
  const callId = newId();
  await tell(callId, opened, roomJoined());
  await expect.poll(() => commands).toContainEqual({ name: 'move-call', callId });
  expect((await enter(token)).grant.callId).toBe(grant.callId);
});

test('an unknown meeting is not made by a node’s word', async () => {
  const strange = room.room.meetingId;
  const { token } = await invite();
  room.room.meetingId = newId();
  const callId = newId();
  await tell(callId, opened, roomJoined());
  room.room.meetingId = strange;
  expect((await enter(token)).grant.callId).not.toBe(callId);
});

test('the same over a real absence: killed, a call began, started again', async () => {
  const { token } = await invite();
  const before = (await enter(token)).grant.callId;
  await tell(before, opened, roomJoined());
  await fleet.kill();
  const callId = newId();
  await fleet.startServer({ registerNode: false });
  await expect.poll(() => fleet.node.connected, { timeout: 5000 }).toBe(true);
  await hear();
  await fleet.register({ callIds: [callId] });
  // as a node's outbox sends it: all of it, in its order
  await tell(before, { name: 'call-ended', reason: 'ended-by-room' });
  await tell(callId, opened, roomJoined());
  expect((await enter(token)).grant.callId).toBe(callId);
  await expect.poll(() => room.connected, { timeout: 5000 }).toBe(true);
  room.stop();
  await sleep(50);
  await room.start(fleet);
  await expect.poll(() => desired()?.meeting).toMatchObject({ underWay: true, participantCount: 1 });
  expect((await roomGrant()).callId).toBe(callId);
});
