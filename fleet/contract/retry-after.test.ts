import { expect, test } from 'vitest';
import { retryAfterMs } from './retry-after.ts';

const pauses = { firstMs: 250, longestMs: 5_000 };

test('pauses grow up to the longest, and are spread', () => {
  expect([0, 1, 2, 3, 4, 5, 50, 5_000].map((failures) => retryAfterMs(failures, pauses, 1))).toEqual([
    250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000,
  ]);
  expect(retryAfterMs(50, pauses, 0)).toBe(2_500);
});

test('peers do not come back in step', () => {
  const spread = new Set(Array.from({ length: 50 }, () => retryAfterMs(3, pauses)));
  expect(spread.size).toBeGreaterThan(20);
  for (const pauseMs of spread) {
    expect(pauseMs).toBeGreaterThanOrEqual(1_000);
    expect(pauseMs).toBeLessThanOrEqual(2_000);
  }
});
