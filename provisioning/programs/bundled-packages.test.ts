import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build } from 'vite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bundledPackages, packageOf } from './bundled-packages.ts';

let checkout: string;
const write = (path: string, content: string): void => {
  mkdirSync(dirname(join(checkout, path)), { recursive: true });
  writeFileSync(join(checkout, path), content);
};

beforeEach(() => {
  checkout = realpathSync(mkdtempSync(join(tmpdir(), 'maru-packages-')));
});
afterEach(() => rmSync(checkout, { recursive: true, force: true }));

describe('the packages of a bundle', () => {
  it('are noted for each file, those that only others need too, and none that is left out', async () => {
    write('package.json', '{ "type": "module" }');
    write('main.ts', `import { used } from 'one';\nconsole.log(used);`);
    const packageJson = '{ "type": "module", "exports": "./index.js", "sideEffects": false }';
    for (const folder of ['one', 'one/node_modules/@two/inner', 'three'])
      write(`node_modules/${folder}/package.json`, packageJson);
    write('node_modules/one/index.js', `export { inner as used } from '@two/inner';\nexport { three } from 'three';`);
    write('node_modules/one/node_modules/@two/inner/index.js', `export const inner = Math.random();`);
    write('node_modules/three/index.js', `export const three = 3;`);
    const list = join(checkout, 'lists/main.json');
    await build({
      configFile: false,
      root: checkout,
      logLevel: 'silent',
      publicDir: false,
      plugins: [bundledPackages(checkout, list)],
      ssr: { noExternal: true },
      build: { ssr: true, outDir: 'dist', rolldownOptions: { input: { main: join(checkout, 'main.ts') } } },
    });
    const found = JSON.parse(readFileSync(list, 'utf8')) as Record<string, string[]>;
    expect(found['main.js']).toContain('node_modules/one/node_modules/@two/inner');
    expect(found['main.js']).not.toContain('node_modules/three');
    expect(existsSync(`${list}.new`)).toBe(false);
  });

  it.each([
    ['/c/node_modules/a/b.js', 'node_modules/a'],
    ['\0/c/node_modules/@s/a/b.js?commonjs-proxy', 'node_modules/@s/a'],
    ['/c/node_modules/a/node_modules/@s/b/c/d.js', 'node_modules/a/node_modules/@s/b'],
    ['../../node_modules/pretendard/dist/font.woff2', 'node_modules/pretendard'],
    ['/c/kiosk/agent/main.ts', null],
    ['\0vite/preload-helper.js', null],
  ])('%s is of %s', (file, expected) => {
    expect(packageOf('/c', file)).toBe(expected);
  });
});
