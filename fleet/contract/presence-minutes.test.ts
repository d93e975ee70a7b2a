/** One rule for the length of a stay, on each side of a minute. */
import { expect, test } from 'vitest';
import { presenceMinutes } from './presence-minutes.ts';

test.each([
  [-1, 0],
  [0, 0],
  [29_999, 0],
  [59_999, 0],
  [60_000, 1],
  [119_999, 1],
  [2_400_000, 40],
])('%d ms are %d minutes', (presentMs, minutes) => expect(presenceMinutes(presentMs)).toBe(minutes));
