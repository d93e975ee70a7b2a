import { expect, test } from 'vitest';
import { EpochMs } from './schema.ts';

test('a moment is one that every calendar can show: what a page cannot write as a date is refused', () => {
  const last = 8.64e15;
  expect(new Date(EpochMs.parse(last)).toISOString()).toBe('+275760-09-13T00:00:00.000Z');
  for (const atMs of [last + 1, Number.MAX_SAFE_INTEGER, -1, 1.5, Number.NaN])
    expect(EpochMs.safeParse(atMs).success, String(atMs)).toBe(false);
});
