import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { filesOfModules, filesOfPage, hashOf } from './sources.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'maru-screens-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(path: string, text: string): string {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}
const namesOf = (files: readonly string[]): string[] => files.map((file) => relative(root, file)).sort();

describe('the sources of a picture', () => {
  it('are the page with what it loads, directly or not, and no part of another page', () => {
    const page = write('dist/control.html', '<script src="/assets/control-a.js"></script>');
    write('dist/join.html', '<script src="/assets/join-b.js"></script>');
    write('dist/assets/control-a.js', 'import "./shared-c.js"');
    write('dist/assets/control-a.js.br', '');
    write('dist/assets/shared-c.js', 'load("font-d.woff2")');
    write('dist/assets/font-d.woff2', '');
    write('dist/assets/join-b.js', 'import "./shared-c.js"');
    const expected = ['control.html', 'assets/control-a.js', 'assets/shared-c.js', 'assets/font-d.woff2'];
    expect(namesOf(filesOfPage(page))).toEqual(expected.map((name) => `dist/${name}`).sort());
  });

  it('are the scene with what it imports, and no other scene', () => {
    const scene = write(
      'tests/scenes/tv.ts',
      "import { day } from '../day.ts';\nimport type { Page } from 'playwright-core';",
    );
    write('tests/day.ts', "import type { Booking } from '#contract/booking.ts';\nexport * from './scenes/tv.ts';");
    write('fleet/contract/booking.ts', '');
    write('tests/scenes/join.ts', '');
    const expected = ['tests/scenes/tv.ts', 'tests/day.ts', 'fleet/contract/booking.ts'];
    expect(namesOf(filesOfModules(root, [scene]))).toEqual(expected.sort());
  });

  it('have another hash when one of them changes, or the browser', () => {
    const files = [write('a.js', 'one'), write('b.js', 'two')];
    const before = hashOf(root, files, 'Chromium 1');
    expect(hashOf(root, files.toReversed(), 'Chromium 1')).toBe(before);
    expect(hashOf(root, files, 'Chromium 2')).not.toBe(before);
    write('b.js', 'three');
    expect(hashOf(root, files, 'Chromium 1')).not.toBe(before);
  });
});
