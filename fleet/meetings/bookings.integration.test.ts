import { createHash } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { decodeJwt, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { CallGrant } from '#contract/grants.ts';
import { topicOf } from '#contract/topics.ts';
import { EventsUnderTest } from '../events-under-test.ts';
import { FleetUnderTest, type Json, SIGNALING_URL } from '../fleet-under-test.ts';
import { PhoneUnderTest, RoomUnderTest } from '../room-under-test.ts';
import { newId } from '../store/index.ts';

type Booking = { bookingId: string; title: string; invite: string | null };

let fleet: FleetUnderTest;
const rooms: RoomUnderTest[] = [];
const commands: Json[] = [];

beforeAll(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
  await fleet.node.subscribeAsync(topicOf('nodeCommand', fleet.nodeId), { qos: 1 });
  fleet.node.on('message', (_topic, payload) => commands.push(JSON.parse(payload.toString())));
});
afterEach(() => {
  for (const room of rooms.splice(0)) room.stop();
});
afterAll(() => fleet.stop());

async function newRoom(roomName: string): Promise<RoomUnderTest> {
  const room = new RoomUnderTest(await fleet.enrolRoom(roomName));
  rooms.push(room);
  await room.start(fleet);
  return room;
}
const bookingOf = (name: string, changes: Partial<Booking> = {}): Booking => ({
  bookingId: createHash('sha256').update(name).digest('hex'),
  title: name,
  invite: null,
  ...changes,
});
async function ask(room: RoomUnderTest, booking: Booking | null): Promise<Json> {
  const id = newId();
  await room.say('request', { name: 'request-grant', id, endedCallId: null, booking }, false);
  const response = (): Json => room.heard.find(({ name, message }) => name === 'requestReply' && message.id === id);
  await expect.poll(response, { timeout: 5000 }).toBeDefined();
  return response().message;
}
async function grantFor(room: RoomUnderTest, booking: Booking | null): Promise<CallGrant> {
  const answer = await ask(room, booking);
  expect(answer, JSON.stringify(answer)).toMatchObject({ name: 'grant' });
  return answer.grant;
}
async function inviteTo(meetingId: string): Promise<{ inviteId: string; token: string }> {
  const { body } = await fleet.api(
    'POST',
    `/api/v1/meetings/${meetingId}/invites`,
    { displayName: 'Mina', expiresInMinutes: 60 },
    fleet.admin.cookie,
  );
  return { inviteId: body.invite.inviteId, token: body.joinUrl.split('#')[1] };
}
/** What is in the fleet's own file, seen from outside. */
function inStore<T>(look: (database: Database.Database) => T): T {
  const database = new Database(join(fleet.dataDir, 'authority.sqlite'), { readonly: true });
  try {
    return look(database);
  } finally {
    database.close();
  }
}
const audited = (kind: string): Json[] =>
  inStore((database) =>
    database
      .prepare('select actor, subject, details from audit where kind = ?')
      .all(kind)
      .map((row) => ({ ...(row as Json), details: JSON.parse((row as Json).details) })),
  );

test('eighteen starts of one booking at the same instant are one meeting and one call; another room has its own', async () => {
  const [room, other] = [await newRoom('Asked often'), await newRoom('Asked once')];
  const booking = bookingOf('주간 회의');
  const grants = await Promise.all(Array.from({ length: 18 }, () => grantFor(room, booking)));
  expect(new Set(grants.map((grant) => grant.meetingId)).size).toBe(1);
  expect(new Set(grants.map((grant) => grant.callId)).size).toBe(1);
  expect(grants[0]).toMatchObject({ meetingTitle: '주간 회의', signalingUrl: SIGNALING_URL });
  expect(decodeJwt(grants[0]!.joinToken)).toMatchObject({
    peerKind: 'room',
    displayName: 'Asked often',
    meetingTitle: '주간 회의',
    rights: ['end', 'mute', 'remove', 'order', 'admit'],
  });
  const rows = inStore((database) =>
    database.prepare('select count(*) as n from booking_meeting where booking_id = ?').get(booking.bookingId),
  );
  expect(rows).toEqual({ n: 1 });
  // the standing meeting is another, and the same booking in another room's calendar too
  expect((await grantFor(room, null)).meetingId).toBe(room.room.meetingId);
  expect(grants[0]!.meetingId).not.toBe(room.room.meetingId);
  expect((await grantFor(other, booking)).meetingId).not.toBe(grants[0]!.meetingId);
});

test('two bookings of a room are two meetings; a changed title is followed, a private one has the name of its room', async () => {
  const room = await newRoom('Kiwi');
  const first = await grantFor(room, bookingOf('first'));
  const second = await grantFor(room, bookingOf('second', { title: '' }));
  expect(second.meetingId).not.toBe(first.meetingId);
  expect(second.meetingTitle).toBe('Kiwi');
  const renamed = await grantFor(room, bookingOf('first', { title: 'Renamed' }));
  expect(renamed).toMatchObject({ meetingId: first.meetingId, callId: first.callId, meetingTitle: 'Renamed' });
});

test("an invite leads the room into the call of the invite's meeting as a member of it, and is audited", async () => {
  const [host, visiting] = [await newRoom('Host'), await newRoom('Visiting')];
  const { inviteId, token } = await inviteTo(host.room.meetingId);
  const booking = bookingOf('joint', { title: 'Whatever the calendar says', invite: token });
  const grant = await grantFor(visiting, booking);
  expect(grant).toMatchObject({ meetingId: host.room.meetingId, meetingTitle: 'Host' });
  expect(grant.callId).toBe((await grantFor(host, null)).callId);
  expect(decodeJwt(grant.joinToken)).toMatchObject({
    peerKind: 'room',
    displayName: 'Visiting',
    role: 'member',
    rights: [],
  });
  expect(audited('room-admitted')).toContainEqual({
    actor: `room:${visiting.room.roomId}`,
    subject: `call:${grant.callId}`,
    details: { bookingId: booking.bookingId, inviteId, peerId: grant.peerId },
  });
  // revoking it shows the room out, as it would a guest
  const path = `/api/v1/meetings/${host.room.meetingId}/invites/${inviteId}`;
  expect((await fleet.api('DELETE', path, undefined, fleet.admin.cookie)).status).toBe(200);
  await expect
    .poll(() => commands)
    .toContainEqual({ name: 'remove-participant', callId: grant.callId, peerId: grant.peerId });
  const refused = await ask(visiting, booking);
  expect(refused).toMatchObject({ name: 'refused', error: { code: 'invite-invalid' } });
});

test('an invited room that has to ask waits, is seen by the host, and comes in once it is let in; declined, it does not', async () => {
  const [host, visiting, other] = [await newRoom('Strict'), await newRoom('Waits outside'), await newRoom('Declined')];
  const { meetingId } = host.room;
  await fleet.setPolicy(meetingId, { admission: 'all-wait' });
  const { token } = await inviteTo(meetingId);
  const booking = bookingOf('strict', { invite: token });
  const waits = { name: 'refused', error: { code: 'waits-to-be-let-in' } };
  for (const room of [visiting, visiting, other]) expect(await ask(room, booking)).toMatchObject(waits);
  const url = new URL(`/api/v1/meetings/${meetingId}/waiting`, fleet.ready.fleetUrl).href;
  const list = new EventsUnderTest(url, { cookie: fleet.admin.cookie });
  const waiting = (): Json[] => list.last('waiting')?.waiting ?? [];
  await expect.poll(() => waiting().map(({ displayName }) => displayName)).toEqual(['Waits outside', 'Declined']);
  for (const [name, index] of [['admit', 0] as const, ['decline', 1] as const].reverse()) {
    const decision = { name, ticketId: waiting()[index].ticketId };
    const path = `/api/v1/meetings/${meetingId}/waiting-decisions`;
    expect((await fleet.api('POST', path, decision, fleet.admin.cookie)).status).toBe(200);
  }
  list.close();
  expect((await grantFor(visiting, booking)).meetingId).toBe(meetingId);
  expect(await ask(other, booking)).toMatchObject({ name: 'refused', error: { code: 'not-admitted' } });
  // to wait is no refusal
  expect(audited('room-refused').filter(({ actor }) => actor === `room:${visiting.room.roomId}`)).toEqual([]);
});

test('a room that is removed stays out of that call, and takes no guest’s invite with it', async () => {
  const [host, visiting] = [await newRoom('Host again'), await newRoom('Visiting again')];
  const { meetingId } = host.room;
  const { token } = await inviteTo(meetingId);
  const booking = bookingOf('joint again', { invite: token });
  const { callId, peerId } = await grantFor(visiting, booking);
  const happened = async (...happenings: object[]): Promise<void> => {
    const events = happenings.map((each) => ({ eventId: newId(), callId, meetingId, atMs: Date.now(), ...each }));
    await fleet.node.publishAsync(topicOf('callEvents', fleet.nodeId), JSON.stringify({ events }), { qos: 1 });
  };
  const enter = async (): Promise<Json> => (await fleet.api('POST', '/api/v1/guest-entries', { invite: token })).body;
  await happened({ name: 'call-opened' }, { name: 'participant-removed', peerId, byPeerId: newId() });
  await expect
    .poll(async () => (await ask(visiting, booking)).error?.code, { interval: 300 })
    .toBe('removed-from-call');
  expect((await enter()).grant.callId).toBe(callId);
  expect(audited('room-removed')).toMatchObject([{ details: { peerId } }]);
  // the meeting's next call is another matter
  await happened({ name: 'call-ended', reason: 'empty' });
  await expect.poll(async () => (await enter()).grant.callId).not.toBe(callId);
  expect((await grantFor(visiting, booking)).meetingId).toBe(meetingId);
});

test('an invite that is made up, expired or a join token is refused by its code and audited; no meeting is made for it', async () => {
  const room = await newRoom('Refused');
  const { joinToken } = await grantFor(room, null);
  const key = new TextEncoder().encode('a key of somebody else, long enough');
  const forged = await new SignJWT({ aud: 'maru-invite', meetingId: room.room.meetingId, displayName: null })
    .setProtectedHeader({ alg: 'HS256' })
    .setJti(newId())
    .setIssuedAt()
    .setExpirationTime('1h')
    .sign(key);
  for (const invite of ['made up', joinToken, forged]) {
    const answer = await ask(room, bookingOf('refused', { invite }));
    expect(answer).toMatchObject({ name: 'refused', error: { code: 'invite-invalid' } });
  }
  const { token, inviteId } = await inviteTo(room.room.meetingId);
  const writing = new Database(join(fleet.dataDir, 'authority.sqlite'));
  writing.prepare('update invite set expires_at_ms = 1 where invite_id = ?').run(inviteId);
  writing.close();
  expect(await ask(room, bookingOf('refused', { invite: token }))).toMatchObject({ error: { code: 'invite-expired' } });

  const refusals = audited('room-refused').filter(({ actor }) => actor === `room:${room.room.roomId}`);
  expect(refusals.map(({ details }) => details.code)).toEqual([
    'invite-invalid',
    'invite-invalid',
    'invite-invalid',
    'invite-expired',
  ]);
  const made = inStore((database) =>
    database
      .prepare('select count(*) as n from booking_meeting where booking_id = ?')
      .get(bookingOf('refused').bookingId),
  );
  expect(made).toEqual({ n: 0 });
  for (const secret of [token, forged]) expect(fleet.log).not.toContain(secret);
});

test('a start that names a booking goes to the room without a grant: the room asks for the meeting it means', async () => {
  const room = await newRoom('Started by phone');
  await room.sayState();
  await room.offer('BCDFGHJK');
  const { controllerToken } = (await fleet.api('POST', '/api/v1/pairings', { code: 'BCDFGHJK' })).body;
  const phone = new PhoneUnderTest(fleet.ready.fleetUrl);
  await phone.open(controllerToken);
  const { bookingId } = bookingOf('by phone');
  const id = phone.command({ name: 'join-call', bookingId });
  await expect.poll(() => phone.of('command-reply').at(-1)?.id).toBe(id);
  expect(room.last('command')).toMatchObject({ command: { name: 'join-call', bookingId }, grant: null });
  phone.command({ name: 'join-call' });
  await expect.poll(() => room.last('command').grant?.meetingId).toBe(room.room.meetingId);
  phone.close();
});

test("what breaks the request's schema reaches no meeting", async () => {
  const room = await newRoom('Broken');
  await room.say(
    'request',
    { name: 'request-grant', id: newId(), endedCallId: null, booking: { bookingId: '../x', title: 'x', invite: null } },
    false,
  );
  await expect.poll(() => room.last('requestReply')?.error?.code).toBe('bad-message');
});
