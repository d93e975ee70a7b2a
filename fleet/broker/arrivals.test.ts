import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Arrivals } from './arrivals.ts';

class Knock {
  readonly number: number;
  destroyed = false;
  constructor(number: number) {
    this.number = number;
  }
  destroy(): this {
    this.destroyed = true;
    return this;
  }
}
let nowMs = 0;
let admitted: number[];
let arrivals: Arrivals<Knock>;
beforeEach(() => {
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs);
  const into: number[] = [];
  admitted = into;
  arrivals = new Arrivals((knock) => void into.push(knock.number));
});
afterEach(() => vi.restoreAllMocks());

const knocks = (count: number): Knock[] => Array.from({ length: count }, (_, n) => new Knock(n));

test('who comes alone is admitted in the next turn', async () => {
  arrivals.add(new Knock(1));
  expect(admitted).toEqual([]);
  await nextTurn();
  expect(admitted).toEqual([1]);
});

test('of many the newest go first, a few in each turn, and everybody comes in as long as there is time', async () => {
  for (const knock of knocks(20)) arrivals.add(knock);
  await nextTurn();
  expect(admitted).toEqual([19, 18, 17, 16, 15, 14, 13, 12]);
  arrivals.add(new Knock(20));
  await nextTurn();
  expect(admitted.slice(8)).toEqual([20, 11, 10, 9, 8, 7, 6, 5]);
  for (let turn = 0; turn < 3; turn += 1) await nextTurn();
  expect(admitted.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 21 }, (_, n) => n));
});

test('who has waited as long as a room does is closed, and who gave up costs nobody a place', async () => {
  const [old, young] = [knocks(20), knocks(20)];
  for (const knock of old) arrivals.add(knock);
  nowMs = 3_999;
  for (const knock of young) arrivals.add(knock);
  for (const knock of young.slice(10)) knock.destroy();
  nowMs = 4_001;
  await nextTurn();
  expect(old.every(({ destroyed }) => destroyed)).toBe(true);
  expect(admitted).toEqual([9, 8, 7, 6, 5, 4, 3, 2]);
});

test('after the end nobody is admitted', async () => {
  const all = knocks(20);
  for (const knock of all) arrivals.add(knock);
  arrivals.close();
  await nextTurn();
  expect([admitted, all.every(({ destroyed }) => destroyed), arrivals.waitingCount]).toEqual([[], true, 0]);
});
