/**
 * The newest lines of this process' own log, for a kiosk without a journal, and for who follows them. A stream for pino: each
 * line goes on to the file descriptor that it would have gone to.
 */
import type { LogLines } from '#contract/room-action.ts';
import { withoutSecrets } from './without-secrets.ts';

export type LogLine = LogLines['lines'][number];

const LINES_KEPT = 5_000;
const TEXT_LETTERS = 1_000;
const LEVELS: Record<number, string> = { 10: 'trace', 20: 'debug', 30: 'info', 40: 'warn', 50: 'error', 60: 'fatal' };

export class LogRing {
  readonly #onward: { write: (text: string) => unknown };
  #lines: LogLine[] = [];
  readonly #followers = new Set<(line: LogLine) => void>();

  constructor(onward: { write: (text: string) => unknown }) {
    this.#onward = onward;
  }

  /** One line of pino. */
  write(text: string): void {
    this.#onward.write(text);
    const line = lineOf(text);
    if (line === null) return;
    this.#lines.push(line);
    // a block at a time, so that the array is not moved with each line
    if (this.#lines.length > LINES_KEPT * 1.2) this.#lines = this.#lines.slice(-LINES_KEPT);
    for (const follower of this.#followers) follower(line);
  }

  since(fromMs: number): LogLine[] {
    return this.#lines.filter(({ atMs }) => atMs >= fromMs);
  }

  /** Until the function that comes back is called. */
  follow(follower: (line: LogLine) => void): () => void {
    this.#followers.add(follower);
    return () => void this.#followers.delete(follower);
  }
}

function lineOf(text: string): LogLine | null {
  try {
    const {
      level,
      time,
      process: from,
      msg,
      pid: _,
      hostname: _h,
      ...more
    } = JSON.parse(text) as Record<string, unknown>;
    const details = Object.keys(more).length === 0 ? '' : ` ${JSON.stringify(more)}`;
    return {
      atMs: typeof time === 'number' ? time : Date.now(),
      from: String(from ?? 'agent').slice(0, 40),
      level: (LEVELS[Number(level)] ?? String(level)).slice(0, 10),
      text: withoutSecrets(`${msg ?? ''}${details}`).slice(0, TEXT_LETTERS),
    };
  } catch {
    return null;
  }
}
