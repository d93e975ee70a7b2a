import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'vite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { programOf, programsPlugin } from './programs-plugin.ts';

let checkout: string;
const write = (path: string, content: string): void => {
  mkdirSync(dirname(join(checkout, path)), { recursive: true });
  writeFileSync(join(checkout, path), content);
};
const bundle = () =>
  build({
    configFile: false,
    root: checkout,
    logLevel: 'silent',
    publicDir: false,
    plugins: [programsPlugin(checkout)],
    ssr: { noExternal: true },
    build: {
      ssr: true,
      outDir: 'dist',
      minify: false,
      rolldownOptions: { input: { 'part-main': join(checkout, 'part/main.ts') } },
    },
  });
const run = (): unknown =>
  JSON.parse(execFileSync(process.execPath, [join(checkout, 'dist/part-main.js')], { encoding: 'utf8' }));

beforeEach(() => {
  checkout = realpathSync(mkdtempSync(join(tmpdir(), 'maru-programs-')));
  write('package.json', '{ "type": "module" }');
});
afterEach(() => rmSync(checkout, { recursive: true, force: true }));

describe('a bundled program', () => {
  it('starts what its source names, from the bundle, and finds a folder where the source would', async () => {
    write(
      'part/main.ts',
      `import { Worker } from 'node:worker_threads';
       import { join } from 'node:path';
       import { shared } from '../kit/shared.ts';
       const worker = new Worker(new URL('./deep/some-thread.ts', import.meta.url));
       worker.on('message', (thread: unknown) =>
         console.log(JSON.stringify({ page: join(import.meta.dirname, '../kit/dist'), shared, thread })));`,
    );
    write(
      'part/deep/some-thread.ts',
      `import { parentPort } from 'node:worker_threads';
       import { basename } from 'node:path';
       import { shared } from '../../kit/shared.ts';
       parentPort!.postMessage({ runs: basename(process.argv[1]!), shared, in: import.meta.dirname.split('/../')[1] });`,
    );
    write('kit/shared.ts', `import { join } from 'node:path';\nexport const shared = join(import.meta.dirname, 'a');`);
    await bundle();
    expect(run()).toEqual({
      page: join(checkout, 'kit/dist'),
      shared: join(checkout, 'kit/a'),
      thread: { runs: 'part-deep-some-thread.js', shared: join(checkout, 'kit/a'), in: 'part/deep' },
    });
    expect(programOf(checkout, join(checkout, 'part/deep/some-thread.ts'))).toBe('part-deep-some-thread.js');
  });

  it('is refused where its source means a place that a bundle does not have', async () => {
    write('part/main.ts', `console.log(import.meta.filename);`);
    await expect(bundle()).rejects.toThrow(/part\/main\.ts: this use of import\.meta means another place/);
  });

  it('is refused with a package that looks for files beside itself', async () => {
    write('part/main.ts', `import asset from '../node_modules/beside/index.cjs';\nconsole.log(asset);`);
    write('node_modules/beside/index.cjs', `module.exports = require('node:path').join(__dirname, 'asset.bin');`);
    await expect(bundle()).rejects.toThrow(/part-main\.js: a package looks for files beside itself/);
  });
});
