/**
 * Runs the programs that speak CEC: with arguments as a list, never through a shell, each with a deadline after which it
 * is killed, each with a bound on what it may print. One that can't even be killed is left behind and not waited for.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { OperationalError, ProtocolError } from '#contract/error-codes.ts';

const MOST_OUTPUT_BYTES = 64 * 1024;
const LONGEST_LINE = 1_000;
/** Held by a driver that does not let go: more of them would help nobody. */
const MOST_LEFT_BEHIND = 2;
const STOP_WITHIN_MS = 1_000;
const env = (): NodeJS.ProcessEnv => ({ ...process.env, LC_ALL: 'C' });

export type ToolRun = { stdout: string; stderr: string; exitCode: number | null };

/** One program, run once for each order. */
export class ToolRunner {
  readonly #program: string;
  readonly #deadlineMs: number;
  readonly #running = new Set<ChildProcess>();
  #tail: Promise<unknown> = Promise.resolve();
  #stopped = false;

  constructor({ program, deadlineMs }: { program: string; deadlineMs: number }) {
    this.#program = program;
    this.#deadlineMs = deadlineMs;
  }

  /** After those that were asked for before. @throws OperationalError, ProtocolError */
  run(args: readonly string[], deadlineMs: number = this.#deadlineMs): Promise<ToolRun> {
    const run = this.#tail.then(() => this.#runNow(args, deadlineMs));
    this.#tail = run.catch(() => {});
    return run;
  }

  /** What is on the wire may come to its end: a message that is cut off confuses drivers. What waits is not begun. */
  async stop(): Promise<void> {
    this.#stopped = true;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, STOP_WITHIN_MS);
    });
    await Promise.race([this.#tail, late]);
    clearTimeout(timer);
    for (const child of this.#running) child.kill('SIGKILL');
  }

  #runNow(args: readonly string[], deadlineMs: number): Promise<ToolRun> {
    const program = this.#program;
    return new Promise((resolve, reject) => {
      if (this.#stopped) {
        reject(new OperationalError('device-gone', `${program} is not asked any longer`));
        return;
      }
      if (this.#running.size >= MOST_LEFT_BEHIND) {
        reject(new OperationalError('tv-not-answering', `${program} hangs in its driver`));
        return;
      }
      const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: env() });
      this.#running.add(child);
      const out = { stdout: '', stderr: '' };
      let sizeBytes = 0;
      const settle = (end: () => void): void => {
        clearTimeout(timer);
        end();
      };
      const giveUp = (error: Error): void => {
        child.kill('SIGKILL');
        child.stdout.destroy();
        child.stderr.destroy();
        settle(() => reject(error));
      };
      const timer = setTimeout(
        () => giveUp(new OperationalError('tv-not-answering', `${program} took longer than ${deadlineMs} ms`)),
        deadlineMs,
      );
      for (const name of ['stdout', 'stderr'] as const) {
        child[name].setEncoding('utf8').on('data', (text: string) => {
          sizeBytes += text.length;
          if (sizeBytes > MOST_OUTPUT_BYTES)
            giveUp(new ProtocolError('device-malformed', `${program} prints too much`));
          else out[name] += text;
        });
      }
      child.once('exit', () => this.#running.delete(child));
      child.once('error', (error) => {
        this.#running.delete(child);
        settle(() => reject(new OperationalError('device-gone', `${program}: ${error.message}`, { cause: error })));
      });
      child.once('close', (exitCode) => settle(() => resolve({ ...out, exitCode })));
    });
  }
}

export type FollowedOptions = {
  program: string;
  args: readonly string[];
  onLine: (line: string) => void;
  /** once, by itself; not when it was stopped. `exitCode` is null where it was killed or never ran */
  onEnd: (why: string, exitCode: number | null) => void;
};

/** One program that keeps running and tells line by line. */
export class FollowedTool {
  readonly #options: FollowedOptions;
  #child: ChildProcess | null = null;
  #rest = '';

  constructor(options: FollowedOptions) {
    this.#options = options;
  }

  start(): void {
    const { program, args, onEnd } = this.#options;
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'], env: env() });
    this.#child = child;
    const ended = (why: string, exitCode: number | null): void => {
      if (this.#child !== child) return;
      this.#child = null;
      onEnd(why, exitCode);
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => this.#read(text));
    child.once('error', (error) => ended(`${program}: ${error.message}`, null));
    child.once('exit', (exitCode, signal) => ended(`${program} ended (${signal ?? exitCode})`, exitCode));
  }

  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    const given = new Promise<void>((resolve) => setTimeout(resolve, 2 * STOP_WITHIN_MS).unref());
    await Promise.race([exited, given]);
    clearTimeout(late);
    child.stdout?.destroy();
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split('\n');
    // a line without an end is garbage, and not to be gathered for ever
    this.#rest = (lines.pop() ?? '').slice(-LONGEST_LINE);
    for (const line of lines) if (line.length <= LONGEST_LINE) this.#options.onLine(line);
  }
}
