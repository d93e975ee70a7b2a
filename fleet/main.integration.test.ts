import { type ChildProcess, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { FleetReady } from '#contract/process-ready.ts';
import { ConverterLink } from './documents/converter/client.ts';
import type { Json } from './fleet-under-test.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'maru-main-'));
const messages: FleetReady[] = [];
let fleet: ChildProcess;

beforeAll(async () => {
  fleet = fork(
    join(import.meta.dirname, 'main.ts'),
    ['--data-dir', dataDir, '--ephemeral-ports', '--demonstration', '--json-logs', '--trusted-proxy', '127.0.0.1/32'],
    {
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    },
  );
  fleet.on('message', (message) => messages.push(FleetReady.parse(message)));
  await vi.waitFor(() => expect(messages).toHaveLength(1), { timeout: 50_000 });
});
afterAll(() => {
  fleet.kill('SIGKILL');
  rmSync(dataDir, { recursive: true, force: true });
});

const pidOf = (name: string): number => Number(readFileSync(join(dataDir, `${name}.pid`), 'utf8'));
const lives = (pid: number): boolean => existsSync(`/proc/${pid}`);
async function enter(): Promise<Json> {
  const { joinUrl } = messages[0]!.demonstration!;
  const response = await fetch(new URL('/api/v1/guest-entries', joinUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ invite: joinUrl.split('#')[1] }),
  }).catch(() => null);
  return response && ((await response.json()) as Json);
}

test('one start serves all: the demonstration lets a guest in, and a firewall is told every port', async () => {
  const { ports, signalingUrl, demonstration, firstAdmin } = messages[0]!;
  const { grant } = await enter();
  expect(grant.signalingUrl).toBe(signalingUrl);
  expect(demonstration!.claim!.claimCode).toMatch(/^[\w-]{14}$/);
  expect(firstAdmin!.oneTimePassword).toHaveLength(16);
  expect(ports.filter((each) => each.transport === 'tcp')).toHaveLength(5);
  expect(ports.map(({ purpose }) => purpose)).toContain('broadcasts for viewers');
  expect(ports.filter((each) => each.transport === 'tcp+udp').length).toBeGreaterThan(0);
});

test('a proxy that is named once is one for server and node: neither takes it for this machine', async () => {
  const { fleetUrl, signalingUrl } = messages[0]!;
  const statusOf = async (base: string) => (await fetch(new URL('/metrics', base))).status;
  expect([await statusOf(fleetUrl), await statusOf(signalingUrl.replace('ws:', 'http:'))]).toEqual([401, 404]);
});

test.each([
  ['--help', 0, /--trusted-proxy CIDR/],
  ['--trusted-proxy=proxy.example', 2, /^not an address or a CIDR block: proxy.example\n\nnpm run (fleet|media) /],
])('%s is answered in words', (arg, status, words) => {
  for (const program of ['main.ts', 'media/main.ts']) {
    const needed = program === 'main.ts' ? [] : ['--credentials', 'd', '--mqtt-url', 'mqtt://127.0.0.1:1'];
    const run = spawnSync(process.execPath, [join(import.meta.dirname, program), ...needed, arg], { encoding: 'utf8' });
    expect(run.status).toBe(status);
    expect(`${run.stdout}${run.stderr}`).toMatch(words);
  }
});

test('the server killed is back on the same ports, the node beside it untouched, the call the same', async () => {
  const { grant } = await enter();
  const [server, node] = [pidOf('fleet-server'), pidOf('media-node')];
  process.kill(server, 'SIGKILL');
  await expect.poll(async () => (await enter())?.grant?.callId, { timeout: 20_000 }).toBe(grant.callId);
  expect(pidOf('fleet-server')).not.toBe(server);
  expect(pidOf('media-node')).toBe(node);
  await expect.poll(() => messages.length, { timeout: 20_000 }).toBe(2);
  expect(messages[1]).toMatchObject({ fleetUrl: messages[0]!.fleetUrl, firstAdmin: null, ports: messages[0]!.ports });
});

test('the node killed is back, and its meeting gets another call', async () => {
  const { grant } = await enter();
  const [server, node] = [pidOf('fleet-server'), pidOf('media-node')];
  process.kill(node, 'SIGKILL');
  await expect
    .poll(async () => (await enter())?.grant?.callId ?? grant.callId, { timeout: 30_000 })
    .not.toBe(grant.callId);
  expect((await enter()).grant.signalingUrl).toBe(messages[0]!.signalingUrl);
  expect(pidOf('fleet-server')).toBe(server);
});

test('the converter serves beside them, and is back when it was killed', async () => {
  const status = (): Promise<ConverterLink['status']> =>
    new Promise((resolve) => {
      const link = new ConverterLink({
        dataDir,
        onEvent: () => {},
        log: () => {},
        onStatus(found) {
          link.stop();
          resolve(found);
        },
      });
      link.start();
    });
  expect(await status()).toEqual({ is: 'there' });
  const before = pidOf('converter');
  process.kill(before, 'SIGKILL');
  await expect.poll(() => lives(before)).toBe(false);
  expect(await status()).toEqual({ is: 'there' });
  expect(pidOf('converter')).not.toBe(before);
});

test('SIGTERM ends all of it', async () => {
  const pids = [pidOf('fleet-server'), pidOf('media-node'), pidOf('converter')];
  const exited = once(fleet, 'exit');
  fleet.kill('SIGTERM');
  expect((await exited)[0]).toBe(0);
  for (const pid of pids) expect(lives(pid)).toBe(false);
  expect(existsSync(join(dataDir, 'fleet-server.pid'))).toBe(false);
});
