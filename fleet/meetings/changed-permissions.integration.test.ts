/** What a node is sent when a meeting's policy changes while people are in its call, at the real fleet server. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { DEFAULT_DOCUMENT_POLICY, type DocumentPolicy } from '#contract/document-policy.ts';
import { NodeCommand } from '#contract/node-link.ts';
import { topicOf } from '#contract/topics.ts';
import { type EnrolledRoom, FleetUnderTest, type Json } from '../fleet-under-test.ts';
import { RoomUnderTest } from '../room-under-test.ts';
import { newId } from '../store/index.ts';

let fleet: FleetUnderTest;
let enrolled: EnrolledRoom;
let meetingId: string;
let invite: string;
let names = 0;
const commands: NodeCommand[] = [];

beforeAll(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
  fleet.node.on('message', (topic, payload) => {
    // what a node could not read would be lost there
    if (topic.endsWith('command')) commands.push(NodeCommand.parse(JSON.parse(payload.toString())));
  });
  await fleet.node.subscribeAsync(topicOf('nodeCommand', fleet.nodeId), { qos: 1 });
});
beforeEach(async () => {
  names += 1;
  enrolled = await fleet.enrolRoom(`Room ${names}`);
  ({ meetingId } = enrolled);
  const body = { displayName: null, expiresInMinutes: 60 };
  invite = (await admin('POST', `/api/v1/meetings/${meetingId}/invites`, body)).body.joinUrl.split('#')[1];
  commands.length = 0;
});
afterAll(() => fleet.stop());

const admin = (method: string, path: string, body?: object) => fleet.api(method, path, body, fleet.admin.cookie);
const guest = async (): Promise<Json> => (await fleet.api('POST', '/api/v1/guest-entries', { invite })).body.grant;
const setPolicy = async (policy: Partial<DocumentPolicy>): Promise<void> => {
  const body = { ...DEFAULT_DOCUMENT_POLICY, ...policy };
  expect((await admin('PUT', `/api/v1/meetings/${meetingId}/document-policy`, body)).status).toBe(200);
};
const sent = () => commands.filter((command) => command.name === 'set-permissions');
const documentsFor = (id: string) =>
  sent().findLast(({ peerIds, roomIds }) => [...peerIds, ...roomIds].includes(id))?.permissions.documents;
const claimsOf = (token: string): Json => JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString());

test('each guest with a grant and the room get what they may do now, as a new grant would have it', async () => {
  const [one, two] = [await guest(), await guest()];
  expect(claimsOf(one.joinToken).documents).toEqual(['present', 'view', 'view-unmarked']);
  for (const [policy, forGuests, forRooms] of [
    [{ sharedBy: 'room-only' }, ['view', 'view-unmarked'], ['present', 'view', 'view-unmarked']],
    [{ guestsView: false }, [], ['present', 'view', 'view-unmarked']],
    [{ hasWatermark: true }, ['present', 'view'], ['present', 'view']],
  ] as const) {
    await setPolicy(policy);
    await expect.poll(() => documentsFor(two.peerId)).toEqual(forGuests);
    expect(documentsFor(one.peerId)).toEqual(forGuests);
    expect(documentsFor(enrolled.roomId)).toEqual(forRooms);
    const now = claimsOf((await guest()).joinToken);
    const { publishes, receives, rights, documents } = now;
    expect({ publishes, receives, rights, documents }).toEqual(sent().at(-1)!.permissions);
    expect(sent().at(-1)).toMatchObject({ meetingId, roomIds: [] });
  }
});

test('a guest who was removed is not meant, nor one of another meeting; a meeting without a call needs no command', async () => {
  const [stays, gone] = [await guest(), await guest()];
  const event = { callId: stays.callId, meetingId, peerId: gone.peerId, byPeerId: newId() };
  const events = [{ ...event, name: 'participant-removed', eventId: newId(), atMs: Date.now() }];
  await fleet.node.publishAsync(topicOf('callEvents', fleet.nodeId), JSON.stringify({ events }), { qos: 1 });
  await expect
    .poll(async () => {
      await setPolicy({ guestsView: false });
      return sent().at(-1)?.peerIds;
    })
    .toEqual([stays.peerId]);
  commands.length = 0;
  const other = await fleet.enrolRoom(`Other ${names}`);
  meetingId = other.meetingId;
  await setPolicy({ guestsView: false });
  meetingId = enrolled.meetingId;
  await setPolicy({});
  await expect.poll(() => documentsFor(stays.peerId)).toHaveLength(3);
  expect(new Set(sent().map((command) => command.meetingId))).toEqual(new Set([meetingId]));
});

test('a node that was out of reach gets them when it is back', async () => {
  const { callId, peerId } = await guest();
  await fleet.register({ online: false });
  await setPolicy({ guestsView: false });
  commands.length = 0;
  await fleet.register({ callIds: [callId] });
  await expect.poll(() => documentsFor(peerId)).toEqual([]);
  await fleet.register();
});

test('a guest who had no access gets one that is good for all that the policy permits by then', async () => {
  await setPolicy({ guestsView: false });
  expect((await guest()).documents).toBeNull();
  await setPolicy({ sharedBy: 'room-only' });
  const { documents } = await guest();
  const announce = () =>
    fetch(new URL('/api/v1/documents', fleet.ready.fleetUrl), {
      method: 'POST',
      headers: { authorization: `Bearer ${documents.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ fileName: 'a.pdf', sizeBytes: 0 }),
    }).then(async (answer) => (await answer.json()).error.code);
  expect(await announce()).toBe('forbidden');
  await setPolicy({});
  expect(await announce()).toBe('document-empty');
});

test('a room that was let in by an invite is meant as a room', async () => {
  const other = await fleet.enrolRoom(`Other ${names}`);
  const room = new RoomUnderTest(other);
  await room.start(fleet);
  const id = newId();
  const booking = { bookingId: 'b'.repeat(64), title: 'Budget', invite };
  await room.say('request', { name: 'request-grant', id, endedCallId: null, booking }, false);
  await expect.poll(() => room.heard.some(({ message }) => message.id === id)).toBe(true);
  await setPolicy({ guestsView: false });
  await expect.poll(() => documentsFor(other.roomId)).toEqual(['present', 'view', 'view-unmarked']);
  room.stop();
});
