import type { types } from 'mediasoup';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { type CallAir, OFF_AIR } from '#contract/broadcast.ts';
import type { JoinTokenClaims } from '#contract/grants.ts';
import { PROGRAM_PAYLOAD_TYPES } from '#contract/packager-link.ts';
import { openPorts } from './testing/open-ports.ts';
import type { RawClient } from './testing/raw-client.ts';
import { startTestNode, type TestNode } from './testing/test-node.ts';

let it: TestNode;
beforeAll(async () => {
  it = await startTestNode({ workers: 2, settings: { emptyCallMs: 80 } });
});
afterAll(() => it.stop());

const LIVE: CallAir = { phase: 'live', liveAtMs: 1_000, watching: 3, isRecorded: true };
const hall = { peerKind: 'room', displayName: 'Hall' } as const;
type Meeting = { meetingId: string; callId: string; broadcastId: string };
const newMeeting = (): Meeting => ({ meetingId: uuidv7(), callId: uuidv7(), broadcastId: uuidv7() });
const room = ({ meetingId, callId }: Meeting): Promise<RawClient> => it.join({ meetingId, callId, ...hall });
const setAir = ({ meetingId }: Meeting, air: CallAir): void =>
  it.node.registry.perform({ name: 'set-air', meetingId, air });
const forward = ({ meetingId, broadcastId }: Meeting, port: number | null): void =>
  it.node.registry.perform({ name: 'forward-program', meetingId, broadcastId, port });

const program = (meeting: Meeting, more: Partial<JoinTokenClaims> = {}): Promise<RawClient> =>
  it.join({
    ...meeting,
    peerKind: 'program',
    displayName: 'Program',
    role: 'guest',
    publishes: ['program', 'program-sound'],
    ...more,
  });
async function publish(client: RawClient): Promise<void> {
  await client.produce('program');
  await client.produce('program-sound');
}

/** Every plain transport that a call's routers have open. */
function plainPorts({ callId }: Meeting): number[] {
  const call = it.node.registry.calls.get(callId);
  if (!call) return [];
  return openPorts(call.routers.all.map(({ router }) => router));
}

describe('on air', () => {
  test('is in the snapshot, and everybody in the call is notified of a change once', async () => {
    const meeting = newMeeting();
    const tv = await room(meeting);
    setAir(meeting, LIVE);
    expect(await tv.told('air-changed')).toEqual(LIVE);
    setAir(meeting, LIVE);
    const guest = await it.prepare(meeting);
    expect((await guest.join('Mina')).air).toEqual(LIVE);
    setAir(meeting, OFF_AIR);
    expect(await tv.told('air-changed')).toEqual(OFF_AIR);
    expect(await guest.told('air-changed')).toEqual(OFF_AIR);
    expect(tv.notifications.filter(({ event }) => event === 'air-changed')).toEqual([]);
    await tv.request('end-call', {});
  });

  test('goes with the meeting into its next call, and with no other', async () => {
    const meeting = newMeeting();
    setAir(meeting, LIVE);
    const tv = await it.prepare({ ...meeting, ...hall });
    expect((await tv.join('Hall')).air).toEqual(LIVE);
    await tv.request('end-call', {});
    const again = await it.prepare({ ...meeting, callId: uuidv7(), ...hall });
    expect((await again.join('Hall')).air).toEqual(LIVE);
    const other = await it.prepare({ ...newMeeting(), ...hall });
    expect((await other.join('Hall')).air).toEqual(OFF_AIR);
    for (const each of [again, other]) await each.request('end-call', {});
  });
});

describe('a program', () => {
  test('is sent to its packager’s port once it publishes sound and picture, and no longer than that is wanted', async () => {
    const meeting = newMeeting();
    const tv = await room(meeting);
    forward(meeting, 40_000);
    const page = await program(meeting);
    await page.produce('program');
    expect(plainPorts(meeting)).toEqual([]);
    await page.produce('program-sound');
    await expect.poll(() => plainPorts(meeting)).toEqual([40_000]);
    forward(meeting, 40_002);
    await expect.poll(() => plainPorts(meeting)).toEqual([40_002]);
    forward(meeting, null);
    await expect.poll(() => plainPorts(meeting)).toEqual([]);
    await tv.request('end-call', {});
  });

  test('comes with the payload types that the packager knows', async () => {
    const meeting = newMeeting();
    const tv = await room(meeting);
    const consumed: types.Consumer[] = [];
    const call = it.node.registry.calls.get(meeting.callId)!;
    for (const { router } of call.routers.all)
      router.observer.on('newtransport', (transport) =>
        transport.observer.on('newconsumer', (consumer) => transport.type === 'plain' && consumed.push(consumer)),
      );
    forward(meeting, 40_010);
    await publish(await program(meeting));
    await expect.poll(() => consumed.length).toBe(2);
    const typeOf = (kind: types.MediaKind) =>
      consumed.find((consumer) => consumer.kind === kind)?.rtpParameters.codecs.map(({ payloadType }) => payloadType);
    expect(typeOf('audio')).toEqual([PROGRAM_PAYLOAD_TYPES['program-sound']]);
    expect(typeOf('video')).toEqual([PROGRAM_PAYLOAD_TYPES.program]);
    await tv.request('end-call', {});
  });

  test('that comes in place of another ends it, and is sent instead', async () => {
    const meeting = newMeeting();
    const tv = await room(meeting);
    forward(meeting, 40_020);
    const former = await program(meeting);
    await publish(former);
    await expect.poll(() => plainPorts(meeting)).toEqual([40_020]);
    const next = await program(meeting);
    expect(await former.closed()).toBe(4437);
    await expect.poll(() => plainPorts(meeting)).toEqual([]);
    await publish(next);
    await expect.poll(() => plainPorts(meeting)).toEqual([40_020]);
    await tv.request('end-call', {});
  });

  test('of another broadcast has a port of its own', async () => {
    const meeting = newMeeting();
    const recording = { ...meeting, broadcastId: uuidv7() };
    const tv = await room(meeting);
    forward(meeting, 40_030);
    forward(recording, 40_032);
    await publish(await program(meeting));
    await publish(await program(recording));
    await expect.poll(() => plainPorts(meeting).sort()).toEqual([40_030, 40_032]);
    await tv.request('end-call', {});
  });

  test('is sent again after its worker died and it publishes anew', async () => {
    const meeting = newMeeting();
    const tv = await room(meeting);
    forward(meeting, 40_040);
    const page = await program(meeting);
    await publish(page);
    await expect.poll(() => plainPorts(meeting)).toEqual([40_040]);
    const call = it.node.registry.calls.get(meeting.callId)!;
    process.kill(call.peers.get(page.hello!.peerId)!.media!.callRouter.mediaWorker.worker.pid, 'SIGKILL');
    const { send } = await page.told('media-moved');
    await page.produce('program', { transportId: send.transportId });
    await page.produce('program-sound', { transportId: send.transportId });
    await expect.poll(() => plainPorts(meeting)).toEqual([40_040]);
    await tv.request('end-call', {});
  });

  test('comes into a locked call, sends while members stay muted, and is received by nobody', async () => {
    const meeting = newMeeting();
    const tv = await room(meeting);
    await tv.request('set-order', { isLocked: true, staysMuted: true, sharedBy: 'presenters' });
    forward(meeting, 40_050);
    const page = await program(meeting, { isLetIn: true });
    await publish(page);
    await expect.poll(() => plainPorts(meeting)).toEqual([40_050]);
    const guest = await it.prepare({
      ...meeting,
      isLetIn: true,
      receives: ['microphone', 'camera', 'screen', 'screen-audio'],
    });
    const { consumers, participants } = await guest.join('Mina');
    expect(consumers).toEqual([]);
    expect(participants.map(({ peerKind, staysMuted }) => [peerKind, staysMuted])).toContainEqual(['program', false]);
    await tv.request('end-call', {});
  });
});
