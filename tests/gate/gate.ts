/**
 * Runs groups and prints: a line as each ends, then the summary and the count. Groups within a stage run side by side.
 */
import { countLine, groupLine, isGreen, summary, type Tally } from './tally.ts';

export type Group = () => Promise<Tally>;

const HEARTBEAT_MS = 60_000;

export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/**
 * @param stages one after the other, whatever became of the one before
 * @returns the exit code
 */
export async function runStages(stages: readonly (readonly Group[])[]): Promise<number> {
  const startedAt = performance.now();
  const tallies: Tally[] = [];
  const heartbeat = setInterval(() => {
    print(`  … ${Math.round((performance.now() - startedAt) / 60_000)} min so far`);
  }, HEARTBEAT_MS);
  for (const stage of stages) {
    await Promise.all(
      stage.map(async (group) => {
        const tally = await group();
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
