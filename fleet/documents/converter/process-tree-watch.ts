/** A process and all its descendants, by /proc: memory in use and how many threads there are, again and again; their priority. */
import { readdirSync, readFileSync } from 'node:fs';
import { setPriority } from 'node:os';

export type ProcessTreeUse = { residentBytes: number; threads: number };

const PAGE_BYTES = 4096;

export class ProcessTreeWatch {
  readonly #root: number | undefined;
  readonly #timer: NodeJS.Timeout | undefined;

  /** @param root undefined: it never started */
  constructor(root: number | undefined, everyMs: number, onUse: (use: ProcessTreeUse) => void) {
    this.#root = root;
    if (root !== undefined) this.#timer = setInterval(() => onUse(useOf(root)), everyMs);
  }

  /** Of all its threads, and of what they start. @param nice up to 19; only root can lower it again */
  lowerPriority(nice: number): void {
    if (this.#root === undefined) return;
    for (const thread of threadsOf(this.#root)) {
      try {
        setPriority(thread, nice);
      } catch {
        // it has ended meanwhile
      }
    }
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}

function useOf(root: number): ProcessTreeUse {
  let residentBytes = 0;
  const threads = threadsOf(root, (pid) => {
    residentBytes += Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) * PAGE_BYTES;
  });
  return { residentBytes, threads: threads.length };
}

/** A process that ends while it is looked at counts as nothing. */
function threadsOf(root: number, onProcess: (pid: number) => void = () => {}): number[] {
  const threads: number[] = [];
  const waiting = [root];
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    try {
      onProcess(pid);
      for (const thread of readdirSync(`/proc/${pid}/task`)) {
        threads.push(Number(thread));
        waiting.push(...childrenOf(pid, thread));
      }
    } catch {}
  }
  return threads;
}

const childrenOf = (pid: number, thread: string): number[] =>
  readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
