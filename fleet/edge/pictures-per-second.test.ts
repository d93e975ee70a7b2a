import { expect, it, test } from 'vitest';
import { readPicturesPerSecond } from './pictures-per-second.ts';

test.each([
  [undefined, 30],
  ['10', 10],
  ['24', 24],
  ['30', 30],
])('%s is %d', (text, value) => {
  expect(readPicturesPerSecond(text)).toBe(value);
});

it.each(['9', '31', '12.5', 'many', '', '-15', '0x10'])('refuses "%s"', (text) => {
  expect(() => readPicturesPerSecond(text)).toThrow('--pictures-per-second is a whole number from 10 to 30');
});
