/** Who gets in by an invite, at the real fleet server: while it is being revoked, after a removal, and as whom a browser comes again. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { InviteSeat } from '#contract/grants.ts';
import { topicOf } from '#contract/topics.ts';
import { FleetUnderTest, type Json } from '../fleet-under-test.ts';
import { newId } from '../store/index.ts';

let fleet: FleetUnderTest;
let meetingId: string;
let roomId: string;
let names = 0;
const commands: Json[] = [];

beforeAll(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
  fleet.node.on('message', (topic, payload) => {
    if (topic.endsWith('command')) commands.push(JSON.parse(payload.toString()));
  });
  await fleet.node.subscribeAsync(topicOf('nodeCommand', fleet.nodeId), { qos: 1 });
});
beforeEach(async () => {
  names += 1;
  ({ meetingId, roomId } = await fleet.enrolRoom(`Room ${names}`));
});
afterAll(() => fleet.stop());

const admin = (method: string, path: string, body?: object) => fleet.api(method, path, body, fleet.admin.cookie);
async function makeInvite(more: object = {}): Promise<{ inviteId: string; token: string; invite: Json }> {
  const body = { displayName: null, expiresInMinutes: 60, ...more };
  const answer = await admin('POST', `/api/v1/meetings/${meetingId}/invites`, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  const { invite, joinUrl } = answer.body;
  return { inviteId: invite.inviteId, token: joinUrl.split('#')[1], invite };
}
const listed = async (inviteId: string): Promise<Json> =>
  (await admin('GET', `/api/v1/meetings/${meetingId}/invites`)).body.invites.find(
    (each: Json) => each.inviteId === inviteId,
  );
const revoke = (inviteId: string) => admin('DELETE', `/api/v1/meetings/${meetingId}/invites/${inviteId}`);
const enter = async (invite: string, more: object = {}) =>
  (await fleet.api('POST', '/api/v1/guest-entries', { invite, ...more })).body;
const seatOf = ({ grant }: Json): InviteSeat => JSON.parse(atob(grant.joinToken.split('.')[1])).seat;
const happened = (callId: string, ...events: object[]) =>
  fleet.node.publishAsync(
    topicOf('callEvents', fleet.nodeId),
    JSON.stringify({
      events: events.map((each) => ({ eventId: newId(), callId, meetingId, atMs: Date.now(), ...each })),
    }),
    { qos: 1 },
  );
const removed = (peerId: string) => ({ name: 'participant-removed', peerId, byPeerId: newId() });

test('a named invite has one seat and one holder; a link has fifty, or as many as its maker says', async () => {
  const named = await makeInvite({ displayName: 'Mina', seats: 9 });
  const link = await makeInvite();
  const small = await makeInvite({ seats: 3 });
  expect([named, link, small].map(({ invite }) => invite.seats)).toEqual([1, 50, 3]);
  const [one, two] = [await enter(named.token), await enter(named.token)];
  expect(seatOf(one)).toEqual({ inviteId: named.inviteId, seats: 1, holder: seatOf(two).holder });
  const [a, again, b] = [
    await enter(link.token, { entryId: 'a'.repeat(16) }),
    await enter(link.token, { entryId: 'a'.repeat(16) }),
    await enter(link.token, { entryId: 'b'.repeat(16) }),
  ];
  expect(seatOf(again).holder).toBe(seatOf(a).holder);
  expect(seatOf(b).holder).not.toBe(seatOf(a).holder);
  // the browser's secret itself goes nowhere
  expect(JSON.stringify(seatOf(a))).not.toContain('aaaaaaaaaaaaaaaa');
  const strangers = [await enter(link.token), await enter(link.token)];
  expect(new Set(strangers.map((each) => seatOf(each).holder)).size).toBe(2);
  expect((await enter(link.token, { entryId: 'short' })).error.code).toBe('bad-message');
});

test('an invite names when somebody last came in by it; a grant that nobody used is no use', async () => {
  const { inviteId, token, invite } = await makeInvite({ displayName: 'Mina' });
  expect(invite.usedAtMs).toBeNull();
  const { grant } = await enter(token);
  expect((await listed(inviteId)).usedAtMs).toBeNull();
  const joined = { name: 'participant-joined', peerKind: 'person', displayName: 'Mina', participantCount: 1 };
  await happened(grant.callId, { name: 'call-opened' }, { ...joined, peerId: grant.peerId });
  await expect.poll(async () => (await listed(inviteId)).usedAtMs).toBeGreaterThan(Date.now() - 60_000);
});

test('an entry that is under way when its invite is revoked does not get in', async () => {
  const first = await enter((await makeInvite()).token);
  const { callId } = first.grant;
  await happened(callId, { name: 'call-opened' });
  let [leftInside, refused, removedAgain] = [0, 0, 0];
  for (let run = 0; run < 6; run += 1) {
    const { inviteId, token } = await makeInvite();
    // a guest's report of an ended call keeps the entry waiting for a second
    const entering = enter(token, { endedCallId: callId });
    await new Promise((resolve) => setTimeout(resolve, 150 * run));
    expect((await revoke(inviteId)).status).toBe(200);
    const answer = await entering;
    if (answer.error) {
      expect(answer.error.code).toBe('invite-invalid');
      refused += 1;
      continue;
    }
    const { peerId } = answer.grant;
    await new Promise((resolve) => setTimeout(resolve, 200));
    if (commands.some((command) => command.name === 'remove-participant' && command.peerId === peerId))
      removedAgain += 1;
    else leftInside += 1;
  }
  expect({ leftInside, all: refused + removedAgain }).toEqual({ leftInside: 0, all: 6 });
  expect(refused).toBeGreaterThan(0);
}, 20_000);

test('who is removed does not return by a named invite, though the node is asked by nobody', async () => {
  const { inviteId, token } = await makeInvite({ displayName: 'Mina' });
  const { grant } = await enter(token);
  await happened(grant.callId, { name: 'call-opened' }, removed(grant.peerId));
  await expect.poll(async () => (await enter(token)).error?.code).toBe('removed-from-call');
  expect((await listed(inviteId)).closedAtMs).toBeGreaterThan(0);
  expect((await listed(inviteId)).revokedAtMs).toBeNull();
});

test('a removal closes a link for new entries; those who came by it return, and other links are open', async () => {
  const link = await makeInvite();
  const other = await makeInvite();
  const browser = (letter: string) => ({ entryId: letter.repeat(20) });
  const { grant } = await enter(link.token, browser('r'));
  const { peerId } = (await enter(link.token, browser('k'))).grant;
  // a grant that was fetched and never used makes nobody someone who was here
  await enter(link.token, browser('f'));
  await happened(
    grant.callId,
    { name: 'call-opened' },
    { ...joined(), peerId, participantCount: 2 },
    removed(grant.peerId),
  );
  await expect.poll(async () => (await enter(link.token, browser('n'))).error?.code).toBe('invite-closed');
  expect((await enter(link.token)).error.code).toBe('invite-closed');
  expect((await enter(link.token, browser('f'))).error.code).toBe('invite-closed');
  expect((await enter(link.token, browser('r'))).error.code).toBe('removed-from-call');
  expect((await enter(link.token, browser('k'))).grant.callId).toBe(grant.callId);
  expect((await enter(other.token)).grant.callId).toBe(grant.callId);
  // it holds in the meeting's next call too, and when the event comes twice
  await happened(grant.callId, removed(grant.peerId), { name: 'call-ended', reason: 'empty' });
  await expect.poll(async () => (await enter(other.token)).grant.callId).not.toBe(grant.callId);
  expect((await enter(link.token, browser('r'))).error.code).toBe('removed-from-call');
});

test('what a node could not be told while it was away it is told when it is back', async () => {
  const { inviteId, token } = await makeInvite();
  const { grant } = await enter(token);
  await happened(grant.callId, { name: 'call-opened' });
  await fleet.register({ online: false });
  await revoke(inviteId);
  const isRemoval = (command: Json): boolean =>
    command.name === 'remove-participant' && command.peerId === grant.peerId;
  await expect.poll(() => commands.filter(isRemoval).length).toBe(1);
  await fleet.register({ callIds: [grant.callId] });
  await expect.poll(() => commands.filter(isRemoval).length).toBe(2);
});

test('while a node is silent its call waits: a guest is told so, IT sees it and gives it up, and only once', async () => {
  const { token } = await makeInvite();
  const { grant } = await enter(token);
  await happened(grant.callId, { name: 'call-opened' }, { ...joined(), participantCount: 2 });
  const room = () => fleet.roomOf(roomId);
  const giveUp = async () => admin('DELETE', `/api/v1/rooms/${roomId}/unreachable-calls`);
  await expect.poll(async () => (await enter(token)).grant.callId).toBe(grant.callId);
  expect((await giveUp()).body.error.code).toBe('not-possible-now');
  await fleet.register({ online: false });
  await expect.poll(room).toMatchObject({ unreachableCall: { participantCount: 2 } });
  expect((await enter(token)).error.code).toBe('call-unreachable');
  expect((await giveUp()).body).toEqual({ givenUpCount: 1 });
  expect((await giveUp()).body.error.code).toBe('not-possible-now');
  expect((await room()).unreachableCall).toBeNull();
  await fleet.register();
  const next = (await enter(token)).grant.callId;
  expect(next).not.toBe(grant.callId);
  // the old one is back with people in it: those who have only prepared the next are moved
  await fleet.register({ callIds: [grant.callId], participantCounts: { [grant.callId]: 2 } });
  await expect.poll(() => commands).toContainEqual({ name: 'move-call', callId: next });
  expect((await enter(token)).grant.callId).toBe(grant.callId);
  await fleet.register();
}, 20_000);
const joined = () => ({ name: 'participant-joined', peerId: newId(), peerKind: 'person', displayName: 'Guest' });
