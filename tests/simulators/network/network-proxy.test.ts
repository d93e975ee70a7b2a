import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { NetworkProxy } from './network-proxy.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

function makeProxy(options: Partial<ConstructorParameters<typeof NetworkProxy>[0]> = {}): NetworkProxy {
  const proxy = new NetworkProxy({ seed: 7, ...options });
  closers.push(() => proxy.stop());
  return proxy;
}

async function udpEcho(): Promise<number> {
  const socket = createSocket('udp4');
  socket.on('message', (packet, from) => socket.send(packet, from.port, from.address));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  socket.setRecvBufferSize(4 * 1024 * 1024);
  closers.push(() => socket.close());
  return socket.address().port;
}

async function udpClient(): Promise<UdpSocket> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  socket.setRecvBufferSize(4 * 1024 * 1024);
  closers.push(() => socket.close());
  return socket;
}

const tcpEcho = (): Promise<number> => tcpServer((socket) => void socket.pipe(socket));

async function tcpServer(serve: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(() => server.close());
  return (server.address() as AddressInfo).port;
}

async function tcpClient(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  closers.push(() => socket.destroy());
  return socket;
}

test('datagrams take the delay both ways, and each client hears only its own echo', async () => {
  const proxy = makeProxy({ impairment: { delayMs: 200 } });
  const port = await proxy.udpPortTo('127.0.0.1', await udpEcho());
  const [first, second] = [await udpClient(), await udpClient()];
  const sentAtMs = performance.now();
  first.send('one', port, '127.0.0.1');
  second.send('two', port, '127.0.0.1');
  const [[heardByFirst], [heardBySecond]] = await Promise.all([once(first, 'message'), once(second, 'message')]);
  const tookMs = performance.now() - sentAtMs;
  expect([String(heardByFirst), String(heardBySecond)]).toEqual(['one', 'two']);
  expect(tookMs).toBeGreaterThanOrEqual(399);
  // one after the other would take twice as long
  expect(tookMs).toBeLessThan(790);
});

test('the same seed loses the same datagrams, and about as many as asked', async () => {
  const survivors = async (seed: number) => {
    const proxy = makeProxy({ seed, impairment: { lossPercent: 30 } });
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    closers.push(() => socket.close());
    const heard: string[] = [];
    socket.on('message', (packet) => heard.push(String(packet)));
    const port = await proxy.udpPortTo('127.0.0.1', socket.address().port);
    const client = await udpClient();
    for (let n = 0; n < 200; n += 1) {
      client.send(String(n), port, '127.0.0.1');
      if (n % 20 === 0) await sleep(1);
    }
    await sleep(150);
    return heard;
  };
  const first = await survivors(11);
  expect(await survivors(11)).toEqual(first);
  expect(await survivors(12)).not.toEqual(first);
  expect(first.length).toBeGreaterThan(110);
  expect(first.length).toBeLessThan(170);
});

test('a cut loses datagrams and stalls streams; what was sent meanwhile arrives after', async () => {
  const proxy = makeProxy({ impairment: { delayMs: 5 } });
  const udp = await udpClient();
  const udpPort = await proxy.udpPortTo('127.0.0.1', await udpEcho());
  const heard: string[] = [];
  udp.on('message', (packet) => heard.push(String(packet)));
  const stream = await tcpClient(await proxy.tcpPortTo('127.0.0.1', await tcpEcho()));
  let received = '';
  stream.on('data', (chunk) => (received += String(chunk)));
  stream.write('before ');
  await expect.poll(() => received).toBe('before ');

  proxy.cut();
  udp.send('lost', udpPort, '127.0.0.1');
  stream.write('during ');
  await sleep(150);
  expect(received).toBe('before ');
  proxy.restore();
  udp.send('after', udpPort, '127.0.0.1');
  stream.write('after');
  await expect.poll(() => received).toBe('before during after');
  await expect.poll(() => heard).toEqual(['after']);
});

test('a cut can reset streams, and a new connection waits for the cable', async () => {
  const proxy = makeProxy();
  const port = await proxy.tcpPortTo('127.0.0.1', await tcpEcho());
  const stream = await tcpClient(port);
  stream.write('x');
  await once(stream, 'data');
  const closed = new Promise((resolve) => stream.once('close', resolve));
  proxy.cut({ resetStreams: true });
  await closed;
  const next = await tcpClient(port);
  let received = '';
  next.on('data', (chunk) => (received += String(chunk)));
  next.write('hello');
  await sleep(100);
  expect(received).toBe('');
  proxy.restore();
  await expect.poll(() => received).toBe('hello');
});

test('a stream through the SOCKS port keeps its bytes in order under jitter, and passes the end on', async () => {
  const proxy = makeProxy({ impairment: { delayMs: 2, jitterMs: 10 } });
  const echo = await tcpEcho();
  const stream = await tcpClient(await proxy.socksPort());
  stream.write(Buffer.from([5, 1, 0]));
  await once(stream, 'data');
  stream.write(Buffer.from([5, 1, 0, 1, 127, 0, 0, 1, echo >> 8, echo & 255]));
  const [granted] = (await once(stream, 'data')) as [Buffer];
  expect(granted[1]).toBe(0);
  const sent = Array.from({ length: 500 }, (_, n) => `${n},`).join('');
  let received = '';
  stream.on('data', (chunk) => (received += String(chunk)));
  for (let at = 0; at < sent.length; at += 100) stream.write(sent.slice(at, at + 100));
  await expect.poll(() => received).toBe(sent);
  const ended = once(stream, 'end');
  stream.end();
  await ended;
});

test('a handshake through the proxy costs a round trip before the first byte', async () => {
  const proxy = makeProxy({ impairment: { delayMs: 30 } });
  const port = await proxy.tcpPortTo('127.0.0.1', await tcpEcho());
  const startedAtMs = performance.now();
  const stream = await tcpClient(port);
  stream.write('x');
  await once(stream, 'data');
  expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(115);
});

test.each(['upBps', 'downBps'] as const)('%s bounds what passes that way, and nothing else', async (way) => {
  const proxy = makeProxy({ impairment: { [way]: 200_000 } });
  const port = await tcpServer((socket) => socket.write(Buffer.alloc(20_000)));
  const stream = await tcpClient(await proxy.tcpPortTo('127.0.0.1', port));
  const startedAtMs = performance.now();
  let receivedBytes = 0;
  stream.on('data', (chunk) => (receivedBytes += chunk.length));
  await expect.poll(() => receivedBytes, { interval: 5, timeout: 5_000 }).toBe(20_000);
  // at 25 KB/s
  const tookMs = performance.now() - startedAtMs;
  if (way === 'downBps') expect(tookMs).toBeGreaterThanOrEqual(720);
  else expect(tookMs).toBeLessThan(600);
});

test('what a client sends is bounded too', async () => {
  const proxy = makeProxy({ impairment: { upBps: 800_000 } });
  const stream = await tcpClient(await proxy.tcpPortTo('127.0.0.1', await tcpEcho()));
  let receivedBytes = 0;
  stream.on('data', (chunk) => (receivedBytes += chunk.length));
  const startedAtMs = performance.now();
  stream.write(Buffer.alloc(20_000));
  await expect.poll(() => receivedBytes, { interval: 5, timeout: 5_000 }).toBe(20_000);
  expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(190);
});

test('ten thousand packets in a second pass, delayed, without loss', async () => {
  const proxy = makeProxy({ impairment: { delayMs: 20, jitterMs: 5 } });
  const port = await proxy.udpPortTo('127.0.0.1', await udpEcho());
  const client = await udpClient();
  let heard = 0;
  client.on('message', () => (heard += 1));
  const packet = Buffer.alloc(1100);
  // the burst is a hundredth of a second's worth
  for (let tick = 0; tick < 50; tick += 1) {
    for (let n = 0; n < 100; n += 1) client.send(packet, port, '127.0.0.1');
    await sleep(10);
  }
  await expect.poll(() => heard, { timeout: 3_000 }).toBeGreaterThan(4_950);
});
