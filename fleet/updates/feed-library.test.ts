/** The library of releases over real folders: what is taken in, what stays, what goes. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { inDays, RepositoryUnderTest, sha256Hex } from '#edge/signed-releases/repository-under-test.ts';
import { FeedLibrary } from './feed-library.ts';

let home: string;
let repository: RepositoryUnderTest;
let count: number;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'maru-library-'));
  repository = new RepositoryUnderTest();
  count = 0;
});
afterEach(() => rmSync(home, { recursive: true }));

async function opened(): Promise<FeedLibrary> {
  const library = new FeedLibrary({
    folder: join(home, 'library'),
    pinnedRoot: async () => repository.pinnedRoot,
  });
  await library.start();
  return library;
}
/** A folder with these files; a medium has no timestamp. */
function folderOf(files: ReadonlyMap<string, Buffer>, { without = '' } = {}): string {
  count += 1;
  const folder = join(home, `brought-${count}`);
  for (const [path, bytes] of files) {
    if (path === without) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  }
  return folder;
}
const offer = (version: string, content: string): string => {
  const { facts } = repository.addRelease({ 'dist/agent.js': content, 'dist/same.js': 'same' }, { version });
  repository.publishAll();
  return facts.releaseId;
};
const withdraw = (): void => {
  for (const list of ['targets', 'offline'] as const) repository.signed[list].targets = {};
};
const objects = (): string[] => readdirSync(join(home, 'library/objects')).sort();
const NONE: ReadonlySet<string> = new Set();

test('what was taken in is offered after a restart, and once is enough', async () => {
  const releaseId = offer('1.0.0', 'one');
  const library = await opened();
  expect(await library.takeIn(folderOf(repository.files), NONE)).toBe(true);
  expect(await library.takeIn(folderOf(repository.files), NONE)).toBe(false);
  const again = await opened();
  expect([...again.releases.keys()]).toEqual([releaseId]);
  expect(readFileSync(again.fileOf(`objects/${sha256Hex('one')}`), 'utf8')).toBe('one');
  expect(again.has('metadata/timestamp.json')).toBe(true);
  expect(again.has('trust/root.json')).toBe(false);
});

test('releases that nothing offers any more go with their objects, but never one that a rollout names', async () => {
  const first = offer('1.0.0', 'one');
  const library = await opened();
  await library.takeIn(folderOf(repository.files), NONE);
  withdraw();
  offer('1.1.0', 'two');
  await library.takeIn(folderOf(repository.files), new Set([first]));
  expect(library.has(`objects/${sha256Hex('one')}`)).toBe(true);
  expect(objects()).toEqual([sha256Hex('one'), sha256Hex('two'), sha256Hex('same')].sort());
  withdraw();
  offer('1.2.0', 'three');
  await library.takeIn(folderOf(repository.files), NONE);
  expect(objects()).toEqual([sha256Hex('three'), sha256Hex('same')].sort());
  expect(library.has(`objects/${sha256Hex('one')}`)).toBe(false);
  expect(readdirSync(join(home, 'library/feeds'))).toHaveLength(1);
});

test('what is refused leaves all as it was, trust included', async () => {
  const first = offer('1.0.0', 'one');
  const library = await opened();
  await library.takeIn(folderOf(repository.files), NONE);
  offer('1.1.0', 'two');
  const half = folderOf(repository.files, { without: `objects/${sha256Hex('two')}` });
  await expect(library.takeIn(half, NONE)).rejects.toMatchObject({ refusal: 'incomplete' });
  expect([...library.releases.keys()]).toEqual([first]);
  // the newer metadata was seen; what is held is trusted all the same
  expect([...(await opened()).releases.keys()]).toEqual([first]);
  const tampered = new Map(repository.files);
  const timestamp = JSON.parse(tampered.get('metadata/timestamp.json')!.toString());
  timestamp.signed.version += 1;
  tampered.set('metadata/timestamp.json', Buffer.from(JSON.stringify(timestamp)));
  tampered.delete('metadata/offline.json');
  await expect(library.takeIn(folderOf(tampered), NONE)).rejects.toMatchObject({ refusal: 'signature' });
  expect(await library.takeIn(folderOf(repository.files), NONE)).toBe(true);
});

test('an older feed than the one that is held is refused', async () => {
  offer('1.0.0', 'one');
  const older = folderOf(repository.files, { without: 'metadata/offline.json' });
  offer('1.1.0', 'two');
  const library = await opened();
  await library.takeIn(folderOf(repository.files), NONE);
  await expect(library.takeIn(older, NONE)).rejects.toMatchObject({ refusal: 'older' });
});

test('a medium alone is offered as one, and a feed that came before stays beside it', async () => {
  const first = offer('1.0.0', 'one');
  const library = await opened();
  await library.takeIn(folderOf(repository.files, { without: 'metadata/timestamp.json' }), NONE);
  expect([...library.releases.get(first)!.feeds.keys()]).toEqual(['medium']);
  await library.takeIn(folderOf(repository.files, { without: 'metadata/offline.json' }), NONE);
  expect([...library.releases.get(first)!.feeds.keys()].sort()).toEqual(['medium', 'online']);
});

test('objects that a disk lost are there again when the same feed is brought', async () => {
  offer('1.0.0', 'one');
  const library = await opened();
  await library.takeIn(folderOf(repository.files), NONE);
  writeFileSync(join(home, 'library/objects', sha256Hex('one')), 'oNe');
  await library.takeIn(folderOf(repository.files), NONE);
  expect(readFileSync(library.fileOf(`objects/${sha256Hex('one')}`), 'utf8')).toBe('one');
});

test('a feed that is expired is refused, and what is held stays', async () => {
  offer('1.0.0', 'one');
  const library = await opened();
  await library.takeIn(folderOf(repository.files, { without: 'metadata/offline.json' }), NONE);
  repository.signed.timestamp.expires = inDays(-1);
  repository.publishAll();
  const expired = folderOf(repository.files, { without: 'metadata/offline.json' });
  await expect(library.takeIn(expired, NONE)).rejects.toMatchObject({ refusal: 'expired' });
  expect(library.releases.size).toBe(1);
});
