/** Signalling: a connection that is reset at any point of its life is the end of that connection alone. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { SIGNALING_PATH } from '#contract/signaling.ts';
import { clientFrame, type ResetStage, resetConnections, upgradeRequest } from '../resets-under-test.ts';
import { startTestNode, type TestNode } from './testing/test-node.ts';

const TRIES = 40;
const callId = uuidv7();
let it: TestNode;
beforeAll(async () => {
  it = await startTestNode({ settings: { failedHellosPerMinute: 100_000 } });
});
afterAll(() => it.stop());

const upgrade = upgradeRequest(SIGNALING_PATH, '127.0.0.1');
const request = (id: number, method: string, data: object): Buffer => clientFrame(JSON.stringify({ id, method, data }));
const hello = async (): Promise<Buffer> =>
  request(1, 'hello', {
    protocol: PROTOCOL_VERSION,
    admission: { kind: 'token', token: await it.fleet.token({ callId }) },
  });
const ping = request(2, 'ping', {});

const stages: [string, Partial<ResetStage>][] = [
  ['the TCP connection stands', { send: [] }],
  ['half a head', { send: [upgrade.slice(0, 30)] }],
  ['the upgrade', { send: [upgrade] }],
  ['the answer to the upgrade', { send: [upgrade], awaitsAnswer: true }],
  ['half a hello', { send: async () => [upgrade, (await hello()).subarray(0, 40)] }],
  ['hello', { send: async () => [upgrade, await hello()] }],
  ['the answer to hello', { send: async () => [upgrade, await hello()], awaitsAnswer: true }],
  ['a request behind hello', { send: async () => [upgrade, Buffer.concat([await hello(), ping])] }],
];

test.each(stages)('a reset after %s', async (_, stage) => {
  const port = Number(new URL(it.node.signalingUrl).port);
  expect(await resetConnections({ port, tls: null, send: [], ...stage }, TRIES)).toBeGreaterThan(0);
  // an exception that nobody caught would fail this file; who comes next is let in
  const client = await it.join({ callId }, 'Witness');
  await client.request('ping', {});
  client.socket.close();
});
