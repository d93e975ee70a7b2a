import { expect, test } from 'vitest';
import { AttemptLimit } from './attempt-limit.ts';

test('a key runs dry and refills with time; another is untouched', () => {
  const limit = new AttemptLimit({ burst: 3, refillPerMinute: 6 });
  for (let i = 0; i < 3; i += 1) expect(limit.take('a', 0)).toBe(true);
  expect(limit.take('a', 0)).toBe(false);
  expect(limit.take('b', 0)).toBe(true);
  expect(limit.take('a', 9_000)).toBe(false);
  expect(limit.take('a', 10_000)).toBe(true);
});

test('asking takes nothing', () => {
  const limit = new AttemptLimit({ burst: 1, refillPerMinute: 1 });
  expect(limit.allows('a', 0)).toBe(true);
  expect(limit.allows('a', 0)).toBe(true);
});

test('a flood of keys is bounded and does not free the one that guesses now', () => {
  const limit = new AttemptLimit({ burst: 1, refillPerMinute: 0.001, maxKeys: 100 });
  for (let i = 0; i < 1000; i += 1) limit.count(`k${i}`, i);
  limit.count('guesser', 1001);
  expect(limit.allows('guesser', 1002)).toBe(false);
  expect(limit.allows('k0', 1002)).toBe(true);
});
