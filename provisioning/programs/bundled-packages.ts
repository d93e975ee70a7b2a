/** Which npm packages are inside a bundle: a release states what it is made of, and a bundle does not show it. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Plugin } from 'vite';
import { z } from '#contract/schema.ts';

/** File of the bundle to the folders of its packages from the checkout, as package-lock.json names them. */
export const BundledPackages = z.record(z.string(), z.array(z.string()));
export type BundledPackages = z.infer<typeof BundledPackages>;

const PACKAGE = /^(.*\bnode_modules\/(?:@[^/]+\/)?[^/]+)\//;

/** @returns e.g. `node_modules/a/node_modules/@b/c`; null: no package's */
export function packageOf(checkout: string, file: string): string | null {
  const at = file.indexOf(`${checkout}/node_modules/`);
  const path = at >= 0 ? file.slice(at + checkout.length + 1) : file.replace(/^.*?(?=node_modules\/)/s, '');
  return path.startsWith('node_modules/') ? (PACKAGE.exec(path)?.[1] ?? null) : null;
}

/** @param list is written */
export function bundledPackages(checkout: string, list: string): Plugin {
  return {
    name: 'maru-bundled-packages',
    generateBundle(_options, bundle) {
      const found: BundledPackages = {};
      for (const file of Object.values(bundle)) {
        const sources = file.type === 'chunk' ? file.moduleIds : file.originalFileNames;
        const packages = sources.flatMap((source) => packageOf(checkout, source) ?? []);
        found[file.fileName] = [...new Set(packages)].sort();
      }
      mkdirSync(dirname(list), { recursive: true });
      // whole or not there, and never into a file that another checkout has linked
      writeFileSync(`${list}.new`, `${JSON.stringify(found, null, 1)}\n`);
      renameSync(`${list}.new`, list);
    },
  };
}
