/** Seats of invites at a real node: who is let in, whom a newer entry replaces, and that rooms always get in. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import type { RawClient, Refused } from './testing/raw-client.ts';
import { startTestNode, type TestNode } from './testing/test-node.ts';

let it: TestNode;
beforeAll(async () => {
  it = await startTestNode({ settings: { maxPeers: 12, roomPlaces: 20, preparedPerNetwork: 5 } });
});
afterAll(() => it.stop());

const hall = {
  peerKind: 'room' as const,
  displayName: 'Hall',
};
const by = (inviteId: string, holder: string, seats = 1) => ({ seat: { inviteId, holder, seats } });
const refusalOf = (entering: Promise<RawClient>) =>
  entering.then(
    () => null,
    (error: Refused) => error.code,
  );
const namesOf = (client: RawClient): string[] =>
  [...it.node.registry.calls.get(client.hello!.callId)!.joined].map(({ displayName }) => displayName).sort();

test('a named invite’s newer entry replaces the older one as it joins, not before', async () => {
  const callId = uuidv7();
  const tv = await it.join({ callId, ...hall });
  const seat = by(uuidv7(), 'mina');
  const laptop = await it.join({ callId, ...seat }, 'Mina');
  const phone = await it.prepare({ callId, ...seat });
  expect(namesOf(tv)).toEqual(['Hall', 'Mina']);
  expect(laptop.closeCode).toBeNull();
  const { participants } = await phone.join('Mina');
  expect(await laptop.closed()).toBe(4437);
  expect(participants.filter(({ displayName }) => displayName === 'Mina')).toHaveLength(1);
  expect(namesOf(tv)).toEqual(['Hall', 'Mina']);
  // the older page comes back to its place: it is told where that went, and does not take it again by itself
  const back = await it.open();
  await expect(back.resume(laptop.hello!)).rejects.toMatchObject({ code: 'joined-elsewhere' });
  await tv.request('end-call', {});
});

test('a dropped place of the same person is replaced at once, and one that is prepared is counted once', async () => {
  const callId = uuidv7();
  const tv = await it.join({ callId, ...hall });
  const seat = by(uuidv7(), 'mina');
  const page = await it.join({ callId, ...seat }, 'Mina');
  page.socket.terminate();
  await tv.told('participant-changed', ({ participant }) => participant.connection === 'away');
  const first = await it.prepare({ callId, ...seat });
  const second = await it.prepare({ callId, ...seat });
  expect(await first.closed()).toBe(4437);
  await second.join('Mina');
  expect(namesOf(tv)).toEqual(['Hall', 'Mina']);
  await tv.request('end-call', {});
});

test('a link has so many seats and no more; who has dropped gives his up', async () => {
  const callId = uuidv7();
  const inviteId = uuidv7();
  const tv = await it.join({ callId, ...hall });
  const guests = [];
  for (const holder of ['a', 'b', 'c']) guests.push(await it.join({ callId, ...by(inviteId, holder, 3) }, holder));
  expect(await refusalOf(it.prepare({ callId, ...by(inviteId, 'd', 3) }))).toBe('seats-taken');
  expect(await refusalOf(it.prepare({ callId, ...by(uuidv7(), 'other', 1) }))).toBeNull();
  guests[1]!.socket.terminate();
  await tv.told('participant-changed', ({ participant }) => participant.connection === 'away');
  await it.join({ callId, ...by(inviteId, 'd', 3) }, 'd');
  expect(namesOf(tv)).toEqual(['Hall', 'a', 'c', 'd']);
  await tv.request('end-call', {});
});

test('guests fill a node but for the places of rooms, and from one network only so many wait', async () => {
  const callId = uuidv7();
  const inviteId = uuidv7();
  const enter = (n: number) => it.prepare({ callId, ...by(inviteId, `guest ${n}`, 300) });
  const waiting = [];
  for (let n = 0; n < 5; n += 1) waiting.push(await enter(n));
  expect(await refusalOf(enter(5))).toBe('too-many-attempts');
  for (const client of waiting) await client.join('Guest');
  for (let n = 5; n < 10; n += 1) await (await enter(n)).join('Guest');
  expect(await refusalOf(enter(10))).toBe('call-full');
  // thirty refusals of a signed token are nobody's guesses: the room in the same network still comes in
  for (let n = 0; n < 35; n += 1) expect(await refusalOf(enter(10))).toBe('call-full');
  const tv = await it.join({ callId, ...hall });
  await tv.request('end-call', {});
});

test('who is removed does not come back by the same invite, nobody new does, and the others stay', async () => {
  const callId = uuidv7();
  const inviteId = uuidv7();
  const meetingId = uuidv7();
  const tv = await it.join({ callId, meetingId, ...hall });
  const seat = (holder: string) => ({ callId, meetingId, ...by(inviteId, holder, 10) });
  const rude = await it.join(seat('rude'), 'Rude');
  const kind = await it.join(seat('kind'), 'Kind');
  const late = await it.prepare(seat('late'));
  const { peerId } = rude.hello!;
  await tv.request('remove-participant', { peerId });
  expect(await rude.closed()).toBe(4422);
  expect(await refusalOf(it.prepare(seat('rude')))).toBe('removed-from-call');
  expect(await refusalOf(it.prepare(seat('new')))).toBe('invite-closed');
  await expect(late.join('Late')).rejects.toMatchObject({ code: 'invite-closed' });
  // whoever was in comes again, e.g. after a reload
  await kind.request('leave-call', {});
  await it.join(seat('kind'), 'Kind');
  expect(namesOf(tv)).toEqual(['Hall', 'Kind']);
  await tv.request('end-call', {});
});

test('a room that is removed takes no guest’s invite with it', async () => {
  const callId = uuidv7();
  const inviteId = uuidv7();
  const tv = await it.join({ callId, ...hall });
  const visitor = await it.join({ callId, ...hall, displayName: 'Visitors' });
  await tv.request('remove-participant', { peerId: visitor.hello!.peerId });
  expect(await visitor.closed()).toBe(4422);
  expect(await refusalOf(it.join({ callId, ...by(inviteId, 'a', 3) }, 'A'))).toBeNull();
  await tv.request('end-call', {});
});

test('a call that is moved closes its peers so that they ask for the next one', async () => {
  const callId = uuidv7();
  const tv = await it.join({ callId, ...hall });
  const guest = await it.prepare({ callId });
  it.node.registry.perform({ name: 'move-call', callId });
  expect([await tv.closed(), await guest.closed()]).toEqual([4438, 4438]);
  expect(tv.notifications.map(({ event }) => event)).not.toContain('call-ended');
  expect(await refusalOf(it.prepare({ callId }))).toBe('call-moved');
  const back = await it.open();
  await expect(back.resume(tv.hello!)).rejects.toMatchObject({ code: 'call-moved' });
});
