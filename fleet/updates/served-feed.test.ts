/** Files of the feed for rooms: so many at once, and places that are free again. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ServedFeed, type ServedFile } from './served-feed.ts';

let folder: string;
let feed: ServedFeed;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'maru-served-'));
  writeFileSync(join(folder, 'aa'), 'content');
  const paths = new Set(['objects/aa', 'objects/gone']);
  feed = new ServedFeed({
    library: {
      has: (path) => paths.has(path),
      fileOf: (path) => join(folder, path.slice('objects/'.length)),
      manifestPath: () => null,
    },
  });
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a room has four at once, all of them 64; closed ones are free, refused ones take none', async () => {
  const open: ServedFile[] = [];
  for (let n = 0; n < 4; n += 1) open.push(await feed.open('objects/aa', 'a'));
  await expect(feed.open('objects/aa', 'a')).rejects.toMatchObject({ code: 'too-many-attempts' });
  for (let n = 0; n < 60; n += 1) open.push(await feed.open('objects/aa', `room-${n % 15}`));
  await expect(feed.open('objects/aa', 'z')).rejects.toMatchObject({ code: 'too-many-attempts' });
  await open.pop()!.close();
  await expect(feed.open('objects/none', 'z')).rejects.toMatchObject({ code: 'not-found' });
  await expect(feed.open('objects/gone', 'z')).rejects.toMatchObject({ code: 'storage-failed' });
  const last = await feed.open('objects/aa', 'z');
  expect(last).toMatchObject({ sizeBytes: 7, etag: expect.stringMatching(/^"7-/) });
  const stream = last.open({ start: 3, end: 6 });
  const closed = new Promise((resolve) => stream.once('close', resolve));
  expect(await text(stream)).toBe('tent');
  await closed;
  open.push(await feed.open('objects/aa', 'z'));
  for (const each of open) await each.close();
});

test('a whole object goes as the difference from what the room has, and is the same there', async () => {
  const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  const former = randomBytes(100_000);
  const wanted = Buffer.concat([former.subarray(0, 50_000), Buffer.from('new'), former.subarray(50_000)]);
  for (const bytes of [former, wanted]) writeFileSync(join(folder, hash(bytes)), bytes);
  const hashes = new Set([former, wanted].map((bytes) => `objects/${hash(bytes)}`));
  const served = new ServedFeed({
    library: {
      has: (path) => hashes.has(path),
      fileOf: (path) => join(folder, path.slice('objects/'.length)),
      manifestPath: () => null,
    },
  });
  const file = await served.open(`objects/${hash(wanted)}`, 'a');
  await file.close();
  const dictionary = `:${createHash('sha256').update(former).digest('base64')}:`;
  const small = await served.encoded(file, { 'accept-encoding': 'dcz, zstd', 'available-dictionary': dictionary });
  expect(small).toMatchObject({ encoding: 'dcz' });
  expect(small!.body.length).toBeLessThan(1_000);
  // of nothing that it has, random bytes are no smaller
  expect(await served.encoded(file, { 'accept-encoding': 'zstd' })).toBeNull();
  expect(await served.encoded(file, {})).toBeNull();
});
