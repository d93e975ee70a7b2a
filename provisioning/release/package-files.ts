/** Which files of `node_modules` a program needs to run on Debian 12, amd64: the packages that it loads, and what these depend on. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** What Node loads, and the terms under which it may be passed on. Sources, headers, types and pages stay behind. */
const KEPT =
  /\.(?:js|cjs|mjs|json|node|wasm)$|\.so(?:\.[\d.]+)?$|(?:^|\/)(?:LICEN[CS]E|NOTICE|COPYING|THIRD-PARTY)[^/]*$/i;
const LEFT_OUT = /(?:^|\/)(?:deps|npm-scripts\.mjs|tests?|examples?|\.[^/]+)(?:\/|$)/;
/** A package that brings a binary for each system names it by system and processor. */
const ELSEWHERE = /(?:^|\/)prebuilds\/(?![^/]*linux-x64(?!-?musl))/;

type PackageJson = { dependencies?: Record<string, string>; optionalDependencies?: Record<string, string> };

/** @returns paths from the checkout, sorted. @throws Error naming a package that is not installed */
export const packageFiles = (checkout: string, names: readonly string[]): string[] =>
  packageFolders(checkout, names)
    .flatMap((folder) => filesOf(checkout, join(checkout, folder)))
    .sort();

/**
 * The packages and all that they depend on, as folders from the checkout: the names that package-lock.json has for them.
 * @throws Error naming a package that is not installed
 */
export function packageFolders(checkout: string, names: readonly string[]): string[] {
  const folders = new Set<string>();
  const waiting = names.map((name) => ({ name, from: checkout, isOptional: false }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const folder = folderOf(checkout, next.from, next.name);
    // another system's binary is not installed here
    if (folder === null && next.isOptional) continue;
    if (folder === null) throw new Error(`the package ${next.name} is not installed`);
    if (folders.has(folder)) continue;
    folders.add(folder);
    const { dependencies = {}, optionalDependencies = {} } = JSON.parse(
      readFileSync(join(folder, 'package.json'), 'utf8'),
    ) as PackageJson;
    const named = (list: object, isOptional: boolean) =>
      Object.keys(list).map((name) => ({ name, from: folder, isOptional }));
    waiting.push(...named(optionalDependencies, true));
    waiting.push(...named(dependencies, false).filter(({ name }) => !(name in optionalDependencies)));
  }
  return [...folders].map((folder) => relative(checkout, folder)).sort();
}

/** As Node looks for it: beside the one that needs it, then in each folder above. */
function folderOf(checkout: string, from: string, name: string): string | null {
  for (let at = from; ; at = join(at, '..')) {
    const folder = join(at, 'node_modules', name);
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (at === checkout || at === '/') return null;
  }
}

function filesOf(checkout: string, folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => KEPT.test(path) && !LEFT_OUT.test(path) && !ELSEWHERE.test(path))
    .filter((path) => !path.startsWith('node_modules/'))
    .map((path) => relative(checkout, join(folder, path)));
}
