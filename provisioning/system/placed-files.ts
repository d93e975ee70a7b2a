/**
 * Files that are put in place and removed again. An equal file is left alone, so that a second run changes nothing; a
 * list of the placed files lies beside them, so that a later release removes those that it no longer has.
 */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';

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

/** @returns what was changed, as paths from the root */
export function placeFiles(root: string, files: Files, listPath: string): string[] {
  const changed: string[] = [];
  const before = placed(root, listPath);
  for (const path of before) if (!files.has(path) && remove(root, path)) changed.push(path);
  for (const [path, content] of files) if (write(join(root, path), content)) changed.push(path);
  write(join(root, listPath), `${[...files.keys()].sort().join('\n')}\n`);
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
  const making = `${path}.maru-new`;
  writeFileSync(making, content);
  chmodSync(making, FILE_MODE);
  renameSync(making, path);
  return true;
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
