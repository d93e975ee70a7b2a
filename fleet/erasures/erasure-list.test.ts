/** Table and file, where one of them is older, cut off, damaged or missing: on a real store. */
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type AuthorityStore, authorityStore } from '../store/index.ts';
import { ERASURES_FILE, readErasures } from './erasure-file.ts';
import { ErasureList, type ErasureListDependencies } from './erasure-list.ts';
import { type Erasure, recordErasure } from './erasures.ts';

let dataDir: string;
let store: AuthorityStore;
let list: ErasureList;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-erasures-'));
  await start();
});
afterEach(async () => {
  await stop();
  rmSync(dataDir, { recursive: true });
});

async function start(logger: ErasureListDependencies['logger'] = pino({ level: 'silent' })): Promise<void> {
  store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  list = new ErasureList({ store, dataDir, logger });
  await list.start();
}
async function stop(): Promise<void> {
  await list.stop();
  await store.stop();
}
const path = () => join(dataDir, ERASURES_FILE);
const database = () => join(dataDir, 'authority.sqlite');
const copy = () => join(dataDir, 'copy.sqlite');
const erase = (...erasures: Erasure[]) =>
  store.write(async (trx) => {
    for (const each of erasures) await recordErasure(trx, each);
  });
const rows = () =>
  store.read.selectFrom('erasure').select(['subject', 'atMs', 'stillDue']).orderBy('subject').execute();
const listed = () => readErasures(path()).erasures.toSorted((a, b) => a.subject.localeCompare(b.subject));

test('what was deleted is in the file, and nothing of it is due', async () => {
  expect(existsSync(path())).toBe(false);
  await erase({ subject: 'meeting:a', atMs: 5 });
  await list.write();
  await erase({ subject: 'account:b', atMs: 6 }, { subject: 'meeting:a', atMs: 7 });
  await list.write();
  expect(listed()).toEqual([
    { subject: 'account:b', atMs: 6 },
    { subject: 'meeting:a', atMs: 7 },
  ]);
  await stop();
  await start();
  expect(await rows()).toEqual([
    { subject: 'account:b', atMs: 6, stillDue: null },
    { subject: 'meeting:a', atMs: 7, stillDue: null },
  ]);
  // each once, from now on
  expect(readFileSync(path(), 'utf8').trim().split('\n')).toHaveLength(2);
});

test('with an older copy of the database what was deleted since is due, and what was deleted before is not', async () => {
  await erase({ subject: 'meeting:before', atMs: 5 }, { subject: 'meeting:twice', atMs: 5 });
  await list.write();
  await stop();
  copyFileSync(database(), copy());
  await start();
  await erase({ subject: 'meeting:since', atMs: 8 }, { subject: 'meeting:twice', atMs: 9 });
  await list.write();
  await stop();
  for (const side of ['-wal', '-shm']) rmSync(`${database()}${side}`, { force: true });
  copyFileSync(copy(), database());
  await start();
  expect(await rows()).toEqual([
    { subject: 'meeting:before', atMs: 5, stillDue: null },
    { subject: 'meeting:since', atMs: 8, stillDue: 'everything' },
    { subject: 'meeting:twice', atMs: 9, stillDue: 'everything' },
  ]);
});

test('a deletion that did not come to the file is there after the next start, also where the file was lost', async () => {
  await erase({ subject: 'meeting:a', atMs: 5 });
  // as where the process is killed
  await store.stop();
  await start();
  expect(listed()).toEqual([{ subject: 'meeting:a', atMs: 5 }]);
  await stop();
  rmSync(path());
  await start();
  expect(listed()).toEqual([{ subject: 'meeting:a', atMs: 5 }]);
  expect(await rows()).toEqual([{ subject: 'meeting:a', atMs: 5, stillDue: null }]);
});

test('a list that ends has all of them: an older copy of the database may be put beside it', async () => {
  await erase({ subject: 'message:m/a', atMs: 5 });
  await list.stop();
  expect(listed()).toEqual([{ subject: 'message:m/a', atMs: 5 }]);
});

test('what was deleted again after the clock was set back is no more due than anything else', async () => {
  await erase({ subject: 'meeting:a', atMs: 9_000 });
  await list.write();
  await erase({ subject: 'meeting:a', atMs: 5 });
  await list.write();
  await stop();
  await start();
  expect(await rows()).toMatchObject([{ subject: 'meeting:a', stillDue: null }]);
});

test('a file that was opened in an editor loses no line', async () => {
  writeFileSync(path(), '\uFEFF{"subject":"meeting:a","atMs":5}\r\n{"subject":"meeting:b","atMs":6}\r\n');
  await stop();
  await start();
  expect((await rows()).map(({ subject }) => subject)).toEqual(['meeting:a', 'meeting:b']);
});

test('a list of very many deletions is no single write', async () => {
  const count = 3_000;
  const lines = Array.from({ length: count }, (_, n) => `{"subject":"message:m/${n}","atMs":5}\n`);
  writeFileSync(path(), lines.join(''));
  const counts: number[] = [0];
  const write: AuthorityStore['write'] = (work) =>
    store.write(async (trx) => {
      const result = await work(trx);
      const rowCount = trx.selectFrom('erasure').select(({ fn }) => fn.countAll<number>().as('rowCount'));
      counts.push(Number((await rowCount.executeTakeFirstOrThrow()).rowCount));
      return result;
    });
  await list.stop();
  list = new ErasureList({ store: { read: store.read, write }, dataDir, logger: pino({ level: 'silent' }) });
  await list.start();
  expect(counts.at(-1)).toBe(count);
  expect(Math.max(...counts.map((each, at) => each - (counts[at - 1] ?? 0)))).toBeLessThan(1_000);
});

test('lines that are cut off or are none of ours are left out, and those after them count', async () => {
  await erase({ subject: 'meeting:a', atMs: 5 });
  await list.write();
  appendFileSync(path(), '{"subject":"meeting:b","at');
  await erase({ subject: 'meeting:c', atMs: 6 });
  await list.write();
  appendFileSync(path(), 'null\n{"subject":5,"atMs":6}\n{"subject":"meeting:d","atMs":7,"later":1}\n');
  await stop();
  await start();
  expect((await rows()).map(({ subject }) => subject)).toEqual(['meeting:a', 'meeting:c', 'meeting:d']);
});

test('a file that is too large to be read keeps no server from starting', async () => {
  await stop();
  writeFileSync(path(), '');
  // without a byte on the disk
  truncateSync(path(), 3 * 2 ** 30);
  await start();
  await erase({ subject: 'meeting:a', atMs: 5 });
  expect(await rows()).toMatchObject([{ subject: 'meeting:a', stillDue: null }]);
  rmSync(path());
});

test('a file that cannot be read is a problem until it can be, and then what it has and the database lacks is due', async () => {
  await erase({ subject: 'meeting:a', atMs: 5 });
  await stop();
  const aside = join(dataDir, 'aside');
  writeFileSync(aside, '{"subject":"meeting:a","atMs":5}\n{"subject":"meeting:b","atMs":6}\n');
  rmSync(path());
  mkdirSync(path());
  await start();
  const problems: (string | null)[] = [];
  let dueCount = 0;
  list.onProblem((code) => problems.push(code));
  list.onDue(() => {
    dueCount += 1;
  });
  await list.write();
  await list.write();
  expect([list.problem, problems, dueCount]).toEqual(['EISDIR', ['EISDIR'], 0]);
  rmSync(path(), { recursive: true });
  copyFileSync(aside, path());
  await list.write();
  expect([list.problem, problems, dueCount]).toEqual([null, ['EISDIR', null], 1]);
  expect(await rows()).toMatchObject([
    { subject: 'meeting:a', stillDue: null },
    { subject: 'meeting:b', stillDue: 'everything' },
  ]);
  // what is appended fails, and is written once that can be
  rmSync(path());
  mkdirSync(path());
  await erase({ subject: 'meeting:c', atMs: 7 });
  await list.write();
  expect(list.problem).toBe('EISDIR');
  rmSync(path(), { recursive: true });
  await list.write();
  expect(problems).toEqual(['EISDIR', null, 'EISDIR', null]);
});

test('what the file has and the database lacks is due at once, also where the file cannot be written, and its lines are named once', async () => {
  await stop();
  const aside = join(dataDir, 'aside');
  writeFileSync(aside, 'none of ours\n{"subject":"meeting:b","atMs":6}\n');
  mkdirSync(path());
  let warnings = 0;
  await start({ error: () => {}, warn: () => (warnings += 1) });
  let dueCount = 0;
  list.onDue(() => {
    dueCount += 1;
  });
  rmSync(path(), { recursive: true });
  copyFileSync(aside, path());
  // where it is written beside before it takes the place of the former
  mkdirSync(`${path()}.new`);
  await list.write();
  expect([list.problem, dueCount, await rows()]).toMatchObject(['EISDIR', 1, [{ stillDue: 'everything' }]]);
  await list.write();
  expect([dueCount, warnings]).toEqual([1, 1]);
  rmSync(`${path()}.new`, { recursive: true });
  await list.write();
  expect([list.problem, dueCount, warnings]).toEqual([null, 1, 1]);
});

test('a file that cannot be written keeps nobody from deleting, and is written once it can be', async () => {
  await erase({ subject: 'meeting:a', atMs: 5 });
  mkdirSync(path());
  await list.write();
  await stop();
  await start();
  rmSync(path(), { recursive: true });
  await list.write();
  expect(listed()).toEqual([{ subject: 'meeting:a', atMs: 5 }]);
});
