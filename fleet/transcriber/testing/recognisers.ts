/** For tests: the processes of sherpa-onnx below this one, found as the system lists them. */
import { readdirSync, readFileSync } from 'node:fs';

/** of this process, and of those that it started */
export function recogniserPids(): number[] {
  const parents = new Map<number, number>();
  const found: number[] = [];
  for (const pid of readdirSync('/proc').map(Number).filter(Number.isInteger)) {
    try {
      // behind the name, which may have anything in it: state and parent
      const [, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
      parents.set(pid, Number(parent));
      if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('/sherpa/main.ts')) found.push(pid);
    } catch {
      // it has ended meanwhile
    }
  }
  const isOurs = (pid: number | undefined): boolean =>
    pid === process.pid || (pid !== undefined && pid > 1 && isOurs(parents.get(pid)));
  return found.filter(isOurs);
}
