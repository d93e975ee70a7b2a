/** One child process, kept alive: restarted alone with growing pauses, ended with us. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { unlinkSync, writeFileSync } from 'node:fs';
import type { Logger } from 'pino';
import { START_REFUSED_EXIT_CODE } from '#edge/start-refused.ts';

export type SupervisedOptions = {
  name: string;
  /** path of its TypeScript */
  script: string;
  args: string[];
  /** holds its pid while it runs */
  pidFile: string;
  /** where Node keeps what it compiled: a restart in a call has seconds, and compiling takes half of its start */
  compiledDir: string;
  logger: Logger;
  onMessage: (message: unknown) => void;
  /** It refused to start, in words of its own: it is not started again. */
  onRefused: () => void;
};

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** who ran for so long starts without a pause the next time */
const HEALTHY_AFTER_MS = 20_000;
const KILL_AFTER_MS = 5_000;

export class SupervisedProcess {
  readonly #options: SupervisedOptions;
  #child: ChildProcess | null = null;
  #pauseMs = FIRST_PAUSE_MS;
  #startedAtMs = 0;
  #timer: NodeJS.Timeout | null = null;
  #stopping = false;

  constructor(options: SupervisedOptions) {
    this.#options = options;
  }

  start(): void {
    const { name, script, args, compiledDir, logger } = this.#options;
    this.#startedAtMs = performance.now();
    let child: ChildProcess;
    try {
      child = fork(script, args, {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        env: { ...process.env, NODE_COMPILE_CACHE: compiledDir },
      });
    } catch (error) {
      this.#ended({ err: error });
      return;
    }
    this.#child = child;
    child.once('exit', (code, signal) => this.#ended({ code, signal }));
    child.on('error', (error) => {
      // one that never was does not exit
      if (child.pid === undefined) this.#ended({ err: error });
      else logger.error({ err: error, child: name }, 'child process');
    });
    child.on('message', (message) => this.#receive(message));
    if (child.pid !== undefined) this.#keepPid(child.pid);
  }

  /** The next start is set before anything that may fail. */
  #ended(why: { code: number | null; signal: string | null } | { err: unknown }): void {
    const { name, logger } = this.#options;
    this.#child = null;
    if (!this.#stopping && 'code' in why && why.code === START_REFUSED_EXIT_CODE) {
      this.#options.onRefused();
    } else if (!this.#stopping) {
      if (performance.now() - this.#startedAtMs > HEALTHY_AFTER_MS) this.#pauseMs = FIRST_PAUSE_MS;
      this.#timer = setTimeout(() => this.start(), this.#pauseMs);
      logger.warn({ child: name, ...why, againInMs: this.#pauseMs }, 'child process ended');
      this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2);
    }
    this.#keepPid(null);
  }

  #receive(message: unknown): void {
    const { name, logger, onMessage } = this.#options;
    try {
      onMessage(message);
    } catch (error) {
      logger.error({ err: error, child: name }, 'its message could not be handled');
    }
  }

  /** For people and tests: a disk that is full or read-only does not stop a child. */
  #keepPid(pid: number | null): void {
    const { pidFile, logger, name } = this.#options;
    try {
      if (pid === null) unlinkSync(pidFile);
      else writeFileSync(pidFile, `${pid}\n`);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' && pid === null) return;
      logger.warn({ err: error, child: name }, 'its pid file is not true');
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#timer) clearTimeout(this.#timer);
    const child = this.#child;
    if (!child) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
    await exited;
    clearTimeout(timer);
  }
}
