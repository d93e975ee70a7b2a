/** A page that is being closed gives its place up by one POST; who does not know the peer's secret changes nothing. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { settled, startTestNode, type TestNode } from './testing/test-node.ts';

let it: TestNode;
beforeAll(async () => {
  it = await startTestNode({ settings: { failedHellosPerMinute: 100 } });
});
afterAll(() => it.stop());

const post = (node: TestNode, body: string): Promise<Response> =>
  fetch(node.node.signalingUrl.replace('ws:', 'http:'), {
    method: 'POST',
    // as a beacon from another origin comes
    headers: { 'content-type': 'text/plain;charset=UTF-8', origin: 'https://maru.example.com' },
    body,
  });

test('the place is free at once, and cannot be resumed', async () => {
  const call = { callId: uuidv7(), meetingId: uuidv7() };
  const other = await it.join(call);
  const client = await it.join(call, 'Mina');
  const { peerId, resumeSecret: secret } = client.hello!;
  expect((await post(it, JSON.stringify({ peerId, secret }))).status).toBe(204);
  await other.told('participant-left', (left) => left.peerId === peerId);
  const again = await it.open();
  await expect(again.resume(client.hello!)).rejects.toMatchObject({ code: 'peer-unknown' });
});

test('nobody else’s place is touched, and every answer is the same', async () => {
  const call = { callId: uuidv7(), meetingId: uuidv7() };
  const client = await it.join(call);
  const { peerId } = client.hello!;
  const others = await it.join(call);
  for (const body of [
    JSON.stringify({ peerId, secret: others.hello!.resumeSecret }),
    JSON.stringify({ peerId, secret: '' }),
    JSON.stringify({ peerId: uuidv7(), secret: 'x' }),
    '{',
    'null',
    JSON.stringify({ peerId, secret: 'x'.repeat(5_000) }),
  ])
    expect((await post(it, body)).status).toBe(204);
  await expect(client.request('ping', {})).resolves.toEqual({});
});

test('other people’s wrong guesses keep nobody in', async () => {
  const strict = await startTestNode({ settings: { failedHellosPerMinute: 3 } });
  try {
    const client = await strict.join({});
    const { peerId, resumeSecret: secret } = client.hello!;
    for (let tries = 0; tries < 10; tries++) await post(strict, JSON.stringify({ peerId, secret: `guess ${tries}` }));
    await expect(client.request('ping', {})).resolves.toEqual({});
    expect((await post(strict, JSON.stringify({ peerId, secret }))).status).toBe(204);
    await client.closed();
  } finally {
    await strict.stop();
  }
});

test('one that breaks off half-way is nobody’s error', async () => {
  const errors: string[] = [];
  const logger = pino({ level: 'error' }, { write: (line: string) => void errors.push(line) });
  const node = await startTestNode({ logger });
  try {
    const socket = connect(Number(new URL(node.node.signalingUrl).port), '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    socket.write('POST /signaling HTTP/1.1\r\nhost: x\r\ncontent-length: 900\r\n\r\n{"peerId');
    await settled(100);
    socket.resetAndDestroy();
    await settled(200);
    expect(errors).toEqual([]);
  } finally {
    await node.stop();
  }
});
