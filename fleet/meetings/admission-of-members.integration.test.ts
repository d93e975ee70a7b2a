/** People with accounts at the real fleet server: hosts whom nothing locks out, successors, colleagues, second devices, ended accounts. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { MeetingPolicy } from '#contract/meeting-policy.ts';
import { topicOf } from '#contract/topics.ts';
import { EventsUnderTest } from '../events-under-test.ts';
import { FleetUnderTest, type Json } from '../fleet-under-test.ts';
import { Accounts } from '../people/index.ts';
import { type AuthorityStore, authorityStore, newId } from '../store/index.ts';

type Person = { accountId: string; displayName: string; cookie: string; password: string };

let fleet: FleetUnderTest;
let store: AuthorityStore;
let [mina, joon, sora]: Person[] = [];
let meetingId: string;
const commands: Json[] = [];
const streams: EventsUnderTest[] = [];

beforeAll(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
  store = authorityStore({
    dataDir: fleet.dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  fleet.node.on('message', (topic, payload) => {
    if (topic.endsWith('command')) commands.push(JSON.parse(payload.toString()));
  });
  await fleet.node.subscribeAsync(topicOf('nodeCommand', fleet.nodeId), { qos: 1 });
  [mina, joon, sora] = [await person('Mina Kim'), await person('Joon Park'), await person('Sora Lee')];
});
beforeEach(async () => {
  meetingId = await make();
});
afterEach(() => {
  for (const stream of streams.splice(0)) stream.close();
});
afterAll(async () => {
  await store.stop();
  await fleet.stop();
});

async function person(displayName: string): Promise<Person> {
  const [userName, password] = [`u${randomUUID()}`, randomUUID()];
  const grants = [{ role: 'member' as const, scope: { kind: 'organisation' as const } }];
  const account = { userName, displayName, password, grants, mustChangePassword: false };
  const { accountId } = await new Accounts({ store }).create(account);
  return { accountId, displayName, password, cookie: (await fleet.signIn(userName, password)).cookie };
}
/** Mina's, with Joon as a member. */
async function make(policy: Partial<MeetingPolicy> = {}): Promise<string> {
  const draft = {
    title: 'Plans',
    startsAtMs: Date.now() + 3_600_000,
    durationMinutes: 30,
    people: [{ accountId: joon!.accountId }],
    roomIds: [],
  };
  const { body } = await fleet.api('POST', '/api/v1/meetings', draft, mina!.cookie);
  await fleet.setPolicy(body.meeting.meetingId, policy);
  return body.meeting.meetingId;
}
const enter = async (who: Person, more: object = {}, of = meetingId): Promise<Json> =>
  (await fleet.api('POST', `/api/v1/meetings/${of}/entries`, more, who.cookie)).body;
const claimsOf = (grant: Json): Json => JSON.parse(Buffer.from(grant.joinToken.split('.')[1], 'base64url').toString());
const happened = (callId: string, ...events: object[]) =>
  fleet.node.publishAsync(
    topicOf('callEvents', fleet.nodeId),
    JSON.stringify({
      events: events.map((each) => ({ eventId: newId(), callId, meetingId, atMs: Date.now(), ...each })),
    }),
    { qos: 1 },
  );
const joined = (peerId: string) => ({
  name: 'participant-joined',
  peerId,
  peerKind: 'person',
  displayName: 'Somebody',
  participantCount: 1,
});
const left = (peerId: string) => ({ name: 'participant-left', peerId, participantCount: 1 });
const role = (peerId: string, name: string, who: Person) => ({
  name: 'role-changed',
  peerId,
  person: `account:${who.accountId}`,
  role: name,
  byPeerId: null,
});
const listOf = (who: Person): EventsUnderTest => {
  const url = new URL(`/api/v1/meetings/${meetingId}/waiting`, fleet.ready.fleetUrl).href;
  const stream = new EventsUnderTest(url, { cookie: who.cookie });
  streams.push(stream);
  return stream;
};
const namesIn = (stream: EventsUnderTest): string[] | undefined =>
  stream.last('waiting')?.waiting.map(({ displayName }: Json) => displayName);
const decide = (who: Person, decision: object) =>
  fleet.api('POST', `/api/v1/meetings/${meetingId}/waiting-decisions`, decision, who.cookie);
const byTicket = async (ticket: string): Promise<Json> =>
  (await fleet.api('POST', '/api/v1/waiting/entries', {}, undefined, { authorization: `Bearer ${ticket}` })).body;

test('the host comes in as host, a member as member, with their rights and documents', async () => {
  const [host, member] = [await enter(mina!), await enter(joon!)];
  expect(host).toMatchObject({
    kind: 'admitted',
    displayName: 'Mina Kim',
    hostName: 'Mina Kim',
    meetingTitle: 'Plans',
  });
  expect(claimsOf(host.grant)).toMatchObject({
    role: 'host',
    isGuest: false,
    person: `account:${mina!.accountId}`,
    rights: ['end', 'mute', 'remove', 'order', 'admit', 'roles'],
  });
  expect(claimsOf(member.grant)).toMatchObject({ role: 'member', rights: [], isGuest: false });
  expect(claimsOf(member.grant).seat).toBeUndefined();
  expect(member.grant.documents).toMatchObject({ meetingId, documents: expect.arrayContaining(['present', 'view']) });
});

test('the host who turned admission on, locked the meeting and lost the line comes back without asking', async () => {
  const { grant } = await enter(mina!);
  await happened(grant.callId, { name: 'call-opened' }, joined(grant.peerId));
  await fleet.setPolicy(meetingId, { admission: 'all-wait', joinBeforeHost: false, guestsAllowed: false });
  const order = { isLocked: true, staysMuted: true, sharedBy: 'presenters' };
  await happened(grant.callId, { name: 'order-changed', order, byPeerId: grant.peerId }, left(grant.peerId));
  await expect.poll(async () => (await enter(joon!)).kind).toBe('knock');
  expect(await enter(mina!)).toMatchObject({ kind: 'admitted' });
});

test('a member who was in comes back without asking; one who was not asks, and the host sees who', async () => {
  const host = (await enter(mina!)).grant;
  const member = (await enter(joon!)).grant;
  await happened(host.callId, { name: 'call-opened' }, joined(host.peerId), joined(member.peerId), left(member.peerId));
  await fleet.setPolicy(meetingId, { admission: 'all-wait' });
  await expect.poll(async () => (await enter(joon!)).kind).toBe('admitted');
  meetingId = await make({ admission: 'all-wait' });
  expect(await enter(joon!)).toMatchObject({ kind: 'knock', displayName: 'Joon Park' });
  const waiting = await enter(joon!, { knock: true });
  expect(waiting).toMatchObject({ kind: 'waiting', state: 'no-host' });
  const list = listOf(mina!);
  await expect.poll(() => namesIn(list)).toEqual(['Joon Park']);
  expect(list.last('waiting').waiting[0].isKnown).toBe(true);
  expect((await decide(mina!, { name: 'admit-all' })).status).toBe(200);
  const entered = await byTicket(waiting.ticket);
  expect(claimsOf(entered.grant)).toMatchObject({ role: 'member', isLetIn: true, displayName: 'Joon Park' });
});

test('who is signed out everywhere comes in by no ticket any more: a thief may have it', async () => {
  const stolen = await person('Stolen');
  meetingId = await make({ admission: 'all-enter', joinBeforeHost: false });
  const { ticket } = await enter(stolen, { knock: true });
  expect((await decide(mina!, { name: 'admit-all' })).status).toBe(200);
  expect(await byTicket(ticket)).toMatchObject({ kind: 'admitted' });
  const path = `/api/v1/accounts/${stolen.accountId}/sessions`;
  expect((await fleet.api('DELETE', path, undefined, fleet.admin.cookie)).status).toBe(200);
  expect((await byTicket(ticket)).error?.code).toBe('token-invalid');
});

test('a person who signs out, or whose session is ended, comes in by no ticket of before; the place in the call stays', async () => {
  const leaves = await person('Leaves');
  meetingId = await make({ admission: 'all-enter', joinBeforeHost: false });
  const { ticket } = await enter(leaves, { knock: true });
  expect((await decide(mina!, { name: 'admit-all' })).status).toBe(200);
  expect(await byTicket(ticket)).toMatchObject({ kind: 'admitted' });
  commands.length = 0;
  expect((await fleet.api('DELETE', '/api/v1/sessions/current', undefined, leaves.cookie)).status).toBe(200);
  expect((await byTicket(ticket)).error?.code).toBe('token-invalid');
  expect(commands).toEqual([]);

  const ended = await person('Ended');
  const own = await enter(ended, { knock: true });
  const path = `/api/v1/accounts/${ended.accountId}/sessions`;
  const [session] = (await fleet.api('GET', path, undefined, fleet.admin.cookie)).body.sessions;
  expect((await fleet.api('DELETE', `${path}/${session.sessionId}`, undefined, fleet.admin.cookie)).status).toBe(200);
  expect((await byTicket(own.ticket)).error?.code).toBe('token-invalid');
});

test('nor who has changed the password; the session that did it comes in as before', async () => {
  const [careful, fresh] = [await person('Careful'), randomUUID()];
  meetingId = await make({ admission: 'all-enter', joinBeforeHost: false });
  const { ticket } = await enter(careful, { knock: true });
  expect((await decide(mina!, { name: 'admit-all' })).status).toBe(200);
  const passwords = { currentPassword: careful.password, newPassword: fresh };
  const path = '/api/v1/accounts/current/password';
  expect((await fleet.api('PUT', path, passwords, careful.cookie)).status).toBe(200);
  expect((await byTicket(ticket)).error?.code).toBe('token-invalid');
  expect(await enter(careful)).toMatchObject({ kind: 'admitted' });
});

test('the successor of a host who left sees who already waits, and decides; a plain member does neither', async () => {
  const host = (await enter(mina!)).grant;
  const member = (await enter(joon!)).grant;
  await happened(host.callId, { name: 'call-opened' }, joined(host.peerId), joined(member.peerId));
  const invite = await fleet.api(
    'POST',
    `/api/v1/meetings/${meetingId}/invites`,
    { displayName: null, expiresInMinutes: 60 },
    mina!.cookie,
  );
  const knock = { displayName: 'Waits since before', organisation: null };
  const { ticket } = (
    await fleet.api('POST', '/api/v1/guest-entries', { invite: invite.body.joinUrl.split('#')[1], knock })
  ).body;
  expect(await listOf(joon!).status).toBe(403);
  expect((await decide(joon!, { name: 'admit-all' })).status).toBe(403);
  await happened(host.callId, left(host.peerId), role(member.peerId, 'host', joon!));
  await expect.poll(async () => listOf(joon!).status).toBe(200);
  const list = listOf(joon!);
  await expect.poll(() => namesIn(list)).toEqual(['Waits since before']);
  // who stands in for a host does not own the meeting
  expect((await fleet.api('DELETE', `/api/v1/meetings/${meetingId}`, undefined, joon!.cookie)).status).toBe(403);
  expect((await decide(joon!, { name: 'admit-all' })).status).toBe(200);
  expect((await byTicket(ticket)).kind).toBe('admitted');
  // the host is back, and the role with it: the stream of the former one ends
  await happened(host.callId, role(member.peerId, 'member', joon!));
  await expect.poll(() => list.last('refused')?.error.code).toBe('forbidden');
});

test('an account that is none of its people learns nothing of a person’s meeting, and asks at a room', async () => {
  const unknown = await enter(sora!, {}, newId());
  expect(unknown).toEqual(await enter(sora!));
  expect(unknown.error.code).toBe('not-found');
  const room = await fleet.enrolRoom('Halla', {});
  expect(await enter(sora!, {}, room.meetingId)).toMatchObject({ kind: 'knock', hostName: 'Halla' });
  await fleet.setPolicy(room.meetingId, { admission: 'all-enter' });
  const entered = await enter(sora!, {}, room.meetingId);
  expect(claimsOf(entered.grant)).toMatchObject({ role: 'member', isGuest: false, rights: [] });
});

test('a member who is removed leaves with every device, stays out of that call alone, and is welcome in the next', async () => {
  const [laptop, phone] = [(await enter(joon!)).grant, (await enter(joon!)).grant];
  const other = (await enter(mina!)).grant;
  const { callId } = laptop;
  await happened(
    callId,
    { name: 'call-opened' },
    ...[laptop, phone, other].map(({ peerId }) => joined(peerId)),
    { name: 'participant-removed', peerId: laptop.peerId, byPeerId: other.peerId },
    left(laptop.peerId),
  );
  await expect.poll(() => commands).toContainEqual({ name: 'remove-participant', callId, peerId: phone.peerId });
  expect(commands).not.toContainEqual({ name: 'remove-participant', callId, peerId: other.peerId });
  await expect.poll(async () => (await enter(joon!)).error?.code).toBe('removed-from-call');
  await happened(callId, { name: 'call-ended', reason: 'ended-by-participant' });
  await expect.poll(async () => (await enter(joon!)).kind).toBe('admitted');
});

test('documents of a member are void once that member is removed', async () => {
  const { grant } = await enter(joon!);
  const list = () =>
    fleet.api('GET', '/api/v1/documents', undefined, undefined, { authorization: `Bearer ${grant.documents.token}` });
  expect((await list()).status).toBe(200);
  await happened(grant.callId, { name: 'call-opened' }, joined(grant.peerId), {
    name: 'participant-removed',
    peerId: grant.peerId,
    byPeerId: newId(),
  });
  await expect.poll(async () => (await list()).body.error?.code).toBe('token-invalid');
});

test('a cancelled meeting is over for who waits and who was let in', async () => {
  await fleet.setPolicy(meetingId, { admission: 'all-wait' });
  const { ticket } = await enter(joon!, { knock: true });
  const stream = new EventsUnderTest(new URL('/api/v1/waiting/changes', fleet.ready.fleetUrl).href, {
    authorization: `Bearer ${ticket}`,
  });
  streams.push(stream);
  await expect.poll(() => stream.last('ticket')?.state).toBe('no-host');
  expect((await fleet.api('DELETE', `/api/v1/meetings/${meetingId}`, undefined, mina!.cookie)).status).toBe(200);
  await expect.poll(() => stream.last('ticket')?.state).toBe('over');
  expect((await byTicket(ticket)).error.code).toBe('call-ended');
  expect((await enter(joon!)).error.code).toBe('not-found');
});

const draft = (role: string, more: object = {}) => ({
  title: 'Plans',
  startsAtMs: null,
  durationMinutes: 30,
  people: [{ accountId: joon!.accountId, role }],
  roomIds: [],
  ...more,
});
const change = async (role: string): Promise<void> => {
  const { sequence } = (await fleet.api('GET', `/api/v1/meetings/${meetingId}`, undefined, mina!.cookie)).body.meeting;
  const answer = await fleet.api('PUT', `/api/v1/meetings/${meetingId}`, draft(role, { sequence }), mina!.cookie);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
};
const invites = async (): Promise<number> =>
  (await fleet.api('GET', `/api/v1/meetings/${meetingId}/invites`, undefined, joon!.cookie)).status;

test('a co-host who is removed from the call has nothing of a host until it is over', async () => {
  await change('co-host');
  const [host, deputy] = [(await enter(mina!)).grant, (await enter(joon!)).grant];
  await happened(host.callId, { name: 'call-opened' }, joined(host.peerId), joined(deputy.peerId));
  await expect.poll(async () => (await decide(joon!, { name: 'admit-all' })).status).toBe(200);
  await happened(
    host.callId,
    { name: 'participant-removed', peerId: deputy.peerId, byPeerId: host.peerId },
    left(deputy.peerId),
  );
  await expect.poll(async () => (await decide(joon!, { name: 'admit-all' })).status).toBe(403);
  expect(await invites()).toBe(403);
  await happened(host.callId, { name: 'call-ended', reason: 'ended-by-participant' });
  await expect.poll(invites).toBe(200);
});

test('a co-host who is demoted on the staff page decides no more, though in the call', async () => {
  await change('co-host');
  const [host, deputy] = [(await enter(mina!)).grant, (await enter(joon!)).grant];
  await happened(host.callId, { name: 'call-opened' }, joined(host.peerId), joined(deputy.peerId));
  await expect.poll(async () => (await decide(joon!, { name: 'admit-all' })).status).toBe(200);
  await change('member');
  expect((await decide(joon!, { name: 'admit-all' })).status).toBe(403);
});
