import { expect, test } from 'vitest';
import { isAllowedOrigin, isKnownHost } from './origins.ts';

const lan = { hosts: ['maru.example', '192.0.2.4', '127.0.0.1', '::1'], secure: true };

test.each([
  ['maru.example:7400', true],
  ['MARU.example', true],
  ['192.0.2.4:7400', true],
  ['[::1]:7400', true],
  ['maru.example.evil.example', false],
  ['evil.example', false],
  [undefined, false],
  ['', false],
])('host %s: %s', (host, known) => {
  expect(isKnownHost(lan, host)).toBe(known);
});

test.each([
  ['https://maru.example:7400', 'maru.example:7400', true],
  [undefined, 'maru.example:7400', true],
  ['http://maru.example:7400', 'maru.example:7400', false],
  ['https://maru.example', 'maru.example:7400', false],
  ['https://192.0.2.4:7400', 'maru.example:7400', false],
  ['https://evil.example', 'evil.example', false],
  ['null', 'maru.example:7400', false],
])('a page of %s at %s: %s', (origin, host, allowed) => {
  expect(isAllowedOrigin(lan, { origin, host })).toBe(allowed);
});
