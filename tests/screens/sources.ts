/**
 * What a picture was made from, as a hash: the built page with everything it loads, and the scene with everything it
 * imports. A picture whose sources are the same needs no second look.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const IMPORT = /\bfrom '(\.[^']+|#contract\/[^']+)'/g;
/** Written beside each file for servers that send it compressed. */
const COMPRESSED = /\.(br|gz)$/;

/** The page's file and all files of its folder that it loads: those whose name stands in a file that is loaded. */
export function filesOfPage(page: string): string[] {
  const assets = join(dirname(page), 'assets');
  const unseen = new Set(existsSync(assets) ? readdirSync(assets).filter((name) => !COMPRESSED.test(name)) : []);
  const files = [page];
  for (const file of files) {
    const text = readFileSync(file, 'latin1');
    for (const name of unseen) {
      if (!text.includes(name)) continue;
      unseen.delete(name);
      files.push(join(assets, name));
    }
  }
  return files;
}

/**
 * The modules and all that they import: relative paths, and the contract.
 * @param root of the checkout
 */
export function filesOfModules(root: string, modules: readonly string[]): string[] {
  const files = [...modules];
  for (const file of files) {
    for (const [, name] of readFileSync(file, 'utf8').matchAll(IMPORT)) {
      const path = name!.startsWith('.')
        ? join(dirname(file), name!)
        : name!.replace('#contract', join(root, 'fleet/contract'));
      if (!files.includes(path)) files.push(path);
    }
  }
  return files;
}

/** @param more what the picture depends on beside files, as the browser's version */
export function hashOf(root: string, files: readonly string[], more: string): string {
  const hash = createHash('sha256').update(more);
  for (const file of [...new Set(files)].sort()) {
    const content = readFileSync(file);
    hash.update(`\0${relative(root, file)}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}
