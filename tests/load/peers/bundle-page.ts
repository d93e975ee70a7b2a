/** Bundles one TypeScript entry into a page of its own, for peers and load generators; not part of the product. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'vite';

/** @returns the folder with index.html and its script; the caller removes it */
export async function bundlePage(entry: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'maru-page-'));
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      outDir: folder,
      emptyOutDir: false,
      minify: true,
      rollupOptions: { input: entry, output: { entryFileNames: 'page.js' } },
    },
  });
  await writeFile(
    join(folder, 'index.html'),
    '<!doctype html><meta charset="utf-8"><title>bench</title><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>',
  );
  return folder;
}
