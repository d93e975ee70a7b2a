/** Makes one classic script of a page's TypeScript, so that a browser without a server of ours can run it. */
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));
const bundled = new Map<string, Promise<string>>();

/** `entry` relative to this folder. Each entry is bundled once per process. */
export function bundlePage(entry: string): Promise<string> {
  let script = bundled.get(entry);
  if (script === undefined) {
    script = bundle(fileURLToPath(new URL(entry, import.meta.url)));
    bundled.set(entry, script);
  }
  return script;
}

async function bundle(entry: string): Promise<string> {
  const built = await build({
    root,
    configFile: false,
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"' },
    build: { write: false, minify: false, target: 'es2023', lib: { entry, formats: ['iife'], name: 'maruSimulator' } },
  });
  const [output] = Array.isArray(built) ? built : [built];
  if (output === undefined || !('output' in output)) throw new Error(`${entry} gave no script`);
  return output.output[0].code;
}
