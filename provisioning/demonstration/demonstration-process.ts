/**
 * One process of the demonstration: started, awaited until it is ready, stopped. Its output goes into a log file. Its
 * IPC channel is its lifeline: a part that loses it ends by itself, also when this process was killed.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { z } from '#contract/schema.ts';

const READY_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;
const TAIL_LINES = 25;

/** A part ended, or did not become ready: the message is for the person who started it. */
export class ProcessFailed extends Error {}

export type DemonstrationProcessOptions<T> = {
  name: string;
  modulePath: string;
  args: string[];
  env: NodeJS.ProcessEnv;
  /** null: the output goes to stderr */
  logPath: string | null;
  readySchema: z.ZodType<T>;
};

export class DemonstrationProcess<T> {
  /** settles with a ProcessFailed when the process ends without having been stopped */
  readonly ended: Promise<ProcessFailed>;
  readonly #options: DemonstrationProcessOptions<T>;
  readonly #child: ChildProcess;
  readonly #exited: Promise<void>;
  #stopping = false;

  constructor(options: DemonstrationProcessOptions<T>) {
    this.#options = options;
    const log = options.logPath === null ? 2 : openSync(options.logPath, 'w', 0o600);
    this.#child = fork(options.modulePath, options.args, { env: options.env, stdio: ['ignore', log, log, 'ipc'] });
    if (log !== 2) closeSync(log);
    this.#exited = new Promise((resolve) => this.#child.once('exit', () => resolve()));
    this.ended = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        if (!this.#stopping) resolve(this.#failure(`ended (${signal ?? `exit code ${code}`})`));
      });
    });
  }

  /** @throws ProcessFailed when it ends first, needs longer than a minute, or sends a message outside the contract */
  async ready(): Promise<T> {
    const { promise: late, reject } = Promise.withResolvers<never>();
    const timer = setTimeout(() => reject(this.#failure('was not ready within a minute')), READY_TIMEOUT_MS);
    const told = new Promise<unknown>((resolve) => this.#child.once('message', resolve));
    const gone = this.ended.then((failure) => Promise.reject(failure));
    try {
      const message = this.#options.readySchema.safeParse(await Promise.race([told, late, gone]));
      if (message.success) return message.data;
      throw this.#failure(`told something unexpected: ${z.prettifyError(message.error)}`);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Asks it to end, then makes it. Harmless when it has ended already. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await this.#exited;
    clearTimeout(timer);
  }

  #failure(what: string): ProcessFailed {
    const { name, logPath } = this.#options;
    const tail =
      logPath === null ? '' : readFileSync(logPath, 'utf8').trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
    return new ProcessFailed(`${name} ${what}.${tail ? ` The end of its log:\n\n${tail}` : ''}`);
  }
}
