/** Measured values over time, as charts and their tables show them: pure. */

/** Null: a gap, nothing is known then; undefined: the value of another line stands there, this one goes on. */
export type MeasuredValues = readonly (number | null | undefined)[];

/** Null: nothing was measured. */
export function extentOf(values: MeasuredValues): { last: number; least: number; most: number } | null {
  const known = values.filter(isMeasured);
  const last = known.at(-1);
  if (last === undefined) return null;
  return {
    last,
    least: known.reduce((least, each) => Math.min(least, each)),
    most: known.reduce((most, each) => Math.max(most, each)),
  };
}

export const isMeasured = (value: MeasuredValues[number]): value is number => typeof value === 'number';

export type Span = { fromMs: number; means: Record<string, number | null> };

/** The period in so many equal spans, of each column the mean of what was measured; spans without anything are left out. */
export function meansOfSpans(
  columns: Readonly<Record<string, { atMs: readonly number[]; values: MeasuredValues }>>,
  { fromMs, toMs }: { fromMs: number; toMs: number },
  count: number,
): Span[] {
  const spanMs = (toMs - fromMs) / count;
  const names = Object.keys(columns);
  const sums = Array.from({ length: count }, () => new Map<string, { sum: number; count: number }>());
  for (const name of names) {
    const { atMs, values } = columns[name]!;
    values.forEach((value, index) => {
      const at = Math.floor((atMs[index]! - fromMs) / spanMs);
      const span = sums[at];
      if (!isMeasured(value) || span === undefined) return;
      const known = span.get(name) ?? { sum: 0, count: 0 };
      span.set(name, { sum: known.sum + value, count: known.count + 1 });
    });
  }
  return sums
    .map((span, at) => ({
      fromMs: Math.round(fromMs + at * spanMs),
      means: Object.fromEntries(
        names.map((name) => {
          const known = span.get(name);
          return [name, known ? known.sum / known.count : null];
        }),
      ),
    }))
    .filter(({ means }) => Object.values(means).some((mean) => mean !== null));
}
