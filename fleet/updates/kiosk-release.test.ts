import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KioskRelease, type ReleasedFile } from './kiosk-release.ts';

let home: string;
let release: KioskRelease;
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** A release's folder with these files, and one beside them that its list does not name. */
function folderWith(name: string, files: Record<string, string>): string {
  const folder = join(home, name);
  mkdirSync(join(folder, 'objects'), { recursive: true });
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
  const lines = Object.entries(files).map(([path, text]) => `${sha256(text)}  ${path}\n`);
  writeFileSync(join(folder, 'SHA256SUMS'), lines.join(''));
  writeFileSync(join(folder, 'install.sh'), '#!/bin/sh\n');
  writeFileSync(join(folder, 'notes.txt'), 'of whoever copied it\n');
  return folder;
}
async function textOf({ stream }: ReleasedFile): Promise<string> {
  let text = '';
  for await (const part of stream) text += String(part);
  return text;
}
const get = async (path: string, network = '10.0.0.1') => textOf(await release.open(path, network));

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'maru-release-'));
  symlinkSync(folderWith('first', { 'manifest.json': '{}', 'objects/aa': 'content' }), join(home, 'current'));
  release = new KioskRelease({ folder: join(home, 'current') });
});
afterEach(() => rmSync(home, { recursive: true }));

describe("the kiosks' release", () => {
  it('gives what its list names, the list and the bootstrap', async () => {
    expect(await get('objects/aa')).toBe('content');
    expect(await get('SHA256SUMS')).toContain('  objects/aa\n');
    expect(await get('install.sh')).toBe('#!/bin/sh\n');
  });

  it.each([
    'notes.txt',
    'objects',
    'objects/',
    '',
    '.',
    '..',
    '../first/notes.txt',
    '/etc/passwd',
    'objects/../notes.txt',
  ])('has nothing at "%s"', async (path) => {
    await expect(release.open(path, '10.0.0.1')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('sends no damaged file, also where it was damaged after it had been sent', async () => {
    expect(await get('objects/aa')).toBe('content');
    writeFileSync(join(home, 'first/objects/aa'), 'changed');
    await expect(release.open('objects/aa', '10.0.0.1')).rejects.toMatchObject({ code: 'storage-failed' });
    unlinkSync(join(home, 'first/objects/aa'));
    await expect(release.open('objects/aa', '10.0.0.1')).rejects.toMatchObject({ code: 'storage-failed' });
  });

  it('is another one as soon as the link was moved, and none where there is no folder', async () => {
    expect(await get('objects/aa')).toBe('content');
    unlinkSync(join(home, 'current'));
    await expect(release.open('objects/aa', '10.0.0.1')).rejects.toMatchObject({ code: 'not-found' });
    symlinkSync(folderWith('second', { 'objects/bb': 'newer' }), join(home, 'current'));
    await expect(release.open('objects/aa', '10.0.0.1')).rejects.toMatchObject({ code: 'not-found' });
    expect(await get('objects/bb')).toBe('newer');
  });

  it('is sent to one network eight times at once, to all of them 24 times, and a place is free when its stream is closed', async () => {
    const open: ReleasedFile[] = [];
    for (let n = 0; n < 8; n += 1) open.push(await release.open('objects/aa', 'a'));
    await expect(release.open('objects/aa', 'a')).rejects.toMatchObject({ code: 'too-many-attempts' });
    for (const network of ['b', 'c'])
      for (let n = 0; n < 8; n += 1) open.push(await release.open('objects/aa', network));
    await expect(release.open('objects/aa', 'd')).rejects.toMatchObject({ code: 'too-many-attempts' });
    // refused ones take no place
    await expect(release.open('notes.txt', 'd')).rejects.toMatchObject({ code: 'not-found' });
    const [first] = open.splice(0, 1);
    const closed = new Promise((resolve) => first!.stream.once('close', resolve));
    first!.stream.destroy();
    await closed;
    open.push(await release.open('objects/aa', 'd'));
    for (const { stream } of open) stream.destroy();
  });
});
