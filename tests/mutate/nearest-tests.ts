/**
 * Chooses the few tests that should notice a change of one file, from who imports whom. End-to-end tests, faults and
 * architecture are never among them: they take minutes, or judge something else.
 */
import { basename, dirname, join, relative } from 'node:path/posix';
import { parseSync } from 'vite';

export type NearProject = 'unit' | 'mocked' | 'integration';
export type NearTest = { path: string; project: NearProject };

/** Of those that start no process and of those that do, which last seconds each for every mutant that lives so long. */
const QUICK_TESTS_AT_MOST = 4;
const INTEGRATION_TESTS_AT_MOST = 3;
/** A test beyond may run the file too, but says little about it. */
const STEPS_AT_MOST = 2;
/** The rank of tests that stand in where there is none nearer. */
const FAR = 4;

/** From each file to those that import it. */
export type Importers = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * @param sources by path from the checkout's top
 * @param aliases from package.json's `imports`, as `#edge/*` to `./fleet/edge/*`
 */
export function importersOf(
  sources: ReadonlyMap<string, string>,
  aliases: Readonly<Record<string, string>>,
): Importers {
  const importers = new Map<string, Set<string>>();
  for (const [path, source] of sources) {
    const targets = [...specifiersIn(path, source)].flatMap((specifier) => resolved(specifier, path, aliases));
    for (const target of targets) {
      if (target === path || !sources.has(target)) continue;
      const known = importers.get(target) ?? new Set();
      importers.set(target, known.add(path));
    }
  }
  return importers;
}

/** @returns the nearest first; empty where no test comes near */
export function nearestTests(file: string, importers: Importers): NearTest[] {
  const all = [...stepsFrom(file, importers)].flatMap(([path, steps]) => {
    const project = projectOf(path);
    const rank = rankOf(path, steps, file);
    return project === null || rank === null ? [] : [{ path, project, steps, rank, likeness: likenessOf(path, file) }];
  });
  const near = all.filter(({ rank }) => rank < FAR);
  const candidates = (near.length > 0 ? near : all).sort(
    (a, b) =>
      a.rank - b.rank ||
      b.likeness - a.likeness ||
      a.steps - b.steps ||
      foldersBetween(file, a.path) - foldersBetween(file, b.path) ||
      (a.path < b.path ? -1 : 1),
  );
  const isIntegration = ({ project }: NearTest): boolean => project === 'integration';
  const quick = candidates.filter((test) => !isIntegration(test)).slice(0, QUICK_TESTS_AT_MOST);
  const integration = candidates.filter(isIntegration).slice(0, INTEGRATION_TESTS_AT_MOST);
  return [...quick, ...integration].map(({ path, project }) => ({ path, project }));
}

/** @returns null for what is no test, or is none that mutants are held against; follows tests/vitest.config.ts */
export function projectOf(path: string): NearProject | null {
  if (!/\.test\.(tsx?|mjs)$/.test(path) || /^tests\/(e2e|chaos|architecture)\//.test(path)) return null;
  if (/\.mocked\.test\.tsx?$/.test(path)) return 'mocked';
  return /\.integration\.test\.(ts|mjs)$/.test(path) || path.startsWith('tests/integration/') ? 'integration' : 'unit';
}

/** From 0: the file's name, a direct import, the same folder, few steps, the same program; null for another program. */
function rankOf(test: string, steps: number, file: string): number | null {
  if (test.startsWith(`${file.replace(/\.tsx?$/, '')}.`)) return 0;
  if (steps <= 1) return 1;
  if (dirname(test) === dirname(file)) return 2;
  const isSameTop = test.split('/')[0] === file.split('/')[0];
  if (isSameTop && steps <= STEPS_AT_MOST) return 3;
  return isSameTop || test.startsWith('tests/integration/') ? FAR : null;
}

/**
 * From 0 to 1, how many words the names share: many integration tests of a folder reach each of its files through the
 * whole program, and their names say what they are about.
 */
function likenessOf(test: string, file: string): number {
  const about = wordsIn(basename(test));
  const named = new Set([...wordsIn(basename(file)), ...wordsIn(basename(dirname(file)))]);
  const shared = [...about].filter((word) => named.has(word)).length;
  return shared / (about.size + named.size - shared);
}

/** In the singular, so that `rooms` is like `room`. */
const wordsIn = (name: string): Set<string> =>
  new Set(
    name
      .replace(/(\.(integration|mocked|test|tsx?|mjs))+$/, '')
      .split(/[.-]/)
      .map((word) => word.replace(/s$/, '')),
  );

function foldersBetween(a: string, b: string): number {
  return relative(dirname(a), dirname(b)).split('/').length;
}

/** From importer to importer. What tests alone use stands for the test that uses it, and is no step. */
function stepsFrom(file: string, importers: Importers): Map<string, number> {
  const steps = new Map([[file, 0]]);
  let reached = [file];
  for (let distance = 0; reached.length > 0; distance += 1) {
    const next: string[] = [];
    // grows while it is walked
    for (const path of reached) {
      for (const importer of importers.get(path) ?? []) {
        if (steps.has(importer)) continue;
        const isFixture = /(-under-test\.tsx?$|\/testing\/)/.test(importer) && projectOf(importer) === null;
        steps.set(importer, isFixture ? distance : distance + 1);
        (isFixture ? reached : next).push(importer);
      }
    }
    reached = next;
  }
  steps.delete(file);
  return steps;
}

/** What the file loads while it runs: imports but for types, and files that it names to start them as a worker or process. */
function specifiersIn(path: string, source: string): Set<string> {
  const { module, errors } = parseSync(path, source);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]!.message}`);
  const found = new Set<string>();
  for (const { entries, moduleRequest } of module.staticImports) {
    if (entries.length === 0 || entries.some(({ isType }) => !isType)) found.add(moduleRequest.value);
  }
  for (const { entries } of module.staticExports) {
    for (const { isType, moduleRequest } of entries) {
      if (moduleRequest && !isType) found.add(moduleRequest.value);
    }
  }
  const withoutImports = source.replace(/^(?:import|export)\s[^;'"]*from\s+['"][^'"]+['"];/gm, '');
  for (const [, named] of withoutImports.matchAll(/['"]([\w./#-]{1,120}\.(?:tsx?|mjs))['"]/g)) found.add(named!);
  return found;
}

/** @returns the paths that may be meant: a file to start is named from a folder, and a program from the checkout's top too */
function resolved(specifier: string, from: string, aliases: Readonly<Record<string, string>>): string[] {
  if (specifier.startsWith('.')) return [join(dirname(from), specifier)];
  for (const [alias, target] of Object.entries(aliases)) {
    const prefix = alias.replace(/\*$/, '');
    if (specifier.startsWith(prefix)) return [join(target.replace(/\*$/, ''), specifier.slice(prefix.length))];
  }
  const isProgram = /\/(main|server)\.ts$/.test(specifier);
  return [join(dirname(from), specifier), ...(isProgram ? [specifier] : [])];
}
