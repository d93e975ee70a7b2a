import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ReleaseManifest } from '#contract/release.ts';
import { Slots } from './slots.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** Gives contents by hash, and notes what was asked for. */
class FakeObjects {
  readonly asked: string[] = [];
  readonly #texts = new Map<string, string>();
  breaksAt: string | null = null;

  manifest(files: Record<string, string>): ReleaseManifest {
    const list = Object.entries(files).map(([path, text]) => {
      this.#texts.set(sha256(text), text);
      const mode = path.startsWith('bin/') ? ('0755' as const) : ('0644' as const);
      return { path, mode, sizeBytes: Buffer.byteLength(text), sha256: sha256(text) };
    });
    return { format: 1, role: 'kiosk', version: '1.0.0', commit: null, debianPackages: [], files: list };
  }
  readonly copyObject = async (hash: string, target: string): Promise<void> => {
    const text = this.#texts.get(hash)!;
    if (text === this.breaksAt) throw new Error('broken off');
    this.asked.push(text);
    writeFileSync(target, text);
  };
}

let home: string;
let slots: Slots;
let source: FakeObjects;
const place = (id: string, files: Record<string, string>) => {
  const manifest = source.manifest(files);
  return slots.place({ id, manifest, manifestText: JSON.stringify(manifest), copyObject: source.copyObject }, () => {});
};
const install = async (id: string, files: Record<string, string>) => {
  const running = await slots.running();
  const former = running === id ? await slots.former() : running;
  await place(id, files);
  await slots.switchTo(id);
  await slots.forgetOthers(former === null ? [] : [former]);
};
const read = (path: string) => readFileSync(join(home, 'current', path), 'utf8');
const folders = () => readdirSync(join(home, 'releases')).sort();

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'maru-slots-'));
  slots = new Slots(home);
  source = new FakeObjects();
});
afterEach(() => rmSync(home, { recursive: true }));

describe('the folder of a release', () => {
  it('holds its files with their modes, and is what `current` leads to', async () => {
    await install('one', { 'bin/node': 'node', 'dist/a.js': 'a' });
    expect([read('bin/node'), read('dist/a.js')]).toEqual(['node', 'a']);
    expect(statSync(join(home, 'current/bin/node')).mode & 0o777).toBe(0o755);
    expect(readlinkSync(join(home, 'current'))).toBe('releases/one');
  });

  it('brings only what the former release did not have', async () => {
    await install('one', { 'bin/node': 'node', 'dist/a.js': 'a' });
    await install('two', { 'bin/node': 'node', 'dist/a.js': 'b', 'dist/moved.js': 'a' });
    expect(source.asked).toEqual(['node', 'a', 'b']);
    expect([read('bin/node'), read('dist/a.js'), read('dist/moved.js')]).toEqual(['node', 'b', 'a']);
  });

  it('does not inherit what is damaged', async () => {
    await install('one', { 'dist/a.js': 'a' });
    writeFileSync(join(home, 'current/dist/a.js'), 'x');
    await install('two', { 'dist/a.js': 'a', 'dist/b.js': 'b' });
    expect(read('dist/a.js')).toBe('a');
  });

  it('stays as it is when it is whole, and is replaced when it is not', async () => {
    await install('one', { 'dist/a.js': 'a' });
    const { ino } = statSync(join(home, 'releases/one'));
    await install('one', { 'dist/a.js': 'a' });
    expect(statSync(join(home, 'releases/one')).ino).toBe(ino);
    writeFileSync(join(home, 'current/dist/a.js'), 'x');
    await install('one', { 'dist/a.js': 'a' });
    expect([read('dist/a.js'), folders()]).toEqual(['a', ['one']]);
  });

  it('leaves what runs alone when its source breaks off, and the next try ends well', async () => {
    await install('one', { 'dist/a.js': 'a' });
    source.breaksAt = 'c';
    await expect(install('two', { 'dist/b.js': 'b', 'dist/c.js': 'c' })).rejects.toThrow('broken off');
    expect([readlinkSync(join(home, 'current')), existsSync(join(home, 'releases/two'))]).toEqual([
      'releases/one',
      false,
    ]);
    source.breaksAt = null;
    await install('two', { 'dist/b.js': 'b', 'dist/c.js': 'c' });
    expect([read('dist/c.js'), folders()]).toEqual(['c', ['one', 'two']]);
  });

  it('has one former release beside it', async () => {
    for (const id of ['one', 'two', 'three']) await install(id, { 'dist/a.js': id });
    expect(folders()).toEqual(['three', 'two']);
  });
});
