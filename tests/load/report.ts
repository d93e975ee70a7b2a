/** Figures of a bench: collected as pairs or single values, printed as a table for people and one JSON line for machines. */
import { cpus } from 'node:os';

export type Figure = {
  /** as in `measure.md`'s list of names */
  name: string;
  /** one value per pair or repetition; the figure is their median */
  values: number[];
  /** small is good; the bench says whether the limit holds, it does not fail on it */
  limit?: number;
  note?: string;
};

export type BenchReport = { bench: string; seed: number; figures: Figure[]; bareTimes: Record<string, number[]> };

/** @param values at least one */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Ratio of each pair: ours divided by the peer's, in the order they ran. */
export function pairwise(ours: readonly number[], peers: readonly number[]): number[] {
  return ours.slice(0, peers.length).map((value, i) => value / peers[i]!);
}

/**
 * Least squares through (x, y): for round trips, x is the round-trip time of the link and y the time a person waited,
 * so the slope counts round trips and the intercept is what the machine itself takes.
 */
export function slope(points: readonly { x: number; y: number }[]): { slope: number; intercept: number } {
  const n = points.length;
  const meanX = points.reduce((sum, p) => sum + p.x, 0) / n;
  const meanY = points.reduce((sum, p) => sum + p.y, 0) / n;
  const above = points.reduce((sum, p) => sum + (p.x - meanX) * (p.y - meanY), 0);
  const below = points.reduce((sum, p) => sum + (p.x - meanX) ** 2, 0);
  return { slope: above / below, intercept: meanY - (above / below) * meanX };
}

const short = (value: number): string => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(2));

/** Prints the table, then the JSON line last. */
export function printReport(report: BenchReport): void {
  console.log(`\nbench ${report.bench}, seed ${report.seed}, ${cpus().length} cores\n`);
  const rows = report.figures.map((figure) => {
    const value = median(figure.values);
    const held =
      figure.limit === undefined
        ? ''
        : value <= figure.limit
          ? `ok (<= ${figure.limit})`
          : `NOT MET (<= ${figure.limit})`;
    return [
      figure.name,
      short(value),
      `${short(Math.min(...figure.values))}..${short(Math.max(...figure.values))}`,
      String(figure.values.length),
      held,
      figure.note ?? '',
    ];
  });
  const header = ['figure', 'median', 'spread', 'runs', 'limit', ''];
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]!.length)));
  for (const row of [header, ...rows])
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    );
  const times = Object.entries(report.bareTimes);
  if (times.length > 0) console.log('\nbare times in ms, for people only (median, spread):');
  for (const [name, values] of times) {
    console.log(
      `  ${name.padEnd(36)} ${short(median(values))}  (${short(Math.min(...values))}..${short(Math.max(...values))})`,
    );
  }
  const figures = Object.fromEntries(
    report.figures.map((figure) => [figure.name, Number(median(figure.values).toFixed(3))]),
  );
  const runs = Math.min(...report.figures.map((figure) => figure.values.length));
  console.log(
    `\n${JSON.stringify({ bench: report.bench, machine: { cores: cpus().length }, figures, runs, seed: report.seed })}`,
  );
}
