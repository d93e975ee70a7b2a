/** The fleet server's half of the link against a converter that a test plays. */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import type { ConversionEvent } from '#contract/converter-link.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { ConverterLink, type ConverterStatus } from './client.ts';
import { createServer, type Server, type Socket } from 'node:net';
import { readJsonLines, writeJsonLine } from './json-lines.ts';
import { socketPath } from './socket-path.ts';

const folder = mkdtempSync(join(tmpdir(), 'converter-link-'));
const documentId = '01936f00-0000-7000-8000-00000000000a';
const document = { documentId, sourcePath: '/s', outputFolder: '/o' };
let link: ConverterLink;
let server: Server;
const sockets: Socket[] = [];
afterEach(() => {
  link.stop();
  for (const socket of sockets.splice(0)) socket.destroy();
  server.close();
});

async function listen(dataDir: string, hello: object): Promise<unknown[]> {
  const received: unknown[] = [];
  server = createServer((socket) => {
    sockets.push(socket);
    readJsonLines(
      socket,
      (message) => received.push(message),
      () => {},
    );
    writeJsonLine(socket, { name: 'hello', protocol: PROTOCOL_VERSION, ...hello });
  }).listen(socketPath(dataDir));
  await once(server, 'listening');
  return received;
}
function connected(dataDir = folder) {
  const events: ConversionEvent[] = [];
  const statuses: ConverterStatus[] = [];
  link = new ConverterLink({
    dataDir,
    onEvent: (event) => events.push(event),
    onStatus: (status) => statuses.push(status),
    log: () => {},
  });
  link.start();
  return { events, statuses };
}

test('what is not finished is handed over again, what is finished is not', async () => {
  const received = await listen(folder, { whyUnavailable: null });
  const { events, statuses } = connected();
  link.convert(document);
  link.prepare();
  const convert = { name: 'convert', ...document };
  await expect.poll(() => received).toContainEqual(convert);
  sockets.at(-1)!.destroy();
  await expect
    .poll(() => received.filter((message) => JSON.stringify(message) === JSON.stringify(convert)))
    .toHaveLength(2);
  writeJsonLine(sockets.at(-1)!, { name: 'converted', documentId, pageCount: 1 });
  await expect.poll(() => events).toEqual([{ name: 'converted', documentId, pageCount: 1 }]);
  sockets.at(-1)!.destroy();
  await expect.poll(() => statuses.filter(({ is }) => is === 'there')).toHaveLength(3);
  await expect.poll(() => received.at(-1)).toEqual({ name: 'prepare' });
  expect(received.filter((message) => JSON.stringify(message) === JSON.stringify(convert))).toHaveLength(2);
});

test('nothing is reported of a document that was cancelled', async () => {
  const received = await listen(folder, { whyUnavailable: null });
  const { events } = connected();
  const cancelled = { ...document, documentId: '01936f00-0000-7000-8000-00000000000b' };
  link.convert(cancelled);
  await expect.poll(() => received).toContainEqual({ name: 'convert', ...cancelled });
  link.cancel(cancelled.documentId);
  link.convert(document);
  for (const { documentId } of [cancelled, document])
    writeJsonLine(sockets.at(-1)!, { name: 'page-count', documentId, pageCount: 3 });
  await expect.poll(() => events).toEqual([{ name: 'page-count', documentId, pageCount: 3 }]);
  sockets.at(-1)!.destroy();
  await expect
    .poll(() => received.slice(-2))
    .toEqual([
      { name: 'hello', protocol: PROTOCOL_VERSION },
      { name: 'convert', ...document },
    ]);
});

test('why a converter can do nothing is known', async () => {
  await listen(folder, { whyUnavailable: 'bubblewrap makes no sandbox here' });
  connected();
  await expect.poll(() => link.status).toEqual({ is: 'unavailable', reason: 'bubblewrap makes no sandbox here' });
});

test('a converter of another release is not read, and tried again', async () => {
  await listen(folder, { protocol: PROTOCOL_VERSION + 1, whyUnavailable: null });
  const { events } = connected();
  link.convert(document);
  await expect.poll(() => sockets.length).toBeGreaterThan(1);
  expect(link.status).toEqual({ is: 'away' });
  expect(events).toEqual([]);
});

test('a data folder may lie deeper than a socket’s address is long', async () => {
  const deep = join(folder, 'd'.repeat(100));
  mkdirSync(deep);
  await listen(deep, { whyUnavailable: null });
  connected(deep);
  await expect.poll(() => link.status).toEqual({ is: 'there' });
  rmSync(folder, { recursive: true });
});
