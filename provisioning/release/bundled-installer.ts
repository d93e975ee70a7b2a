/** The installer as one file: a bare box has none of our packages, and fetches it by one hash. */
import { join } from 'node:path';
import { build } from 'vite';

/** @returns its code; the same for the same sources */
export async function bundledInstaller(checkout: string): Promise<string> {
  const built = await build({
    configFile: false,
    root: checkout,
    logLevel: 'error',
    publicDir: false,
    ssr: { noExternal: true },
    build: {
      ssr: join(checkout, 'provisioning/release/installer/main.ts'),
      write: false,
      target: 'node24',
      minify: false,
      rolldownOptions: { output: { codeSplitting: false, comments: { jsdoc: false } } },
    },
  });
  const chunks = [built].flat().flatMap((each) => ('output' in each ? each.output : []));
  const [only, ...more] = chunks;
  if (only?.type !== 'chunk' || more.length > 0) throw new Error('the installer is more than one file');
  return only.code;
}
