/** A bug that one connection meets, planted here, is not everyone's: the node and its other connections go on. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { startTestNode, type TestNode } from './testing/test-node.ts';

let it: TestNode;
const uncaught: unknown[] = [];
const onUncaught = (error: unknown): void => void uncaught.push(error);
beforeAll(async () => {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) process.on(event, onUncaught);
  it = await startTestNode({ settings: { pingIntervalMs: 60 } });
});
afterAll(async () => {
  await it.stop();
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) process.off(event, onUncaught);
});

const plant = (): never => {
  throw new TypeError('planted');
};

test.each(['its line is dropped', 'its pulse is due'])('where it throws as %s', async (where) => {
  const callId = uuidv7();
  const [unlucky, witness] = [await it.join({ callId }), await it.join({ callId })];
  const call = it.node.registry.calls.get(callId)!;
  const peer = call.peers.get(unlucky.hello!.peerId)!;
  const sessions = it.node.sessionCount;
  if (where === 'its line is dropped') {
    const drop = call.drop.bind(call);
    call.drop = (...of) => (of[0] === peer ? plant() : drop(...of));
    unlucky.drop();
  } else {
    // the session sends its next pulse by it
    peer.line!.notify = plant;
  }
  await expect.poll(() => it.node.sessionCount).toBe(sessions - 1);
  await witness.request('restart-ice', { transportId: witness.media.send.transportId });
  expect(uncaught).toEqual([]);
  await witness.request('leave-call', {});
});
