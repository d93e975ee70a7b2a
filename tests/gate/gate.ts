/**
 * Runs groups and prints: a line as each ends, then the summary and the count. Groups within a stage run side by side.
 */
import { parseArgs } from 'node:util';
import { countLine, groupLine, isGreen, summary, type Tally } from './tally.ts';

/** One run that is counted. Several runs may share a group, as the static checks do. */
export type Run = { group: string; run: () => Promise<Tally> };
/** Runs that share the machine. */
export type Stage = readonly Run[];

const HEARTBEAT_MS = 60_000;

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

export function groupNames(stages: readonly Stage[]): string[] {
  return [...new Set(stages.flat().map(({ group }) => group))];
}

/**
 * The stages that a command line asks for: all, or those of its `--only GROUP`, in the order of `stages`.
 * @throws Error that names the groups there are
 */
export function wantedStages(stages: readonly Stage[], args: string[]): Stage[] {
  const { only } = parseArgs({ args, options: { only: { type: 'string', multiple: true } } }).values;
  if (only === undefined) return [...stages];
  const names = groupNames(stages);
  for (const name of only) {
    if (!names.includes(name)) throw new Error(`there is no group "${name}"; there is ${names.join(', ')}`);
  }
  return stages.map((stage) => stage.filter(({ group }) => only.includes(group))).filter((stage) => stage.length > 0);
}

/**
 * @param stages one after the other, whatever became of the one before
 * @returns the exit code
 */
export async function runStages(stages: readonly Stage[]): Promise<number> {
  const startedAt = performance.now();
  const tallies: Tally[] = [];
  const heartbeat = setInterval(() => {
    print(`  … ${Math.round((performance.now() - startedAt) / 60_000)} min so far`);
  }, HEARTBEAT_MS);
  for (const stage of stages) {
    await Promise.all(
      stage.map(async ({ run }) => {
        const tally = await run();
        print(groupLine(tally));
        tallies.push(tally);
      }),
    );
  }
  clearInterval(heartbeat);
  print(summary(tallies));
  print('');
  print(countLine(tallies));
  return isGreen(tallies) ? 0 : 1;
}
