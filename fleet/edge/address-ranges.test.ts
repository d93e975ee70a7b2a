/** Ranges by hand, and generated ones against Python's `ipaddress`. MARU_SEED repeats a run. */
import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { AddressRanges, isAddressRange, isAllowedFrom } from './address-ranges.ts';

describe('what is a range', () => {
  test.each(['203.0.113.0/24', '10.1.2.3', '0.0.0.0/0', '::/0', '2001:db8::/32', '2001:DB8::1', '::ffff:10.0.0.0/104'])(
    '%s is one',
    (text) => expect(isAddressRange(text)).toBe(true),
  );
  test.each([
    '',
    '10.0.0.0/33',
    '2001:db8::/129',
    '10.0.0/8',
    '010.0.0.1',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '10.0.0.0/ 8',
    'fe80::1%eth0',
    '[2001:db8::]/32',
    '10.0.0.1:80',
    'office',
    '10.0.0.0/255.0.0.0',
  ])('"%s" is none', (text) => {
    expect(isAddressRange(text)).toBe(false);
    expect(() => new AddressRanges([text])).toThrow(text);
    expect(isAllowedFrom([[text]], '10.0.0.1')).toBe(false);
  });
});

test('each list holds, and an empty one holds nothing back', () => {
  expect(isAllowedFrom([], '192.0.2.1')).toBe(true);
  expect(isAllowedFrom([[], []], 'unknown')).toBe(true);
  expect(isAllowedFrom([['192.0.2.0/24'], ['192.0.2.1', '2001:db8::/32']], '192.0.2.1')).toBe(true);
  expect(isAllowedFrom([['192.0.2.0/24'], ['192.0.2.1']], '192.0.2.2')).toBe(false);
  expect(isAllowedFrom([['192.0.2.0/24'], []], 'unknown')).toBe(false);
});

const ORACLE = `
import ipaddress, json, sys
def plain(a):
    return a.ipv4_mapped if a.version == 6 and a.ipv4_mapped is not None else a
def has(network, address):
    a = plain(ipaddress.ip_address(address))
    n = ipaddress.ip_network(network, strict=False)
    if n.version == 6 and n.prefixlen >= 96 and n.network_address.ipv4_mapped is not None:
        n = ipaddress.ip_network((n.network_address.ipv4_mapped, n.prefixlen - 96))
    return a in n
print(json.dumps([any(has(n, address) for n in ranges) for ranges, address in json.load(sys.stdin)]))
`;

test('100,000 generated ranges and addresses: as Python has them', { timeout: 120_000 }, () => {
  const seed = Number(process.env.MARU_SEED ?? randomInt(2 ** 31));
  const random = seeded(seed);
  const below = (n: number): number => Math.floor(random() * n);
  const ipv4 = (value: number): string => [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
  const near4 = (): number => (below(4) === 0 ? below(2 ** 32) : 0x0a000000 + below(2 ** (1 + below(24))));
  const group = (): string => (below(3) === 0 ? '0' : below(0x10000).toString(16));
  const v6 = (): string => {
    const groups = ['2001', 'db8', ...Array.from({ length: 6 }, group)];
    const whole = below(5) === 0 ? [group(), ...groups.slice(1)] : groups;
    return below(4) === 0 ? `${whole.slice(0, 3).join(':')}::${whole[7]}` : whole.join(':');
  };
  const address = (): string => {
    const kind = below(10);
    if (kind < 4) return ipv4(near4());
    if (kind < 6) return below(2) === 0 ? `::ffff:${ipv4(near4())}` : `::FFFF:${hexOf(near4())}`;
    return v6();
  };
  const range = (): string => {
    const base = address();
    const widest = base.includes(':') ? 128 : 32;
    if (below(5) === 0) return base;
    return `${base}/${below(3) === 0 ? widest - below(9) : below(widest + 1)}`;
  };
  const hit = (text: string): string => (below(3) === 0 ? text.replace(/\/.*$/, '') : address());
  const cases = Array.from({ length: 100_000 }, (): [string[], string] => {
    const ranges = Array.from({ length: 1 + below(3) }, range);
    return [ranges, hit(ranges[0]!)];
  });
  const expected = JSON.parse(
    execFileSync('python3', ['-c', ORACLE], { input: JSON.stringify(cases), maxBuffer: 2 ** 24, encoding: 'utf8' }),
  ) as boolean[];
  const wrong = cases.filter(([ranges, from], index) => new AddressRanges(ranges).has(from) !== expected[index]);
  expect({ seed, wrong: wrong.slice(0, 5), count: wrong.length }).toEqual({ seed, wrong: [], count: 0 });
  // both answers are common, so that neither is right by chance
  const inside = expected.filter(Boolean).length;
  expect(inside).toBeGreaterThan(20_000);
  expect(inside).toBeLessThan(80_000);
});

const hexOf = (value: number): string => `${(value >>> 16).toString(16)}:${(value & 0xffff).toString(16)}`;

/** mulberry32 */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
