import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import type { RawClient } from './testing/raw-client.ts';
import { settled, startTestNode, type TestNode } from './testing/test-node.ts';

let it: TestNode;
let nothing: Awaited<ReturnType<TestNode['held']>>;
beforeAll(async () => {
  it = await startTestNode({
    settings: { emptyCallMs: 80, preparedTtlMs: 250, pauseUnseenAfterMs: 40, closeUnseenAfterMs: 120 },
  });
  nothing = await it.held();
});
afterAll(() => it.stop());

const hall = { peerKind: 'room' as const, displayName: 'Hall' };
const room = (callId: string): Promise<RawClient> => it.join({ callId, ...hall });
const forwardingTo = (callId: string, client: RawClient) =>
  it.node.registry.calls.get(callId)!.peers.get(client.hello!.peerId)!.forwarding!;
const consumersOf = (callId: string, client: RawClient) => forwardingTo(callId, client).parameters;

describe('joining', () => {
  test('what is there is in the answer, what comes later is told', async () => {
    const callId = uuidv7();
    const tv = await room(callId);
    const [camera, microphone] = [await tv.produce('camera'), await tv.produce('microphone')];
    const guest = await it.prepare({ callId });
    const snapshot = await guest.join('Mina');
    expect(
      snapshot.participants.map(({ displayName, microphone, camera }) => [displayName, microphone, camera]),
    ).toEqual([
      ['Hall', 'on', 'on'],
      ['Mina', 'absent', 'absent'],
    ]);
    expect(snapshot.consumers.map(({ producerId }) => producerId).sort()).toEqual([camera, microphone].sort());
    expect(await tv.told('participant-joined')).toMatchObject({
      participant: { displayName: 'Mina', connection: 'connected' },
    });
    const voice = await guest.produce('microphone');
    expect(await tv.told('consumer-added')).toMatchObject({ producerId: voice, paused: false, source: 'microphone' });
    await guest.request('pause-producer', { producerId: voice });
    await tv.told('consumer-paused');
    await tv.told('participant-changed', ({ participant }) => participant.microphone === 'muted');
    await guest.request('resume-producer', { producerId: voice });
    await tv.told('consumer-resumed');
    await guest.request('close-producer', { producerId: voice });
    await tv.told('consumer-closed');
    await guest.request('close-producer', { producerId: voice });
    await tv.request('end-call', {});
  });

  test("prepared: in nobody's roster, nothing received but the anchor, and gone after its time", async () => {
    const callId = uuidv7();
    const tv = await room(callId);
    await tv.produce('camera');
    const waiting = await it.prepare({ callId });
    expect(waiting.media.anchor).toMatchObject({ rtpParameters: { codecs: [{ mimeType: 'audio/opus' }] } });
    expect(await waiting.told('prepared-expired')).toEqual({});
    expect(await waiting.closed()).toBe(4433);
    expect(tv.notifications.map(({ event }) => event)).not.toContain('participant-joined');
    expect((await it.join({ callId })).hello).not.toBeNull();
    await tv.request('end-call', {});
  });

  test('set up ahead, nothing flows before join, and join sets going what counts by then', async () => {
    const callId = uuidv7();
    const tv = await room(callId);
    const [camera, microphone] = [await tv.produce('camera'), await tv.produce('microphone')];
    const leaver = await it.join({ callId });
    const left = await leaver.produce('camera');
    const guest = await it.prepare({ callId });
    const peer = it.node.registry.calls.get(callId)!.peers.get(guest.hello!.peerId)!;
    const consume = vi.spyOn(peer.media!.recv, 'consume');
    const asked = {
      rtpCapabilities: guest.media.routerRtpCapabilities,
      view: { kind: 'auto', maxTiles: 30, tileHeightPx: 360 } as const,
    };
    const { consumers: ahead } = await guest.request('prepare-call', asked);
    expect(ahead.map(({ producerId }) => producerId).sort()).toEqual([camera, microphone, left].sort());
    expect(ahead.every(({ paused }) => !paused)).toBe(true);
    // said again, and with somebody speaking, it is the same
    expect(await guest.request('prepare-call', asked)).toEqual({ consumers: ahead });
    const made = await Promise.all(consume.mock.results.map(({ value }) => value));
    expect(made.map((consumer) => consumer.paused)).toEqual([true, true, true]);
    await leaver.request('leave-call', {});
    const shared = await tv.produce('screen');
    await vi.waitFor(() => expect(consumersOf(callId, guest)).toHaveLength(3));
    // who reads longer follows what comes and goes, and still nothing flows
    const leftAs = ahead.find(({ producerId }) => producerId === left)!.consumerId;
    await guest.told('consumer-closed', ({ consumerId }) => consumerId === leftAs);
    const came = await guest.told('consumer-added', ({ producerId }) => producerId === shared);
    expect((await consume.mock.results.at(-1)!.value).paused).toBe(true);
    expect(tv.notifications.map(({ event, data }) => [event, JSON.stringify(data)]).join()).not.toContain(
      guest.hello!.peerId,
    );
    const { consumers } = await guest.join('Mina');
    expect(consumers.map(({ producerId }) => producerId).sort()).toEqual([camera, microphone, shared].sort());
    const kept = ahead.filter(({ producerId }) => producerId !== left).map(({ consumerId }) => consumerId);
    expect(consumers.map(({ consumerId }) => consumerId)).toEqual(expect.arrayContaining([...kept, came.consumerId]));
    const all = await Promise.all(consume.mock.results.map(({ value }) => value));
    await vi.waitFor(() =>
      expect(all.filter(({ closed }) => !closed).map(({ paused }) => paused)).toEqual([false, false, false]),
    );
    expect(guest.notifications.map(({ event }) => event)).not.toContain('consumer-added');
    await expect(guest.request('prepare-call', asked)).rejects.toMatchObject({ code: 'not-possible-now' });
    await tv.request('end-call', {});
  });

  test('a call that was only prepared never was: the same one may begin later', async () => {
    const callId = uuidv7();
    const first = await it.prepare({ callId });
    first.drop();
    await expect.poll(() => it.node.registry.calls.has(callId)).toBe(false);
    const tv = await room(callId);
    await tv.request('end-call', {});
  });

  test('a name in the token is not to be changed by who carries it', async () => {
    const guest = await it.prepare({ displayName: 'Mina' });
    expect((await guest.join('Somebody else')).participants[0]).toMatchObject({ displayName: 'Mina' });
    await guest.request('leave-call', {});
  });

  test('the same peer by another token takes the place of the former', async () => {
    const callId = uuidv7();
    const peerId = uuidv7();
    const witness = await it.join({ callId });
    const former = await it.join({ callId, sub: peerId }, 'Mina');
    const next = await it.prepare({ callId, sub: peerId });
    expect(await former.closed()).toBe(4434);
    await witness.told('participant-left', (left) => left.peerId === peerId);
    expect((await next.join('Mina')).participants).toHaveLength(2);
    for (const client of [next, witness]) await client.request('leave-call', {});
  });
});

describe('rights', () => {
  test('mute one, mute all: the producer is paused at once, and the muted may speak again', async () => {
    const callId = uuidv7();
    const tv = await room(callId);
    const guests = [await it.join({ callId }), await it.join({ callId })];
    const voices = await Promise.all(guests.map((guest) => guest.produce('microphone')));
    await tv.produce('microphone');
    await tv.request('mute-participant', { peerId: guests[0]!.hello!.peerId });
    expect(await guests[0]!.told('muted')).toEqual({ byPeerId: tv.hello!.peerId });
    await guests[1]!.told('consumer-paused', ({ consumerId }) =>
      consumersOf(callId, guests[1]!).some((one) => one.consumerId === consumerId && one.producerId === voices[0]),
    );
    await guests[0]!.request('resume-producer', { producerId: voices[0]! });
    await tv.request('mute-all', {});
    await Promise.all(guests.map((guest) => guest.told('muted')));
    await expect
      .poll(() =>
        [...it.node.registry.calls.get(callId)!.producers.all.values()].map(({ producer }) => producer.paused),
      )
      .toEqual([true, true, false]);
    await tv.request('end-call', {});
  });

  test('who is removed hears it, stays out by secret and by token, and the others go on', async () => {
    const callId = uuidv7();
    const [tv, guest, other] = [await room(callId), await it.join({ callId }), await it.join({ callId })];
    const hello = guest.hello!;
    await tv.request('remove-participant', { peerId: hello.peerId });
    expect(await guest.told('call-ended')).toEqual({ reason: 'removed' });
    expect(await guest.closed()).toBe(4422);
    await other.told('participant-left', ({ peerId }) => peerId === hello.peerId);
    await expect((await it.open()).resume(hello)).rejects.toMatchObject({ code: 'removed-from-call' });
    await expect(it.prepare({ callId, sub: hello.peerId })).rejects.toMatchObject({ code: 'removed-from-call' });
    await other.request('ping', {});
    await tv.request('end-call', {});
  });

  test('the end is the end for all, for who is away and for who comes later', async () => {
    const callId = uuidv7();
    const [tv, guest, away, waiting] = [
      await room(callId),
      await it.join({ callId }),
      await it.join({ callId }),
      await it.prepare({ callId }),
    ];
    for (const client of [tv, guest])
      for (const source of ['camera', 'microphone', 'screen', 'screen-audio'] as const) await client.produce(source);
    away.drop();
    await tv.told('participant-changed', ({ participant }) => participant.connection === 'away');
    await tv.request('end-call', {});
    for (const client of [tv, guest, waiting]) {
      expect(await client.told('call-ended')).toEqual({ reason: 'ended-by-room' });
      expect(await client.closed()).toBe(4431);
    }
    await expect((await it.open()).resume(away.hello!)).rejects.toMatchObject({ code: 'call-ended' });
    await expect(it.prepare({ callId })).rejects.toMatchObject({ code: 'call-ended' });
  });
});

describe('what is shown is what is sent', () => {
  test('a view opens, pauses and closes consumers', async () => {
    const callId = uuidv7();
    const [a, b] = [await it.join({ callId }), await it.join({ callId })];
    const [cameraA, cameraB] = [await a.produce('camera'), await b.produce('camera')];
    const viewer = await it.prepare({ callId });
    const tile = (client: RawClient, heightPx: number) => ({
      peerId: client.hello!.peerId,
      source: 'camera' as const,
      heightPx,
    });
    const snapshot = await viewer.join('Guest 3', { view: { kind: 'exact', tiles: [tile(a, 720)] } });
    expect(snapshot.consumers.map(({ producerId }) => producerId)).toEqual([cameraA]);
    await viewer.request('show', { view: { kind: 'exact', tiles: [tile(b, 180)] } });
    expect(await viewer.told('consumer-added')).toMatchObject({ producerId: cameraB });
    // back within the pause: the same consumer goes on
    await settled(70);
    await viewer.request('show', { view: { kind: 'exact', tiles: [tile(a, 720), tile(b, 180)] } });
    await settled(200);
    expect(viewer.notifications.map(({ event }) => event)).not.toContain('consumer-closed');
    expect(forwardingTo(callId, viewer).count).toBe(2);
    await viewer.request('show', { view: { kind: 'exact', tiles: [] } });
    await viewer.told('consumer-closed');
    await viewer.told('consumer-closed');
    expect(forwardingTo(callId, viewer).count).toBe(0);
    for (const client of [a, b, viewer]) await client.request('leave-call', {});
  });

  test('a shared screen comes to who leaves the choice to the node, and ends with its sharer', async () => {
    const callId = uuidv7();
    const [sharer, viewer] = [await it.join({ callId }), await it.prepare({ callId })];
    await viewer.join('Guest 2', { view: { kind: 'auto', maxTiles: 1, tileHeightPx: 720 } });
    await sharer.produce('camera');
    await viewer.told('consumer-added', ({ source }) => source === 'camera');
    await sharer.produce('screen');
    await viewer.told('consumer-added', ({ source }) => source === 'screen');
    await viewer.told('participant-changed', ({ participant }) => participant.sharesScreen);
    await viewer.told('consumer-closed');
    await sharer.request('leave-call', {});
    await viewer.told('consumer-closed');
    await viewer.told('participant-left');
    await viewer.request('leave-call', {});
  });

  test('no more than eight voices', async () => {
    const callId = uuidv7();
    const speakers = await Promise.all(Array.from({ length: 10 }, () => it.join({ callId })));
    await Promise.all(speakers.map((speaker) => speaker.produce('microphone')));
    const listener = await it.prepare({ callId });
    expect((await listener.join('Guest 11')).consumers).toHaveLength(8);
    const before = new Set(forwardingTo(callId, listener).parameters.map(({ producerId }) => producerId));
    await speakers
      .find((speaker) => consumersOf(callId, listener).some(({ peerId }) => peerId === speaker.hello!.peerId))!
      .request('leave-call', {});
    expect(before.has((await listener.told('consumer-added')).producerId)).toBe(false);
    for (const client of [...speakers, listener]) await client.request('leave-call', {}).catch(() => {});
  });
});

test('an empty call ends by itself, and nothing of any call is left in the worker', async () => {
  const callId = uuidv7();
  const [tv, guest] = [await room(callId), await it.join({ callId })];
  await tv.request('leave-call', {});
  await guest.told('participant-left');
  await guest.produce('camera');
  await guest.request('leave-call', {});
  await expect.poll(() => it.node.registry.calls.size, { timeout: 3_000 }).toBe(0);
  await expect(it.prepare({ callId })).rejects.toMatchObject({ code: 'call-ended' });
  expect(await it.held()).toEqual(nothing);
  expect(it.node.registry.peerCount).toBe(0);
  const { consumers, peers } = it.node.pool.alive[0]!;
  expect({ consumers, peers }).toEqual({ consumers: 0, peers: 0 });
});
