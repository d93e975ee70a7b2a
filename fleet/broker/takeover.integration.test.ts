/** Second lives at the broker: a copy of a client that lives, its successor once it is silent, and who never says anything. */
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { clientIdOf, topicOf } from '#contract/topics.ts';
import { CertificateAuthority } from '../devices/index.ts';
import { newId } from '../store/index.ts';
import { Broker } from './index.ts';

const KEEPALIVE_S = 2;
const SILENT_AT_MOST_MS = 5_000;
const ACCEPTED = 0;
const NOT_AUTHORISED = 5;
const PUBLISH = 0x3;

const directory = mkdtempSync(join(tmpdir(), 'maru-broker-'));
const authority = new CertificateAuthority({ directory });
const roomId = newId();
const clientId = clientIdOf('room', roomId);
const lines: Socket[] = [];
let credentials: { key: string; cert: string; ca: string };
let broker: Broker;
let presence: boolean[];

beforeAll(async () => {
  await authority.start({ isInUse: false });
  const { keyPem, certificatePem } = await authority.issueServer(['127.0.0.1']);
  const issued = await authority.issueClientWithKey(clientId);
  credentials = { key: issued.keyPem, cert: issued.certificatePem, ca: authority.certificatePem };
  broker = new Broker({
    listen: { host: '127.0.0.1', port: 0 },
    tls: { key: keyPem, cert: certificatePem, ca: authority.certificatePem },
    isAccepted: () => true,
    onRefused: () => {},
    logger: pino({ enabled: false }),
  });
  await broker.open();
  broker.onPresence((_, connected) => presence.push(connected));
  await broker.listen();
});
beforeEach(() => {
  presence = [];
});
afterEach(async () => {
  for (const line of lines.splice(0)) line.destroy();
  await expect.poll(() => broker.connectedCount).toBe(0);
});
afterAll(async () => {
  await broker?.stop();
  rmSync(directory, { recursive: true });
});

const text = (value: string): Buffer =>
  Buffer.concat([Buffer.of(value.length >> 8, value.length & 0xff), Buffer.from(value)]);
function packet(type: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  const length = body.length < 128 ? [body.length] : [(body.length % 128) + 128, Math.floor(body.length / 128)];
  return Buffer.concat([Buffer.of(type, ...length), body]);
}
const connectPacket = (isClean = true): Buffer =>
  packet(0x10, text('MQTT'), Buffer.of(4, isClean ? 2 : 0, 0, KEEPALIVE_S), text(clientId));
const subscribePacket = packet(0x82, Buffer.of(0, 1), text(topicOf('command', roomId)), Buffer.of(1));
const presencePacket = (protocol: number): Buffer =>
  packet(
    0x30,
    text(topicOf('presence', roomId)),
    Buffer.from(JSON.stringify({ protocol, online: true, epoch: 1, asOfMs: Date.now() })),
  );
const pingPacket = Buffer.of(0xc0, 0);

/** A connection past its handshake, which has sent nothing. */
async function open(): Promise<{ socket: Socket; received: () => Buffer[]; isClosed: () => boolean }> {
  const socket = connectTls({ host: '127.0.0.1', port: broker.port, ...credentials });
  lines.push(socket);
  socket.on('error', () => {});
  await once(socket, 'secureConnect');
  let bytes = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
  });
  return { socket, received: () => packetsIn(bytes), isClosed: () => socket.closed };
}
/** Whole ones, none of which is longer than 16 KB. */
function packetsIn(bytes: Buffer): Buffer[] {
  const packets: Buffer[] = [];
  for (let at = 0; at + 2 <= bytes.length; ) {
    const isLong = bytes[at + 1]! >= 128;
    const body = isLong ? bytes[at + 1]! - 128 + bytes[at + 2]! * 128 : bytes[at + 1]!;
    const end = at + (isLong ? 3 : 2) + body;
    if (end <= bytes.length) packets.push(bytes.subarray(at, end));
    at = end;
  }
  return packets;
}
type Line = Awaited<ReturnType<typeof open>>;
/** @returns the code of its CONNACK */
async function begin({ socket, received }: Line, isClean = true): Promise<number> {
  socket.write(connectPacket(isClean));
  await expect.poll(() => received().length).toBeGreaterThan(0);
  return received()[0]![3]!;
}
const publishCommand = (id: string): void => broker.publish('command', roomId, { id } as never);
const commandsOf = ({ received }: Line): string[] =>
  received()
    .filter(([first]) => first! >> 4 === PUBLISH)
    .map((each) => /"id":"(\w+)"/.exec(String(each))![1]!);

test('a client that keeps its keepalive keeps its place, however long after it came a copy of it comes', async () => {
  const first = await open();
  expect(await begin(first)).toBe(ACCEPTED);
  for (let count = 0; count < 8; count += 1) {
    await sleep((KEEPALIVE_S * 1_000) / 5);
    first.socket.write(pingPacket);
  }
  expect(await begin(await open())).toBe(NOT_AUTHORISED);
  expect([first.isClosed(), presence, broker.connectedCount]).toEqual([false, [true], 1]);
});

test('a client that is silent longer than its keepalive gives way to its successor, which begins from nothing', async () => {
  const who = { party: 'room', id: roomId } as const;
  const [former, next] = [await open(), await open()];
  await begin(former);
  former.socket.write(Buffer.concat([subscribePacket, presencePacket(PROTOCOL_VERSION + 1)]));
  await expect.poll(() => broker.unservedProtocolOf(who)).toBe(PROTOCOL_VERSION + 1);
  await expect.poll(() => broker.isHeard('command', who)).toBe(true);
  await sleep(KEEPALIVE_S * 1_000 + 200);
  expect(await begin(next)).toBe(ACCEPTED);
  await expect.poll(former.isClosed).toBe(true);
  expect([presence, broker.connectedCount]).toEqual([[true, true], 1]);
  expect([broker.isHeard('command', who), broker.unservedProtocolOf(who), broker.unserved]).toEqual([false, null, []]);
  next.socket.write(subscribePacket);
  await expect.poll(() => broker.isHeard('command', who)).toBe(true);
  publishCommand('one');
  await expect.poll(() => commandsOf(next)).toEqual(['one']);
  next.socket.destroy();
  await expect.poll(() => presence).toEqual([true, true, false]);
});

test('nothing is kept for a client that was gone, also where it asks for a session', async () => {
  const former = await open();
  await begin(former, false);
  former.socket.write(subscribePacket);
  await expect.poll(() => broker.isHeard('command', { party: 'room', id: roomId })).toBe(true);
  former.socket.destroy();
  await expect.poll(() => broker.connectedCount).toBe(0);
  publishCommand('missed');
  const next = await open();
  expect(await begin(next, false)).toBe(ACCEPTED);
  const isSessionPresent = next.received()[0]![2]!;
  expect(isSessionPresent).toBe(0);
  next.socket.write(subscribePacket);
  await expect.poll(() => broker.isHeard('command', { party: 'room', id: roomId })).toBe(true);
  publishCommand('new');
  await expect.poll(() => commandsOf(next)).toEqual(['new']);
});

test('who says nothing is closed after five seconds, at whatever point of the way in', async () => {
  const tcp = connectTcp(broker.port, '127.0.0.1');
  tcp.on('error', () => {});
  lines.push(tcp);
  const fromMs = performance.now();
  const [silent, halfway] = [await open(), await open()];
  halfway.socket.write(connectPacket().subarray(0, 9));
  const closedAfterMs = await Promise.all(
    [tcp, silent.socket, halfway.socket].map(async (socket) => {
      socket.resume();
      if (!socket.closed) await once(socket, 'close');
      return performance.now() - fromMs;
    }),
  );
  for (const afterMs of closedAfterMs) {
    expect(afterMs).toBeGreaterThan(SILENT_AT_MOST_MS - 1_500);
    expect(afterMs).toBeLessThan(SILENT_AT_MOST_MS + 3_000);
  }
}, 20_000);
