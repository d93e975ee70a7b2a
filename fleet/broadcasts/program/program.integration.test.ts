/** The program process as it is started: its link, a machine without Chromium, what its browser trusts, what a killed one leaves. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { v7 as uuidv7 } from 'uuid';
import { FromProgram, MAX_PROGRAM_MESSAGE_BYTES, PROGRAM_SOCKET, type ToProgram } from '#contract/program-link.ts';
import { OfficeCa } from '#edge/office-ca-under-test.ts';
import { ProcessLink } from '#edge/process-link.ts';
import { PageServer } from './page-server.ts';
import { ProgramBrowser } from './program-browser.ts';

const pageDir = join(import.meta.dirname, '../../../controller/dist');
let dataDir: string;
let child: ChildProcess | null = null;
let link: ProcessLink<FromProgram, ToProgram>;
const received: FromProgram[] = [];

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-data-'));
  received.length = 0;
});
afterEach(async () => {
  link?.stop();
  if (child?.exitCode === null && child.signalCode === null) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  child = null;
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(env: Record<string, string> = {}): Promise<void> {
  child = fork(join(import.meta.dirname, 'main.ts'), ['--data-dir', dataDir], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: { ...process.env, ...env },
  });
  await once(child, 'message');
}
function connect(): void {
  link = new ProcessLink({
    dataDir,
    socketName: PROGRAM_SOCKET,
    maxMessageLength: MAX_PROGRAM_MESSAGE_BYTES,
    parse: (raw) => FromProgram.parse(raw),
    onHello: (hello) => received.push(hello),
    onMessage: (message) => received.push(message),
    log: () => {},
  });
  link.start();
}
const run = (broadcastId: string): ToProgram => ({
  name: 'run',
  broadcastId,
  height: 720,
  show: {
    title: 'Executive meeting',
    presenterName: 'Mina',
    language: 'en',
    card: 'title',
    liveAtMs: null,
    stage: { kind: 'everyone' },
    isLive: false,
  },
  grant: {
    callId: uuidv7(),
    meetingId: uuidv7(),
    meetingTitle: 'Executive meeting',
    peerId: uuidv7(),
    // nobody is there
    signalingUrl: 'ws://127.0.0.1:9/signaling',
    joinToken: 'a-token-of-this-test',
    expiresAtMs: Date.now() + 60_000,
    documents: null,
    iceServers: [],
  },
});

/** Processes with a profile of this process. */
const browsersOf = (pid: number): string[] =>
  readdirSync('/proc').filter((entry) => {
    try {
      const isDead = /^State:\tZ/m.test(readFileSync(`/proc/${entry}/status`, 'utf8'));
      return !isDead && readFileSync(`/proc/${entry}/cmdline`, 'utf8').includes(`maru-program-${pid}-`);
    } catch {
      return false;
    }
  });

it('says why no program can run where there is no Chromium', async () => {
  await start({ MARU_CHROMIUM: '/nonexistent/chromium' });
  connect();
  await expect
    .poll(() => received)
    .toEqual([expect.objectContaining({ name: 'hello', whyUnavailable: expect.stringContaining('chromium') })]);
  expect(link.status).toMatchObject({ is: 'unavailable' });
});

it('names what runs to the next fleet server, and forgets what is stopped', async () => {
  await start({ MARU_CHROMIUM: '/bin/false' });
  connect();
  await expect.poll(() => link.status).toEqual({ is: 'there' });
  const broadcastId = uuidv7();
  link.send(run(broadcastId));
  link.stop();
  connect();
  await expect.poll(() => received.at(-1)).toMatchObject({ name: 'hello', broadcastIds: [broadcastId] });
  link.send({ name: 'stop', broadcastId });
  link.stop();
  connect();
  await expect.poll(() => received.at(-1)).toMatchObject({ name: 'hello', broadcastIds: [] });
});

it('removes at its start what a killed process has left, and nothing of one that runs', async () => {
  const [left, running] = [join(tmpdir(), 'maru-program-4194305-x'), join(tmpdir(), `maru-program-${process.pid}-x`)];
  for (const folder of [left, running]) mkdirSync(folder, { recursive: true });
  await start();
  expect(existsSync(left)).toBe(false);
  expect(existsSync(running)).toBe(true);
  rmSync(running, { recursive: true });
});

it.each(['SIGKILL', 'SIGTERM'] as const)('leaves no browser behind when it ends by %s', async (signal) => {
  await start();
  connect();
  await expect.poll(() => link.status).toEqual({ is: 'there' });
  const { pid } = child!;
  link.send(run(uuidv7()));
  await expect.poll(() => browsersOf(pid!).length, { timeout: 20_000 }).toBeGreaterThan(2);
  child!.kill(signal);
  await expect.poll(() => browsersOf(pid!)).toEqual([]);
  // what the end had no time for, the next start removes
  await start();
  expect(readdirSync(tmpdir()).filter((name) => name.includes(`program-${pid}-`))).toEqual([]);
});

it('trusts the certificates that it is given, an office’s own without its CA too, and no others', async () => {
  const ca = await OfficeCa.create();
  const { certPem, keyPem } = await ca.issue('127.0.0.1');
  const office = createServer({ cert: certPem, key: keyPem }, (_request, response) => response.end('there'));
  office.listen(0, '127.0.0.1');
  const pages = new PageServer(pageDir);
  await Promise.all([once(office, 'listening'), pages.start()]);
  const reaches = async (trusted: string): Promise<unknown> => {
    const browser = new ProgramBrowser({ url: pages.url, height: 720, trusted: () => trusted, log: () => {} });
    try {
      await browser.start();
      const url = `https://127.0.0.1:${(office.address() as AddressInfo).port}/`;
      void browser.evaluate(
        `fetch('${url}', { mode: 'no-cors' }).then(() => 'yes', () => 'no').then((it) => { globalThis.reached = it; })`,
      );
      await expect.poll(() => browser.evaluate('globalThis.reached ?? null')).not.toBeNull();
      return await browser.evaluate('globalThis.reached');
    } finally {
      await browser.end();
    }
  };
  try {
    expect(await reaches('')).toBe('no');
    expect(await reaches(ca.pem)).toBe('yes');
    expect(await reaches(certPem)).toBe('yes');
  } finally {
    office.close();
    office.closeAllConnections();
    await pages.stop();
  }
});
