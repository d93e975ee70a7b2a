/** Knocking at the real fleet server, over HTTP and MQTT: who waits, who sees it, who decides, and what survives. */
import { OFF_AIR } from '#contract/broadcast.ts';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { topicOf } from '#contract/topics.ts';
import { OPEN_ORDER } from '#contract/call-order.ts';
import type { RoomPhase } from '#contract/room-state.ts';
import { DEFAULT_MEETING_POLICY, type MeetingPolicy } from '#contract/meeting-policy.ts';
import type { WaitingList } from '#contract/waiting.ts';
import { type EnrolledRoom, FleetUnderTest, type Json } from '../fleet-under-test.ts';
import { PhoneUnderTest, RoomUnderTest, stateOf } from '../room-under-test.ts';
import { newId } from '../store/index.ts';
import { EventsUnderTest } from '../events-under-test.ts';

let fleet: FleetUnderTest;
let enrolled: EnrolledRoom;
let meetingId: string;
let roomId: string;
let names = 0;
const commands: Json[] = [];
const streams: EventsUnderTest[] = [];

beforeAll(async () => {
  // each test's callers come from addresses of their own
  fleet = new FleetUnderTest('--trusted-proxy', '127.0.0.1');
  await fleet.start();
  fleet.node.on('message', (topic, payload) => {
    if (topic.endsWith('command')) commands.push(JSON.parse(payload.toString()));
  });
  await fleet.node.subscribeAsync(topicOf('nodeCommand', fleet.nodeId), { qos: 1 });
});
beforeEach(async () => {
  names += 1;
  enrolled = await fleet.enrolRoom(`Room ${names}`, {});
  ({ meetingId, roomId } = enrolled);
});
afterEach(() => {
  for (const stream of streams.splice(0)) stream.close();
});
afterAll(() => fleet.stop());

const admin = (method: string, path: string, body?: object) => fleet.api(method, path, body, fleet.admin.cookie);
async function invite(displayName: string | null = null, of = meetingId): Promise<{ inviteId: string; token: string }> {
  const answer = await admin('POST', `/api/v1/meetings/${of}/invites`, { displayName, expiresInMinutes: 60 });
  return { inviteId: answer.body.invite.inviteId, token: answer.body.joinUrl.split('#')[1] };
}
let hosts = 0;
const from = (address = `198.51.${(hosts >> 8) & 255}.${hosts & 255}`) => ({ 'x-forwarded-for': address });
async function enter(token: string, more: object = {}, address?: string): Promise<Json> {
  hosts += 1;
  return (await fleet.api('POST', '/api/v1/guest-entries', { invite: token, ...more }, undefined, from(address))).body;
}
const knock = (displayName: string, organisation: string | null = null) => ({ knock: { displayName, organisation } });
/** Who knocks, and the ticket. */
async function knocks(token: string, name: string, more: object = {}, address?: string): Promise<string> {
  const answer = await enter(token, { ...knock(name), ...more }, address);
  expect(answer, JSON.stringify(answer)).toMatchObject({ kind: 'waiting' });
  return answer.ticket;
}
const bearer = (ticket: string) => ({ authorization: `Bearer ${ticket}`, ...from() });
const byTicket = async (ticket: string, body: object = {}) =>
  (await fleet.api('POST', '/api/v1/waiting/entries', body, undefined, bearer(ticket))).body;
const follow = (path: string, headers: Record<string, string>): EventsUnderTest => {
  const stream = new EventsUnderTest(new URL(path, fleet.ready.fleetUrl).href, headers);
  streams.push(stream);
  return stream;
};
const page = (ticket: string) => follow('/api/v1/waiting/changes', bearer(ticket));
const listOfHost = (cookie = fleet.admin.cookie, of = meetingId) =>
  follow(`/api/v1/meetings/${of}/waiting`, { cookie, ...from() });
const shown = (stream: EventsUnderTest): WaitingList | undefined => stream.last('waiting') as WaitingList | undefined;
const namesIn = (list: WaitingList | undefined) => list?.waiting.map(({ displayName }) => displayName);
const decide = (decision: object, cookie = fleet.admin.cookie, of = meetingId) =>
  fleet.api('POST', `/api/v1/meetings/${of}/waiting-decisions`, decision, cookie);
async function ticketIdOf(name: string): Promise<string> {
  const stream = listOfHost();
  await expect.poll(() => shown(stream)?.waiting.find(({ displayName }) => displayName === name)).toBeDefined();
  stream.close();
  return shown(stream)!.waiting.find(({ displayName }) => displayName === name)!.ticketId;
}
const claimsOf = (grant: Json): Json => JSON.parse(Buffer.from(grant.joinToken.split('.')[1], 'base64url').toString());
const happened = (callId: string, ...events: object[]) =>
  fleet.node.publishAsync(
    topicOf('callEvents', fleet.nodeId),
    JSON.stringify({
      events: events.map((each) => ({ eventId: newId(), callId, meetingId, atMs: Date.now(), ...each })),
    }),
    { qos: 1 },
  );
const joined = (peerId: string, peerKind = 'person') => ({
  name: 'participant-joined',
  peerId,
  peerKind,
  displayName: 'Somebody',
  participantCount: 1,
});
const opened = { name: 'call-opened' };
const policy = (changes: Partial<MeetingPolicy>) => fleet.setPolicy(meetingId, changes);

test('a guest by a link knocks, is seen by the host, is admitted, enters, and enters again after a lost line', async () => {
  const { token } = await invite();
  const first = await enter(token);
  expect(first).toEqual({
    kind: 'knock',
    meetingId,
    meetingTitle: `Room ${names}`,
    hostName: `Room ${names}`,
    displayName: null,
  });
  const list = listOfHost();
  await expect.poll(() => shown(list)).toEqual({ meetingId, count: 0, waiting: [] });
  const ticket = await knocks(token, 'Mina', knock('Mina', 'Acme'));
  await expect
    .poll(() => shown(list)?.waiting)
    .toMatchObject([{ displayName: 'Mina', organisation: 'Acme', isKnown: false }]);
  const changes = page(ticket);
  await expect.poll(() => changes.last('ticket')).toMatchObject({ state: 'no-host', hostName: `Room ${names}` });
  // no token, no place at the node before somebody has decided
  expect(await byTicket(ticket)).toMatchObject({ kind: 'waiting', ticket, state: 'no-host' });
  const { ticketId } = shown(list)!.waiting[0]!;
  expect((await decide({ name: 'admit', ticketId })).status).toBe(200);
  await expect.poll(() => changes.last('ticket')).toMatchObject({ state: 'admitted' });
  await expect.poll(() => shown(list)?.count).toBe(0);
  const entered = await byTicket(ticket);
  expect(entered).toMatchObject({ kind: 'admitted', displayName: 'Mina', admission: 'links-wait' });
  expect(claimsOf(entered.grant)).toMatchObject({
    displayName: 'Mina',
    organisation: 'Acme',
    role: 'guest',
    isGuest: true,
    isLetIn: true,
    rights: [],
  });
  await happened(entered.grant.callId, opened, joined(entered.grant.peerId));
  const again = await byTicket(ticket);
  expect(claimsOf(again.grant)).toMatchObject({ person: claimsOf(entered.grant).person });
  expect(again.grant.callId).toBe(entered.grant.callId);
  const about = fleet.audit().filter(({ subject }) => subject === `meeting:${meetingId}`);
  expect(about.map(({ kind, actor }) => [kind, actor.split(':')[0]])).toEqual(
    expect.arrayContaining([
      ['guest-waiting', 'network'],
      ['guest-admitted', 'account'],
    ]),
  );
});

test('a named guest comes in at once; under all-wait that guest knocks too, by the name of the invite', async () => {
  const { token } = await invite('Jihun');
  expect(await enter(token)).toMatchObject({ kind: 'admitted', displayName: 'Jihun' });
  await policy({ admission: 'all-wait' });
  const other = await invite('Sora');
  expect(await enter(other.token)).toMatchObject({ kind: 'knock', displayName: 'Sora' });
  await knocks(other.token, 'Somebody else');
  const list = listOfHost();
  await expect.poll(() => namesIn(shown(list))).toEqual(['Sora']);
  expect(shown(list)!.waiting[0]!.isKnown).toBe(true);
});

test('the knock survives the server: the page is back, and an approval given before still lets in', async () => {
  const { token } = await invite();
  const [waits, isLetIn] = [await knocks(token, 'Waits'), await knocks(token, 'Is let in')];
  await decide({ name: 'admit', ticketId: await ticketIdOf('Is let in') });
  await fleet.kill();
  await fleet.startServer();
  // nobody has come back yet, and who waited is still listed
  const list = listOfHost();
  await expect.poll(() => namesIn(shown(list))).toEqual(['Waits']);
  expect(await byTicket(isLetIn)).toMatchObject({ kind: 'admitted' });
  const changes = page(waits);
  await expect.poll(() => changes.last('ticket')).toMatchObject({ state: 'no-host' });
  await decide({ name: 'admit-all' });
  await expect.poll(() => changes.last('ticket')).toMatchObject({ state: 'admitted' });
  expect(await byTicket(waits)).toMatchObject({ kind: 'admitted' });
}, 30_000);

test('who is declined does not come in, nor knock again at once; who goes away is listed no more', async () => {
  const { token } = await invite();
  const browser = { entryId: 'd'.repeat(20) };
  const declined = await knocks(token, 'Declined', browser);
  const leaves = await knocks(token, 'Leaves');
  const changes = page(declined);
  await decide({ name: 'decline', ticketId: await ticketIdOf('Declined') });
  await expect.poll(() => changes.last('ticket')).toMatchObject({ state: 'declined' });
  expect((await byTicket(declined)).error.code).toBe('not-admitted');
  expect((await enter(token, { ...browser, ...knock('Declined') })).error.code).toBe('not-admitted');
  const list = listOfHost();
  await expect.poll(() => namesIn(shown(list))).toEqual(['Leaves']);
  expect((await fleet.api('DELETE', '/api/v1/waiting', undefined, undefined, bearer(leaves))).status).toBe(200);
  await expect.poll(() => shown(list)?.count).toBe(0);
  expect((await byTicket(leaves)).error.code).toBe('token-invalid');
  expect(fleet.audit().map(({ kind }) => kind)).toContain('guest-declined');
});

test('two hosts who act at once: the first counts, and the second gets that in words', async () => {
  const { token } = await invite();
  const ticket = await knocks(token, 'Mina');
  const ticketId = await ticketIdOf('Mina');
  const answers = await Promise.all([decide({ name: 'admit', ticketId }), decide({ name: 'decline', ticketId })]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  const refused = answers.find(({ status }) => status === 409)!;
  expect(refused.body.error).toMatchObject({ code: 'not-possible-now', message: expect.stringContaining('already') });
  const isIn = answers[0]!.status === 200;
  expect((await byTicket(ticket)).kind ?? 'refused').toBe(isIn ? 'admitted' : 'refused');
  // the same once more is no conflict
  expect((await decide({ name: isIn ? 'admit' : 'decline', ticketId })).status).toBe(200);
});

test('early comers are not let in when somebody who may decide arrives: they are asked for', async () => {
  await policy({ joinBeforeHost: false });
  const [byLink, named] = [await invite(), await invite('Jihun')];
  const waits = page(await knocks(byLink.token, 'By a link'));
  const namedTicket = await knocks(named.token, 'Jihun');
  await expect.poll(() => waits.last('ticket')).toMatchObject({ state: 'no-host' });
  const room = new RoomUnderTest(enrolled);
  await room.start(fleet);
  const callId = await roomJoins(room);
  await expect.poll(() => waits.last('ticket')).toMatchObject({ state: 'waiting' });
  // whom the policy lets in by themselves have only waited for the host
  await expect.poll(async () => (await byTicket(namedTicket)).kind).toBe('admitted');
  expect(await byTicket(await knocks(byLink.token, 'Another'))).toMatchObject({ kind: 'waiting', state: 'waiting' });
  expect(callId).toBeDefined();
  room.stop();
});
/** As its node reports it. */
async function roomJoins(room: RoomUnderTest): Promise<string> {
  const id = newId();
  await room.say('request', { name: 'request-grant', id, endedCallId: null }, false);
  await expect.poll(() => room.heard.find(({ message }) => message.id === id)?.message.grant).toBeDefined();
  const { grant } = room.heard.find(({ message }) => message.id === id)!.message;
  expect(claimsOf(grant)).toMatchObject({ role: 'co-host', rights: ['end', 'mute', 'remove', 'order', 'admit'] });
  await happened(grant.callId, opened, joined(grant.peerId, 'room'));
  return grant.callId;
}

test('a locked meeting keeps new people waiting and lets return who was in; who is admitted comes in all the same', async () => {
  await policy({ admission: 'all-enter' });
  const { token } = await invite();
  const browser = { entryId: 'k'.repeat(20) };
  const { grant } = await enter(token, browser);
  await happened(grant.callId, opened, joined(grant.peerId));
  const order = { isLocked: true, staysMuted: false, sharedBy: 'everyone' };
  await happened(grant.callId, { name: 'order-changed', order, byPeerId: newId() });
  await expect.poll(async () => (await enter(token)).kind).toBe('knock');
  expect(await enter(token, browser)).toMatchObject({ kind: 'admitted' });
  const ticket = await knocks(token, 'New');
  expect(await byTicket(ticket)).toMatchObject({ kind: 'waiting', state: 'locked' });
  await decide({ name: 'admit', ticketId: await ticketIdOf('New') });
  const entered = await byTicket(ticket);
  expect(claimsOf(entered.grant).isLetIn).toBe(true);
});

test('another policy looks at who waits again, and shows them to nobody whom it refuses', async () => {
  const { token } = await invite();
  const [one, two] = [page(await knocks(token, 'One')), await knocks(token, 'Two')];
  const list = listOfHost();
  await expect.poll(() => shown(list)?.count).toBe(2);
  await policy({ guestsAllowed: false });
  await expect.poll(() => one.last('ticket')).toMatchObject({ state: 'declined' });
  await expect.poll(() => shown(list)?.count).toBe(0);
  expect((await enter(token)).error.code).toBe('guests-not-allowed');
  await policy({ admission: 'all-enter' });
  await expect.poll(() => one.last('ticket')).toMatchObject({ state: 'admitted' });
  expect(await byTicket(two)).toMatchObject({ kind: 'admitted', admission: 'all-enter' });
});

test('a changed rule of a place, a moved place, a moved room and the organisation’s rule look at who waits again', async () => {
  const made = async (path: string, body: object): Promise<Json> => (await admin('POST', path, body)).body;
  const rule = (changes: Partial<MeetingPolicy> | null) => ({
    meetingPolicy: changes && { ...DEFAULT_MEETING_POLICY, ...changes },
    allowedRanges: [],
  });
  const [allEnter, none] = [rule({ admission: 'all-enter' }), rule(null)];
  const site = await made('/api/v1/places', { parentId: null, kind: 'site', placeName: `Site ${names}` });
  const open = await made('/api/v1/places', { parentId: null, kind: 'site', placeName: `Open ${names}` });
  const { placeId } = await made('/api/v1/places', { parentId: site.placeId, kind: 'floor', placeName: '3F' });
  await admin('PUT', `/api/v1/places/${open.placeId}/meeting-defaults`, allEnter);
  const move = (parentId: string) => admin('PUT', `/api/v1/places/${placeId}`, { parentId, placeName: '3F' });
  const moveRoom = (of: string, to: string) => admin('PUT', `/api/v1/rooms/${of}/place`, { placeId: to });
  const ruleOf = (path: string) => (changed: object) => admin('PUT', `/api/v1/${path}/meeting-defaults`, changed);
  const ofOrganisation = ruleOf('organisation');
  const cases: [change: (of: string) => Promise<{ status: number }>, undo: (of: string) => Promise<unknown>][] = [
    [() => ruleOf(`places/${site.placeId}`)(allEnter), () => ruleOf(`places/${site.placeId}`)(none)],
    [() => move(open.placeId), () => move(site.placeId)],
    [(of) => moveRoom(of, open.placeId), (of) => moveRoom(of, placeId)],
    [() => ofOrganisation(allEnter), () => ofOrganisation(none)],
  ];
  const room = (await made('/api/v1/rooms', { roomName: `Below ${names}`, placeId })).roomId;
  const of = (await fleet.roomOf(room)).meetingId!;
  for (const [index, [change, undo]] of cases.entries()) {
    const { token } = await invite(null, of);
    const waiting = [];
    for (const name of ['One', 'Two', 'Three']) waiting.push(page(await knocks(token, `${name} ${index}`)));
    for (const one of waiting) await expect.poll(() => one.last('ticket')?.state).toBe('no-host');
    expect((await change(room)).status).toBe(200);
    for (const one of waiting)
      await expect.poll(() => one.last('ticket')?.state, { message: `case ${index}` }).toBe('admitted');
    await undo(room);
  }
});

test('removed and back at once: not by the same link, not without the cookie, not under another name, not by the ticket', async () => {
  const { token } = await invite();
  const other = await invite();
  const browser = { entryId: 'r'.repeat(20) };
  const ticket = await knocks(token, 'Mina', browser);
  const waits = await knocks(token, 'Waits on the same link');
  await decide({ name: 'admit', ticketId: await ticketIdOf('Mina') });
  const { grant } = await byTicket(ticket);
  await happened(
    grant.callId,
    opened,
    joined(grant.peerId),
    { name: 'participant-removed', peerId: grant.peerId, byPeerId: newId() },
    { name: 'participant-left', peerId: grant.peerId, participantCount: 0 },
  );
  await expect.poll(async () => (await byTicket(ticket)).error?.code).toBe('removed-from-call');
  expect((await enter(token, browser)).error.code).toBe('removed-from-call');
  expect((await enter(token, knock('Another name'))).error.code).toBe('invite-closed');
  // nobody else is hit: not who waits on the same link, not another link from the same address
  await decide({ name: 'admit', ticketId: await ticketIdOf('Waits on the same link') });
  expect(await byTicket(waits)).toMatchObject({ kind: 'admitted' });
  expect(await enter(other.token, {}, '198.51.100.1')).toMatchObject({ kind: 'knock' });
});

test('a revoked invite ends who waits by it and who was let in by it', async () => {
  const { token, inviteId } = await invite();
  const [waits, isLetIn] = [await knocks(token, 'Waits'), await knocks(token, 'Is let in')];
  await decide({ name: 'admit', ticketId: await ticketIdOf('Is let in') });
  const { grant } = await byTicket(isLetIn);
  const changes = page(waits);
  await expect.poll(() => changes.last('ticket')).toBeDefined();
  await admin('DELETE', `/api/v1/meetings/${meetingId}/invites/${inviteId}`);
  await expect.poll(() => changes.last('ticket')).toMatchObject({ state: 'declined' });
  expect((await byTicket(isLetIn)).error.code).toBe('not-admitted');
  await expect
    .poll(() => commands)
    .toContainEqual({ name: 'remove-participant', callId: grant.callId, peerId: grant.peerId });
});

test('an admission ends with the meeting: not to the next call of the room', async () => {
  const { token } = await invite();
  const ticket = await knocks(token, 'Mina');
  await decide({ name: 'admit', ticketId: await ticketIdOf('Mina') });
  const { grant } = await byTicket(ticket);
  await happened(grant.callId, opened, joined(grant.peerId), { name: 'call-ended', reason: 'empty' });
  await expect.poll(async () => (await byTicket(ticket)).error?.code).toBe('call-ended');
  expect(await enter(token)).toMatchObject({ kind: 'knock' });
});

test('a media node that was started anew makes nobody knock again', async () => {
  const { token } = await invite();
  const browser = { entryId: 'n'.repeat(20) };
  const ticket = await knocks(token, 'Mina', browser);
  await decide({ name: 'admit', ticketId: await ticketIdOf('Mina') });
  const { grant } = await byTicket(ticket);
  await happened(grant.callId, opened, joined(grant.peerId));
  await fleet.register({ instanceId: newId() });
  await expect.poll(async () => (await byTicket(ticket)).grant?.callId).not.toBe(grant.callId);
  expect(await enter(token, browser)).toMatchObject({ kind: 'admitted' });
  await fleet.register();
});

test('the phone of the room sees who waits, admits and declines; its TV gets the list over MQTT', async () => {
  const room = new RoomUnderTest(enrolled);
  await room.start(fleet, undefined, ['waiting']);
  await expect.poll(() => room.last('waiting')).toEqual({ meetingId, count: 0, waiting: [] });
  const phone = await pairedPhone(room);
  await expect.poll(() => phone.of('waiting').at(-1)?.waiting).toEqual({ meetingId, count: 0, waiting: [] });
  const { token } = await invite();
  const [one, two] = [await knocks(token, 'One'), await knocks(token, 'Two')];
  await expect.poll(() => namesIn(phone.of('waiting').at(-1)?.waiting)).toEqual(['One', 'Two']);
  await expect.poll(() => namesIn(room.last('waiting'))).toEqual(['One', 'Two']);
  const [first, second] = phone.of('waiting').at(-1).waiting.waiting;
  const reply = (id: string): Json => phone.of('command-reply').find((each) => each.id === id);
  const ask = (decision: object): string => {
    const id = newId();
    phone.send({ type: 'decide-waiting', id, decision });
    return id;
  };
  const admits = ask({ name: 'admit', ticketId: first.ticketId });
  await expect.poll(() => reply(admits)).toEqual({ type: 'command-reply', id: admits, error: null });
  const declines = ask({ name: 'decline', ticketId: second.ticketId });
  await expect.poll(() => reply(declines)?.error).toBeNull();
  const late = ask({ name: 'admit', ticketId: second.ticketId });
  await expect.poll(() => reply(late)?.error?.code).toBe('not-possible-now');
  const strange = ask({ name: 'admit', ticketId: newId() });
  await expect.poll(() => reply(strange)?.error?.code).toBe('not-found');
  expect(await byTicket(one)).toMatchObject({ kind: 'admitted' });
  expect((await byTicket(two)).error.code).toBe('not-admitted');
  await expect.poll(() => room.last('waiting')).toEqual({ meetingId, count: 0, waiting: [] });
  expect(
    fleet.audit().filter(({ kind, actor }) => kind === 'guest-admitted' && actor.startsWith('pairing:')),
  ).toHaveLength(1);
  // the next phone sees who already waits
  await knocks(token, 'Three');
  const next = await pairedPhone(room);
  await expect.poll(() => namesIn(next.of('waiting').at(-1)?.waiting)).toEqual(['Three']);
  phone.close();
  next.close();
  room.stop();
});
let codes = 0;
async function pairedPhone(room: RoomUnderTest): Promise<PhoneUnderTest> {
  codes += 1;
  const code = `BCDFGH${22 + codes}`.replace(/[01]/g, '9');
  await room.offer(code);
  const { body } = await fleet.api('POST', '/api/v1/pairings', { code }, undefined, from());
  return new PhoneUnderTest(fleet.ready.fleetUrl).open(body.controllerToken);
}

test('a phone of another room neither sees nor decides', async () => {
  const other = await fleet.enrolRoom(`Other ${names}`, {});
  const room = new RoomUnderTest(other);
  await room.start(fleet);
  const phone = await pairedPhone(room);
  const ticket = await knocks((await invite()).token, 'Mina');
  const ticketId = await ticketIdOf('Mina');
  const id = newId();
  phone.send({ type: 'decide-waiting', id, decision: { name: 'admit', ticketId } });
  await expect.poll(() => phone.of('command-reply').at(-1)?.error?.code).toBe('not-found');
  expect(phone.of('waiting').every(({ waiting }) => waiting.count === 0)).toBe(true);
  expect(await byTicket(ticket)).toMatchObject({ kind: 'waiting' });
  phone.close();
  room.stop();
});

test('`Invite` on a phone: one link for all its taps, of the meeting that the room is in; a named one for one person', async () => {
  const room = new RoomUnderTest(enrolled);
  await room.start(fleet);
  await room.sayState();
  const phone = await pairedPhone(room);
  await expect.poll(() => phone.of('waiting').length).toBeGreaterThan(0);
  const make = async (displayName: string | null): Promise<Json> => {
    const id = newId();
    phone.send({ type: 'make-invite', id, displayName });
    await expect.poll(() => phone.heard.find((each) => each.id === id)).toBeDefined();
    return phone.heard.find((each) => each.id === id);
  };
  const [one, two] = [await make(null), await make(null)];
  expect(one).toMatchObject({ type: 'invite', joinUrl: expect.stringContaining('#') });
  expect(two.joinUrl.split('#')[1].split('.')[1]).toBe(one.joinUrl.split('#')[1].split('.')[1]);
  expect(await enter(one.joinUrl.split('#')[1])).toMatchObject({ kind: 'knock', meetingId });
  const named = await make('Jihun');
  expect(await enter(named.joinUrl.split('#')[1])).toMatchObject({ kind: 'admitted', displayName: 'Jihun' });
  // in a booked meeting the link is of that one, and stays so when the room is elsewhere
  const id = newId();
  const booking = { bookingId: 'b'.repeat(64), title: 'Budget', invite: null };
  await room.say('request', { name: 'request-grant', id, endedCallId: null, booking }, false);
  await expect.poll(() => room.heard.find(({ message }) => message.id === id)?.message.grant).toBeDefined();
  const { callId, peerId, meetingId: booked } = room.heard.find(({ message }) => message.id === id)!.message.grant;
  const phase: RoomPhase = {
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
  await room.sayState({ phase: stateOf(roomId, phase).phase });
  await expect.poll(() => phone.of('waiting').at(-1)?.waiting.meetingId).toBe(booked);
  const ofBooking = await make(null);
  // a guest who stands before the TV: by its code, which still pairs a phone
  const code = 'BCDFGHMM';
  await room.offer(code);
  const byCode = (typed: string) => fleet.api('POST', '/api/v1/room-join-links', { code: typed }, undefined, from());
  const { body: scanned } = await byCode(code);
  expect(await enter(scanned.joinUrl.split('#')[1])).toMatchObject({ kind: 'knock', meetingId: booked });
  expect((await byCode('ZZZZZZZZ')).body.error.code).toBe('pairing-code-invalid');
  await room.sayState({ phase: { name: 'idle' } });
  await expect.poll(async () => (await byCode(code)).body.error?.code).toBe('not-possible-now');
  expect((await fleet.api('POST', '/api/v1/pairings', { code }, undefined, from())).status).toBe(200);
  expect(await enter(ofBooking.joinUrl.split('#')[1])).toMatchObject({ meetingId: booked, meetingTitle: 'Budget' });
  phone.close();
  room.stop();
});

test('a flood from one address and one from many keep out nobody whom the meeting knows, and no other link', async () => {
  const [flooded, own] = [await invite(), await invite()];
  const named = await invite('Jihun');
  await policy({ admission: 'all-wait' });
  const codesOf = async (count: number, address: (n: number) => string): Promise<string[]> => {
    const answers: Json[] = [];
    for (let n = 0; n < count; n += 1) answers.push(await enter(flooded.token, knock(`Flood ${n}`), address(n)));
    return answers.map(({ kind, error }) => error?.code ?? kind);
  };
  const ofOne = await codesOf(30, () => '203.0.113.1');
  expect(ofOne.filter((code) => code === 'waiting')).toHaveLength(20);
  expect(ofOne.at(-1)).toBe('too-many-attempts');
  const ofMany = await codesOf(100, (n) => `203.0.${n + 1}.7`);
  expect(ofMany.filter((code) => code === 'waiting').length).toBeLessThanOrEqual(80);
  expect(ofMany.at(-1)).toBe('too-many-attempts');
  await knocks(own.token, 'A real one');
  await knocks(named.token, 'Jihun', {}, '203.0.113.1');
  const list = listOfHost();
  await expect.poll(() => namesIn(shown(list))).toContain('Jihun');
  expect(shown(list)!.count).toBeGreaterThan(100);
  expect(shown(list)!.waiting).toHaveLength(50);
}, 60_000);

test('nobody learns of a meeting by its id, and nobody decides without the right', async () => {
  const ticket = await knocks((await invite()).token, 'Mina');
  const ticketId = await ticketIdOf('Mina');
  for (const each of [meetingId, newId()]) {
    expect((await fleet.api('POST', `/api/v1/meetings/${each}/waiting-decisions`, { name: 'admit-all' })).status).toBe(
      401,
    );
    expect((await fleet.api('POST', `/api/v1/meetings/${each}/entries`, {})).status).toBe(401);
  }
  expect((await decide({ name: 'admit', ticketId: newId() })).status).toBe(404);
  for (const wrong of ['', 'x'.repeat(43), ticket.slice(1)])
    expect((await byTicket(wrong)).error.code).toBe('token-invalid');
  // of another meeting
  const other = await fleet.enrolRoom(`Other ${names}`, {});
  expect((await decide({ name: 'admit', ticketId }, fleet.admin.cookie, other.meetingId)).status).toBe(404);
});

test('who comes from a network that is not allowed neither enters nor waits; the node holds who returns to the same ranges', async () => {
  await policy({ admission: 'all-enter', allowedRanges: ['203.0.113.0/24', '2001:db8::/32'] });
  const { token } = await invite();
  for (const address of ['198.51.100.7', '2001:db9::1', '::ffff:198.51.100.7'])
    expect(await enter(token, knock('Mina'), address)).toMatchObject({ error: { code: 'address-not-allowed' } });
  const inside = await enter(token, {}, '203.0.113.9');
  expect(inside).toMatchObject({ kind: 'admitted' });
  expect(claimsOf(inside.grant).allowedRanges).toEqual([['203.0.113.0/24', '2001:db8::/32']]);
  expect(await enter(token, {}, '2001:db8:1::9')).toMatchObject({ kind: 'admitted' });
});

test('the ranges of the organisation and of the place hold besides the meeting’s own', async () => {
  const { placeId } = (await admin('POST', '/api/v1/places', { parentId: null, kind: 'site', placeName: 'Plant' }))
    .body;
  expect((await admin('PUT', `/api/v1/rooms/${roomId}/place`, { placeId })).status).toBe(200);
  const defaults = (allowedRanges: string[]) => ({ meetingPolicy: null, allowedRanges });
  expect((await admin('PUT', `/api/v1/places/${placeId}/meeting-defaults`, defaults(['203.0.113.0/24']))).status).toBe(
    200,
  );
  await policy({ admission: 'all-enter' });
  const { token } = await invite();
  expect(await enter(token, {}, '198.51.100.7')).toMatchObject({ error: { code: 'address-not-allowed' } });
  expect((await admin('PUT', '/api/v1/organisation/meeting-defaults', defaults(['203.0.113.128/25']))).status).toBe(
    200,
  );
  try {
    expect(await enter(token, {}, '203.0.113.9')).toMatchObject({ error: { code: 'address-not-allowed' } });
    const inside = await enter(token, {}, '203.0.113.200');
    expect(claimsOf(inside.grant).allowedRanges).toEqual([['203.0.113.128/25'], ['203.0.113.0/24']]);
  } finally {
    await admin('PUT', '/api/v1/organisation/meeting-defaults', defaults([]));
  }
});

test('a range that is none is refused where it is stored: kept, it would let in nobody', async () => {
  const wrong = { ...DEFAULT_MEETING_POLICY, allowedRanges: ['10.0.0.0/8', '10.0.0/24', '10.0.0.0/33'] };
  const code = ({ status, body }: Json) => [status, body.error?.code];
  const refused = [400, 'bad-message'];
  expect(code(await admin('PUT', `/api/v1/meetings/${meetingId}/policy`, wrong))).toEqual(refused);
  const draft = { title: 'Plans', startsAtMs: null, durationMinutes: 30, people: [], roomIds: [], policy: wrong };
  expect(code(await admin('POST', '/api/v1/meetings', draft))).toEqual(refused);
  const defaults = { meetingPolicy: wrong, allowedRanges: [] };
  try {
    expect(code(await admin('PUT', '/api/v1/organisation/meeting-defaults', defaults))).toEqual(refused);
  } finally {
    await admin('PUT', '/api/v1/organisation/meeting-defaults', { meetingPolicy: null, allowedRanges: [] });
  }
});
