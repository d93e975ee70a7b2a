/**
 * Files that are put in place and removed again. An equal file is left alone, so that a second run changes nothing; a
 * list of the placed files lies beside them, so that a later release removes those that it no longer has.
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, unlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { writeDurably } from '#edge/durable-file.ts';

/** path from the root, without a slash before it, to its content */
export type Files = Map<string, string>;

const FILE_MODE = 0o644;

export function readTree(folder: string): Files {
  const files: Files = new Map();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(relative(folder, path), readFileSync(path, 'utf8'));
  }
  return files;
}

/**
 * @param untouched of these nothing is written or removed, whatever `files` has
 * @returns what was changed, as paths from the root
 */
export function placeFiles(
  root: string,
  files: Files,
  listPath: string,
  untouched: ReadonlySet<string> = new Set(),
): string[] {
  const changed: string[] = [];
  const before = placed(root, listPath);
  const stay = before.filter((path) => untouched.has(path));
  const wanted = [...files].filter(([path]) => !untouched.has(path));
  // what is new is listed before it is placed: a power cut in between leaves no file that nobody knows
  const after = [...wanted.map(([path]) => path), ...stay];
  writeList(root, listPath, [...before, ...after]);
  for (const path of before) if (!files.has(path) && !untouched.has(path) && remove(root, path)) changed.push(path);
  for (const [path, content] of wanted) if (write(join(root, path), content)) changed.push(path);
  writeList(root, listPath, after);
  return changed;
}

/** @returns the removed paths */
export function removeFiles(root: string, listPath: string): string[] {
  const removed = placed(root, listPath).filter((path) => remove(root, path));
  remove(root, listPath);
  return removed;
}

function placed(root: string, listPath: string): string[] {
  const path = join(root, listPath);
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
}

function write(path: string, content: string): boolean {
  if (existsSync(path) && readFileSync(path, 'utf8') === content && (statSync(path).mode & 0o777) === FILE_MODE)
    return false;
  mkdirSync(dirname(path), { recursive: true });
  // whole or not at all: a power cut leaves no half unit
  writeDurably(path, content, FILE_MODE);
  // a mask of the caller's does not count
  chmodSync(path, FILE_MODE);
  return true;
}

function writeList(root: string, listPath: string, paths: readonly string[]): void {
  write(join(root, listPath), `${[...new Set(paths)].sort().join('\n')}\n`);
}

function remove(root: string, path: string): boolean {
  try {
    unlinkSync(join(root, path));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}
