/** The lock between real processes: who holds it, and that the kernel releases it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const module = join(import.meta.dirname, 'data-dir-lock.ts');
const holders: ChildProcess[] = [];
let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-lock-'));
});
afterEach(() => {
  for (const holder of holders.splice(0)) holder.kill('SIGKILL');
  rmSync(dataDir, { recursive: true });
});

/** A process that takes the lock. Resolves with what became of it. */
async function start(holder = 'fleet', waitMs = 100): Promise<{ process: ChildProcess; result: string }> {
  const program = `
    const { lockDataDir } = await import(${JSON.stringify(module)});
    try { lockDataDir(${JSON.stringify({ dataDir, holder, waitMs })}); console.log('held'); }
    catch (error) { console.log(error.constructor.name + ': ' + error.message); }
    globalThis.gc?.();
    setInterval(() => globalThis.gc?.(), 50);`;
  const child = spawn(process.execPath, ['--expose-gc', '--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  holders.push(child);
  const [line] = await once(child.stdout!, 'data');
  return { process: child, result: String(line).trim() };
}

test('a second one is refused in words, and the first one’s kill lets the next in', async () => {
  const first = await start();
  expect(first.result).toBe('held');
  const second = await start();
  expect(second.result).toMatch(/^StartRefused: Another fleet uses the data directory .*--data-dir/);
  const exited = once(first.process, 'exit');
  first.process.kill('SIGKILL');
  await exited;
  expect((await start()).result).toBe('held');
});

test('a former one that is about to end is waited for', async () => {
  const first = await start();
  setTimeout(() => first.process.kill('SIGKILL'), 500);
  expect((await start('fleet', 10_000)).result).toBe('held');
});

test('each kind of process has a lock of its own', async () => {
  expect((await start('fleet')).result).toBe('held');
  expect((await start('fleet-server')).result).toBe('held');
});

test('a directory that is not there is refused in words', async () => {
  rmSync(dataDir, { recursive: true });
  expect((await start()).result).toMatch(/^StartRefused: The data directory .* cannot be used/);
  dataDir = mkdtempSync(join(tmpdir(), 'maru-lock-'));
});
