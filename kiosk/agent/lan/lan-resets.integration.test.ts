/** The kiosk's own server: a connection that is reset at any point of its life is the end of that connection alone. */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectTcp, createServer } from 'node:net';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { OfficeCa, writeCertificate } from '#edge/office-ca-under-test.ts';
import { WallClock } from '#edge/wall-clock.ts';
import { PairingCodes } from '../pairing-codes.ts';
import { RoomStore } from '../store/room-store.ts';
import { Projections } from '../projections.ts';
import { LanServer } from './lan-server.ts';
import { LanSettings } from './lan-settings.ts';

const HOST = 'room-a.office.example';
const TRIES = 30;
const folder = mkdtempSync(join(tmpdir(), 'maru-lan-resets-'));
const logged: string[] = [];
const logger = pino({}, { write: (line: string) => logged.push(line) });
const clock = new WallClock();
const codes = new PairingCodes({ roomId: 'r', onChange: () => {}, clock });
const store = new RoomStore({ path: join(folder, 'room.sqlite'), logger, onStorage: () => {}, onDamaged: () => {} });
let ca: OfficeCa;
let port: number;
let server: LanServer;

beforeAll(async () => {
  mkdirSync(join(folder, 'dist/assets'), { recursive: true });
  writeFileSync(join(folder, 'dist/control.html'), '<!doctype html><title>Maru</title>');
  ca = await OfficeCa.create();
  const probe = createServer().listen(0);
  await once(probe, 'listening');
  port = (probe.address() as { port: number }).port;
  await once(probe.close(), 'close');
  store.start();
  server = new LanServer({
    settings: LanSettings.parse({ host: HOST, port, ...writeCertificate(folder, await ca.issue(HOST)) }),
    pageDir: join(folder, 'dist'),
    store,
    codes,
    // nobody is let in here
    projections: new Projections({ roomId: '', epoch: 1 }),
    onCommand: () => {},
    onPaired: () => {},
    onLanUrl: () => {},
    clock,
    logger,
  });
  server.start();
  await vi.waitFor(() => expect(server.lanUrl).not.toBeNull());
});
afterAll(async () => {
  await server?.stop();
  store.stop();
  rmSync(folder, { recursive: true });
});

const head = (line: string, ...more: string[]): string => [line, `Host: ${HOST}:${port}`, ...more, '', ''].join('\r\n');
const pairing = (): string =>
  `${head('POST /api/v1/pairings HTTP/1.1', 'Content-Type: application/json', 'Content-Length: 20')}{"code":"AAAA AAAA"}`;
const upgrade = (): string =>
  head(
    'GET /room-link HTTP/1.1',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
  );

/** Each part follows the answer to the one before; the last is followed by the reset. */
const stages: [string, () => string[]][] = [
  ['the handshake', () => []],
  ['half a head', () => ['GET /cont']],
  ['a request', () => [head('GET /control HTTP/1.1')]],
  ['half of a body', () => [pairing().slice(0, -4)]],
  ['a code', () => [pairing()]],
  ['an upgrade', () => [upgrade()]],
  ['the answer to an upgrade and an empty message', () => [upgrade(), '\x81\x80\0\0\0\0']],
];

test.each(stages)('a reset after %s', async (_, parts) => {
  logged.length = 0;
  let reached = 0;
  for (let i = 0; i < TRIES; i += 1) if (await resetConnection(parts(), i % 4)) reached += 1;
  expect(reached).toBeGreaterThan(0);
  // an exception that nobody caught would fail this file; who comes next is served
  expect(await statusOfPage()).toBe(200);
  expect(logged.filter((line) => line.includes('"level":50'))).toEqual([]);
});

async function statusOfPage(): Promise<number | undefined> {
  const call = request({
    ...{ host: '127.0.0.1', port, path: '/control', servername: HOST, ca: ca.pem, agent: false },
    headers: { host: `${HOST}:${port}` },
  });
  call.end();
  const [response] = await once(call, 'response');
  response.resume();
  return response.statusCode;
}

async function resetConnection(parts: string[], delayMs: number): Promise<boolean> {
  const tcp = connectTcp(port, '127.0.0.1');
  // Node crashes when the TCP socket below a TLS socket is reset
  const bytes = new Duplex({ read: () => {}, write: (chunk, _encoding, done) => void tcp.write(chunk, () => done()) });
  tcp.on('data', (chunk) => bytes.push(chunk));
  const socket = connectTls({ socket: bytes, servername: HOST, ca: ca.pem });
  for (const each of [tcp, bytes, socket]) each.on('error', () => {});
  const signal = AbortSignal.timeout(5_000);
  try {
    await once(socket, 'secureConnect', { signal });
    for (const [index, part] of parts.entries()) {
      const answered = once(socket, 'data', { signal });
      answered.catch(() => {});
      await new Promise<void>((resolve) => socket.write(part, 'latin1', () => resolve()));
      if (index < parts.length - 1) await answered;
    }
    await sleep(delayMs);
    return true;
  } catch {
    return false;
  } finally {
    tcp.resetAndDestroy();
    socket.destroy();
  }
}
