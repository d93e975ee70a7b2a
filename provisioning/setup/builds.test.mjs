import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fingerprint } from './fingerprint.mjs';
import { isBuilt, noteBuilt } from './builds.mjs';

const build = { name: 'page', folder: 'page', output: 'page/dist', files: ['index.html'], sources: ['page', 'kit'] };
let root;

function write(path, content = path) {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'maru-pages-'));
  write('page/main.ts');
  write('kit/button.ts');
  write('page/dist/index.html');
  write('node_modules/.cache/maru/page.packages.json');
  noteBuilt(build, fingerprint(root, build.sources), root);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('a page', () => {
  it('is built when its sources are those that it was built from', () => {
    expect(isBuilt(build, root)).toBe(true);
  });

  it.each([
    ['its own code', 'page/main.ts'],
    ['the kit', 'kit/button.ts'],
    ['a file that came', 'page/more.ts'],
  ])('is not when %s changed', (_what, path) => {
    write(path, 'other');
    expect(isBuilt(build, root)).toBe(false);
  });

  it('is not when a file was renamed', () => {
    rmSync(join(root, 'kit/button.ts'));
    write('kit/switch.ts', 'kit/button.ts');
    expect(isBuilt(build, root)).toBe(false);
  });

  it('is not when its output is gone, or nobody noted what it came from', () => {
    rmSync(join(root, 'page/dist'), { recursive: true });
    expect(isBuilt(build, root)).toBe(false);
    write('page/dist/index.html');
    rmSync(join(root, 'node_modules'), { recursive: true });
    expect(isBuilt(build, root)).toBe(false);
  });

  it('is not when nobody knows which packages are in it', () => {
    rmSync(join(root, 'node_modules/.cache/maru/page.packages.json'));
    expect(isBuilt(build, root)).toBe(false);
  });

  it('needs no build where nobody wants it', () => {
    write('page/main.ts', 'other');
    expect(isBuilt({ ...build, isWanted: () => false }, root)).toBe(true);
    expect(isBuilt({ ...build, isWanted: () => true }, root)).toBe(false);
  });

  it('stays built when a test or a README changed', () => {
    write('page/main.test.ts');
    write('kit/README.md');
    expect(isBuilt(build, root)).toBe(true);
  });
});
