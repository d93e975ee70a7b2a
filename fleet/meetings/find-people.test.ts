/** For how long names are kept: by hand on a clock, on a real store. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type AuthorityStore, authorityStore } from '../store/index.ts';
import { PeopleFinder } from './find-people.ts';

let dataDir: string;
let store: AuthorityStore;
let finder: PeopleFinder;
let nowMs: number;
beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-find-'));
  store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  nowMs = 1_000;
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  finder = new PeopleFinder({ store });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await store.stop();
  rmSync(dataDir, { recursive: true });
});
const account = (displayName: string) =>
  store.write((trx) =>
    trx
      .insertInto('account')
      .values({
        accountId: displayName,
        issuer: 'local',
        subject: displayName,
        userName: displayName,
        displayName,
        createdAtMs: 1,
      })
      .execute(),
  );
const found = async (text: string) => (await finder.find(text)).map(({ displayName }) => displayName);

test('who came since is found five seconds after the last reading, and not before', async () => {
  await account('Kim Mina');
  expect(await found('k')).toEqual(['Kim Mina']);
  await account('Kim Joon');
  nowMs += 4_999;
  expect(await found('k')).toEqual(['Kim Mina']);
  nowMs += 1;
  expect(await found('k')).toEqual(['Kim Joon', 'Kim Mina']);
  await account('Kang Sora');
  nowMs += 4_999;
  expect(await found('k')).toEqual(['Kim Joon', 'Kim Mina']);
});

test('twenty are named at most, and of no word nobody', async () => {
  for (let index = 10; index < 31; index += 1) await account(`Kim ${index}`);
  expect(await found('kim')).toHaveLength(20);
  expect(await found(' , ')).toEqual([]);
});
