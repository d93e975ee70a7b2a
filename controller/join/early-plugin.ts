/**
 * Vite plugin: puts early.ts inline into join.html. The fleet server allows that one script by its hash; where it does
 * not, the browser leaves it out and the page does the same a little later.
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Plugin, transformWithOxc } from 'vite';

const SOURCE = fileURLToPath(new URL('./early.ts', import.meta.url));
/** The global in which way-in.ts finds the requests that the inline script has begun. */
const EARLY_GLOBAL = 'maruEarly';

export function inlineEarly(): Plugin {
  return {
    name: 'maru-inline-early',
    transformIndexHtml: {
      order: 'post',
      async handler(html, { path }) {
        if (!path.endsWith('join.html')) return html;
        const { code } = await transformWithOxc(await readFile(SOURCE, 'utf8'), SOURCE, { sourcemap: false });
        const body = code
          .replace(/^export /gm, '')
          .replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')
          .replace(/\s+/g, ' ')
          .trim();
        const script = `{${body};window.${EARLY_GLOBAL}=startEarly()}`;
        // first in the head: before it the browser knows nothing to wait for
        return html.replace(/<meta name="maru-signaling"[^>]*>/, (meta) => `${meta}<script>${script}</script>`);
      },
    },
  };
}
