/** The limits judged over all strikes of a fault: `measure.md` asks for the 95th of 100, not for the worst. */
import type { Struck } from './strike.ts';

/** Nearest rank: of fewer than twenty, the worst. @param values at least one */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]!;
}

export type Line = { fault: string; what: string; strikes: number; median: number; p95: number; worst: number };

/** Of each fault: until all is right, what was begun is done, and its longest stillness, in shares of their limits. */
export function linesOf(struck: readonly Struck[]): Line[] {
  return [...new Set(struck.map(({ fault }) => fault.name))].flatMap((fault) => {
    const shares: Record<string, number[]> = { 'right again': [], 'what was begun': [], 'pictures still': [] };
    for (const { times } of struck.filter((one) => one.fault.name === fault)) {
      const shareOf = (ends: (what: string) => boolean): number[] =>
        times.filter(({ what }) => ends(what)).map(({ ms, limitMs }) => ms / limitMs);
      shares['right again']!.push(...shareOf((what) => what === 'right again'));
      shares['what was begun']!.push(...shareOf((what) => what.endsWith(' done')));
      shares['pictures still']!.push(Math.max(...shareOf((what) => what.endsWith(' stand still'))));
    }
    return Object.entries(shares)
      .filter(([, values]) => values.length > 0)
      .map(([what, values]) => ({
        fault,
        what,
        strikes: values.length,
        median: percentile(values, 0.5),
        p95: percentile(values, 0.95),
        worst: Math.max(...values),
      }));
  });
}

/** @returns whether every limit held */
export function printVerdict(struck: readonly Struck[]): boolean {
  const lines = linesOf(struck);
  console.log('\nin shares of the limit                     strikes median  95th  worst');
  for (const { fault, what, strikes, median, p95, worst } of lines) {
    const [mid, most, all] = [median, p95, worst].map((share) => share.toFixed(2).padStart(6));
    console.log(
      `${`${fault}: ${what}`.padEnd(46)} ${String(strikes).padStart(4)} ${mid} ${most} ${all} ${p95 > 1 ? 'NOT MET' : 'ok'}`,
    );
  }
  const wrong = struck.filter(({ problems }) => problems.length > 0).length;
  console.log(`${struck.length - wrong} of ${struck.length} strikes left all as it was`);
  return wrong === 0 && lines.every(({ p95 }) => p95 <= 1);
}
