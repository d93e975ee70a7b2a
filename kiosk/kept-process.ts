/** A process of the box that is kept alive: started again by itself, after pauses that grow while it keeps failing. */
import { type ChildProcess, fork } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';

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
  #stopped = false;

  constructor(options: KeptProcessOptions) {
    this.#options = options;
  }

  get started(): boolean {
    return this.#child !== null;
  }

  start(): void {
    const { modulePath, args, pidFile, compiledDir, onMessage } = this.#options;
    const startedMs = performance.now();
    const child = fork(modulePath, args(), {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, NODE_COMPILE_CACHE: compiledDir },
    });
    this.#child = child;
    writeFileSync(pidFile, String(child.pid));
    if (onMessage) child.on('message', onMessage);
    child.once('exit', (code, signal) => {
      this.#child = null;
      rmSync(pidFile, { force: true });
      if (this.#stopped) return;
      if (performance.now() - startedMs > SOUND_AFTER_MS) this.#pauseMs = FIRST_PAUSE_MS;
      process.stderr.write(`kiosk: ${modulePath} ended (${signal ?? code}), again in ${this.#pauseMs} ms\n`);
      this.#again = setTimeout(() => this.start(), this.#pauseMs);
      this.#pauseMs = Math.min(LONGEST_PAUSE_MS, this.#pauseMs * 2);
    });
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
