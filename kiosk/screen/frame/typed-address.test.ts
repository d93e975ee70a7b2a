/** The scheme is left out only where a browser finds the page without it. */
import { expect, it } from 'vitest';
import { typedAddress } from './typed-address.ts';

it.each([
  ['https://maru.example/share', 'maru.example/share'],
  ['https://maru/share', 'maru/share'],
  ['https://maru.example:8443/share', null],
  ['https://10.0.0.2/share', null],
  ['https://10.0.0.2:7400/share', null],
  ['https://[fd00::ab]/share', null],
  ['http://127.0.0.1:7400/share', null],
])('%s', (url, typed) => {
  expect(typedAddress(url)).toBe(typed ?? url);
});
