/**
 * The last look before the end: every process of a run carries the run's id in its environment, so one that outlived its
 * supervisor (a browser whose owner was killed) is found under any parent.
 */
import { readdirSync, readFileSync } from 'node:fs';

export const RUN_VARIABLE = 'MARU_RUN';

export function processesOfRun(runId: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) => environmentOf(pid).includes(`${RUN_VARIABLE}=${runId}`))
    .map(Number);
}

/** Gone while it was read, or another user's: nothing of ours. */
function environmentOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  } catch {
    return [];
  }
}

export function killProcessesOfRun(runId: string): void {
  for (const pid of processesOfRun(runId)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it ended meanwhile
    }
  }
}
