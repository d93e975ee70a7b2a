// Whom the TV's browser trusts: the CA that the agent leaves, the next one, and IT's own by Chromium's policy. Real Chromium
// under the real shell.
import { spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { CaUnderTest } from '../../kiosk/agent/certificates-under-test.ts';
import {
  PageUnderTest,
  shellDirOf,
  type ShellRun,
  startShell,
  STARTS_WITHIN_MS,
} from '../../kiosk/shell/shell-under-test.ts';

vi.setConfig({ testTimeout: STARTS_WITHIN_MS, hookTimeout: STARTS_WITHIN_MS });

const page = new PageUnderTest();
const servers: Server[] = [];
let shell: ShellRun;
let former: CaUnderTest;
let next: CaUnderTest;
let ports: { former: number; next: number };

async function serve(ca: CaUnderTest): Promise<number> {
  const { certificatePem: cert, keyPem: key } = await ca.issue({ commonName: 'node', ofServer: true });
  const server = createServer({ cert, key }).listen(0, '127.0.0.1');
  new WebSocketServer({ server });
  await once(server, 'listening');
  servers.push(server);
  return (server.address() as AddressInfo).port;
}
const leave = (profileDir: string, ca: CaUnderTest): void =>
  writeFileSync(join(shellDirOf(profileDir), 'fleet-ca.pem'), ca.certificatePem);
/** As the page's call does. */
const connects = (port: number, from = page): Promise<string> =>
  from.run(
    `new Promise((done) => { const socket = new WebSocket('wss://127.0.0.1:${port}/'); socket.onopen = () => done('open'); socket.onclose = () => done('refused'); })`,
  );

beforeAll(async () => {
  [former, next] = [await CaUnderTest.create(), await CaUnderTest.create()];
  ports = { former: await serve(former), next: await serve(next) };
  await page.start();
  shell = startShell(`${page.origin}/`, ['--shell=chromium', '--headless'], [], (profileDir) => {
    leave(profileDir, former);
  });
  await page.firstLoad(shell);
});
afterAll(async () => {
  await shell?.stop();
  await page.stop();
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

test('a server of the fleet is trusted, one of another CA is not', async () => {
  expect(await connects(ports.former)).toBe('open');
  expect(await connects(ports.next)).toBe('refused');
});

test('another CA is trusted by another window, and the former one no longer', async () => {
  const sinceMs = Date.now();
  leave(shell.profileDir, next);
  await page.newLoad(sinceMs, 15_000);
  expect(shell.log()).toContain('the CA of the fleet is another');
  expect(await connects(ports.next)).toBe('open');
  expect(await connects(ports.former)).toBe('refused');
});

const canMount =
  process.getuid?.() === 0 &&
  spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/etc/chromium']).status === 0;

test('a CA of IT’s own is trusted by the policy that the guide names', async (context) => {
  context.skip(!canMount, 'only root can put a policy where Chromium reads it');
  const folder = mkdtempSync(join(tmpdir(), 'maru-ca-policy-'));
  const other = new PageUnderTest();
  await other.start();
  const file = join(folder, 'office-ca.json');
  const der = new X509Certificate(next.certificatePem).raw.toString('base64');
  writeFileSync(file, JSON.stringify({ CACertificates: [der] }));
  const script = `mount -t tmpfs none /etc/chromium && mkdir -p /etc/chromium/policies/managed && cp ${file} /etc/chromium/policies/managed && exec "$@"`;
  const under = ['unshare', '-m', 'sh', '-c', script, 'sh'];
  const run = startShell(`${other.origin}/`, ['--shell=chromium', '--headless'], under);
  context.onTestFinished(async () => {
    await run.stop();
    await other.stop();
    rmSync(folder, { recursive: true });
  });
  await other.firstLoad(run);
  expect(await connects(ports.next, other)).toBe('open');
  expect(await connects(ports.former, other)).toBe('refused');
});
