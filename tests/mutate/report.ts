/** What became of each mutant: as lines while it runs, as a table with the survivors at the end. */
import { type Mutant, withMutant } from './mutations.ts';

export type Fate = 'killed' | 'killed by time' | 'survived' | 'not covered';
export type JudgedMutant = Mutant & {
  fate: Fate;
  /** the test that noticed it; null where none did, or an error that no test owns ended the run */
  by: string | null;
  /** the lines before and after, each beginning with `-` or `+` */
  diff: string[];
  tookMs: number;
};
export type MutationReport = {
  folder: string;
  seed: number;
  /** tests that fail without a mutant, and so can judge none */
  redAnyway: string[];
  mutants: JudgedMutant[];
};

/** Of all that were chosen, so that a file without tests counts as well. */
export const KILLED_AT_LEAST_PERCENT = 85;
const DIFF_LINES_AT_MOST = 8;

export function diffOf(source: string, mutant: Mutant): string[] {
  const before = source.split('\n');
  const after = withMutant(source, mutant).split('\n');
  const first = mutant.line - 1;
  const kept = before.length - source.slice(0, mutant.end).split('\n').length;
  const lines = [
    ...before.slice(first, before.length - kept).map((line) => `- ${line.trim()}`),
    ...after.slice(first, after.length - kept).map((line) => `+ ${line.trim()}`),
  ];
  if (lines.length <= DIFF_LINES_AT_MOST) return lines;
  return [...lines.slice(0, DIFF_LINES_AT_MOST - 2), '  …', lines.at(-1)!];
}

export function killedPercent(mutants: readonly JudgedMutant[]): number {
  if (mutants.length === 0) return 0;
  return (100 * mutants.filter(isKilled).length) / mutants.length;
}

export function progressLine(done: number, all: number, mutant: JudgedMutant, leftMs: number): string {
  const by = mutant.by === null ? '' : ` by ${mutant.by}`;
  const left = done === all ? '' : `, ${durationText(leftMs)} left`;
  const took = `${(mutant.tookMs / 1000).toFixed(1)} s${left}`;
  return `${done} of ${all} ${mutant.path}:${mutant.line} ${mutant.kind}: ${mutant.fate}${by} (${took})`;
}

export function summaryOf({ folder, seed, redAnyway, mutants }: MutationReport): string {
  const survivors = mutants.filter((mutant) => !isKilled(mutant));
  return [
    ...survivors.flatMap(({ path, line, kind, fate, diff }) => [
      '',
      `${fate}: ${path}:${line} ${kind}`,
      ...diff.map((each) => `  ${each}`),
    ]),
    '',
    ...tableOf('kind', mutants, ({ kind }) => kind),
    '',
    ...tableOf('file', mutants, ({ path }) => path),
    '',
    ...redAnyway.map((test) => `red without a mutant, left out: ${test}`),
    `${folder}, seed ${seed}: ${mutants.length} mutants, ${killedPercent(mutants).toFixed(1)} % killed`,
  ].join('\n');
}

function tableOf(title: string, mutants: readonly JudgedMutant[], keyOf: (mutant: JudgedMutant) => string): string[] {
  const keys = [...new Set(mutants.map(keyOf))].sort();
  const rows = [
    ...keys.map((key) =>
      rowOf(
        key,
        mutants.filter((mutant) => keyOf(mutant) === key),
      ),
    ),
    rowOf('all', mutants),
  ];
  const width = Math.max(...rows.map(([name]) => name.length), title.length);
  const header: Row = [title, 'killed', 'survived', 'not covered'];
  return [header, ...rows].map(([name, ...counts]) => {
    const columns = counts.map((count, index) => count.padStart(header[index + 1]!.length));
    return `${name.padEnd(width)}  ${columns.join('  ')}`;
  });
}

type Row = [name: string, killed: string, survived: string, notCovered: string];

function rowOf(name: string, mutants: readonly JudgedMutant[]): Row {
  const countOf = (fate: Fate): number => mutants.filter((mutant) => mutant.fate === fate).length;
  return [name, `${mutants.filter(isKilled).length}`, `${countOf('survived')}`, `${countOf('not covered')}`];
}

const isKilled = ({ fate }: JudgedMutant): boolean => fate === 'killed' || fate === 'killed by time';

function durationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 90 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
