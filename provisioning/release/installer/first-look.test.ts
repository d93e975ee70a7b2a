/** What is judged of a unit that was just started, as systemd shows it. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { answers } from './first-look.ts';

const UNIT = 'maru-fleet';
let folder: string;
let server: Server;
let url: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'maru-first-look-'));
  writeFileSync(join(folder, 'systemctl'), `#!/bin/sh\ncat ${folder}/shown\n`, { mode: 0o755 });
  vi.stubEnv('PATH', `${folder}:${process.env.PATH}`);
  server = createServer((_request, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterEach(() => {
  vi.unstubAllEnvs();
  server.close();
  rmSync(folder, { recursive: true });
});
const shows = (...lines: string[]) => writeFileSync(join(folder, 'shown'), `${lines.join('\n')}\n`);
const away = () => new Promise<void>((resolve) => void server.close(() => resolve()));

it('is an answer, whatever systemd shows', async () => {
  shows('ActiveState=failed', 'NRestarts=9');
  expect(await answers(url, UNIT, 5_000)).toBe(true);
});

it('is given up at once where it failed', async () => {
  await away();
  shows('ActiveState=failed', 'NRestarts=0');
  const startedAtMs = performance.now();
  expect(await answers(url, UNIT, 20_000)).toBe(false);
  expect(performance.now() - startedAtMs).toBeLessThan(5_000);
});

it('is given up once it ended six times since it is looked at', async () => {
  await away();
  shows('ActiveState=activating', 'NRestarts=7');
  const startedAtMs = performance.now();
  setTimeout(() => shows('ActiveState=activating', 'NRestarts=12'), 600);
  setTimeout(() => shows('ActiveState=activating', 'NRestarts=13'), 1_800);
  expect(await answers(url, UNIT, 20_000)).toBe(false);
  expect(performance.now() - startedAtMs).toBeGreaterThan(1_700);
  expect(performance.now() - startedAtMs).toBeLessThan(8_000);
});

it('is waited for where the release before it ended often, and counted from there', async () => {
  const { port } = new URL(url);
  await away();
  shows('ActiveState=activating', 'NRestarts=9', 'Job=41');
  setTimeout(() => shows('ActiveState=active', 'NRestarts=9'), 600);
  setTimeout(() => server.listen(Number(port), '127.0.0.1'), 1_800);
  expect(await answers(url, UNIT, 20_000)).toBe(true);
});

it('is no answer of the release before it, which may serve until the queued start comes to its turn', async () => {
  shows('ActiveState=deactivating', 'NRestarts=0', 'Job=41');
  const startedAtMs = performance.now();
  setTimeout(() => shows('ActiveState=active', 'NRestarts=0'), 1_200);
  expect(await answers(url, UNIT, 20_000)).toBe(true);
  expect(performance.now() - startedAtMs).toBeGreaterThan(1_100);
});

it('is waited for while its start is queued, though the release before it failed', async () => {
  const { port } = new URL(url);
  await away();
  shows('ActiveState=failed', 'NRestarts=9', 'Job=41');
  const later = setTimeout(() => {
    shows('ActiveState=active', 'NRestarts=0');
    server.listen(Number(port), '127.0.0.1');
  }, 1_200);
  expect(await answers(url, UNIT, 20_000)).toBe(true);
  clearTimeout(later);
});

it('is given up after its time', async () => {
  await away();
  shows('ActiveState=activating', 'NRestarts=5');
  expect(await answers(url, UNIT, 900)).toBe(false);
});
