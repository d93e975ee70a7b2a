/** Limits by network at the signalling port: they slow down who guesses, and never who holds a right token. */
import { once } from 'node:events';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import type { RawClient } from './testing/raw-client.ts';
import { startTestNode, type TestNode } from './testing/test-node.ts';

let it: TestNode;
beforeAll(async () => {
  it = await startTestNode({ settings: { helloWithinMs: 60_000 } });
});
afterAll(() => it.stop());

const refusalOf = async (token: string): Promise<string> => {
  const client = await it.open();
  const code = await client.enter(token).then(
    () => 'entered',
    (error: { code: string }) => error.code,
  );
  client.socket.terminate();
  return code;
};

test('made-up tokens of an address run dry, and a right token of the same address gets in', async () => {
  const madeUp = await it.fleet.token({ aud: uuidv7() });
  const codes: string[] = [];
  for (let tries = 0; tries < 45; tries += 1) codes.push(await refusalOf(madeUp));
  expect(codes[0]).toBe('token-invalid');
  expect(codes.at(-1)).toBe('too-many-attempts');
  expect(await refusalOf(await it.fleet.token())).toBe('entered');
});

test('silent sockets of an address lock out nobody: the oldest of them makes room', async () => {
  const silent: RawClient[] = [];
  for (let count = 0; count < 405; count += 1) silent.push(await it.open());
  expect(await refusalOf(await it.fleet.token())).toBe('entered');
  await expect.poll(() => silent.filter(({ closeCode }) => closeCode !== null).length).toBe(6);
  expect(silent.slice(0, 6).map(({ closeCode }) => closeCode)).toEqual(Array(6).fill(4429));
  for (const { socket } of silent) socket.terminate();
});

async function metrics(headers: Record<string, string>): Promise<{ status: number | undefined; body: string }> {
  const url = it.node.signalingUrl.replace('ws:', 'http:').replace('/signaling', '/metrics');
  const call = request(url, { headers });
  call.end();
  const [response] = await once(call, 'response');
  return { status: response.statusCode, body: await text(response) };
}

test('metrics are for a process of this machine, not for whom a proxy on it forwards', async () => {
  expect(await metrics({})).toMatchObject({ status: 200, body: expect.stringContaining('maru_') });
  expect(await metrics({ 'x-forwarded-for': '203.0.113.7' })).toMatchObject({ status: 404 });
  expect(await metrics({ 'x-forwarded-for': '127.0.0.1' })).toMatchObject({ status: 404 });
});
