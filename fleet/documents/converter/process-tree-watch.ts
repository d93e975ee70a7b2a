/** Measures a process and all its descendants again and again, by /proc: memory in use, and how many threads there are. */
import { readdirSync, readFileSync } from 'node:fs';

export type ProcessTreeUse = { residentBytes: number; threads: number };

const PAGE_BYTES = 4096;

export class ProcessTreeWatch {
  readonly #timer: NodeJS.Timeout | undefined;

  /** @param root undefined: it never started */
  constructor(root: number | undefined, everyMs: number, onUse: (use: ProcessTreeUse) => void) {
    if (root !== undefined) this.#timer = setInterval(() => onUse(useOf(root)), everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

/** A process that ends while it is measured counts as nothing. */
function useOf(root: number): ProcessTreeUse {
  const use = { residentBytes: 0, threads: 0 };
  const waiting = [root];
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    try {
      use.residentBytes += Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES;
      for (const task of readdirSync(`/proc/${pid}/task`)) {
        use.threads += 1;
        waiting.push(...childrenOf(pid, task));
      }
    } catch {}
  }
  return use;
}

const childrenOf = (pid: number, task: string): number[] =>
  readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
