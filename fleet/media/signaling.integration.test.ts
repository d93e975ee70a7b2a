import { connect, type Socket } from 'node:net';
import { randomBytes } from 'node:crypto';
import { MAX_SIGNALING_MESSAGE_BYTES } from '#contract/limits.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { dtlsParameters, type RawClient, videoParameters } from './testing/raw-client.ts';
import { startTestNode, type TestNode } from './testing/test-node.ts';

let it: TestNode;
beforeAll(async () => {
  it = await startTestNode({
    settings: { helloWithinMs: 150, failedHellosPerMinute: 10_000, requestBurst: 60, requestsPerSecond: 10 },
  });
});
afterAll(() => it.stop());

/** Sends text as it is; resolves with the error that came back and the close that followed. */
async function refusal(send: (client: RawClient) => void): Promise<{ code: string | null; closeCode: number }> {
  const client = await it.open();
  let code: string | null = null;
  client.socket.on('message', (data) => {
    code = (JSON.parse(String(data)) as { error?: { code: string } }).error?.code ?? null;
  });
  send(client);
  return { closeCode: await client.closed(), code };
}
const hello = (data: object): string => JSON.stringify({ id: 1, method: 'hello', data });

describe('who does not speak as agreed hears why, and is closed', () => {
  test.each([
    ['not JSON', 'bad-message', 4400, '{'],
    ['no frame', 'bad-message', 4400, '[]'],
    ['a field too many', 'bad-message', 4400, '{"id":1,"method":"ping","data":{},"more":1}'],
    ['no hello first', 'hello-expected', 4402, '{"id":1,"method":"ping","data":{}}'],
    ['an older protocol', 'client-too-old', 4426, hello({ protocol: 0, admission: {} })],
    [
      'a newer protocol with fields of its time',
      'server-too-old',
      4427,
      hello({ protocol: PROTOCOL_VERSION + 1, admission: { kind: 'passkey' }, mood: 'good' }),
    ],
    [
      'an admission that is none',
      'bad-message',
      4400,
      hello({ protocol: PROTOCOL_VERSION, admission: { kind: 'please' } }),
    ],
    [
      'a token that is none',
      'token-invalid',
      4413,
      hello({ protocol: PROTOCOL_VERSION, admission: { kind: 'token', token: 'x' } }),
    ],
    [
      'an unknown place',
      'peer-unknown',
      4433,
      hello({ protocol: PROTOCOL_VERSION, admission: { kind: 'resume', peerId: uuidv7(), secret: 'x' } }),
    ],
  ])('%s: %s', async (_name, code, closeCode, text) => {
    expect(await refusal((client) => client.socket.send(text))).toEqual({ code, closeCode });
  });

  test('binary', async () =>
    expect(await refusal((client) => client.socket.send(Buffer.from('{}')))).toEqual({
      code: 'bad-message',
      closeCode: 4400,
    }));
  test('silence', async () => expect(await refusal(() => {})).toEqual({ code: 'hello-expected', closeCode: 4402 }));

  test('10 MB, before they are there', async () => {
    // the head of a frame that announces 10 MB, and not one byte of them
    const { closeCode } = await refusal((client) => {
      const head = Buffer.alloc(14);
      head.writeUInt8(0x81, 0);
      head.writeUInt8(0x80 | 127, 1);
      head.writeBigUInt64BE(10n * 1024n * 1024n, 2);
      (client.socket as unknown as { _socket: Socket })._socket.write(head);
    });
    expect(closeCode).toBe(1009);
  });
  test('a little too large, in pieces', async () => {
    const { closeCode } = await refusal((client) => {
      client.socket.send('x'.repeat(MAX_SIGNALING_MESSAGE_BYTES), { fin: false });
      client.socket.send('x', { fin: true });
    });
    expect(closeCode).toBe(1009);
  });

  test('bytes that are no WebSocket, and paths that are none', async () => {
    const { port } = new URL(it.node.signalingUrl);
    for (const bytes of [
      randomBytes(2_000),
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      Buffer.from(
        'GET /signaling?token=x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
      ),
    ]) {
      const answer = await new Promise<string>((resolve) => {
        let text = '';
        const socket = connect(Number(port), '127.0.0.1', () => socket.write(bytes));
        socket.on('data', (data) => {
          text += String(data);
        });
        socket.on('error', () => {});
        socket.on('close', () => resolve(text));
        setTimeout(() => socket.destroy(), 300);
      });
      expect(answer).not.toContain('101 ');
    }
  });
});

describe('a token opens once', () => {
  test('used, also in the same moment; expired; of another node', async () => {
    const token = await it.fleet.token();
    const clients = await Promise.all([it.open(), it.open()]);
    const outcomes = await Promise.allSettled(clients.map((client) => client.enter(token)));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'token-used' } });
    const seconds = Math.floor(Date.now() / 1_000);
    await expect(it.prepare({ iat: seconds - 99, exp: seconds - 30 })).rejects.toMatchObject({ code: 'token-expired' });
    await expect(it.prepare({ aud: uuidv7() })).rejects.toMatchObject({ code: 'token-invalid' });
  });
});

describe('what is asked wrongly is answered, and nothing else happens', () => {
  test('methods, fields and times', async () => {
    const client = await it.prepare({});
    const { send, recv } = client.media;
    const ask = client.request.bind(client) as (method: string, data: unknown) => Promise<unknown>;
    const refused = async (code: string, method: string, data: unknown): Promise<void> => {
      await expect(ask(method, data), `${method} ${JSON.stringify(data)}`).rejects.toMatchObject({ code });
    };
    await refused('unknown-command', 'dance', {});
    await refused('unknown-command', 'constructor', {});
    await refused('unknown-command', 'hello', { protocol: PROTOCOL_VERSION, admission: { kind: 'token', token: 'x' } });
    await refused('bad-message', 'join-call', { displayName: '' });
    await refused('bad-message', 'ping', { more: true });
    const produce = {
      transportId: send.transportId,
      producerId: uuidv7(),
      kind: 'video',
      source: 'camera',
      paused: false,
      rtpParameters: videoParameters(3),
    };
    await refused('not-possible-now', 'produce', produce);
    const host = await it.prepare({ role: 'host' });
    for (const [method, data] of [
      ['end-call', {}],
      ['mute-all', {}],
      ['mute-participant', { peerId: uuidv7() }],
      ['remove-participant', { peerId: uuidv7() }],
      ['set-order', { isLocked: true }],
      ['set-role', { peerId: uuidv7(), role: 'presenter' }],
      ['let-speak', { peerId: uuidv7() }],
      ['raise-hand', { isUp: true }],
      ['lower-hand', { peerId: uuidv7() }],
      ['send-chat', { messageId: uuidv7(), text: 'Hello' }],
      ['recall-chat', { messageId: uuidv7() }],
      ['read-chat', { beforeNumber: 9 }],
      ['answer-poll', { pollId: uuidv7(), choices: [] as number[] }],
      ['end-poll', { pollId: uuidv7() }],
      ['hide-poll', { pollId: uuidv7() }],
    ] as const)
      await expect(host.request(method, data), method).rejects.toMatchObject({ code: 'not-possible-now' });
    host.drop();
    await client.join('Guest 1');
    await refused('not-possible-now', 'join-call', {
      displayName: 'Guest 1',
      rtpCapabilities: {},
      microphone: 'absent',
      camera: 'absent',
      view: { kind: 'auto', maxTiles: 1, tileHeightPx: 1 },
    });
    await refused('forbidden', 'end-call', {});
    await refused('forbidden', 'mute-participant', { peerId: client.hello!.peerId });
    await refused('forbidden', 'mute-all', {});
    await refused('forbidden', 'remove-participant', { peerId: uuidv7() });
    await refused('not-possible-now', 'produce', { ...produce, transportId: recv.transportId });
    await refused('bad-message', 'produce', { ...produce, kind: 'audio' });
    await refused('not-possible-now', 'connect-transport', { transportId: uuidv7(), dtlsParameters });
    await refused('bad-message', 'produce', {
      ...produce,
      rtpParameters: { codecs: [{ mimeType: 'video/none', payloadType: 96, clockRate: 90_000 }] },
    });
    await refused('bad-message', 'produce', {
      ...produce,
      rtpParameters: { ...videoParameters(1), encodings: [{ ssrc: 'x' }] },
    });
    await client.produce('camera');
    await refused('not-possible-now', 'produce', produce);
    await client.request('leave-call', {});
    expect(await client.closed()).toBe(1000);
  });

  test('answers come in the order of the requests', async () => {
    const client = await it.prepare({});
    const { send } = client.media;
    await Promise.all([
      client.join('Guest 1'),
      client.request('connect-transport', { transportId: send.transportId, dtlsParameters }),
      client.produce('camera'),
      client.produce('microphone'),
      client.request('ping', {}),
      client.request('connect-transport', { transportId: send.transportId, dtlsParameters }),
    ]);
    expect(client.answered).toEqual([...client.answered].sort((a, b) => a - b));
    expect(client.answered).toHaveLength(7);
    client.drop();
  });

  test('a flood ends the connection, not the node', async () => {
    const [flooder, other] = [await it.prepare({}), await it.prepare({})];
    for (let times = 0; times < 100; times++) flooder.request('ping', {}).catch(() => {});
    expect(await flooder.closed()).toBe(4429);
    await other.request('ping', {});
    other.drop();
  });
});

test('a client hears from the node before it would ask, and nothing extra while it is told other things', async () => {
  // longer than this machine may stand still: who is silent for so long is told
  const pulsing = await startTestNode({ settings: { pingIntervalMs: 1_000 } });
  try {
    const client = await pulsing.join({});
    const pulses = () => client.notifications.filter(({ event }) => event === 'pulse').length;
    await expect.poll(pulses, { timeout: 5_000 }).toBeGreaterThan(1);
    const talking = setInterval(() => void client.request('ping', {}).catch(() => {}), 40);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const before = pulses();
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    clearInterval(talking);
    expect(pulses()).toBe(before);
  } finally {
    await pulsing.stop();
  }
});

test('who guesses too often hears that; health and metrics are told', async () => {
  const strict = await startTestNode({ settings: { failedHellosPerMinute: 3, deadAfterMs: 300, pingIntervalMs: 100 } });
  try {
    const origin = strict.node.signalingUrl.replace('ws:', 'http:').replace('/signaling', '');
    expect(await (await fetch(`${origin}/healthz`)).text()).toBe('ok\n');
    expect((await fetch(`${origin}/`)).status).toBe(404);
    const client = await strict.join({});
    const metrics = await (await fetch(`${origin}/metrics`)).text();
    expect(metrics).toContain('maru_media_carried{what="joined"} 1');
    expect(metrics).toContain('maru_media_worker_held{worker="0",what="webrtc_transports"} 2');
    // a client that does not even answer pings is found
    client.socket.pause();
    await expect.poll(() => strict.node.sessionCount, { timeout: 2_000 }).toBe(0);
    for (let tries = 0; tries < 3; tries++) await strict.prepare({ aud: uuidv7() }).catch(() => {});
    await expect(strict.prepare({ aud: uuidv7() })).rejects.toMatchObject({ code: 'too-many-attempts' });
  } finally {
    await strict.stop();
  }
});
