/** Chooses some of the possible mutants: the same ones for the same seed, spread over files, kinds and lines. */
import { diceOf } from '../chaos/feeds/mutations.ts';
import type { Mutant } from './mutations.ts';

/** @returns `count` of them, or all where there are fewer, by path and line */
export function chosenMutants(possible: readonly Mutant[], count: number, seed: number): Mutant[] {
  const left = shuffled(possible, seed);
  const chosen: Mutant[] = [];
  const times = new Map<string, number>();
  const timesOf = (key: string): number => times.get(key) ?? 0;
  while (chosen.length < count && left.length > 0) {
    let best = 0;
    for (let each = 1; each < left.length; each += 1) {
      if (isRarer(left[each]!, left[best]!)) best = each;
    }
    const [mutant] = left.splice(best, 1) as [Mutant];
    chosen.push(mutant);
    for (const key of keysOf(mutant)) times.set(key, timesOf(key) + 1);
  }
  return chosen.sort((a, b) => a.path.localeCompare(b.path) || a.start - b.start || a.end - b.end);

  function isRarer(a: Mutant, b: Mutant): boolean {
    const keysOfB = keysOf(b);
    for (const [index, key] of keysOf(a).entries()) {
      const difference = timesOf(key) - timesOf(keysOfB[index]!);
      if (difference !== 0) return difference < 0;
    }
    return false;
  }
}

/** What should not repeat, the most important first. */
const keysOf = ({ path, kind, line }: Mutant): string[] => [path, kind, `${path}:${line}`];

/** Fisher and Yates */
function shuffled<V>(values: readonly V[], seed: number): V[] {
  const dice = diceOf(seed);
  const mixed = [...values];
  for (let at = mixed.length - 1; at > 0; at -= 1) {
    const other = dice.upTo(at + 1);
    [mixed[at], mixed[other]] = [mixed[other]!, mixed[at]!];
  }
  return mixed;
}
