/** The fleet server's half of the converter's link, with a scripted converter that goes away. */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ConversionEvent, ToConverter } from '#contract/converter-link.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { v7 } from 'uuid';
import type { ProcessStatus } from '#edge/process-link.ts';
import { socketPath } from '#edge/socket-path.ts';
import { CONVERTER_SOCKET } from '#contract/converter-link.ts';
import { ConverterLink } from './client.ts';

let dataDir: string;
let server: Server;
let link: ConverterLink;
let connections: { socket: Socket; received: ToConverter[] }[];
let hello: object;
const events: ConversionEvent[] = [];
const statuses: ProcessStatus['is'][] = [];
const logged: string[] = [];

beforeEach(async () => {
  for (const list of [events, statuses, logged]) list.length = 0;
  connections = [];
  hello = { name: 'hello', protocol: PROTOCOL_VERSION, whyUnavailable: null };
  dataDir = mkdtempSync(join(tmpdir(), 'maru-link-'));
  await listen(dataDir);
});
afterEach(async () => {
  link.stop();
  await close();
  rmSync(dataDir, { recursive: true });
});

/** The converter serves that folder, and the link connects to it. */
async function listen(folder: string): Promise<void> {
  server = createServer((socket) => {
    const connection = { socket, received: [] as ToConverter[] };
    connections.push(connection);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      const messages = chunk.toString().trim().split('\n');
      connection.received.push(...messages.map((line) => JSON.parse(line) as ToConverter));
    });
    send(socket, hello);
  });
  server.listen(socketPath(folder, CONVERTER_SOCKET));
  await once(server, 'listening');
  link = new ConverterLink({
    dataDir: folder,
    onEvent: (event) => events.push(event),
    onStatus: ({ is }) => statuses.push(is),
    log: (what) => logged.push(what),
  });
  link.start();
}
async function close(): Promise<void> {
  for (const { socket } of connections) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
}

const send = (socket: Socket, message: object): boolean => socket.write(`${JSON.stringify(message)}\n`);
const document = () => ({ documentId: v7(), sourcePath: '/a', outputFolder: '/b' });
const convertsAt = (at: number): string[] =>
  (connections[at]?.received ?? []).flatMap((message) => (message.name === 'convert' ? [message.documentId] : []));

test('after the converter was away, what is open is handed over again, and nothing else', async () => {
  const [open, done, failed, cancelled] = [document(), document(), document(), document()];
  for (const each of [open, done, failed, cancelled]) link.convert(each);
  link.prepare();
  await expect.poll(() => convertsAt(0)).toHaveLength(4);
  const { socket } = connections[0]!;
  send(socket, { name: 'converted', documentId: done.documentId, pageCount: 1 });
  send(socket, { name: 'failed', documentId: failed.documentId, code: 'document-broken', message: '' });
  link.cancel(cancelled.documentId);
  await expect.poll(() => events).toHaveLength(2);
  socket.destroy();
  await expect.poll(() => convertsAt(1)).toEqual([open.documentId]);
  expect(connections[1]!.received).toContainEqual({ name: 'prepare' });
  expect(statuses).toEqual(['there', 'away', 'there']);
});

test('why a converter can do nothing is known', async () => {
  hello = { ...hello, whyUnavailable: 'bubblewrap makes no sandbox here' };
  await expect.poll(() => connections).toHaveLength(1);
  connections[0]!.socket.destroy();
  await expect.poll(() => link.status).toEqual({ is: 'unavailable', reason: 'bubblewrap makes no sandbox here' });
});

test('a data folder may lie deeper than a socket’s address is long', async () => {
  link.stop();
  await close();
  const deep = join(dataDir, 'd'.repeat(100));
  mkdirSync(deep);
  await listen(deep);
  await expect.poll(() => link.status).toEqual({ is: 'there' });
});

test('nothing is reported of a document that was cancelled, or that nobody handed over', async () => {
  const cancelled = document();
  link.convert(cancelled);
  await expect.poll(() => convertsAt(0)).toHaveLength(1);
  link.cancel(cancelled.documentId);
  const last = document();
  link.convert(last);
  for (const documentId of [cancelled.documentId, v7(), last.documentId])
    send(connections[0]!.socket, { name: 'page-count', documentId, pageCount: 3 });
  await expect.poll(() => events).toEqual([{ name: 'page-count', documentId: last.documentId, pageCount: 3 }]);
});

test('what is no message ends the connection, and the link comes again', async () => {
  const open = document();
  link.convert(open);
  await expect.poll(() => convertsAt(0)).toHaveLength(1);
  connections[0]!.socket.write('{"name":"pag\n');
  await expect.poll(() => convertsAt(1)).toEqual([open.documentId]);
  expect(logged).toHaveLength(1);
});

test('a converter of another release, and one that greets with anything else, is asked for nothing', async () => {
  await expect.poll(() => statuses).toEqual(['there']);
  for (const wrong of [
    { ...hello, protocol: PROTOCOL_VERSION + 100 },
    { name: 'converted', documentId: v7(), pageCount: 1 },
  ]) {
    hello = wrong;
    const before = connections.length;
    connections.at(-1)!.socket.destroy();
    link.convert(document());
    await expect.poll(() => connections.length, { timeout: 5_000 }).toBeGreaterThan(before + 1);
    expect(convertsAt(before)).toEqual([]);
  }
  expect(statuses).toEqual(['there', 'away']);
  expect(link.status).toEqual({ is: 'away' });
});
