/**
 * What a group of checks or tests came to, and the words for it: the summary for people and the one line for machines.
 */
export type Skipped = { name: string; reason: string };
export type Failure = { name: string; detail: string };
export type TestFile = { file: string; tookMs: number };

export type Tally = {
  group: string;
  passed: number;
  failures: Failure[];
  skipped: Skipped[];
  /** where the group is a run of test files */
  files?: TestFile[];
  tookMs: number;
};

const SLOWEST_FILES = 20;

export const noReason = 'no reason given: a skipped test says why with context.skip(condition, reason)';

/** Alone on the last line; continuous integration reads it. */
export function countLine(tallies: readonly Tally[]): string {
  const sum = (count: (tally: Tally) => number) => tallies.reduce((total, tally) => total + count(tally), 0);
  const skipped = sum((tally) => tally.skipped.length);
  const line = `${sum((tally) => tally.passed)} passed, ${sum((tally) => tally.failures.length)} failed`;
  return skipped === 0 ? line : `${line}, ${skipped} skipped`;
}

export function isGreen(tallies: readonly Tally[]): boolean {
  return tallies.every((tally) => tally.failures.length === 0) && tallies.some((tally) => tally.passed > 0);
}

export function groupLine(tally: Tally): string {
  const seconds = (tally.tookMs / 1000).toFixed(1);
  const mark = tally.failures.length === 0 ? '✓' : '✗';
  return `${mark} ${tally.group.padEnd(14)} ${countLine([tally])} (${seconds} s)`;
}

/** Skipped and failed by name: a skipped test that nobody reads of counts as passed in everyone's head. */
export function summary(tallies: readonly Tally[]): string {
  const lines = ['', 'Summary'];
  for (const tally of tallies) lines.push(`  ${groupLine(tally)}`);
  lines.push(...slowestFiles(tallies));
  const skipped = tallies.flatMap((tally) => tally.skipped);
  if (skipped.length > 0) lines.push('', 'Skipped');
  for (const { name, reason } of skipped) lines.push(`  - ${name}: ${reason}`);
  const failures = tallies.flatMap((tally) => tally.failures);
  if (failures.length > 0) lines.push('', 'Failed');
  for (const { name, detail } of failures) lines.push(`  ✗ ${name}`, detail.trimEnd().replace(/^/gm, '      '));
  // again without the details: a long log must not hide who else failed
  if (failures.length > 0) lines.push('', 'Failed, by name', ...failures.map(({ name }) => `  ✗ ${name}`));
  return lines.join('\n');
}

/** Where to look first when a run has become long. */
function slowestFiles(tallies: readonly Tally[]): string[] {
  const files = tallies.flatMap((tally) => tally.files ?? []).sort((a, b) => b.tookMs - a.tookMs);
  if (files.length === 0) return [];
  const lines = files
    .slice(0, SLOWEST_FILES)
    .map(({ file, tookMs }) => `${(tookMs / 1000).toFixed(1).padStart(8)} s  ${file}`);
  return ['', 'Slowest files', ...lines];
}
