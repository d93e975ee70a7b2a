/**
 * The wall clock, with its jumps noticed: somebody sets it, or it is corrected. A jump is the difference between the
 * time that passed by it and by the machine's uptime. Times that are kept by the wall clock are moved by the jump, so that the
 * rest of an idle time or a life stays the same. Slow corrections (NTP's slewing) are no jumps, nor is a sleep of the
 * machine: its uptime counts the sleep, which `performance.now()` does not.
 */
import { uptime } from 'node:os';

export type JumpHandler = (byMs: number) => void | Promise<void>;
export type WallClockOptions = {
  wallNowMs?: () => number;
  /** counts the machine's sleep; a system call where it is the uptime */
  steadyNowMs?: () => number;
  /** cheap, and does not count the sleep; with a steady clock of one's own there is none unless it is given */
  tickingNowMs?: () => number;
};

const SMALLEST_JUMP_MS = 1_000;
const LOOK_EVERY_MS = 1_000;
/** between two readings of one moment; beyond it we were stopped in between, and the readings are not of one moment */
const ONE_MOMENT_MS = 100;

export class WallClock {
  readonly #wallNowMs: () => number;
  readonly #steadyNowMs: () => number;
  /** cheap; null: not asked for. A jump and a sleep of the machine both move the wall clock against it */
  readonly #tickingNowMs: (() => number) | null;
  #tickingOffsetMs = Number.NaN;
  readonly #handlers: JumpHandler[] = [];
  /** the wall clock less the uptime, as last read */
  #offsetMs: number;
  #settling: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;

  constructor({ wallNowMs = () => Date.now(), steadyNowMs, tickingNowMs }: WallClockOptions = {}) {
    this.#wallNowMs = wallNowMs;
    this.#steadyNowMs = steadyNowMs ?? (() => uptime() * 1_000);
    this.#tickingNowMs = tickingNowMs ?? (steadyNowMs === undefined ? () => performance.now() : null);
    this.#offsetMs = this.#readOffsetMs();
  }

  /** Looks by itself, so that a jump is noticed while nobody asks. */
  start(): void {
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }
  stop(): void {
    clearInterval(this.#timer);
  }

  /** Called within the reading that notices the jump, before anyone sees the new time. It must not throw or reject. */
  onJump(handler: JumpHandler): void {
    this.#handlers.push(handler);
  }

  /** Now, by the wall clock; times in memory have been moved. */
  nowMs(): number {
    // asked for thousands of times a second, and the uptime is a system call
    if (!this.#hasMovedOn()) this.#look();
    return this.#wallNowMs();
  }

  /** Now, by the wall clock; stored times have been moved too. */
  async settledNowMs(): Promise<number> {
    this.#look();
    await this.#settling;
    return this.nowMs();
  }

  /** The wall clock went on as the ticking one did since the last look. */
  #hasMovedOn(): boolean {
    if (this.#tickingNowMs === null) return false;
    const offsetMs = this.#wallNowMs() - this.#tickingNowMs();
    return Math.abs(offsetMs - this.#tickingOffsetMs) < SMALLEST_JUMP_MS / 4;
  }

  #look(): void {
    if (this.#tickingNowMs !== null) this.#tickingOffsetMs = this.#wallNowMs() - this.#tickingNowMs();
    const offsetMs = this.#readOffsetMs();
    const byMs = Math.round(offsetMs - this.#offsetMs);
    this.#offsetMs = offsetMs;
    if (Math.abs(byMs) < SMALLEST_JUMP_MS) return;
    this.#settling = Promise.all([this.#settling, ...this.#handlers.map((handler) => handler(byMs))]);
  }

  #readOffsetMs(): number {
    for (;;) {
      const beforeMs = this.#steadyNowMs();
      const wallMs = this.#wallNowMs();
      if (this.#steadyNowMs() - beforeMs < ONE_MOMENT_MS) return wallMs - beforeMs;
    }
  }
}
