// A hash over the content of files and folders: what a build came from. Equal sources give an equal hash wherever they
// lie and whenever they were written, so that a fresh clone or a moved checkout is judged by what it holds.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

const builtFolders = new Set(['dist', 'node_modules']);
/** Not part of any build: nobody's page changes with them. */
const beside = /(\.test\.tsx?|\.md)$/;

function* filesUnder(path) {
  if (!statSync(path).isDirectory()) {
    yield path;
    return;
  }
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) {
      if (!builtFolders.has(entry.name)) yield* filesUnder(join(path, entry.name));
    } else if (!beside.test(entry.name)) yield join(path, entry.name);
  }
}

/**
 * @param {string} root
 * @param {string[]} paths relative to `root`; all have to be there
 */
export function fingerprint(root, paths) {
  const hash = createHash('sha256');
  const files = paths.flatMap((path) => [...filesUnder(join(root, path))]);
  for (const file of [...new Set(files)].sort()) {
    const content = readFileSync(file);
    hash.update(`${relative(root, file).split(sep).join('/')}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}
