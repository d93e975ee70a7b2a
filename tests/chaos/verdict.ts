/** The limits judged over all strikes of a fault: `measure.md` asks for the 95th of 100, not for the worst. */
import type { Struck, Timed } from './strike.ts';

/** Nearest rank: of fewer than twenty, the worst. @param values at least one */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]!;
}

const KINDS: Record<Timed['kind'], string> = {
  right: 'right again',
  done: 'what was begun',
  still: 'pictures still',
};

export type Line = { fault: string; what: string; strikes: number; median: number; p95: number; worst: number };

/** Of each fault: until all is right, what was begun is done, and its longest stillness, in shares of their limits. */
export function linesOf(struck: readonly Struck[]): Line[] {
  return [...new Set(struck.map(({ fault }) => fault.name))].flatMap((fault) => {
    const ofFault = struck.filter((one) => one.fault.name === fault);
    return (Object.keys(KINDS) as Timed['kind'][]).flatMap((kind) => {
      // of each strike the picture that stood longest
      const shares = ofFault
        .map(({ times }) => times.filter((timed) => timed.kind === kind).map(({ ms, limitMs }) => ms / limitMs))
        .filter((each) => each.length > 0)
        .map((each) => Math.max(...each));
      if (shares.length === 0) return [];
      const [median, p95] = [percentile(shares, 0.5), percentile(shares, 0.95)];
      return [{ fault, what: KINDS[kind], strikes: shares.length, median, p95, worst: Math.max(...shares) }];
    });
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
