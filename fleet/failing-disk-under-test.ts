/** For integration tests: a small disk that can be filled, and strace, which makes a running process's disk fail. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, openSync, readdirSync, readFileSync, rmSync, truncateSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** A tmpfs over a folder that exists. */
export class SmallDisk {
  readonly #folder: string;
  /** why there is none; null: it is mounted */
  readonly missing: string | null;

  constructor(folder: string, size: string) {
    this.#folder = folder;
    this.missing = mountTmpfs(folder, size);
  }

  /** @param freeBytes what is left */
  fill(freeBytes = 0): void {
    const filler = openSync(this.#filler, 'a');
    try {
      for (let sizeBytes = 65_536; sizeBytes > 0; ) {
        try {
          writeSync(filler, Buffer.alloc(sizeBytes, 1));
        } catch (error) {
          if ((error as { code: string }).code !== 'ENOSPC') throw error;
          sizeBytes = Math.floor(sizeBytes / 2);
        }
      }
      truncateSync(this.#filler, Math.max(0, fstatSync(filler).size - freeBytes));
    } finally {
      closeSync(filler);
    }
  }
  free(): void {
    rmSync(this.#filler);
  }
  unmount(): void {
    if (this.missing === null) execFileSync('umount', ['--lazy', this.#folder]);
  }

  get #filler(): string {
    return join(this.#folder, 'filler');
  }
}

function mountTmpfs(folder: string, size: string): string | null {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'maru-test', folder], { stdio: 'pipe' });
    return null;
  } catch (error) {
    return `no small disk can be mounted here: ${String((error as { stderr?: Buffer }).stderr ?? error).trim()}`;
  }
}

const SYNCS = 'fsync,fdatasync';

/** What `strace -e inject=` says, e.g. `error=EIO:when=1`. */
export class FailingSyncs {
  readonly #strace: ChildProcess;

  private constructor(strace: ChildProcess) {
    this.#strace = strace;
  }

  /** Of this process's syncs of the file at `path`. Resolves once it is attached; null: there is no strace, or it may not. */
  static async of(pid: number, path: string, inject: string): Promise<FailingSyncs | null> {
    const args = ['-f', '-qq', '-p', `${pid}`, '-P', path, '-e', `trace=${SYNCS}`, '-e', `inject=${SYNCS}:${inject}`];
    const strace = spawn('strace', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    strace.on('error', () => {});
    while (strace.exitCode === null && !strace.killed) {
      if (isTraced(pid)) return new FailingSyncs(strace);
      if (strace.pid === undefined) return null;
      await sleep(20);
    }
    return null;
  }

  /** What comes after is the disk's own. */
  async end(): Promise<void> {
    if (this.#strace.exitCode !== null || this.#strace.signalCode !== null) return;
    const exited = once(this.#strace, 'exit');
    // a politer signal waits for the syscalls that it delays
    this.#strace.kill('SIGKILL');
    await exited;
  }
}

/** Each of its threads. */
const isTraced = (pid: number): boolean =>
  readdirSync(`/proc/${pid}/task`).every((task) =>
    /^TracerPid:\t[1-9]/m.test(readFileSync(`/proc/${pid}/task/${task}/status`, 'utf8')),
  );

/** It was killed; a thread that strace delays keeps it in the list of processes until strace ends. */
export const isDead = (pid: number): boolean => /^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
