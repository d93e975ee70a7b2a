import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type AuthorityStore, authorityStore } from '../store/index.ts';
import { type ClockJump, jumpsIn, olderFrom, recordClockJump, writtenBefore } from './kept-time.ts';

const DAY = 86_400_000;
const YEAR = 365 * DAY;
/** the clock was a year slow, and was set at its day 1000 */
const SET: ClockJump[] = [{ fromMs: 1_000 * DAY, byMs: YEAR }];

test.each([
  ['what was written before a jump is younger than it looks', 1_370, 30, 975],
  ['what was written after it is as old as it looks', 1_400, 30, 1_370],
  ['so long ago that nothing is that old', 1_366, 900, 101],
])('%s', (_, nowDay, days, expected) => {
  expect(writtenBefore(nowDay * DAY, days * DAY, SET)).toBe(expected * DAY);
});

test('what is due by one reckoning is due by the other', () => {
  for (const jumps of [[], SET, [...SET, { fromMs: 1_500 * DAY, byMs: 10 * DAY }]])
    for (const writtenDay of [900, 999, 1_366, 1_400, 1_511])
      for (const days of [1, 30, 400]) {
        const dueMs = olderFrom(writtenDay * DAY, days * DAY, jumps);
        expect(writtenBefore(dueMs, days * DAY, jumps)).toBeGreaterThanOrEqual(writtenDay * DAY);
        expect(writtenBefore(dueMs - 1, days * DAY, jumps)).toBeLessThan(writtenDay * DAY);
      }
});

let dataDir: string;
let store: AuthorityStore;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'maru-kept-time-'));
  const onFatal = (error: Error) => {
    throw error;
  };
  store = authorityStore({ dataDir, onFatal });
  await store.start();
});
beforeEach(() => store.write((trx) => trx.deleteFrom('clockJump').execute()));
afterAll(async () => {
  await store.stop();
  rmSync(dataDir, { recursive: true });
});
const jumped = async (...jumps: [nowDay: number, byDays: number][]) => {
  for (const [nowDay, byDays] of jumps)
    await store.write((trx) => recordClockJump(trx, nowDay * DAY, Math.round(byDays * DAY)));
  return (await jumpsIn(store.read)).map(({ fromMs, byMs }) => [fromMs / DAY, byMs / DAY]);
};

test('a clock that is set wrong and right again is as if nothing had been', async () => {
  expect(await jumped([110, 100], [10, -100])).toEqual([]);
  expect(await jumped([110, 100], [120, 5], [15, -103])).toEqual([[10, 2]]);
});

test('corrections of seconds, and what only goes back, are none', async () => {
  expect(await jumped([10, 0.0001], [9, -1])).toEqual([]);
});
