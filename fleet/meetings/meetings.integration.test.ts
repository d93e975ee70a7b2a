import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { CallGrant } from '#contract/grants.ts';
import type { CallEvent } from '#contract/node-link.ts';
import { topicOf } from '#contract/topics.ts';
import { FleetUnderTest, type Json, nextOf } from '../fleet-under-test.ts';
import { PhoneUnderTest, RoomUnderTest } from '../room-under-test.ts';
import { newId } from '../store/index.ts';

let fleet: FleetUnderTest;
let room: RoomUnderTest;
let invite: { inviteId: string; token: string };
let names = 0;
const acked = new Set<string>();
const commands: Json[] = [];

beforeAll(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
  await fleet.node.subscribeAsync([topicOf('eventAcks', fleet.nodeId), topicOf('nodeCommand', fleet.nodeId)], {
    qos: 1,
  });
  fleet.node.on('message', (topic, payload) => {
    const message = JSON.parse(payload.toString()) as Json;
    if (topic.endsWith('event-acks')) for (const id of message.eventIds) acked.add(id);
    if (topic.endsWith('command')) commands.push(message);
  });
});
beforeEach(async () => {
  names += 1;
  room = new RoomUnderTest(await fleet.enrolRoom(`Room ${names}`));
  await room.start(fleet);
  invite = await makeInvite();
});
afterEach(() => room.stop());
afterAll(() => fleet.stop());

async function makeInvite(displayName: string | null = null): Promise<{ inviteId: string; token: string }> {
  const { body } = await fleet.api(
    'POST',
    `/api/v1/meetings/${room.room.meetingId}/invites`,
    { displayName, expiresInMinutes: 60 },
    fleet.admin.cookie,
  );
  return { inviteId: body.invite.inviteId, token: body.joinUrl.split('#')[1] };
}
const enter = (token = invite.token, endedCallId?: string) =>
  fleet.api('POST', '/api/v1/guest-entries', { invite: token, ...(endedCallId && { endedCallId }) });
async function guest(endedCallId?: string): Promise<CallGrant> {
  const { status, body } = await enter(invite.token, endedCallId);
  expect(status, JSON.stringify(body)).toBe(200);
  return body.grant;
}
async function roomGrant(endedCallId: string | null = null): Promise<Json> {
  const id = newId();
  await room.say('request', { name: 'request-grant', id, endedCallId }, false);
  const response = () => room.heard.find(({ message }) => message.id === id)?.message;
  await expect.poll(response, { timeout: 5000 }).toBeDefined();
  return response();
}
type Happened = {
  [N in CallEvent['name']]: Omit<Extract<CallEvent, { name: N }>, 'eventId' | 'callId' | 'meetingId' | 'atMs'>;
}[CallEvent['name']];
async function tell(callId: string, ...happened: Happened[]): Promise<CallEvent[]> {
  const events = happened.map((event) => ({
    ...event,
    eventId: newId(),
    callId,
    meetingId: room.room.meetingId,
    atMs: Date.now(),
  })) as CallEvent[];
  await say(events);
  return events;
}
const say = (events: CallEvent[]) =>
  fleet.node.publishAsync(topicOf('callEvents', fleet.nodeId), JSON.stringify({ events }), { qos: 1 });
const joined = (participantCount: number): Happened => ({
  name: 'participant-joined',
  peerId: newId(),
  peerKind: 'person',
  displayName: 'Guest 1',
  participantCount,
});
const desiredMeeting = () => room.last('desired')?.meeting;

test('twenty who start at the same instant are in one call', async () => {
  const grants = await Promise.all([
    ...Array.from({ length: 15 }, () => guest()),
    ...Array.from({ length: 5 }, async () => (await roomGrant()).grant as CallGrant),
  ]);
  expect(new Set(grants.map((grant) => grant.callId)).size).toBe(1);
  expect(new Set(grants.map((grant) => grant.peerId)).size).toBe(20);
});

test("the node's events reach the room as a meeting under way, once each, and are acknowledged by id", async () => {
  const { callId } = await guest();
  expect(desiredMeeting()).toMatchObject({ underWay: false, participantCount: 0 });
  const events = await tell(callId, { name: 'call-opened' }, joined(1), joined(2));
  await expect.poll(desiredMeeting).toMatchObject({ underWay: true, participantCount: 2 });
  await expect.poll(() => events.every((event) => acked.has(event.eventId))).toBe(true);
  await tell(callId, { name: 'participant-left', peerId: newId(), participantCount: 1 });
  await expect.poll(desiredMeeting).toMatchObject({ participantCount: 1 });
  // delivered again: acknowledged again, counted once
  acked.clear();
  await say(events);
  await expect.poll(() => acked.has(events[0]!.eventId)).toBe(true);
  // longer than what goes to the room is held back
  await sleep(500);
  expect(desiredMeeting()).toMatchObject({ participantCount: 1 });
});

test('a call that ended is followed by another; who only says so is not believed', async () => {
  const { callId } = await guest();
  await fleet.register({ callIds: [callId] });
  await tell(callId, { name: 'call-opened' }, joined(1));
  await fleet.register({ callIds: [callId] });
  // a guest who wants to split the meeting
  expect((await guest(callId)).callId).toBe(callId);
  const later = guest(callId);
  await tell(callId, { name: 'call-ended', reason: 'ended-by-room' });
  const next = await later;
  expect(next.callId).not.toBe(callId);
  expect((await guest()).callId).toBe(next.callId);
  expect((await roomGrant(callId)).grant.callId).toBe(next.callId);
  await fleet.register();
});

test("an event of a call that is over or not the node's changes nothing", async () => {
  const { callId } = await guest();
  await tell(callId, joined(1), { name: 'call-ended', reason: 'empty' });
  await expect.poll(desiredMeeting).toMatchObject({ underWay: false });
  const events = await tell(callId, joined(5));
  const strange = await tell(newId(), joined(9));
  await expect.poll(() => [...events, ...strange].every((event) => acked.has(event.eventId))).toBe(true);
  expect(desiredMeeting()).toMatchObject({ underWay: false, participantCount: 0 });
});

test('a node that was started anew has lost its calls; clients get another on it', async () => {
  const { callId } = await guest();
  await tell(callId, { name: 'call-opened' }, joined(3));
  await expect.poll(desiredMeeting).toMatchObject({ underWay: true });
  await fleet.register({ online: false });
  const waiting = guest();
  await fleet.register({ instanceId: newId() });
  expect((await waiting).callId).not.toBe(callId);
  await expect.poll(desiredMeeting).toMatchObject({ underWay: false });
  // and a call that the node still carries though it is over for us is ended there
  await fleet.register({ callIds: [callId] });
  await expect.poll(() => commands).toContainEqual({ name: 'end-call', callId });
});

test('without a media node the answer says so, in time for the phone', async () => {
  await fleet.register({ online: false });
  const fromMs = Date.now();
  expect((await enter()).body.error.code).toBe('no-media-node');
  expect(Date.now() - fromMs).toBeLessThan(5000);
  expect((await roomGrant()).error.code).toBe('no-media-node');
  await fleet.register();
});

const sources = ['microphone', 'camera', 'screen', 'screen-audio'];
const everySource = { publishes: sources, receives: sources };

test('an invite names its guest, gives no rights, and is refused when made up, altered or revoked', async () => {
  const named = await makeInvite('Mina');
  const { body } = await enter(named.token);
  expect(body).toMatchObject({
    kind: 'admitted',
    displayName: 'Mina',
    admission: 'all-enter',
    meetingTitle: `Room ${names}`,
  });
  const claims = JSON.parse(Buffer.from(body.grant.joinToken.split('.')[1], 'base64url').toString());
  expect(claims).toMatchObject({
    peerKind: 'person',
    displayName: 'Mina',
    ...everySource,
    rights: [],
    sub: body.grant.peerId,
  });
  for (const wrong of ['made up', `${named.token.slice(0, -4)}AAAA`, body.grant.joinToken]) {
    expect((await enter(wrong)).body.error.code).toBe('invite-invalid');
  }
  const path = `/api/v1/meetings/${room.room.meetingId}/invites/${named.inviteId}`;
  expect((await fleet.api('DELETE', path, undefined, fleet.admin.cookie)).status).toBe(200);
  expect((await enter(named.token)).body.error.code).toBe('invite-invalid');
  // who came in by it is shown out
  await expect
    .poll(() => commands)
    .toContainEqual({ name: 'remove-participant', callId: body.grant.callId, peerId: body.grant.peerId });
  const listed = (
    await fleet.api('GET', `/api/v1/meetings/${room.room.meetingId}/invites`, undefined, fleet.admin.cookie)
  ).body.invites;
  expect(listed.find((each: Json) => each.inviteId === named.inviteId).revokedAtMs).toBeGreaterThan(0);
});

test('the server is killed and started again: session, pairing, invite and call go on, and all is published again', async () => {
  const code = 'BCDFGHJK';
  await room.offer(code);
  const { controllerToken } = (await fleet.api('POST', '/api/v1/pairings', { code })).body;
  await room.sayState({ volumePercent: 33 });
  const { callId } = await guest();
  await tell(callId, { name: 'call-opened' }, joined(2));
  await expect.poll(desiredMeeting).toMatchObject({ participantCount: 2 });
  // what is only reported is saved each second
  await sleep(1200);
  await fleet.kill();
  room.heard.length = 0;
  await fleet.startServer({ registerNode: false });

  // the node has not come back yet: its call is there all the same
  expect((await guest()).callId).toBe(callId);
  await expect.poll(() => room.connected, { timeout: 5000 }).toBe(true);
  await expect.poll(desiredMeeting, { timeout: 5000 }).toMatchObject({ participantCount: 2, underWay: true });
  const phone = new PhoneUnderTest(fleet.ready.fleetUrl);
  await phone.open(controllerToken);
  await expect.poll(() => phone.of('welcome')[0]?.projections.state.volumePercent).toBe(33);
  const id = phone.command({ name: 'mute-all' });
  await expect
    .poll(() => phone.of('command-reply').find((reply) => reply.id === id)?.error, { timeout: 6000 })
    .toBeNull();
  phone.close();
  expect((await fleet.api('POST', '/api/v1/pairings', { code })).body.error.code).toBe('pairing-code-invalid');
  expect((await fleet.api('GET', '/api/v1/sessions/current', undefined, fleet.admin.cookie)).status).toBe(200);

  await expect.poll(() => fleet.node.connected, { timeout: 5000 }).toBe(true);
  const keys = nextOf(fleet.node, 'message');
  await fleet.node.subscribeAsync(topicOf('keys'), { qos: 1 });
  expect(JSON.parse(String((await keys)[1])).keys[0]).toMatchObject({ kty: 'OKP', alg: 'EdDSA' });
  await fleet.register({ callIds: [callId] });
  expect((await guest()).callId).toBe(callId);
});
