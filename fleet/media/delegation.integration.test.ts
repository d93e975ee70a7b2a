/** Calls that a room begins by a delegation, on a real node: one meeting stays one call, whoever signed. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import type { DelegationClaims, JoinTokenClaims } from '#contract/grants.ts';
import type { RawClient } from './testing/raw-client.ts';
import { startTestNode, type TestNode, TestRoom } from './testing/test-node.ts';

let testNode: TestNode;
let room: TestRoom;
let meetingId: string;
const clients: RawClient[] = [];

beforeAll(async () => {
  testNode = await startTestNode({ settings: { emptyCallMs: 200 } });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.socket.close();
  for (const call of [...testNode.node.registry.calls.values()]) call.end('ended-by-fleet');
});
afterAll(() => testNode?.stop());

function newRoom(): void {
  [room, meetingId] = [new TestRoom(), uuidv7()];
}
async function open(): Promise<RawClient> {
  const client = await testNode.open();
  clients.push(client);
  return client;
}
async function roomJoins(claims: Partial<JoinTokenClaims> = {}, delegated: Partial<DelegationClaims> = {}) {
  const delegation = await testNode.fleet.delegation(room, { meetingId, ...delegated });
  const client = await open();
  await client.enter(await room.token(delegation, { aud: testNode.fleet.nodeId, meetingId, ...claims }));
  return { client, call: await client.join('Room A') };
}
async function guestJoins(claims: Partial<JoinTokenClaims>) {
  const client = await open();
  await client.enter(await testNode.fleet.token({ meetingId, ...claims }));
  return { client, call: await client.join('Mina') };
}

test('a room begins its call by itself, under the names of its delegation, with its rights', async () => {
  newRoom();
  const callId = uuidv7();
  const { client, call } = await roomJoins({ callId });
  expect(client.hello).toMatchObject({
    callId,
    peerKind: 'room',
    meetingTitle: 'Standing',
    rights: ['end', 'mute', 'remove'],
  });
  expect(call).toMatchObject({ callId, meetingTitle: 'Standing' });
  expect(call.participants).toMatchObject([{ displayName: 'Room A', peerKind: 'room' }]);
  await client.request('end-call', {});
});

test('where the meeting has a call on this node, the room enters that one and is told its id', async () => {
  newRoom();
  const callId = uuidv7();
  await guestJoins({ callId });
  const { client, call } = await roomJoins();
  expect([client.hello?.callId, call.callId]).toEqual([callId, callId]);
  expect(call.participants).toHaveLength(2);
});

test('a guest whom the fleet had sent to another call of the meeting comes into the one that the room began', async () => {
  newRoom();
  const { call } = await roomJoins();
  const guest = await guestJoins({ callId: uuidv7() });
  expect(guest.call.callId).toBe(call.callId);
  expect(guest.client.hello?.callId).toBe(call.callId);
  expect(testNode.node.registry.openCallIds).toEqual([call.callId]);
});

test('calls that the fleet itself holds apart stay apart', async () => {
  newRoom();
  const [one, two] = [await guestJoins({ callId: uuidv7() }), await guestJoins({ callId: uuidv7() })];
  expect(one.call.callId).not.toBe(two.call.callId);
});

test('a room takes nobody’s place by naming its peer', async () => {
  newRoom();
  const guest = await guestJoins({ callId: uuidv7() });
  await expect(roomJoins({ sub: guest.client.hello!.peerId })).rejects.toMatchObject({ code: 'token-invalid' });
  await expect(guest.client.request('ping', {})).resolves.toEqual({});
  expect(guest.client.closeCode).toBeNull();
});

test('a call that is over is not entered again by its id, and the meeting’s next is another', async () => {
  newRoom();
  const { client, call } = await roomJoins();
  await client.request('end-call', {});
  await expect(roomJoins({ callId: call.callId })).rejects.toMatchObject({ code: 'call-ended' });
  expect((await roomJoins()).call.callId).not.toBe(call.callId);
  await expect(roomJoins({ callId: call.callId })).rejects.toMatchObject({ code: 'call-ended' });
});

async function roomJoinsByFleet(callId = uuidv7()) {
  const { client } = await guestJoins({ callId, peerKind: 'room', roomId: room.roomId, displayName: 'Room A' });
  return { client };
}

test('a room that is renamed is called so by all who are with it, whoever signed its token', async () => {
  newRoom();
  const { client, call } = await roomJoins();
  const guest = await guestJoins({ callId: call.callId, displayName: 'Mina' });
  const byFleet = await roomJoinsByFleet(call.callId);
  testNode.node.registry.perform({ name: 'rename-room', roomId: room.roomId, roomName: '한라' });
  const changed = () =>
    guest.client.notifications.flatMap((told) => (told.event === 'participant-changed' ? [told.data.participant] : []));
  for (const peerId of [client.hello!.peerId, byFleet.client.hello!.peerId])
    await expect.poll(changed).toContainEqual(expect.objectContaining({ peerId, displayName: '한라' }));
  expect(changed().filter(({ displayName }) => displayName !== '한라')).toEqual([]);
  await client.request('end-call', {});
});

/** With a screen to show, by a token of the fleet. */
async function laptopJoins(callId = uuidv7()) {
  const claims = { publishes: ['screen'], receives: [], rights: [], documents: [] } as const;
  return guestJoins({ callId, peerKind: 'person', roomId: room.roomId, displayName: 'Laptop', ...claims } as never);
}

test('a laptop in a room that is renamed keeps its own name', async () => {
  newRoom();
  const { client, call } = await roomJoins();
  const laptop = await laptopJoins(call.callId);
  testNode.node.registry.perform({ name: 'rename-room', roomId: room.roomId, roomName: '한라' });
  const renamed = () =>
    laptop.client.notifications.flatMap((told) =>
      told.event === 'participant-changed' && told.data.participant.displayName === '한라'
        ? [told.data.participant.peerId]
        : [],
    );
  await expect.poll(renamed).toContain(client.hello!.peerId);
  await laptop.client.request('ping', {});
  expect(renamed()).toEqual([client.hello!.peerId]);
  await client.request('end-call', {});
});

test.each([
  ['a delegation', () => roomJoins()],
  ['a token of the fleet', () => roomJoinsByFleet()],
  ['a laptop in it', () => laptopJoins()],
])('a room whose kiosk is revoked goes, having come in by %s; the others stay', async (_by, joins) => {
  newRoom();
  const { client } = await joins();
  const guest = await guestJoins({ callId: client.hello!.callId });
  testNode.node.registry.removeRevoked(({ roomId }) => roomId === room.roomId);
  await guest.client.told('participant-left');
  await expect.poll(() => client.closeCode).toBe(4422);
  expect(guest.client.closeCode).toBeNull();
});
