/** One child process, kept alive: restarted alone with growing pauses, ended with us. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
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
  #timer: NodeJS.Timeout | null = null;
  #stopping = false;

  constructor(options: SupervisedOptions) {
    this.#options = options;
  }

  start(): void {
    const { name, script, args, pidFile, compiledDir, logger, onMessage } = this.#options;
    const startedAtMs = Date.now();
    const child = fork(script, args, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, NODE_COMPILE_CACHE: compiledDir },
    });
    this.#child = child;
    if (child.pid !== undefined) writeFileSync(pidFile, `${child.pid}\n`);
    child.on('message', onMessage);
    child.on('error', (error) => logger.error({ err: error, child: name }, 'child process'));
    child.once('exit', (code, signal) => {
      this.#child = null;
      rmSync(pidFile, { force: true });
      if (this.#stopping) return;
      if (code === START_REFUSED_EXIT_CODE) {
        this.#options.onRefused();
        return;
      }
      if (Date.now() - startedAtMs > HEALTHY_AFTER_MS) this.#pauseMs = FIRST_PAUSE_MS;
      logger.warn({ child: name, code, signal, againInMs: this.#pauseMs }, 'child process ended');
      this.#timer = setTimeout(() => this.start(), this.#pauseMs);
      this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2);
    });
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
