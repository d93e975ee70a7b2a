import { expect, test } from 'vitest';
import { rangeOf } from './download.ts';

const file = { sizeBytes: 10, etag: '"a"' };

test.each([
  ['bytes=0-3', { start: 0, end: 3 }],
  ['bytes=4-', { start: 4, end: 9 }],
  ['bytes=4-99', { start: 4, end: 9 }],
  ['bytes=-3', { start: 7, end: 9 }],
  ['bytes=-99', { start: 0, end: 9 }],
  ['bytes=9-9', { start: 9, end: 9 }],
  ['bytes=10-', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  ['bytes=99999999999999999999-', 'unsatisfiable'],
] as const)('the part that %s asks for', (range, expected) => {
  expect(rangeOf({ range }, file)).toEqual(expected);
});

test.each([undefined, '', 'bytes=-', 'bytes=3-1', 'bytes=0-1,3-4', 'lines=0-1', 'bytes=a-b', 'bytes=0x1-2'])(
  'the whole for %s',
  (range) => {
    expect(rangeOf({ range }, file)).toBeNull();
  },
);

test('of other bytes than those that the browser has, the whole', () => {
  expect(rangeOf({ range: 'bytes=4-', 'if-range': '"a"' }, file)).toEqual({ start: 4, end: 9 });
  expect(rangeOf({ range: 'bytes=4-', 'if-range': '"b"' }, file)).toBeNull();
  expect(rangeOf({ range: 'bytes=4-', 'if-range': 'Sat, 28 Nov 2026 00:00:00 GMT' }, file)).toBeNull();
});
