/** What processes cost, read from /proc: CPU seconds and resident memory of a process with all its descendants. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const TICKS_PER_SECOND = 100;

/** `pid` and everything below it, as of now. */
export function processTree(pid: number): number[] {
  const parents = new Map<number, number[]>();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const fields = statFields(Number(entry));
    if (fields === null) continue;
    const parent = Number(fields[1]);
    parents.set(parent, [...(parents.get(parent) ?? []), Number(entry)]);
  }
  const tree: number[] = [];
  const queue = [pid];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    tree.push(next);
    queue.push(...(parents.get(next) ?? []));
  }
  return tree;
}

/** When it was started, in ticks since the machine was; null: it is gone. */
export function startedAtTicks(pid: number): number | null {
  const fields = statFields(pid);
  return fields === null ? null : Number(fields[19]);
}

/** User and system CPU seconds of what runs now in the tree. */
export function cpuSeconds(pid: number): number {
  return processTree(pid).reduce((sum, each) => {
    const fields = statFields(each);
    return fields === null ? sum : sum + (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  }, 0);
}

/**
 * CPU seconds of a tree whose processes come and go, those included that were killed and that nobody of the tree waited
 * for: looked at again and again, so that what a process used after the last look is missing.
 */
export class CpuWatch {
  readonly #pid: number;
  readonly #secondsOf = new Map<number, number>();
  readonly #before: ReadonlyMap<number, number>;
  readonly #timer: NodeJS.Timeout;

  constructor(pid: number, everyMs = 50) {
    this.#pid = pid;
    this.#look();
    this.#before = new Map(this.#secondsOf);
    this.#timer = setInterval(() => this.#look(), everyMs);
  }

  /** Since the watch began. */
  end(): number {
    clearInterval(this.#timer);
    this.#look();
    return [...this.#secondsOf].reduce((sum, [pid, seconds]) => sum + seconds - (this.#before.get(pid) ?? 0), 0);
  }

  #look(): void {
    for (const pid of processTree(this.#pid)) {
      const fields = statFields(pid);
      if (fields !== null) this.#secondsOf.set(pid, (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND);
    }
  }
}

/** Resident bytes of the tree. Shared pages are counted once per process, alike for ours and the peer. */
export function residentBytes(pid: number): number {
  return processTree(pid).reduce((sum, each) => {
    try {
      const line = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${each}/status`, 'utf8'));
      return sum + Number(line?.[1] ?? 0) * 1024;
    } catch {
      return sum;
    }
  }, 0);
}

/** Proportional bytes of the tree: a page that n processes share counts 1/n in each (needs root for others' processes). */
export function proportionalBytes(pid: number): number {
  return processTree(pid).reduce((sum, each) => {
    try {
      const line = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${each}/smaps_rollup`, 'utf8'));
      return sum + Number(line?.[1] ?? 0) * 1024;
    } catch {
      return sum;
    }
  }, 0);
}

/** Pins the tree to one core, so that server and load do not take each other's time. */
export function pinTo(pid: number, core: number): void {
  for (const each of processTree(pid)) {
    try {
      execFileSync('taskset', ['-a', '-p', '-c', String(core), String(each)], { stdio: 'ignore' });
    } catch {
      // it ended meanwhile
    }
  }
}

/** Fields of /proc/PID/stat behind the command's name, or null when the process is gone. */
function statFields(pid: number): string[] | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}
