/** An ffmpeg that turns what it is sent into something else, for as long as we want: ended and started again when it fails. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import { retryAfterMs } from '#contract/retry-after.ts';

export const FFMPEG = '/usr/bin/ffmpeg';

export type FilterOptions = {
  /** between the global options and nothing: from `-i pipe:0` to `pipe:1` */
  args: readonly string[];
  /** a new process: what it has to be sent first */
  onStart: (write: (bytes: Buffer) => void) => void;
  /** @throws what comes is no answer: the process is replaced */
  onOutput: (bytes: Buffer) => void;
  onEnd: () => void;
  log: (what: string, details: object) => void;
};

const PAUSES = { firstMs: 50, longestMs: 2_000 };
const HEALTHY_AFTER_MS = 10_000;
/** It reads no more. */
const MOST_UNREAD_BYTES = 512 * 1024;

export class Filter {
  readonly #options: FilterOptions;
  #child: ChildProcessByStdio<Writable, Readable, null> | null = null;
  #timer: NodeJS.Timeout | undefined;
  #startedAtMs = 0;
  #failures = 0;
  #isStopped = false;

  constructor(options: FilterOptions) {
    this.#options = options;
  }

  /** Of the process that runs, for tests. */
  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  start(): void {
    this.#startedAtMs = performance.now();
    const global = ['-hide_banner', '-nostdin', '-loglevel', 'error', '-threads', '1'];
    const child = spawn(FFMPEG, [...global, ...this.#options.args], { stdio: ['pipe', 'pipe', 'ignore'] });
    this.#child = child;
    // its `exit` or `close` follows
    child.stdin.on('error', () => {});
    child.once('error', (err) => this.#onEnd(child, { err }));
    child.once('exit', (code, signal) => this.#onEnd(child, { code, signal }));
    child.stdout.on('data', (bytes: Buffer) => {
      if (this.#child !== child) return;
      try {
        this.#options.onOutput(bytes);
      } catch (err) {
        this.replace('it wrote what is no answer', { err });
      }
    });
    this.#options.onStart((bytes) => child.stdin.write(bytes));
  }

  /** Nothing happens while none runs. */
  write(bytes: Buffer): void {
    const stdin = this.#child?.stdin;
    if (!stdin?.writable) return;
    stdin.write(bytes);
    if (stdin.writableLength > MOST_UNREAD_BYTES) this.replace('it reads no more');
  }

  replace(why: string, details: object = {}): void {
    const child = this.#child;
    if (!child) return;
    this.#options.log('a filter is replaced', { why, ...details });
    child.kill('SIGKILL');
    this.#onEnd(child, null);
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#child?.kill('SIGKILL');
  }

  #onEnd(child: ChildProcessByStdio<Writable, Readable, null>, details: object | null): void {
    if (this.#child !== child) return;
    this.#child = null;
    this.#options.onEnd();
    if (this.#isStopped) return;
    if (details) this.#options.log('a filter ended', details);
    if (performance.now() - this.#startedAtMs > HEALTHY_AFTER_MS) this.#failures = 0;
    this.#timer = setTimeout(() => this.start(), retryAfterMs(this.#failures, PAUSES));
    this.#failures += 1;
  }
}
