import { expect, test } from 'vitest';
import { faults } from './faults.ts';
import { quiet } from './moments.ts';
import type { Struck } from './strike.ts';
import { linesOf, percentile } from './verdict.ts';

const struck = (rightMs: number, stillMs: number): Struck => ({
  fault: faults[0]!,
  moment: quiet,
  instantMs: 0,
  times: [
    { kind: 'right', what: 'right again', ms: rightMs, limitMs: 5_000 },
    { kind: 'still', what: 'A saw B stand still', ms: 100, limitMs: 1_000 },
    { kind: 'still', what: 'B saw A stand still', ms: stillMs, limitMs: 1_000 },
  ],
  lastWrong: [],
  problems: [],
});

test('one slow strike of twenty is within the 95th of 100, two are not, and of few the worst counts', () => {
  const nineteen = Array.from({ length: 19 }, () => 0.5);
  expect(percentile([...nineteen, 2], 0.95)).toBe(0.5);
  expect(percentile([...nineteen.slice(1), 2, 2], 0.95)).toBe(2);
  expect(percentile([0.5, 0.5, 2], 0.95)).toBe(2);
});

test('a strike counts with the picture that stood longest', () => {
  expect(linesOf([struck(1_000, 700), struck(2_000, 1_500)])).toEqual([
    { fault: 'fleet server killed', what: 'right again', strikes: 2, median: 0.2, p95: 0.4, worst: 0.4 },
    { fault: 'fleet server killed', what: 'pictures still', strikes: 2, median: 0.7, p95: 1.5, worst: 1.5 },
  ]);
});
