/** A process of the box that is kept alive: started again by itself, after pauses that grow while it keeps failing. */
import { type ChildProcess, fork } from 'node:child_process';
import { unlinkSync, writeFileSync } from 'node:fs';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;
/** Who has run for so long has not failed at starting. */
const SOUND_AFTER_MS = 10_000;
const KILL_AFTER_MS = 4_000;

export type KeptProcessOptions = {
  modulePath: string;
  /** asked at each start */
  args: () => string[];
  pidFile: string;
  /** where Node keeps what it compiled: from its second start on, the process takes less memory */
  compiledDir: string;
  onMessage?: (message: unknown) => void;
};

export class KeptProcess {
  readonly #options: KeptProcessOptions;
  #child: ChildProcess | null = null;
  #again: NodeJS.Timeout | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  #startedAtMs = 0;
  #stopped = false;

  constructor(options: KeptProcessOptions) {
    this.#options = options;
  }

  get started(): boolean {
    return this.#child !== null;
  }

  start(): void {
    const { modulePath, args, compiledDir } = this.#options;
    this.#startedAtMs = performance.now();
    let child: ChildProcess;
    try {
      child = fork(modulePath, args(), {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
        env: { ...process.env, NODE_COMPILE_CACHE: compiledDir },
      });
    } catch (error) {
      this.#ended((error as Error).message);
      return;
    }
    this.#child = child;
    child.once('exit', (code, signal) => this.#ended(signal ?? code));
    child.on('error', (error) => {
      // one that never was does not exit
      if (child.pid === undefined) this.#ended(error.message);
    });
    child.on('message', (message) => this.#receive(message));
    if (child.pid !== undefined) this.#keepPid(child.pid);
  }

  /** The next start is set before anything that may fail. */
  #ended(why: string | number | null): void {
    this.#child = null;
    if (!this.#stopped) {
      if (performance.now() - this.#startedAtMs > SOUND_AFTER_MS) this.#pauseMs = FIRST_PAUSE_MS;
      this.#again = setTimeout(() => this.start(), this.#pauseMs);
      this.#log(`ended (${why}), again in ${this.#pauseMs} ms`);
      this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2);
    }
    this.#keepPid(null);
  }

  #receive(message: unknown): void {
    try {
      this.#options.onMessage?.(message);
    } catch (error) {
      this.#log(`sent what could not be handled: ${String(error)}`);
    }
  }

  /** For people and tests: a disk that is full or read-only does not stop a child. */
  #keepPid(pid: number | null): void {
    const { pidFile } = this.#options;
    try {
      if (pid === null) unlinkSync(pidFile);
      else writeFileSync(pidFile, String(pid));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT' && pid === null) return;
      this.#log(`has no true pid file: ${String(error)}`);
    }
  }

  #log(line: string): void {
    process.stderr.write(`kiosk: ${this.#options.modulePath} ${line}\n`);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#again);
    const child = this.#child;
    if (child === null) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), KILL_AFTER_MS);
    await exited;
    clearTimeout(late);
  }
}
