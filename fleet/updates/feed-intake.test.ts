/** What is noticed of folders that people put feeds into: when one is judged, which faults there are, and which end. */
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { FeedError } from '#edge/signed-releases/feed-error.ts';
import { type AuthorityStore, authorityStore } from '../store/index.ts';
import { FeedIntake } from './feed-intake.ts';
import type { FeedLibrary } from './feed-library.ts';

let home: string;
let store: AuthorityStore;
let nowMs = 1_000;
const takeIn = vi.fn<FeedLibrary['takeIn']>();
const releases = new Map();
const book = { raise: vi.fn(async () => {}), clear: vi.fn(async () => {}) };
const incoming = (): string => join(home, 'incoming');

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'maru-intake-'));
  store = authorityStore({
    dataDir: home,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  for (const each of [takeIn, book.raise, book.clear]) each.mockReset();
  releases.clear();
  takeIn.mockResolvedValue(true);
});
afterEach(async () => {
  await store.stop();
  rmSync(home, { recursive: true });
});

async function opened(): Promise<FeedIntake> {
  const intake = new FeedIntake({
    store,
    library: { takeIn, releases, start: async () => null } as unknown as FeedLibrary,
    book,
    sources: [{ name: 'incoming', folder: incoming() }],
    named: () => new Set(),
    clock: { nowMs: () => nowMs },
    logger: pino({ level: 'silent' }),
    lookEveryMs: 3_600_000,
  });
  await intake.start();
  return intake;
}
function put(path: string, text: string): void {
  mkdirSync(join(incoming(), path, '..'), { recursive: true });
  writeFileSync(join(incoming(), path), text);
}
const audited = async (): Promise<string[]> =>
  (await store.read.selectFrom('audit').select('kind').orderBy('seq').execute()).map(({ kind }) => kind);

test('a folder is judged once it stopped changing, also where a large file grew last, and once only', async () => {
  const intake = await opened();
  put('metadata/timestamp.json', '{}');
  put('objects/aa', 'a');
  await intake.look();
  appendFileSync(join(incoming(), 'objects/aa'), 'b');
  await intake.look();
  expect(takeIn).not.toHaveBeenCalled();
  await intake.look();
  await intake.look();
  expect(takeIn).toHaveBeenCalledTimes(1);
  intake.stop();
});

test('a refused one is a fault with its alert over restarts, named once, until it is mended', async () => {
  takeIn.mockRejectedValue(new FeedError('incomplete', 'objects/aa is not there'));
  const intake = await opened();
  put('metadata/timestamp.json', '{}');
  for (let n = 0; n < 4; n += 1) await intake.look();
  expect(intake.fault).toEqual({ refusal: 'incomplete', detail: 'objects/aa is not there', atMs: 1_000 });
  expect(book.raise).toHaveBeenCalledTimes(1);
  intake.stop();

  const again = await opened();
  for (let n = 0; n < 3; n += 1) await again.look();
  expect(takeIn).toHaveBeenCalledTimes(1);
  expect(again.fault?.refusal).toBe('incomplete');
  takeIn.mockResolvedValue(true);
  put('objects/aa', 'a');
  for (let n = 0; n < 3; n += 1) await again.look();
  expect(again.fault).toBeNull();
  expect(book.clear).toHaveBeenCalledTimes(1);
  expect(await audited()).toEqual(['feed-refused', 'feed-imported']);
  again.stop();
});

test('a fault ends with its folder being emptied', async () => {
  takeIn.mockRejectedValue(new FeedError('damaged', 'objects/aa is not what its hash says'));
  const intake = await opened();
  put('metadata/timestamp.json', '{}');
  for (let n = 0; n < 2; n += 1) await intake.look();
  expect(intake.fault?.refusal).toBe('damaged');
  rmSync(join(incoming(), 'metadata'), { recursive: true });
  await intake.look();
  expect(intake.fault).toBeNull();
  intake.stop();
});

test('what is held and expires is a fault, unless one kind of it is still good', async () => {
  const intake = await opened();
  const feeds = new Map([
    ['online', 2_000],
    ['medium', 9_000],
  ]);
  releases.set('1.0.0-0', { feeds });
  nowMs = 5_000;
  await intake.look();
  expect(intake.fault).toBeNull();
  nowMs = 9_000;
  await intake.look();
  await intake.look();
  expect(intake.fault?.refusal).toBe('expired');
  expect(await audited()).toEqual(['feed-refused']);
  intake.stop();
});
