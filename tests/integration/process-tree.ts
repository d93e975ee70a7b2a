/** For tests: a supervisor and its children, in each of which a fault can be planted by a signal. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { runs } from '../../kiosk/shell/shell-under-test.ts';

export const EXCEPTION = 'SIGUSR2';
export const REJECTION = 'SIGPWR';
const REJECTION_NUMBER = 30;
/** Runs in each process before the product does: the product itself knows of no planted faults. */
const planting = `
process.on('${EXCEPTION}', () => setImmediate(() => { throw new Error('planted exception'); }));
process.on('${REJECTION}', () => void Promise.reject(new Error('planted rejection')));`;
/** for NODE_OPTIONS */
export const PRELOAD = `--import data:text/javascript,${encodeURIComponent(planting)}`;

export class ProcessTree {
  readonly process: ChildProcess;
  readonly dataDir: string;
  log = '';

  constructor(script: string, dataDir: string, args: string[]) {
    this.dataDir = dataDir;
    mkdirSync(dataDir, { recursive: true });
    this.process = fork(join(import.meta.dirname, '../..', script), ['--data-dir', dataDir, ...args], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...process.env, NODE_OPTIONS: PRELOAD },
    });
    this.process.stderr!.on('data', (chunk: Buffer) => {
      this.log += chunk.toString();
    });
  }

  /** null: it is not there, or not so far that a fault can be planted in it */
  pidOf(name: string): number | null {
    try {
      const pid = Number(readFileSync(join(this.dataDir, `${name}.pid`), 'utf8'));
      return pid > 0 && runs(pid) && catches(pid, REJECTION_NUMBER) ? pid : null;
    } catch {
      return null;
    }
  }
  async running(name: string, isNot: number | null = null): Promise<number> {
    await expect
      .poll(() => ![null, isNot].includes(this.pidOf(name)), { timeout: 30_000, message: this.log.slice(-2_000) })
      .toBe(true);
    return this.pidOf(name)!;
  }
  get hasEnded(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }
  async stop(): Promise<void> {
    if (this.hasEnded) return;
    const exited = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    await exited;
  }
}

/** A process that was signalled and is there still, with the same neighbours, a moment later. */
export async function expectGoesOn(
  tree: ProcessTree,
  names: string[],
  signal: NodeJS.Signals,
  pid: number,
): Promise<void> {
  const before = names.map((name) => tree.pidOf(name));
  const logged = tree.log.length;
  process.kill(pid, signal);
  await expect.poll(() => tree.log.slice(logged)).toMatch(/planted/);
  await delay(500);
  expect(runs(pid)).toBe(true);
  expect(names.map((name) => tree.pidOf(name))).toEqual(before);
}

/** Whether a process has a handler of its own for a signal (proc(5), SigCgt). */
function catches(pid: number, signal: number): boolean {
  const mask = /^SigCgt:\t([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1];
  return ((BigInt(`0x${mask}`) >> BigInt(signal - 1)) & 1n) === 1n;
}
