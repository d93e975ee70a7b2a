/**
 * Replaces a source's own place by its place in the bundle: all of `dist/` lies in one folder, so `import.meta` of the
 * output means that folder, whichever source a line came from.
 */
import { dirname, join, relative } from 'node:path';
import type { Plugin } from 'vite';

/** A program or a thread that the source starts by its address. */
const STARTED = /new URL\('(\.{1,2}\/[^']+)\.ts', import\.meta\.url\)/g;
const FOLDER = /\bimport\.meta\.dirname\b/g;

/** @returns the name in `dist/` of a source: `fleet/media/main.ts` is `fleet-media-main.js` */
export function programOf(checkout: string, source: string): string {
  return `${relative(checkout, source).replace(/\.ts$/, '').replaceAll('/', '-')}.js`;
}

/**
 * What `new URL('./x.ts', import.meta.url)` names becomes a program of its own beside the one that starts it;
 * `import.meta.dirname` stays the source's folder, where built pages lie. Any other use is refused.
 */
export function programsPlugin(checkout: string): Plugin {
  return {
    name: 'maru-programs',
    enforce: 'pre',
    config() {
      const output = { entryFileNames: '[name].js', chunkFileNames: 'shared-[name]-[hash].js' };
      return { build: { rolldownOptions: { output } } };
    },
    transform(code, id) {
      if (!code.includes('import.meta') || id.includes('/node_modules/') || !id.startsWith(checkout)) return null;
      const folder = dirname(id);
      const moved = code
        .replace(STARTED, (_, path: string) => {
          const fileName = programOf(checkout, join(folder, `${path}.ts`));
          this.emitFile({ type: 'chunk', id: join(folder, `${path}.ts`), fileName });
          return `new URL('./${fileName}', IMPORT_META.url)`;
        })
        .replace(FOLDER, `(IMPORT_META.dirname + '/../${relative(checkout, folder)}')`);
      if (moved.includes('import.meta')) this.error(`${id}: this use of import.meta means another place in a bundle`);
      return { code: moved.replaceAll('IMPORT_META', 'import.meta'), map: null };
    },
    generateBundle(_options, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type === 'chunk' && /\b__(dirname|filename)\b/.test(file.code))
          this.error(`${file.fileName}: a package looks for files beside itself: leave it out of the bundle`);
      }
    },
  };
}
