/**
 * Which files of `dist/` a program is made of: itself, what it imports, and what it starts from beside itself. All of them lie
 * in one folder, so a name is enough.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unbundled } from '../programs/unbundled.ts';

/** as the bundler writes them: `from "./x.js"`, `import "./x.js"`, `import("./x.js")`, `new URL("./x.js", import.meta.url)` */
const BESIDE = /(?:\bfrom|\bimport|\bimport\(|\bnew URL\()\s*["']\.\/([\w.-]+\.js)["']/g;
const PACKAGE = new RegExp(`(?:\\bfrom|\\bimport|\\brequire\\(|\\bimport\\()\\s*["'](${unbundled.join('|')})["']`, 'g');

export type TracedPrograms = { files: string[]; packages: string[] };

/**
 * @param folder of the bundled programs
 * @param programs names in it
 * @returns both sorted. @throws Error naming a file that is not there
 */
export function tracedPrograms(folder: string, programs: readonly string[]): TracedPrograms {
  const files = new Set<string>();
  const packages = new Set<string>();
  const waiting = [...programs];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (files.has(name)) continue;
    const path = join(folder, name);
    if (!existsSync(path)) throw new Error(`${path} is not there: set-up builds it`);
    files.add(name);
    const code = readFileSync(path, 'utf8');
    for (const [, beside] of code.matchAll(BESIDE)) waiting.push(beside as string);
    for (const [, used] of code.matchAll(PACKAGE)) packages.add(used as string);
  }
  return { files: [...files].sort(), packages: [...packages].sort() };
}
