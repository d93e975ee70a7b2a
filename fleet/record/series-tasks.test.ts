/** Open tasks of a series on a real store: read once for many who ask, and anew with each change of the notes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { Notes, writtenOpenTasks } from '../notes/index.ts';
import { type AuthorityStore, authorityStore, newId } from '../store/index.ts';
import { seriesSeenBy } from './series.ts';
import { SeriesTasks } from './series-tasks.ts';

const logger = pino({ level: 'silent' });
const [seriesId, accountId] = ['series', 'mina'];
let dataDir: string;
let store: AuthorityStore;
let notes: Notes;
let [first, second, third]: string[] = [];
const read = vi.fn(writtenOpenTasks);
const error = vi.fn();
let tasks: SeriesTasks;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-series-'));
  store = authorityStore({
    dataDir,
    onFatal: (fault) => {
      throw fault;
    },
  });
  await store.start();
});
beforeEach(async () => {
  [first, second, third] = [newId(), newId(), newId()];
  read.mockReset().mockImplementation(writtenOpenTasks);
  error.mockClear();
  tasks = new SeriesTasks({ logger: { error }, read });
  notes = new Notes({ store, logger });
  await store.write(async (trx) => {
    await trx.updateTable('meeting').set({ seriesId: null }).execute();
    for (const [at, meetingId] of [first, second, third].entries())
      await trx
        .insertInto('meeting')
        .values({
          meetingId: meetingId!,
          roomId: null,
          title: `${at}`,
          createdAtMs: at,
          hostAccountId: accountId,
          seriesId,
        })
        .execute();
  });
  for (const meetingId of [first!, second!]) await add(meetingId, `of ${meetingId}`);
});
afterAll(async () => {
  await store.stop();
  rmSync(dataDir, { recursive: true });
});

const add = (meetingId: string, text: string) =>
  notes.append(meetingId, newId(), { kind: 'task', text, person: null, dueOn: null });
const seen = async () => (await seriesSeenBy(store.read, { meetingId: third!, accountId }, tasks)).tasks;

test('pages that ask again and again, and many at once, do not read the notes again', async () => {
  const answers = await Promise.all(Array.from({ length: 300 }, seen));
  for (const answer of answers) expect(answer.map(({ text }) => text)).toEqual([`of ${second}`, `of ${first}`]);
  await seen();
  expect(read).toHaveBeenCalledTimes(2);
});

test('what is written, marked or erased is seen at once', async () => {
  await seen();
  await add(first!, 'another');
  const open = await seen();
  expect(open.map(({ text }) => text)).toEqual([`of ${second}`, `of ${first}`, 'another']);
  await notes.markTask(first!, { ...open[1]!, isDone: true });
  expect((await seen()).map(({ text }) => text)).toEqual([`of ${second}`, 'another']);
  await notes.erase(first!, async () => {});
  expect((await seen()).map(({ text }) => text)).toEqual([`of ${second}`]);
  expect(read).toHaveBeenCalledTimes(5);
});

test('notes that cannot be read are left out, are one line in the log for all who ask, and are read again later', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  read.mockImplementationOnce(async () => {
    throw new Error('damaged');
  });
  for (let n = 0; n < 5; n++) expect(await seen()).toHaveLength(1);
  expect(error).toHaveBeenCalledOnce();
  vi.advanceTimersByTime(60_000);
  expect(await seen()).toHaveLength(2);
  vi.useRealTimers();
});
