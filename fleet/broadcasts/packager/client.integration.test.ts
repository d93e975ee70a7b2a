/** The fleet server's half of the packager's link, with a scripted packager that goes away. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FromPackager, MAX_PACKAGER_MESSAGE_BYTES, PACKAGER_SOCKET, ToPackager } from '#contract/packager-link.ts';
import { ProcessLinkServer } from '#edge/process-link-server.ts';
import { v7 } from 'uuid';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type PackagerEvent, PackagerLink } from './client.ts';

let dataDir: string;
let link: PackagerLink;
let server: ProcessLinkServer<ToPackager, FromPackager>;
let received: ToPackager[];
const events: PackagerEvent[] = [];
const statuses: [string, number | null][] = [];

async function listen(): Promise<void> {
  received = [];
  const into = received;
  server = new ProcessLinkServer<ToPackager, FromPackager>({
    dataDir,
    socketName: PACKAGER_SOCKET,
    maxMessageLength: MAX_PACKAGER_MESSAGE_BYTES,
    parse: (raw) => ToPackager.parse(raw),
    hello: () => ({ whyUnavailable: null, port: 7_404 }),
    onHello: (hello) => into.push(hello),
    onMessage: (message) => into.push(message),
    onRefused: () => {},
  });
  await server.start();
}
const names = (): string[] => received.map(({ name }) => name);

beforeEach(async () => {
  events.length = 0;
  statuses.length = 0;
  dataDir = mkdtempSync(join(tmpdir(), 'maru-packager-link-'));
  await listen();
  link = new PackagerLink({
    dataDir,
    hello: async () => ({ keys: [], origins: ['https://fleet.example'], revokedViewingIds: [] }),
    onEvent: (event) => events.push(event),
    onStatus: ({ is }, port) => statuses.push([is, port]),
    log: () => {},
  });
  link.start();
  await expect.poll(names).toEqual(['hello']);
});
afterEach(() => {
  link.stop();
  server.stop();
  rmSync(dataDir, { recursive: true });
});

async function again(): Promise<void> {
  server.stop();
  await listen();
  await expect.poll(() => names()[0]).toBe('hello');
}

const [broadcastId, replayId] = [v7(), v7()];
const folder = '/data/broadcasts/x';
const open = {
  broadcastId,
  kind: 'broadcast',
  folder,
  quality: { height: 720, partMs: 500 },
  wentLiveAtMs: null,
} as const;

test('reports where the packager delivers, and that it is away', async () => {
  await expect.poll(() => statuses).toEqual([['there', 7_404]]);
  expect(link.port).toBe(7_404);
  await again();
  await expect
    .poll(() => statuses)
    .toEqual([
      ['there', 7_404],
      ['away', null],
      ['there', 7_404],
    ]);
});

test('what runs is opened again, on air, until it has ended', async () => {
  link.open(open);
  link.goLive(broadcastId, 1_234);
  await expect.poll(names).toEqual(['hello', 'open', 'go-live']);
  await again();
  await expect.poll(() => received[1]).toEqual({ name: 'open', ...open, wentLiveAtMs: 1_234 });
  link.end(broadcastId);
  await again();
  await expect.poll(names).toEqual(['hello', 'open', 'end']);
  server.send({ name: 'ended', broadcastId, durationMs: 5, sizeBytes: 6 });
  await expect.poll(() => events.map(({ name }) => name)).toEqual(['ended']);
  await again();
  expect(names()).toEqual(['hello']);
});

test('what was dropped is not', async () => {
  link.open(open);
  link.drop(broadcastId);
  await again();
  expect(names()).toEqual(['hello']);
});

test('replays are served and recordings finished again, until they are forgotten or done', async () => {
  link.serve({ broadcastId: replayId, folder });
  link.finish({ broadcastId: replayId, folder, title: 't', chapters: [] });
  await again();
  await expect.poll(names).toEqual(['hello', 'serve', 'finish']);
  server.send({ name: 'finished', broadcastId: replayId, sizeBytes: 1 });
  await expect.poll(() => events).toHaveLength(1);
  link.forget(replayId);
  await again();
  expect(names()).toEqual(['hello']);
});
