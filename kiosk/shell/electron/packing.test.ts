// The packing on a stand-in for the binary: the library's own sentinel and wire, as they lie in the real one.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extractFile } from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fuses } from './fuses.ts';
import { packElectron } from './packing.ts';

const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
let folder: string;
const path = (...parts: string[]) => join(folder, ...parts);
/** Nine fuses, as Electron 45 ships them. */
const standIn = (wire: string) =>
  `ELF${'\0'.repeat(1_000)}${SENTINEL}\u0001${String.fromCharCode(wire.length)}${wire}${'\0'.repeat(1_000)}`;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'maru-packing-'));
  mkdirSync(path('dist/resources'), { recursive: true });
  writeFileSync(path('dist/electron'), standIn('101100011'), { mode: 0o755 });
  writeFileSync(path('dist/resources/default_app.asar'), 'a demonstration');
  mkdirSync(path('bundle'));
  writeFileSync(path('bundle/main.js'), 'the shell');
  writeFileSync(path('bundle/package.json'), '{"main":"main.js"}');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const pack = () => packElectron({ dist: path('dist'), bundle: path('bundle'), out: path('out') });

it('makes a binary with every fuse as decided, that loads our archive and nothing else', async () => {
  const binary = await pack();
  const wire = (await getCurrentFuseWire(binary)) as unknown as Record<string, number>;
  const on = (fuse: FuseV1Options) => String.fromCharCode(wire[fuse]!);
  expect(on(FuseV1Options.RunAsNode)).toBe('0');
  expect(on(FuseV1Options.EnableNodeOptionsEnvironmentVariable)).toBe('0');
  expect(on(FuseV1Options.EnableNodeCliInspectArguments)).toBe('0');
  expect(on(FuseV1Options.GrantFileProtocolExtraPrivileges)).toBe('0');
  expect(on(FuseV1Options.EnableCookieEncryption)).toBe('1');
  expect(on(FuseV1Options.OnlyLoadAppFromAsar)).toBe('1');
  expect(on(FuseV1Options.EnableEmbeddedAsarIntegrityValidation)).toBe('1');
  expect(readdirSync(path('out/resources'))).toEqual(['app.asar']);
  expect(extractFile(path('out/resources/app.asar'), 'main.js').toString()).toBe('the shell');
  expect(readFileSync(path('dist/electron'), 'latin1')).toContain('101100011');
});

it('names every fuse that the library knows', () => {
  const known = Object.values(FuseV1Options).filter((value) => typeof value === 'number');
  expect(
    Object.keys(fuses)
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
      .sort(),
  ).toEqual(known.sort());
});

it('fails on an Electron with a fuse that nobody decided, and leaves nothing half made', async () => {
  writeFileSync(path('dist/electron'), standIn('1011000111'), { mode: 0o755 });
  await expect(pack()).rejects.toThrow(/strictlyRequireAllFuses/);
  expect(readdirSync(folder).sort()).toEqual(['bundle', 'dist']);
});
