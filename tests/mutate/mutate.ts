/**
 * `npm run mutate -- FOLDER`: breaks one thing at a time in a copy of the checkout, and sees whether the nearest tests
 * notice.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readCommandLine, wholeNumber } from '#edge/command-line.ts';
import { CheckoutCopy, type TestRun } from './checkout-copy.ts';
import { chosenMutants } from './choose.ts';
import { isMutable, type Mutant, mutantsOf, withMutant } from './mutations.ts';
import { importersOf, type NearTest, nearestTests } from './nearest-tests.ts';
import {
  diffOf,
  type JudgedMutant,
  KILLED_AT_LEAST_PERCENT,
  killedPercent,
  type MutationReport,
  progressLine,
  summaryOf,
} from './report.ts';

const help = `Breaks one thing at a time in a folder, and runs the nearest tests on each.

  npm run mutate -- FOLDER [options]

  --count N      how many mutants (60)
  --seed N       of the choice (1): the same seed breaks the same things as long as the files are the same
  --only-file F  of this file alone, its path from the top of the checkout
  --again        only what survived in the last report of the folder, for when tests were added

Works in a copy of the checkout, in the temporary folder. Ends with 1 where less than ${KILLED_AT_LEAST_PERCENT} % are killed.`;

/** Of one run of vitest. Time that the tests need without a mutant counts several times, because a machine is busy at times. */
const LIMIT_MS = 45_000;
const LIMIT_TIMES = 4;
const BASELINE_LIMIT_MS = 1_800_000;

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const { folder, count, seed, onlyFile, again } = readCommandLine(help, (args) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      count: { type: 'string', default: '60' },
      seed: { type: 'string', default: '1' },
      'only-file': { type: 'string' },
      again: { type: 'boolean', default: false },
    },
  });
  const [named, ...more] = positionals;
  if (named === undefined || more.length > 0) throw new Error('one FOLDER is named, from the top of the checkout');
  const path = named.replace(/^\.\//, '').replace(/\/$/, '');
  if (!existsSync(join(checkout, path))) throw new Error(`there is no folder ${path}`);
  return {
    folder: path,
    count: wholeNumber('count', values.count, 1),
    seed: wholeNumber('seed', values.seed, 0, 2 ** 32),
    onlyFile: values['only-file'] ?? null,
    again: values.again,
  };
});
const reportPath = join(tmpdir(), 'maru-mutate', `${folder.replaceAll('/', '-')}.json`);

const sources = readSources();
const mutants = again ? survivorsOfLastReport() : chosenMutants(possibleMutants(), count, seed);
if (mutants.length === 0) {
  console.log(again ? 'nothing survived in the last report' : `nothing can be broken in ${onlyFile ?? folder}`);
  process.exit(again ? 0 : 2);
}
const nearOf = nearestTestsOf(mutants);
console.log(`${folder}, seed ${seed}: ${mutants.length} mutants in ${nearOf.size} files`);
const copy = await CheckoutCopy.of(checkout);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void copy.remove().finally(() => process.exit(130)));
}
try {
  const { tookMsOf, redAnyway } = await runWithoutMutants();
  const judged = await judgeAll(tookMsOf);
  const report: MutationReport = { folder, seed, redAnyway, mutants: judged };
  writeReport(report);
  console.log(summaryOf(report));
  console.log(`report: ${reportPath}`);
  process.exitCode = killedPercent(judged) < KILLED_AT_LEAST_PERCENT ? 1 : 0;
} finally {
  await copy.remove();
}
process.exit();

function readSources(): Map<string, string> {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: checkout,
    encoding: 'utf8',
  });
  const paths = listed.split('\n').filter((path) => /\.(tsx?|mjs)$/.test(path) && existsSync(join(checkout, path)));
  return new Map(paths.map((path) => [path, readFileSync(join(checkout, path), 'utf8')]));
}

function possibleMutants(): Mutant[] {
  return [...sources]
    .filter(([path]) => path.startsWith(`${folder}/`) && isMutable(path) && (onlyFile === null || path === onlyFile))
    .flatMap(([path, source]) => mutantsOf(path, source));
}

/** Those that can still be made: where a file has changed since, its mutants are others. */
function survivorsOfLastReport(): Mutant[] {
  const last = JSON.parse(readFileSync(reportPath, 'utf8')) as MutationReport;
  const keyOf = ({ path, kind, start, end }: Mutant): string => `${path} ${kind} ${start} ${end}`;
  const survived = new Set(last.mutants.filter(({ fate }) => !fate.startsWith('killed')).map(keyOf));
  return possibleMutants().filter((mutant) => survived.has(keyOf(mutant)));
}

function nearestTestsOf(chosen: readonly Mutant[]): Map<string, NearTest[]> {
  const { imports } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as {
    imports: Record<string, string>;
  };
  const importers = importersOf(sources, imports);
  return new Map(chosen.map(({ path }) => [path, nearestTests(path, importers)]));
}

/** A test that fails without a mutant cannot judge one: the report names it, and no mutant runs it. */
async function runWithoutMutants(): Promise<{ tookMsOf: Map<string, number>; redAnyway: string[] }> {
  const all = new Map([...nearOf.values()].flat().map((test) => [test.path, test]));
  const tookMsOf = new Map<string, number>();
  const redAnyway: string[] = [];
  for (const tests of stagesOf([...all.values()])) {
    console.log(
      `without a mutant: ${tests.length} files of tests (${[...new Set(tests.map(({ project }) => project))].join(', ')})`,
    );
    const run = await copy.run(tests, { bail: false, limitMs: BASELINE_LIMIT_MS });
    for (const { path } of tests) {
      const module = run.modules.find(({ file }) => file === path);
      // a file that vitest did not run, or that could not be read, has no green test either
      if (module === undefined || module.failed > 0) redAnyway.push(path);
      else tookMsOf.set(path, module.tookMs);
    }
    if (tests.every(({ path }) => redAnyway.includes(path))) console.log(run.output);
  }
  for (const path of redAnyway) console.log(`red without a mutant, left out: ${path}`);
  return { tookMsOf, redAnyway };
}

async function judgeAll(tookMsOf: ReadonlyMap<string, number>): Promise<JudgedMutant[]> {
  const judged: JudgedMutant[] = [];
  const startedAt = performance.now();
  for (const mutant of mutants) {
    const tests = nearOf.get(mutant.path)!.filter(({ path }) => tookMsOf.has(path));
    judged.push(await judge(mutant, tests, tookMsOf));
    const leftMs = ((performance.now() - startedAt) / judged.length) * (mutants.length - judged.length);
    console.log(progressLine(judged.length, mutants.length, judged.at(-1)!, leftMs));
  }
  return judged;
}

async function judge(
  mutant: Mutant,
  tests: readonly NearTest[],
  tookMsOf: ReadonlyMap<string, number>,
): Promise<JudgedMutant> {
  const source = sources.get(mutant.path)!;
  const judged = { ...mutant, diff: diffOf(source, mutant), by: null, tookMs: 0 };
  if (tests.length === 0) return { ...judged, fate: 'not covered' };
  copy.write(mutant.path, withMutant(source, mutant));
  try {
    for (const stage of stagesOf(tests)) {
      const usualMs = stage.reduce((sum, { path }) => sum + tookMsOf.get(path)!, 0);
      const run: TestRun = await copy.run(stage, { bail: true, limitMs: LIMIT_MS + LIMIT_TIMES * usualMs });
      judged.tookMs += run.tookMs;
      if (run.outcome === 'timed out') return { ...judged, fate: 'killed by time' };
      if (run.outcome === 'failed') return { ...judged, fate: 'killed', by: run.failedTest };
    }
    return { ...judged, fate: 'survived' };
  } finally {
    copy.write(mutant.path, source);
  }
}

/** Tests that start processes run only where the quick ones have noticed nothing. */
function stagesOf(tests: readonly NearTest[]): NearTest[][] {
  const isQuick = ({ project }: NearTest): boolean => project !== 'integration';
  return [tests.filter(isQuick), tests.filter((test) => !isQuick(test))].filter((stage) => stage.length > 0);
}

function writeReport(report: MutationReport): void {
  mkdirSync(join(tmpdir(), 'maru-mutate'), { recursive: true });
  writeFileSync(reportPath, `${JSON.stringify(report, null, 2)}\n`);
}
