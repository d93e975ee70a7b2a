import { expect, test } from 'vitest';
import { AttemptLimit, TokenBucket } from './attempt-limit.ts';

test('a bucket refills with time', () => {
  const bucket = new TokenBucket({ burst: 3, refillPerMinute: 120 }, 0);
  expect([0, 0, 0, 0, 400, 500].map((nowMs) => bucket.take(nowMs))).toEqual([true, true, true, false, false, true]);
});

test('a clock that steps back takes nothing away, and one that returns gives nothing twice', () => {
  const bucket = new TokenBucket({ burst: 3, refillPerMinute: 60 }, 3_600_000);
  expect(bucket.take(3_600_000)).toBe(true);
  expect(bucket.levelAt(0)).toBe(2);
  expect([bucket.take(0), bucket.take(0), bucket.take(0)]).toEqual([true, true, false]);
  expect(bucket.levelAt(0)).toBe(0);
  expect(bucket.take(3_600_000)).toBe(false);
  expect(bucket.take(3_601_000)).toBe(true);
});

test('a key runs dry and refills with time; another is untouched', () => {
  const limit = new AttemptLimit({ burst: 3, refillPerMinute: 6 });
  for (let i = 0; i < 3; i += 1) expect(limit.take('a', 0)).toBe(true);
  expect(limit.take('a', 0)).toBe(false);
  expect(limit.take('b', 0)).toBe(true);
  expect(limit.take('a', 9_000)).toBe(false);
  expect(limit.take('a', 10_000)).toBe(true);
});

test('one failure before a step back refuses nobody after it', () => {
  const limit = new AttemptLimit({ burst: 6, refillPerMinute: 1 });
  limit.count('owner', 3_600_000);
  expect(limit.allows('owner', 0)).toBe(true);
});

test('asking takes nothing, and what is given back is there again', () => {
  const limit = new AttemptLimit({ burst: 1, refillPerMinute: 1 });
  expect(limit.allows('a', 0)).toBe(true);
  expect(limit.allows('a', 0)).toBe(true);
  limit.count('a', 0);
  expect(limit.allows('a', 0)).toBe(false);
  limit.giveBack('a', 0);
  expect(limit.allows('a', 0)).toBe(true);
});

test('a flood of keys is bounded and does not free the one that guesses now', () => {
  const limit = new AttemptLimit({ burst: 1, refillPerMinute: 0.001, maxKeys: 100 });
  for (let i = 0; i < 1000; i += 1) limit.count(`k${i}`, i);
  limit.count('guesser', 1001);
  expect(limit.allows('guesser', 1002)).toBe(false);
  expect(limit.allows('k0', 1002)).toBe(true);
});

test('an attempt that weighs as much as several uses them all, or none', () => {
  const limit = new AttemptLimit({ burst: 5, refillPerMinute: 6 });
  expect([3, 3, 2, 1].map((tokens) => limit.takeSeveral('a', tokens, 0))).toEqual([true, false, true, false]);
  expect(limit.takeSeveral('a', 2, 20_000)).toBe(true);
  expect(limit.takeSeveral('b', 6, 0)).toBe(false);
});
