import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openCheckedArchive } from './archive-check.ts';
import type { ZipEntry } from './testing/zip-writer.ts';
import { zipOf } from './testing/zip-writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'maru-archive-'));
afterAll(() => rmSync(folder, { recursive: true }));

function open(content: ZipEntry[] | Buffer) {
  const path = join(folder, 'archive');
  writeFileSync(path, Buffer.isBuffer(content) ? content : zipOf(content));
  return openCheckedArchive(path);
}

const many = (count: number) => Array.from({ length: count }, (_, at) => ({ name: `entry-${at}`, content: '' }));

test('names and a text of a sound zip', async () => {
  const archive = await open([
    { name: 'a/b.xml', content: '회의' },
    { name: 'wide.xml', content: Buffer.from('\ufeff<x/>', 'utf16le') },
  ]);
  expect([...archive.names]).toEqual(['a/b.xml', 'wide.xml']);
  expect(await archive.readText('a/b.xml', 100)).toBe('회의');
  expect(await archive.readText('wide.xml', 100)).toBe('\ufeff<x/>');
  expect(await archive.readText('none', 100)).toBe('');
  await expect(archive.readText('a/b.xml', 5)).rejects.toMatchObject({ code: 'document-too-large' });
  archive.close();
});

test('as many entries as a large deck has, and no more', async () => {
  (await open(many(2_000))).close();
  await expect(open(many(2_001))).rejects.toMatchObject({ code: 'document-too-large' });
});

test('what packs very well is refused only where it hides much', async () => {
  (await open([{ name: 'empty cells', content: Buffer.alloc(19_000_000) }])).close();
  await expect(open([{ name: 'bomb', content: Buffer.alloc(21_000_000) }])).rejects.toMatchObject({
    code: 'document-too-large',
  });
});

test('too much in all, by what the directory claims', async () => {
  const claimed = (claimedBytes: number) => ({
    name: `${claimedBytes}`,
    content: Buffer.alloc(1e6, 'ab'),
    claimedBytes,
  });
  await expect(open([claimed(19_999_999)])).resolves.toBeDefined();
  await expect(open(Array.from({ length: 26 }, (_, at) => claimed(19_999_980 - at)))).rejects.toMatchObject({
    code: 'document-too-large',
  });
});

test('an entry that holds more than it claims is not read to its end', async () => {
  const archive = await open([{ name: 'liar', content: Buffer.alloc(5_000_000), claimedBytes: 10 }]);
  await expect(archive.readText('liar', 1_000)).rejects.toMatchObject({ code: 'document-broken' });
  archive.close();
});

test.each<[string, ZipEntry[] | Buffer]>([
  ['a name that leads outside', [{ name: '../../etc/cron.d/x', content: 'x' }]],
  ['an absolute name', [{ name: '/etc/passwd', content: 'x' }]],
  [
    'two entries of one name',
    [
      { name: 'a', content: '1' },
      { name: 'a', content: '2' },
    ],
  ],
  ['no directory', Buffer.from(`PK\x03\x04${'x'.repeat(300)}`)],
])('%s', async (_, content) => {
  await expect(open(content)).rejects.toMatchObject({ code: 'document-broken' });
});

test('entries that lie over one another', async () => {
  const sound = zipOf([{ name: 'a', content: Buffer.alloc(3_000, 'no'), stored: true }, ...many(2)]);
  // each later entry of the directory points at the first one's bytes
  const claimed = Buffer.from(sound);
  const first = claimed.indexOf('PK\x01\x02', 0, 'latin1');
  for (let at = claimed.indexOf('PK\x01\x02', first + 4, 'latin1'); at > 0; ) {
    claimed.writeUInt32LE(3_000, at + 20);
    claimed.writeUInt32LE(0, at + 42);
    at = claimed.indexOf('PK\x01\x02', at + 4, 'latin1');
  }
  await expect(open(claimed)).rejects.toMatchObject({ code: 'document-broken' });
});

test('an encrypted entry', async () => {
  await expect(open([{ name: 'a', content: 'x', encrypted: true }])).rejects.toMatchObject({
    code: 'document-encrypted',
  });
});
