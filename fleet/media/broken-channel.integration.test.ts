/**
 * A request that throws while mediasoup writes it breaks the channel to its worker for all later ones. No client can bring
 * that about by what we know (malformed-media.integration.test.ts); here it is done on purpose, as a future gap would.
 */
import { existsSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import type { PeerMedia } from './peer-media.ts';
import { type RawClient, videoParameters } from './testing/raw-client.ts';
import { startTestNode, type TestNode } from './testing/test-node.ts';

const UNWRITABLE = 1.5;

let it: TestNode;
const uncaught: unknown[] = [];
const onUncaught = (error: unknown): void => void uncaught.push(error);
beforeEach(async () => {
  uncaught.length = 0;
  process.on('uncaughtException', onUncaught);
  it = await startTestNode({ workers: 2, settings: { emptyCallMs: 50 } });
});
afterEach(async () => {
  await it.stop();
  process.off('uncaughtException', onUncaught);
  expect(uncaught).toEqual([]);
});

const mediaOf = (client: RawClient, callId: string): PeerMedia =>
  it.node.registry.calls.get(callId)!.peers.get(client.hello!.peerId)!.media!;

/** As a client would, if the contract let it through. */
function breakByProduce(client: RawClient, callId: string): Promise<unknown> {
  const { mid, codecs } = videoParameters(1);
  return mediaOf(client, callId).produce({
    transportId: client.media.send.transportId,
    producerId: uuidv7(),
    kind: 'video',
    source: 'camera',
    paused: false,
    rtpParameters: { mid, codecs, encodings: [{ ssrc: 1, maxBitrate: UNWRITABLE }] },
  });
}

/** Behind our back: nobody of ours sees the error. */
async function breakUnseen(client: RawClient, callId: string): Promise<void> {
  const direct = await mediaOf(client, callId).callRouter.router.createDirectTransport();
  const { codecs } = videoParameters(1);
  const rtpParameters = { codecs, encodings: [{ ssrc: 1, maxBitrate: UNWRITABLE }] };
  await direct.produce({ kind: 'video', rtpParameters }).catch(() => {});
}

/** Two in one call, one in another on the other worker. */
async function threeInTwoCalls() {
  const [callId, otherCallId] = [uuidv7(), uuidv7()];
  const [attacker, witness] = [await it.join({ callId }), await it.join({ callId })];
  const bystander = await it.join({ callId: otherCallId });
  await witness.produce('camera');
  const workers = [witness, bystander].map(
    (client, index) => mediaOf(client, [callId, otherCallId][index]!).callRouter.mediaWorker,
  );
  expect(workers[0]).not.toBe(workers[1]);
  return { callId, otherCallId, attacker, witness, bystander, pid: workers[0]!.worker.pid };
}

async function expectMoved(they: Awaited<ReturnType<typeof threeInTwoCalls>>): Promise<void> {
  const { callId, witness, bystander, otherCallId, pid } = they;
  const media = await witness.told('media-moved');
  witness.hello = { ...witness.hello!, admission: { kind: 'fresh', media } };
  await witness.request('restart-ice', { transportId: media.send.transportId });
  await witness.produce('camera');
  const late = await it.prepare({ callId });
  expect((await late.join('Late')).consumers.map(({ source }) => source)).toEqual(['camera']);
  await bystander.produce('camera');
  expect(bystander.notifications.map(({ event }) => event)).not.toContain('media-moved');
  await mediaOf(bystander, otherCallId).restartIce(bystander.media.send.transportId);
  expect(it.node.pool.deaths).toBe(1);
  await expect.poll(() => it.node.pool.alive.length).toBe(2);
  expect(it.node.pool.alive.map(({ worker }) => worker.pid)).not.toContain(pid);
}

test('a produce that breaks it has its worker replaced at once; its asker is answered, its calls move', async () => {
  const they = await threeInTwoCalls();
  await expect(breakByProduce(they.attacker, they.callId)).rejects.toMatchObject({ name: 'WorkerClosedError' });
  await expectMoved(they);
});

test('one that was broken unseen is found by the sign of life that is asked for, and replaced', async () => {
  const they = await threeInTwoCalls();
  await breakUnseen(they.attacker, they.callId);
  await expectMoved(they);
});

test('until it is found, who comes waits, and who goes harms nobody', async () => {
  const they = await threeInTwoCalls();
  const { callId, attacker, witness } = they;
  const leaver = await it.join({ callId }, 'Leaver');
  await leaver.produce('microphone');
  await breakUnseen(attacker, callId);
  attacker.drop();
  const left = leaver.request('leave-call', {});
  const late = await it.prepare({ callId });
  await late.join('Guest 3');
  await left;
  const media = await witness.told('media-moved');
  witness.hello = { ...witness.hello!, admission: { kind: 'fresh', media } };
  await witness.produce('camera');
  await expect.poll(() => [...it.node.registry.calls.get(callId)!.producers.all.values()].length).toBe(1);
  await late.request('ping', {});
});

test('a node whose channels are broken still ends, and its workers with it', async () => {
  const { callId, attacker, bystander, otherCallId } = await threeInTwoCalls();
  const pids = it.node.pool.alive.map(({ worker }) => worker.pid);
  await breakUnseen(attacker, callId);
  await breakUnseen(bystander, otherCallId);
  await it.stop();
  await expect.poll(() => pids.filter((pid) => existsSync(`/proc/${pid}`)), { timeout: 3_000 }).toEqual([]);
});
