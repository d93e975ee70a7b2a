/** A page that is being closed gives its place up by one POST; who does not know the peer's secret changes nothing. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { startTestNode, type TestNode } from './testing/test-node.ts';

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
  await other.told('peer-left', (left) => left.peerId === peerId);
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

test('other people’s guesses keep nobody in: the right secret leaves after any number of wrong ones', async () => {
  const strict = await startTestNode({ settings: { failedHellosPerMinute: 3 } });
  try {
    const call = { callId: uuidv7(), meetingId: uuidv7() };
    const other = await strict.join(call);
    const { peerId, resumeSecret: secret } = (await strict.join(call)).hello!;
    for (let tries = 0; tries < 20; tries++) await post(strict, JSON.stringify({ peerId, secret: `guess ${tries}` }));
    await post(strict, JSON.stringify({ peerId, secret }));
    await other.told('peer-left', (left) => left.peerId === peerId);
  } finally {
    await strict.stop();
  }
});
