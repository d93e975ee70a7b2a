import { afterAll, beforeAll, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { startTestNode, type TestNode } from './testing/test-node.ts';

let it: TestNode;
let nothing: Awaited<ReturnType<TestNode['held']>>;
beforeAll(async () => {
  it = await startTestNode({
    workers: 2,
    settings: { consumersPerWorker: 2, emptyCallMs: 50, pauseUnseenAfterMs: 10, closeUnseenAfterMs: 20 },
  });
  nothing = await it.held();
});
afterAll(() => it.stop());

test('a call that outgrows a worker goes on, on both, and gives back what it took', async () => {
  const callId = uuidv7();
  const a = await it.join({ callId }, 'A');
  const [camera, microphone] = [await a.produce('camera'), await a.produce('microphone')];
  const b = await it.join({ callId }, 'B');
  const call = it.node.registry.calls.get(callId)!;
  expect(call.routers.all).toHaveLength(1);
  // the first worker carries its two consumers: the third peer goes to the other
  const c = await it.prepare({ callId });
  expect(call.routers.all).toHaveLength(2);
  const { consumers } = await c.join('C');
  expect(consumers.map(({ producerId }) => producerId).sort()).toEqual([camera, microphone].sort());
  expect(call.routers.pipeCount).toBe(2);
  // what happens on one side is told on the other
  await a.request('pause-producer', { producerId: microphone });
  await c.told('consumer-paused');
  const voice = await c.produce('microphone');
  for (const client of [a, b]) await client.told('consumer-added', ({ producerId }) => producerId === voice);
  expect(call.routers.pipeCount).toBe(3);
  // nobody over there looks any more: the pipe is closed, and opened again when somebody does
  await c.request('show', { view: { kind: 'exact', tiles: [] } });
  await c.told('consumer-closed');
  expect(call.routers.pipeCount).toBe(2);
  await c.request('show', {
    view: { kind: 'exact', tiles: [{ peerId: a.hello!.peerId, source: 'camera', heightPx: 720 }] },
  });
  await c.told('consumer-added', ({ producerId }) => producerId === camera);
  await a.request('close-producer', { producerId: camera });
  await c.told('consumer-closed');
  await expect.poll(() => call.routers.pipeCount).toBe(2);

  // one worker dies: who was there is moved, who was not only loses what came from there
  const [first, second] = call.routers.all;
  process.kill(first!.mediaWorker.worker.pid, 'SIGKILL');
  await Promise.all([a.told('media-moved'), b.told('media-moved')]);
  await c.told('consumer-closed');
  expect(c.notifications.map(({ event }) => event)).not.toContain('media-moved');
  expect(call.routers.all).toContain(second);
  const { media } = { media: call.peers.get(a.hello!.peerId)!.media!.setup };
  a.hello = { ...a.hello!, admission: { kind: 'fresh', media } };
  const again = await a.produce('camera');
  await c.told('consumer-added', ({ producerId }) => producerId === again);

  for (const client of [a, b, c]) await client.request('leave-call', {});
  await expect.poll(() => it.node.registry.calls.size).toBe(0);
  await expect.poll(() => it.node.pool.alive.length).toBe(2);
  expect(await it.held()).toEqual(nothing);
  expect(it.node.pool.alive.map(({ consumers, peers }) => consumers + peers)).toEqual([0, 0]);
});

test('another call takes the emptier worker', async () => {
  const [a, b] = [await it.join({}), await it.join({})];
  const workers = [...it.node.registry.calls.values()].map(({ routers }) => routers.all[0]!.mediaWorker.index);
  expect(new Set(workers).size).toBe(2);
  for (const client of [a, b]) await client.request('leave-call', {});
});
