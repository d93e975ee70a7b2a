import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import type { RawClient } from './testing/raw-client.ts';
import { settled, startTestNode, type TestNode } from './testing/test-node.ts';

const GRACE_MS = 600;
const SHARE_BACK_MS = 1_500;
let it: TestNode;
let nothing: Awaited<ReturnType<TestNode['held']>>;
async function start(resumeGraceMs: number): Promise<void> {
  it = await startTestNode({
    settings: { resumeGraceMs, emptyCallMs: 50, workerAnswerMs: 400, shareBackMs: SHARE_BACK_MS },
  });
  nothing = await it.held();
}
async function stopWithNothingLeft(): Promise<void> {
  await vi.waitFor(() => expect(it.node.registry.calls.size).toBe(0), { timeout: 3_000 });
  expect(await it.held()).toEqual(nothing);
  await it.stop();
}

async function comeBack(client: RawClient, isReloaded = false): Promise<RawClient> {
  const next = await it.open();
  await next.resume(client.hello!, isReloaded ? undefined : client.media.send.transportId);
  return next;
}

describe('a client that dropped', () => {
  beforeAll(() => start(GRACE_MS));
  afterAll(stopWithNothingLeft);

  test('keeps place, producers and transports within the grace time', async () => {
    const callId = uuidv7();
    const [witness, guest] = [await it.join({ callId }), await it.join({ callId }, 'Mina')];
    await guest.produce('microphone', { paused: true });
    await witness.told('consumer-added');
    guest.drop();
    await witness.told('participant-changed', ({ participant }) => participant.connection === 'away');
    await witness.produce('camera');
    const back = await comeBack(guest);
    await witness.told(
      'participant-changed',
      ({ participant }) => participant.connection === 'connected' && participant.microphone === 'muted',
    );
    const { admission, peerId, resumeSecret } = back.hello!;
    expect([peerId, resumeSecret]).toEqual([guest.hello!.peerId, guest.hello!.resumeSecret]);
    if (admission.kind !== 'kept') throw new Error(admission.kind);
    expect(admission.sendIceParameters.usernameFragment).not.toBe(guest.media.send.iceParameters.usernameFragment);
    // what came while it was away stands in the snapshot, and is not sent again; who speaks may change at any moment
    expect(admission.call.consumers).toHaveLength(1);
    expect(admission.call.participants).toHaveLength(2);
    expect(back.notifications.filter(({ event }) => event !== 'active-speaker')).toEqual([]);
    expect(
      witness.notifications.filter(({ event }) => event === 'consumer-closed' || event === 'participant-left'),
    ).toEqual([]);
    const late = await it.prepare({ callId });
    expect((await late.join('Guest 3')).consumers).toHaveLength(2);
    for (const client of [witness, late, back]) await client.request('leave-call', {});
  });

  test('whose page was reloaded gets new media in the same place', async () => {
    const callId = uuidv7();
    const [witness, guest] = [await it.join({ callId }), await it.join({ callId }, 'Mina')];
    await guest.produce('microphone', { paused: true });
    await witness.produce('camera');
    guest.drop();
    const back = await comeBack(guest, true);
    const { admission } = back.hello!;
    if (admission.kind !== 'restarted') throw new Error(admission.kind);
    expect(admission.call.consumers).toHaveLength(1);
    expect(admission.call.participants.find(({ peerId }) => peerId === guest.hello!.peerId)).toMatchObject({
      displayName: 'Mina',
      microphone: 'muted',
    });
    await witness.told('consumer-closed');
    await back.produce('microphone', { paused: true });
    expect(await witness.told('consumer-added', ({ paused }) => paused)).toMatchObject({ peerId: guest.hello!.peerId });
    for (const client of [back, witness]) await client.request('leave-call', {});
  });

  test('that is still there is replaced by its next connection', async () => {
    const guest = await it.join({});
    const next = await comeBack(guest);
    expect(await guest.closed()).toBe(4434);
    await settled(GRACE_MS + 100);
    await next.request('ping', {});
    await next.request('leave-call', {});
  });

  test('that replaces itself by a reloaded page is told nothing twice', async () => {
    const callId = uuidv7();
    const [witness, guest] = [await it.join({ callId }), await it.join({ callId })];
    await witness.produce('camera');
    await guest.told('consumer-added');
    const next = await comeBack(guest, true);
    expect(next.hello!.admission).toMatchObject({ kind: 'restarted', call: { consumers: [{ source: 'camera' }] } });
    await next.request('ping', {});
    expect(next.notifications).toEqual([]);
    for (const client of [next, witness]) await client.request('leave-call', {});
  });

  test('loses its place after the grace time, and never gets it by a wrong secret', async () => {
    const callId = uuidv7();
    const [witness, guest] = [await it.join({ callId }), await it.join({ callId })];
    const stranger = await it.open();
    await expect(stranger.resume({ ...guest.hello!, resumeSecret: witness.hello!.resumeSecret })).rejects.toMatchObject(
      { code: 'peer-unknown' },
    );
    await guest.request('ping', {});
    guest.drop();
    await witness.told('participant-left');
    await expect(comeBack(guest)).rejects.toMatchObject({ code: 'peer-unknown' });
    await witness.request('leave-call', {});
  });

  test('is not missed by a call that ends', async () => {
    const callId = uuidv7();
    const guest = await it.join({ callId });
    guest.drop();
    await expect.poll(() => it.node.registry.calls.has(callId), { timeout: 3_000 }).toBe(false);
    await expect(comeBack(guest)).rejects.toMatchObject({ code: expect.stringMatching(/peer-unknown|call-ended/) });
  });
});

describe('a worker that', () => {
  beforeAll(() => start(10_000));
  afterAll(stopWithNothingLeft);

  test.each(['SIGKILL', 'SIGSTOP'] as const)(
    'gets %s: its calls go on with the same peers on another',
    async (signal) => {
      const callId = uuidv7();
      const tv = await it.join({ callId, peerKind: 'room', displayName: 'Hall' });
      const guest = await it.join({ callId }, 'Mina');
      const waiting = await it.prepare({ callId });
      const away = await it.join({ callId }, 'Away');
      await tv.produce('camera');
      await guest.produce('microphone', { paused: true });
      await away.produce('microphone');
      away.drop();
      await tv.told('participant-changed', ({ participant }) => participant.connection === 'away');
      const { pid } = it.node.pool.alive[0]!.worker;
      const beganAtMs = performance.now();
      process.kill(pid, signal);
      const moved = await Promise.all([tv, guest, waiting].map((client) => client.told('media-moved')));
      expect(performance.now() - beganAtMs).toBeLessThan(3_000);
      expect(it.node.pool.alive[0]!.worker.pid).not.toBe(pid);
      // on the same port, and with the mute as it was
      expect(moved[0]!.recv.iceCandidates[0]).toMatchObject({
        port: (tv.media.recv.iceCandidates[0] as { port: number }).port,
      });
      guest.hello = { ...guest.hello!, admission: { kind: 'fresh', media: moved[1]! } };
      tv.hello = { ...tv.hello!, admission: { kind: 'fresh', media: moved[0]! } };
      waiting.hello = { ...waiting.hello!, admission: { kind: 'fresh', media: moved[2]! } };
      await Promise.all([guest.produce('microphone', { paused: true }), tv.produce('camera')]);
      await guest.told('consumer-added', ({ peerId }) => peerId === tv.hello!.peerId);
      await tv.told('consumer-added', ({ peerId, paused }) => peerId === guest.hello!.peerId && paused);
      const back = await comeBack(away);
      if (back.hello!.admission.kind !== 'restarted') throw new Error(back.hello!.admission.kind);
      const { participants } = await waiting.join('Guest 4');
      expect(participants.map(({ peerId, microphone, connection }) => [peerId, microphone, connection])).toEqual([
        [tv.hello!.peerId, 'absent', 'connected'],
        [guest.hello!.peerId, 'muted', 'connected'],
        [waiting.hello!.peerId, 'absent', 'connected'],
        [away.hello!.peerId, 'on', 'connected'],
      ]);
      for (const client of [tv, guest, waiting, back]) await client.request('leave-call', {});
    },
  );

  test('dies: a shared screen stays on the stage until its client sends it again, or for a moment', async () => {
    const callId = uuidv7();
    const [witness, guest] = [await it.join({ callId }), await it.join({ callId }, 'Mina')];
    await guest.produce('screen');
    await witness.told('participant-changed', ({ participant }) => participant.sharesScreen);
    const sharing = () =>
      witness.notifications.flatMap(({ event, data }) =>
        event === 'participant-changed' ? [data.participant.sharesScreen] : [],
      );
    for (const sendsItAgain of [true, false]) {
      process.kill(it.node.pool.alive[0]!.worker.pid, 'SIGKILL');
      guest.hello = { ...guest.hello!, admission: { kind: 'fresh', media: await guest.told('media-moved') } };
      await witness.told('media-moved');
      if (!sendsItAgain) continue;
      await guest.produce('screen');
      await settled(SHARE_BACK_MS + 100);
      expect(sharing()).not.toContain(false);
    }
    await witness.told('participant-changed', ({ participant }) => !participant.sharesScreen);
    for (const client of [guest, witness]) await client.request('leave-call', {});
  });

  test('dies, and one who did not hear of it comes back: it gets the media that it does not have', async () => {
    const callId = uuidv7();
    const [guest, witness] = [await it.join({ callId }), await it.join({ callId })];
    process.kill(it.node.pool.alive[0]!.worker.pid, 'SIGKILL');
    await guest.told('media-moved');
    const back = await comeBack(guest);
    expect(back.hello!.admission.kind).toBe('restarted');
    for (const client of [back, witness]) await client.request('leave-call', {});
  });

  test('dies while somebody joins does not lose the one who joins', async () => {
    const callId = uuidv7();
    const witness = await it.join({ callId });
    await witness.produce('camera');
    const guest = await it.prepare({ callId });
    const { pid } = it.node.pool.alive[0]!.worker;
    // the join is under way for sure: its consumers wait for a worker that stands still
    process.kill(pid, 'SIGSTOP');
    const joining = guest.join('Mina');
    await settled(30);
    process.kill(pid, 'SIGKILL');
    expect((await joining).participants).toHaveLength(2);
    await Promise.all([guest.told('media-moved'), witness.told('media-moved')]);
    for (const client of [guest, witness]) await client.request('leave-call', {});
  });
});
