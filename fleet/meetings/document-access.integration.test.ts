/** Whose token opens a meeting's documents, at the real fleet server: not those of who was revoked, removed or let in elsewhere. */
import { OFF_AIR } from '#contract/broadcast.ts';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { OPEN_ORDER } from '#contract/call-order.ts';
import type { RoomPhase } from '#contract/room-state.ts';
import { topicOf } from '#contract/topics.ts';
import { type EnrolledRoom, FleetUnderTest, type Json } from '../fleet-under-test.ts';
import { PhoneUnderTest, RoomUnderTest, stateOf } from '../room-under-test.ts';
import { newId } from '../store/index.ts';

let fleet: FleetUnderTest;
let enrolled: EnrolledRoom;
let meetingId: string;
let roomId: string;
let names = 0;

beforeAll(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
});
beforeEach(async () => {
  names += 1;
  enrolled = await fleet.enrolRoom(`Room ${names}`);
  ({ meetingId, roomId } = enrolled);
});
afterAll(() => fleet.stop());

const admin = (method: string, path: string, body?: object) => fleet.api(method, path, body, fleet.admin.cookie);
async function invited(): Promise<{ inviteId: string; grant: Json; again: () => Promise<Json> }> {
  const body = { displayName: null, expiresInMinutes: 60 };
  const { invite, joinUrl } = (await admin('POST', `/api/v1/meetings/${meetingId}/invites`, body)).body;
  const entering = { invite: joinUrl.split('#')[1], entryId: newId() };
  const enter = async (): Promise<Json> => (await fleet.api('POST', '/api/v1/guest-entries', entering)).body.grant;
  return { inviteId: invite.inviteId, grant: await enter(), again: enter };
}
/** A phone that pairs with the room's kiosk, and what its link sends it. */
async function phone(room: RoomUnderTest): Promise<PhoneUnderTest> {
  const code = 'BCDFGH23';
  await room.offer(code);
  const { body } = await fleet.api('POST', '/api/v1/pairings', { code });
  const made = await new PhoneUnderTest(fleet.ready.fleetUrl).open(body.controllerToken);
  await expect.poll(() => made.of('document-access').length).toBeGreaterThan(0);
  return made;
}
const tokenOf = (made: PhoneUnderTest): string => `Bearer ${made.of('document-access').at(-1).access.token}`;
/** As a browser of another origin asks. */
async function list(authorization: string | null): Promise<[number, string | undefined]> {
  const answer = await fetch(new URL('/api/v1/documents', fleet.ready.fleetUrl), {
    headers: { origin: 'http://127.0.0.1:1', ...(authorization === null ? {} : { authorization }) },
  });
  expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  return [answer.status, ((await answer.json()) as Json).error?.code];
}
async function report(name: string, about: object): Promise<void> {
  const events = [{ name, eventId: newId(), atMs: Date.now(), ...about }];
  await fleet.node.publishAsync(topicOf('callEvents', fleet.nodeId), JSON.stringify({ events }), { qos: 1 });
}
const bearer = (grant: Json): string => `Bearer ${grant.documents.token}`;

test('a guest’s grant brings it; without one, with another token or a made-up one nothing is answered', async () => {
  const { grant } = await invited();
  expect(grant.documents).toMatchObject({ meetingId, documents: ['present', 'view', 'view-unmarked'] });
  expect(await list(bearer(grant))).toEqual([200, undefined]);
  const [header, claims, signature] = grant.documents.token.split('.');
  const other = btoa(JSON.stringify({ ...JSON.parse(atob(claims)), meetingId: newId() })).replaceAll('=', '');
  for (const wrong of [
    null,
    'Bearer',
    `Basic ${grant.documents.token}`,
    `Bearer ${grant.joinToken}`,
    `Bearer ${[header, other, signature].join('.')}`,
  ])
    expect(await list(wrong)).toEqual([401, 'token-invalid']);
});

test('it is void once the invite is revoked', async () => {
  const { inviteId, grant } = await invited();
  await admin('DELETE', `/api/v1/meetings/${meetingId}/invites/${inviteId}`);
  expect(await list(bearer(grant))).toEqual([401, 'token-invalid']);
});

test('it is void for a guest who was removed, and good for the others', async () => {
  const [gone, stays] = [await invited(), await invited()];
  // as a page renews it during the call
  const renewed = await gone.again();
  const removed = { callId: gone.grant.callId, meetingId, peerId: gone.grant.peerId, byPeerId: newId() };
  await report('participant-removed', removed);
  await expect.poll(() => list(bearer(gone.grant))).toEqual([401, 'token-invalid']);
  expect(await list(bearer(renewed))).toEqual([401, 'token-invalid']);
  expect(await list(bearer(stays.grant))).toEqual([200, undefined]);
});

test('it is void once the room is removed', async () => {
  const { grant } = await invited();
  await admin('DELETE', `/api/v1/rooms/${roomId}`);
  expect(await list(bearer(grant))).toEqual([401, 'token-invalid']);
});

test('it is void once the call is over that a guest came into', async () => {
  const { grant } = await invited();
  const about = { callId: grant.callId, meetingId };
  await report('call-opened', about);
  await report('call-ended', { ...about, reason: 'ended-by-room' });
  await expect.poll(() => list(bearer(grant))).toEqual([401, 'token-invalid']);
});

test('a phone has its room’s, in a call those of its meeting; and none once it is not paired any more', async () => {
  const room = new RoomUnderTest(enrolled);
  await room.start(fleet);
  await room.sayState();
  const held = await phone(room);
  expect(held.of('document-access')[0].access).toMatchObject({
    meetingId,
    documents: ['present', 'view', 'view-unmarked'],
  });
  expect(await list(tokenOf(held))).toEqual([200, undefined]);
  const id = newId();
  const booking = { bookingId: 'b'.repeat(64), title: 'Budget', invite: null };
  await room.say('request', { name: 'request-grant', id, endedCallId: null, booking }, false);
  const granted = () => room.heard.find(({ message }) => message.id === id)?.message.grant;
  await expect.poll(granted).toBeDefined();
  const { callId, meetingId: booked, peerId } = granted();
  const inCall: RoomPhase = {
    name: 'in-call',
    callId,
    peerId,
    meetingTitle: 'Budget',
    startedAtMs: Date.now(),
    connection: 'connected',
    participantCount: 1,
    participants: [],
    sharedBy: null,
    order: OPEN_ORDER,
    air: OFF_AIR,
  };
  await room.sayState({ phase: stateOf(roomId, inCall).phase });
  await expect.poll(() => held.of('document-access').at(-1).access.meetingId).toBe(booked);
  // a call that is none of the room's gives it nothing
  const other = await fleet.enrolRoom(`Other ${names}`);
  const path = `/api/v1/meetings/${other.meetingId}/invites`;
  const { joinUrl } = (await admin('POST', path, { displayName: null, expiresInMinutes: 60 })).body;
  const foreign = (await fleet.api('POST', '/api/v1/guest-entries', { invite: joinUrl.split('#')[1] })).body.grant;
  await room.sayState({ phase: stateOf(roomId, { ...inCall, callId: foreign.callId }).phase });
  await expect.poll(() => held.of('document-access').at(-1).access.meetingId).toBe(meetingId);
  const [former] = held.of('document-access');
  await admin('DELETE', `/api/v1/rooms/${roomId}/pairings`);
  await expect.poll(() => list(`Bearer ${former.access.token}`)).toEqual([401, 'token-invalid']);
  room.stop();
  held.close();
});

test('it is void for a kiosk that is revoked, and its successor gets another', async () => {
  const room = new RoomUnderTest(enrolled);
  await room.start(fleet);
  const asked = async (kiosk: RoomUnderTest): Promise<Json> => {
    const id = newId();
    await kiosk.say('request', { name: 'request-document-access', id, callId: null }, false);
    const reply = () => kiosk.heard.find(({ message }) => message.id === id)?.message;
    await expect.poll(reply).toBeDefined();
    return reply().access;
  };
  const former = await asked(room);
  expect(former).toMatchObject({ meetingId, documents: ['present', 'view', 'view-unmarked'] });
  expect(await list(`Bearer ${former.token}`)).toEqual([200, undefined]);
  await admin('DELETE', `/api/v1/rooms/${roomId}/kiosk`);
  await expect.poll(() => list(`Bearer ${former.token}`)).toEqual([401, 'token-invalid']);
  room.stop();
  const { claimCode } = (await admin('POST', `/api/v1/rooms/${roomId}/claims`)).body;
  const next = new RoomUnderTest({ ...enrolled, credentials: await fleet.enrol(claimCode, roomId) });
  await next.start(fleet);
  expect(await list(`Bearer ${(await asked(next)).token}`)).toEqual([200, undefined]);
  next.stop();
});
