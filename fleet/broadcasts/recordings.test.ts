/** How long recordings are kept, by a clock that a test moves; with the real store and folders. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { WallClock } from '#edge/wall-clock.ts';
import { type AuthorityStore, authorityStore, moveStoredTimes, newId } from '../store/index.ts';
import { broadcastIn, insertBroadcast, updateBroadcast } from './broadcast-rows.ts';
import { Recordings } from './recordings.ts';

const DAY_MS = 86_400_000;
let dataDir: string;
let store: AuthorityStore;
let recordings: Recordings;
let asked: string[];
/** of the machine: by how much its wall clock was set, and for how long it has run */
let setMs: number;
let passedMs: number;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-recordings-'));
  store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  [setMs, passedMs, asked] = [0, 0, []];
  const ask =
    (name: string) =>
    ({ broadcastId }: { broadcastId: string }): void =>
      void asked.push(`${name} ${broadcastId}`);
  const clock = new WallClock({
    wallNowMs: () => Date.now() + setMs + passedMs,
    steadyNowMs: () => Date.now() + passedMs,
  });
  clock.onJump((byMs) => store.write((trx) => moveStoredTimes(trx, byMs)));
  recordings = new Recordings({
    store,
    packaging: {
      onEvent: () => {},
      onHello: () => {},
      isOpen: () => false,
      link: {
        end: () => {},
        finish: ask('finish'),
        serve: ask('serve'),
        forget: (broadcastId) => ask('forget')({ broadcastId }),
      },
    },
    dataDir,
    clock,
    languageOf: () => 'en',
    onChanged: () => {},
    logger: pino({ level: 'silent' }),
  });
  await recordings.start();
});
afterEach(async () => {
  recordings.stop();
  await store.stop();
  rmSync(dataDir, { recursive: true });
});

/** Ended now. */
async function kept(recording: 'ready' | 'failed' = 'ready'): Promise<string> {
  const meetingId = newId();
  const meeting = {
    meetingId,
    roomId: null,
    title: 'A meeting',
    createdAtMs: 1,
    endedAtMs: null,
    documentPolicy: null,
  };
  const more = {
    hostAccountId: null,
    startsAtMs: null,
    endsAtMs: null,
    policy: null,
    sequence: 0,
    cancelledAtMs: null,
  };
  const { broadcastId } = await store.write(async (trx) => {
    await trx
      .insertInto('meeting')
      .values({ ...meeting, ...more })
      .execute();
    const made = await insertBroadcast(trx, { meetingId, kind: 'broadcast', createdBy: 'test' });
    await updateBroadcast(trx, made.broadcastId, {
      phase: 'ended',
      recording,
      keptSinceMs: Date.now(),
      endedAtMs: Date.now(),
    });
    return made;
  });
  const folder = join(dataDir, 'broadcasts', broadcastId);
  mkdirSync(folder);
  writeFileSync(join(folder, 'final.mp4'), 'abc');
  return broadcastId;
}
const stateOf = async (broadcastId: string) => (await broadcastIn(store.read, broadcastId))!.recording;
const isOnDisk = (broadcastId: string): boolean => existsSync(join(dataDir, 'broadcasts', broadcastId));

test('kept for the days of the policy, then deleted: files, replay, and a line of the audit log', async () => {
  const broadcastId = await kept();
  passedMs = 90 * DAY_MS - 60_000;
  await recordings.look();
  expect(await stateOf(broadcastId)).toBe('ready');
  passedMs = 90 * DAY_MS + 60_000;
  await recordings.look();
  expect(await stateOf(broadcastId)).toBe('deleted');
  expect(isOnDisk(broadcastId)).toBe(false);
  expect(asked).toContain(`forget ${broadcastId}`);
  const audited = await store.read
    .selectFrom('audit')
    .select(['kind', 'actor'])
    .orderBy('seq', 'desc')
    .executeTakeFirst();
  expect(audited).toEqual({ kind: 'recording-deleted', actor: 'fleet' });
});

test('a clock that is set years ahead deletes nothing; the rest of the time stays the same', async () => {
  const broadcastId = await kept();
  setMs = 3_650 * DAY_MS;
  await recordings.look();
  expect(await stateOf(broadcastId)).toBe('ready');
  passedMs = 89 * DAY_MS;
  await recordings.look();
  expect(await stateOf(broadcastId)).toBe('ready');
  passedMs = 91 * DAY_MS;
  await recordings.look();
  expect(await stateOf(broadcastId)).toBe('deleted');
});

test('a policy of days counts for what is kept already, and for good is for good', async () => {
  const broadcastId = await kept();
  await recordings.setPolicy({ ...(await recordings.policy()), keptDays: null }, 'account:a');
  passedMs = 4_000 * DAY_MS;
  await recordings.look();
  expect(await stateOf(broadcastId)).toBe('ready');
  await recordings.setPolicy({ ...(await recordings.policy()), keptDays: 1 }, 'account:a');
  expect(await stateOf(broadcastId)).toBe('ready');
  await recordings.look();
  expect(await stateOf(broadcastId)).toBe('deleted');
});

test('what could not be finished is tried again with each look', async () => {
  const broadcastId = await kept('failed');
  await recordings.look();
  expect(asked).toContain(`finish ${broadcastId}`);
  expect(isOnDisk(broadcastId)).toBe(true);
});

test('the space that they need is what lies in their folders', async () => {
  await kept();
  expect((await recordings.space()).usedBytes).toBe(3);
  expect((await recordings.space()).freeBytes).toBeGreaterThan(0);
});

test('a meeting whose record two people delete at once has one deletion of each recording, and nobody gets an error', async () => {
  const broadcastId = await kept();
  const { meetingId } = (await broadcastIn(store.read, broadcastId))!;
  await Promise.all(['account:a', 'account:b'].map((by) => recordings.deleteAllOf(meetingId, by, null)));
  expect([await stateOf(broadcastId), isOnDisk(broadcastId)]).toEqual(['deleted', false]);
  const lines = await store.read.selectFrom('audit').select('kind').where('kind', '=', 'recording-deleted').execute();
  expect(lines).toHaveLength(1);
});
