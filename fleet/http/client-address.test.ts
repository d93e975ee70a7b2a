import { expect, test } from 'vitest';
import { isLoopback, networkOf, networkOfAddress } from './client-address.ts';

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:aaaa:bbbb:cccc:dddd', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
])('%s counts as %s', (address, network) => {
  expect(networkOfAddress(address)).toBe(network);
});

test('a header says nothing about where a request comes from', () => {
  const request = { socket: { remoteAddress: '198.51.100.9' }, headers: { 'x-forwarded-for': '127.0.0.1' } };
  expect(networkOf(request as never)).toBe('198.51.100.9');
  expect(isLoopback(request as never)).toBe(false);
  expect(isLoopback({ socket: { remoteAddress: '::ffff:127.0.0.1' } } as never)).toBe(true);
  expect(isLoopback({ socket: { remoteAddress: '::1' } } as never)).toBe(true);
});
