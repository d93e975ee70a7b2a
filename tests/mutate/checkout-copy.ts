/**
 * A copy of the checkout in the temporary folder, in which files are broken and tests run: the checkout itself never
 * changes, and an interrupted run leaves no mutant in it. The copy shares the checkout's node_modules and has its builds.
 */
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { cp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { TestEvent } from '../gate/vitest-reporter.ts';
import type { NearTest } from './nearest-tests.ts';

export type TestRun = {
  outcome: 'passed' | 'failed' | 'timed out';
  /** the first that failed; null where an error that no test owns ended the run */
  failedTest: string | null;
  modules: { file: string; failed: number; tookMs: number }[];
  output: string;
  tookMs: number;
};

const NOT_COPIED: ReadonlySet<string> = new Set(['node_modules', '.git', '.maru']);
const OUTPUT_TAIL_CHARACTERS = 4000;
const TICK_MS = 500;

export class CheckoutCopy {
  readonly #folder: string;
  readonly #checkout: string;
  /** What tests write goes with the copy, because tests that are killed do not tidy up. The path is short for sockets. */
  readonly #temporary: string;
  /** of the process that leads the group of the run at hand */
  #running: number | null = null;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#checkout = join(folder, 'c');
    this.#temporary = join(folder, 't');
  }

  static async of(checkout: string): Promise<CheckoutCopy> {
    const copy = new CheckoutCopy(mkdtempSync(join(tmpdir(), 'maru-mutate-')));
    await cp(checkout, copy.#checkout, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => !NOT_COPIED.has(basename(source)),
    });
    symlinkSync(join(checkout, 'node_modules'), join(copy.#checkout, 'node_modules'));
    return copy;
  }

  write(path: string, text: string): void {
    writeFileSync(join(this.#checkout, path), text);
  }

  /**
   * Runs all of them in one process of vitest, and ends every process that they leave behind.
   * @param bail stops at the first test that fails
   */
  async run(tests: readonly NearTest[], { bail, limitMs }: { bail: boolean; limitMs: number }): Promise<TestRun> {
    rmSync(this.#temporary, { recursive: true, force: true, maxRetries: 5 });
    mkdirSync(this.#temporary);
    const results = join(this.#folder, 'results');
    rmSync(results, { force: true });
    const projects = new Set(tests.map(({ project }) => project));
    const run = await this.#vitest(
      [
        ...[...projects].flatMap((project) => ['--project', project]),
        ...(bail ? ['--bail', '1'] : []),
        ...['--reporter', 'default', '--reporter', './tests/gate/vitest-reporter.ts'],
        ...['--fsModuleCachePath', join(this.#folder, 'v')],
        ...tests.map(({ path }) => join(this.#checkout, path)),
      ],
      { MARU_TEST_RESULTS: results, TMPDIR: this.#temporary },
      limitMs,
    );
    await this.#endProcesses();
    const events = existsSync(results) ? eventsIn(readFileSync(results, 'utf8')) : [];
    const modules = events.flatMap((event) => (event.event === 'module' ? [event] : []));
    const failed = events.find((event) => event.event === 'failed');
    return { ...run, modules, failedTest: failed?.name ?? null };
  }

  async remove(): Promise<void> {
    await this.#endProcesses();
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #vitest(
    args: string[],
    env: NodeJS.ProcessEnv,
    limitMs: number,
  ): Promise<Pick<TestRun, 'outcome' | 'output' | 'tookMs'>> {
    const startedAt = performance.now();
    const program = join(this.#checkout, 'node_modules/vitest/vitest.mjs');
    const child = spawn(process.execPath, [program, 'run', '--config', 'tests/vitest.config.ts', ...args], {
      cwd: this.#checkout,
      env: { ...process.env, FORCE_COLOR: '0', NO_COLOR: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // a group of its own, so that a worker that hangs ends with it
      detached: true,
    });
    this.#running = child.pid ?? null;
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      let output = '';
      let outcome: TestRun['outcome'] | null = null;
      const keep = (chunk: string): void => {
        output = (output + chunk).slice(-OUTPUT_TAIL_CHARACTERS);
      };
      child.stdout.setEncoding('utf8').on('data', keep);
      child.stderr.setEncoding('utf8').on('data', keep);
      // in ticks, so that a computer that sleeps, or a run that is stopped for a while, uses up no time
      let leftMs = limitMs;
      const timer = setInterval(() => {
        leftMs -= TICK_MS;
        if (leftMs > 0) return;
        outcome = 'timed out';
        this.#endGroup();
      }, TICK_MS);
      // not 'close', which waits for every process that has inherited the output
      child.on('exit', (code) => {
        clearInterval(timer);
        outcome ??= code === 0 ? 'passed' : 'failed';
        resolve({ outcome, output, tookMs: performance.now() - startedAt });
      });
    });
  }

  #endGroup(): void {
    if (this.#running === null) return;
    try {
      process.kill(-this.#running, 'SIGKILL');
    } catch {
      // all of them have ended
    }
  }

  /** Those of the group, and those that left it: they still work in the copy or were started from it. */
  async #endProcesses(): Promise<void> {
    this.#endGroup();
    this.#running = null;
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number)) {
      if (pid === process.pid || !this.#isFromHere(pid)) continue;
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // it ended by itself
      }
    }
  }

  #isFromHere(pid: number): boolean {
    try {
      const isWithin = readlinkSync(`/proc/${pid}/cwd`).startsWith(`${this.#folder}/`);
      return isWithin || readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${this.#folder}/`);
    } catch {
      // it ended, or is another user's
      return false;
    }
  }
}

/** The last line may be half written where the run was killed. */
function eventsIn(text: string): TestEvent[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as TestEvent);
}
