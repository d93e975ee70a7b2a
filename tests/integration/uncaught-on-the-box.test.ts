/** A bug that nobody caught, planted in each process of a box: what it does itself, and that its neighbours go on. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { Claim } from '#contract/enrolment.ts';
import { FleetUnderTest } from '../../fleet/fleet-under-test.ts';
import {
  descendantsOf,
  PageUnderTest,
  runs,
  startShell,
  STARTS_WITHIN_MS,
} from '../../kiosk/shell/shell-under-test.ts';
import { EXCEPTION, expectGoesOn, PRELOAD, ProcessTree, REJECTION } from './process-tree.ts';

vi.setConfig({ testTimeout: STARTS_WITHIN_MS, hookTimeout: STARTS_WITHIN_MS });

const folder = mkdtempSync(join(tmpdir(), 'maru-uncaught-'));
const fleet = new FleetUnderTest();
let claim: Claim;
beforeAll(async () => {
  await fleet.start();
  const room = await fleet.api('POST', '/api/v1/rooms', { roomName: 'Hall' }, fleet.admin.cookie);
  claim = Claim.parse(room.body);
});
afterAll(async () => {
  await fleet.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

let kiosk: ProcessTree | null = null;
// one that a test has ended is not the next one's matter
beforeEach(async () => {
  if (kiosk && !kiosk.hasEnded) return;
  const claimFile = join(folder, 'claim.json');
  writeFileSync(claimFile, JSON.stringify(claim));
  const args = ['--claim-file', claimFile, '--screen-port', '0', '--shell', 'none'];
  kiosk = new ProcessTree('kiosk/main.ts', join(folder, 'kiosk'), args);
  await once(kiosk.process, 'message');
});
afterAll(() => kiosk?.stop());

test.each([EXCEPTION, REJECTION] as const)('%s ends the agent: it says why, and is back', async (signal) => {
  const pid = await kiosk!.running('agent');
  const logged = kiosk!.log.length;
  process.kill(pid, signal);
  await kiosk!.running('agent', pid);
  expect(kiosk!.log.slice(logged)).toMatch(/"level":60.*planted (exception|rejection)/);
});

test.each([EXCEPTION, REJECTION] as const)('%s does not end the supervisor, which supervises on', async (signal) => {
  await kiosk!.running('agent');
  await expectGoesOn(kiosk!, ['agent'], signal, kiosk!.process.pid!);
  const pid = await kiosk!.running('agent');
  process.kill(pid, 'SIGKILL');
  await kiosk!.running('agent', pid);
});

test.each([EXCEPTION, REJECTION] as const)('%s ends the shell, and its browser with it', async (signal) => {
  const page = new PageUnderTest();
  await page.start();
  const shell = startShell(`${page.origin}/`, ['--shell=chromium', '--headless'], ['env', `NODE_OPTIONS=${PRELOAD}`]);
  onTestFinished(async () => {
    await shell.stop();
    await page.stop();
  });
  await page.firstLoad(shell);
  const browser = descendantsOf(shell.child.pid!).map(({ pid }) => pid);
  const exited = once(shell.child, 'exit');
  process.kill(shell.child.pid!, signal);
  expect(await exited).toEqual([1, null]);
  expect(shell.log()).toMatch(/uncaught exception|unhandled rejection/);
  expect(shell.log()).toMatch(/planted/);
  await expect.poll(() => browser.filter(runs)).toEqual([]);
});
