/** One child process, kept alive: restarted alone after pauses that grow while it keeps failing, ended with us. */
import { type ChildProcess, fork, type Serializable, spawn } from 'node:child_process';
import { once } from 'node:events';
import { unlinkSync, writeFileSync } from 'node:fs';
import { retryAfterMs } from '#contract/retry-after.ts';
import { START_REFUSED_EXIT_CODE } from './start-refused.ts';

export type SupervisedOptions = {
  /** asked at each start */
  args: () => string[];
  /** holds its pid while it runs; null: there is no folder for it */
  pidFile: string | null;
  log: (what: string, details: { err?: unknown; [detail: string]: unknown }) => void;
  onMessage?: (message: unknown) => void;
  /** It ended, whatever the reason. */
  onEnded?: () => void;
  /** It refused to start, with an explanation of its own, and is not started again. Absent: it is. */
  onRefused?: () => void;
} & (
  | {
      /** path of its program, for Node */
      script: string;
      /** Node's compile cache: a restart is quicker, and the process needs less memory. null: that of this process */
      compiledDir: string | null;
      /** of messages; `advanced` carries bytes */
      serialization?: 'json' | 'advanced';
    }
  /** another program, which sends no messages */
  | { command: string }
);

const PAUSES = { firstMs: 100, longestMs: 5_000 };
/** A process that ran for so long starts after the first pause again. */
const HEALTHY_AFTER_MS = 10_000;
const KILL_AFTER_MS = 5_000;

export class SupervisedProcess {
  readonly #options: SupervisedOptions;
  #child: ChildProcess | null = null;
  #failures = 0;
  #startedAtMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(options: SupervisedOptions) {
    this.#options = options;
  }

  get running(): boolean {
    return this.#child !== null;
  }

  start(): void {
    const { log } = this.#options;
    this.#startedAtMs = performance.now();
    let child: ChildProcess;
    try {
      child = this.#open();
    } catch (error) {
      this.#onEnd({ err: error });
      return;
    }
    this.#child = child;
    child.once('exit', (code, signal) => this.#onEnd({ code, signal }));
    child.on('error', (error) => {
      // a process that never was does not exit
      if (child.pid === undefined) this.#onEnd({ err: error });
      else log('error of the process', { err: error });
    });
    child.on('message', (message) => this.#onMessage(message));
    if (child.pid !== undefined) this.#keepPid(child.pid);
  }

  #open(): ChildProcess {
    const options = this.#options;
    if ('command' in options)
      return spawn(options.command, options.args(), { stdio: ['ignore', 'inherit', 'inherit'] });
    const { compiledDir, serialization = 'json' } = options;
    return fork(options.script, options.args(), {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      serialization,
      env: { ...process.env, ...(compiledDir !== null && { NODE_COMPILE_CACHE: compiledDir }) },
    });
  }

  /**
   * Lost where the process does not run.
   * @param onWritten once it is in the channel, or lost
   */
  send(message: Serializable, onWritten: () => void): void {
    if (this.#child?.connected) this.#child.send(message, () => onWritten());
    else onWritten();
  }

  /** It hangs: killed, and started again as after any end. */
  killHanging(): void {
    this.#child?.kill('SIGKILL');
  }

  /** The next start is set before anything that may fail. */
  #onEnd(why: { code: number | null; signal: string | null } | { err: unknown }): void {
    const { onRefused, onEnded, log } = this.#options;
    this.#child = null;
    const refused = 'code' in why && why.code === START_REFUSED_EXIT_CODE;
    if (!this.#stopping && refused && onRefused) {
      onRefused();
    } else if (!this.#stopping) {
      if (performance.now() - this.#startedAtMs > HEALTHY_AFTER_MS) this.#failures = 0;
      const againInMs = retryAfterMs(this.#failures, PAUSES);
      this.#failures += 1;
      this.#timer = setTimeout(() => this.start(), againInMs);
      log('ended', { ...why, againInMs });
    }
    this.#keepPid(null);
    onEnded?.();
  }

  #onMessage(message: unknown): void {
    const { log, onMessage } = this.#options;
    try {
      onMessage?.(message);
    } catch (error) {
      log('its message could not be handled', { err: error });
    }
  }

  /** For people and tests: a disk that is full or read-only does not stop a child. */
  #keepPid(pid: number | null): void {
    const { pidFile, log } = this.#options;
    if (pidFile === null) return;
    try {
      if (pid === null) unlinkSync(pidFile);
      else writeFileSync(pidFile, `${pid}\n`);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' && pid === null) return;
      log('its pid file is not true', { err: error });
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    const child = this.#child;
    if (!child) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
    await exited;
    clearTimeout(timer);
  }
}
