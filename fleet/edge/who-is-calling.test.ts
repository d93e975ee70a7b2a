import { describe, expect, test } from 'vitest';
import { networkOf, noProxies, TrustedProxies } from './who-is-calling.ts';

const request = (remoteAddress: string | undefined, forwarded?: string, more: object = {}) =>
  ({
    socket: { remoteAddress },
    headers: { ...(forwarded === undefined ? {} : { 'x-forwarded-for': forwarded }), ...more },
  }) as never;

describe('the network that limits count by', () => {
  test.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::ffff:c000:207', '192.0.2.7'],
    ['2001:db8:1:2:aaaa:bbbb:cccc:dddd', '2001:db8:1:2::/64'],
    ['2001:db8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:DB8:0001:0002::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['', 'unknown'],
  ])('%s counts as %s', (address, network) => expect(networkOf(address)).toBe(network));
});

describe('forwarded requests', () => {
  const proxies = new TrustedProxies(['10.0.0.0/8', '2001:db8:ffff::/48', '192.0.2.1']);

  test('a stranger’s header changes nothing', () => {
    expect(noProxies.addressOf(request('198.51.100.9', '127.0.0.1'))).toBe('198.51.100.9');
    expect(proxies.addressOf(request('198.51.100.9', '203.0.113.7'))).toBe('198.51.100.9');
  });

  test.each([
    ['203.0.113.7', '203.0.113.7'],
    ['203.0.113.7:17085', '203.0.113.7'],
    ['2001:db8::7', '2001:db8::7'],
    ['[2001:db8::7]', '2001:db8::7'],
    ['[2001:db8::7]:4711', '2001:db8::7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['[::ffff:203.0.113.7]:80', '203.0.113.7'],
    ['6.6.6.6, 203.0.113.7:17085, 10.1.2.3:80', '203.0.113.7'],
    ['6.6.6.6,203.0.113.7 , [2001:db8:ffff::1]:9', '203.0.113.7'],
    // Whatever stands before what cannot be read was not written by a proxy that we know.
    ['203.0.113.7, unknown', '10.0.0.1'],
    ['203.0.113.7, 10.0.0.0/8', '10.0.0.1'],
    ['203.0.113.7, ', '10.0.0.1'],
    ['[203.0.113.7]:80', '10.0.0.1'],
    ['', '10.0.0.1'],
  ])('a named proxy that forwards "%s" speaks for %s', (forwarded, address) => {
    expect(proxies.addressOf(request('10.0.0.1', forwarded))).toBe(address);
    expect(proxies.addressOf(request('::ffff:10.0.0.1', forwarded))).toBe(address);
  });

  test('a proxy is named by its family’s address or block', () => {
    expect(proxies.addressOf(request('192.0.2.1', '203.0.113.7'))).toBe('203.0.113.7');
    expect(proxies.addressOf(request('192.0.2.2', '203.0.113.7'))).toBe('192.0.2.2');
    expect(proxies.addressOf(request('2001:db8:ffff:9::2', '203.0.113.7'))).toBe('203.0.113.7');
    expect(proxies.addressOf(request('2001:db8:fffe::2', '203.0.113.7'))).toBe('2001:db8:fffe::2');
    expect(new TrustedProxies(['::ffff:10.0.0.0/104']).addressOf(request('10.9.9.9', '203.0.113.7'))).toBe(
      '203.0.113.7',
    );
  });

  test('a socket that is closed already has no address', () =>
    expect(proxies.addressOf(request(undefined, '203.0.113.7'))).toBe('unknown'));

  test.each(['', '10.0.0.0/33', '2001:db8::/129', 'proxy.example', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0.1:80x'])(
    'refuses to trust "%s"',
    (block) => expect(() => new TrustedProxies([block])).toThrow('not an address or a CIDR block'),
  );
});

describe('a process of this machine', () => {
  const behindOwnProxy = new TrustedProxies(['127.0.0.1']);
  test.each([
    ['loopback', noProxies, request('127.0.0.1'), true],
    ['loopback, mapped', noProxies, request('::ffff:127.0.0.1'), true],
    ['loopback, IPv6', noProxies, request('::1'), true],
    ['another machine', noProxies, request('10.0.0.1'), false],
    ['another machine that claims loopback', new TrustedProxies(['10.0.0.1']), request('10.0.0.1', '127.0.0.1'), false],
    ['loopback, forwarded by a proxy that nobody named', noProxies, request('127.0.0.1', '203.0.113.7'), false],
    ['the same by the standard’s header', noProxies, request('127.0.0.1', undefined, { forwarded: 'for=x' }), false],
    ['the named proxy on loopback', behindOwnProxy, request('127.0.0.1'), false],
    ['loopback beside a proxy elsewhere', new TrustedProxies(['10.0.0.1']), request('127.0.0.1'), true],
  ])('%s', (_what, proxies, asked, expected) => expect(proxies.isOfThisMachine(asked)).toBe(expected));
});
