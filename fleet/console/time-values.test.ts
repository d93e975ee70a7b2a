import { expect, test } from 'vitest';
import { extentOf, meansOfSpans } from './time-values.ts';

test('last, least and greatest of what was measured', () => {
  expect(extentOf([3, null, 9, 1, undefined, null])).toEqual({ last: 1, least: 1, most: 9 });
  expect(extentOf([null, undefined])).toBeNull();
  expect(extentOf([])).toBeNull();
});

test('means of equal spans; one in which nothing was measured is left out, values outside of the period are too', () => {
  const columns = {
    cpu: { atMs: [0, 10, 10, 35, 45], values: [1, 3, null, 8, 99] },
    loss: { atMs: [11, 36], values: [null, 2] },
  };
  expect(meansOfSpans(columns, { fromMs: 0, toMs: 40 }, 4)).toEqual([
    { fromMs: 0, means: { cpu: 1, loss: null } },
    { fromMs: 10, means: { cpu: 3, loss: null } },
    { fromMs: 30, means: { cpu: 8, loss: 2 } },
  ]);
});
