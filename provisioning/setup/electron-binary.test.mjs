import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isElectronThere, isElectronWanted } from './electron-binary.mjs';

let root;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'maru-electron-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(...paths) {
  for (const path of paths) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), '');
  }
}
const wanted = (purpose, env = {}) => isElectronWanted(purpose, { root, env });

describe("Electron's binary", () => {
  it('is there once it is whole: its package notes its path last', () => {
    expect(isElectronThere(root, {})).toBe(false);
    write('node_modules/electron/dist/electron');
    expect(isElectronThere(root, {})).toBe(false);
    write('node_modules/electron/path.txt');
    expect(isElectronThere(root, {})).toBe(true);
    expect(wanted('test')).toBe(false);
  });

  it('is the given one, and a given folder without one is an error rather than replaced', () => {
    write('given/electron');
    const env = { ELECTRON_OVERRIDE_DIST_PATH: join(root, 'given') };
    expect(isElectronThere(root, env)).toBe(true);
    expect(wanted('test', env)).toBe(false);
    expect(() => isElectronThere(root, { ELECTRON_OVERRIDE_DIST_PATH: '/not/there' })).toThrow('/not/there');
    expect(isElectronThere(root, { ELECTRON_OVERRIDE_DIST_PATH: '' })).toBe(false);
  });

  it('is brought for the suite, and for a start where there is a display', () => {
    expect(wanted('test')).toBe(true);
    expect(wanted('start')).toBe(false);
    expect(wanted('start', { DISPLAY: ':0' })).toBe(true);
    expect(wanted('start', { WAYLAND_DISPLAY: 'wayland-1' })).toBe(true);
  });
});
