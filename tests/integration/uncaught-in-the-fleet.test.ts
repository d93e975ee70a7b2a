/** A bug that nobody caught, planted in each process of the fleet: what it does itself, and that its neighbours go on. */
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { FleetReady } from '#contract/process-ready.ts';
import { EXCEPTION, expectGoesOn, ProcessTree, REJECTION } from './process-tree.ts';

const folder = mkdtempSync(join(tmpdir(), 'maru-uncaught-'));
let fleet: ProcessTree | null = null;
let ready: FleetReady | null = null;
// one that a test has ended is not the next one's matter
beforeEach(async () => {
  if (fleet && !fleet.hasEnded) return;
  fleet = new ProcessTree('fleet/main.ts', join(folder, 'fleet'), ['--ephemeral-ports', '--json-logs']);
  const [message] = await once(fleet.process, 'message');
  ready = FleetReady.parse(message);
});
afterAll(async () => {
  await fleet?.stop();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

const CHILDREN = ['fleet-server', 'media-node'];
const serves = async (): Promise<boolean> =>
  (await fetch(new URL('/healthz', ready!.fleetUrl)).catch(() => null))?.ok ?? false;

test.each([
  ['fleet-server', 'media-node'],
  ['media-node', 'fleet-server'],
])('an exception ends the %s alone: it says why, and is back', async (struck, neighbour) => {
  const [pid, neighbourPid] = [await fleet!.running(struck), await fleet!.running(neighbour)];
  const logged = fleet!.log.length;
  process.kill(pid, EXCEPTION);
  await fleet!.running(struck, pid);
  const lines = fleet!.log.slice(logged).split('\n');
  expect(lines.find((line) => line.includes('planted exception'))).toMatch(/"level":60.*uncaught exception/);
  expect(lines.find((line) => line.includes(`"child":"${struck}"`))).toMatch(/"code":1/);
  await expect.poll(serves, { timeout: 30_000 }).toBe(true);
  expect(fleet!.pidOf(neighbour)).toBe(neighbourPid);
});

test.each(CHILDREN)('a rejection does not end the %s', async (name) => {
  await expectGoesOn(fleet!, CHILDREN, REJECTION, await fleet!.running(name));
  expect(await serves()).toBe(true);
});

test.each([EXCEPTION, REJECTION] as const)('%s does not end the supervisor, which supervises on', async (signal) => {
  await expectGoesOn(fleet!, CHILDREN, signal, fleet!.process.pid!);
  const pid = await fleet!.running('fleet-server');
  process.kill(pid, 'SIGKILL');
  await fleet!.running('fleet-server', pid);
});

test('a log that nobody reads any more ends nobody, and costs nothing', async () => {
  const unheard = new ProcessTree('fleet/main.ts', join(folder, 'unheard'), ['--ephemeral-ports', '--json-logs']);
  onTestFinished(() => unheard.stop());
  await once(unheard.process, 'message');
  const pids = await Promise.all(CHILDREN.map((name) => unheard.running(name)));
  unheard.process.stderr!.destroy();
  for (const pid of [unheard.process.pid!, ...pids]) process.kill(pid, REJECTION);
  const [node, server] = [await unheard.running('media-node'), await unheard.running('fleet-server')];
  process.kill(node, 'SIGKILL');
  await unheard.running('media-node', node);
  expect(unheard.pidOf('fleet-server')).toBe(server);
  const spentMs = (): number => cpuMs(unheard.process.pid!);
  const before = spentMs();
  await delay(1_000);
  expect(spentMs() - before).toBeLessThan(500);
});

/** User and system time of a process (proc(5), ticks of 10 ms). */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
