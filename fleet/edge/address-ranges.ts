/**
 * Ranges of addresses, of IPv4 and IPv6: whether a text is one, and whether an address is in one of them. Which address a
 * caller has: `who-is-calling.ts`.
 */
import { ProtocolError } from '#contract/error-codes.ts';
import { BlockList, isIP, SocketAddress } from 'node:net';

type Range = { address: string; prefix: number; family: 'ipv4' | 'ipv6' };

/** A CIDR block or one address, without port, brackets or zone. An IPv4 block that is mapped into IPv6 is that IPv4 block. */
export const isAddressRange = (text: string): boolean => parseRange(text) !== null;

/** Before they are stored. @throws ProtocolError bad-message naming the entry that is no range */
export function checkRanges(ranges: readonly string[]): void {
  const wrong = ranges.find((text) => !isAddressRange(text));
  if (wrong !== undefined) throw new ProtocolError('bad-message', `not a range of addresses: ${wrong}`);
}

export class AddressRanges {
  /** apart, because one list would find IPv4 addresses in blocks of IPv6 */
  readonly #ranges = { ipv4: new BlockList(), ipv6: new BlockList() };

  /** @throws Error naming the entry that is no range */
  constructor(ranges: readonly string[]) {
    for (const text of ranges) {
      const range = parseRange(text);
      if (range === null) throw new Error(`not an address or a CIDR block: ${text}`);
      this.#ranges[range.family].addSubnet(range.address, range.prefix, range.family);
    }
  }

  /** False for what is no address. IPv4 that is mapped into IPv6 counts as IPv4. */
  has(text: string): boolean {
    const address = plain(text);
    return address !== null && this.#ranges[address.family].check(address.address, address.family);
  }
}

/** Each list holds, and an empty one holds nothing back. A list that cannot be read lets in nobody. */
export function isAllowedFrom(lists: readonly (readonly string[])[], address: string): boolean {
  return lists.every((ranges) => {
    if (ranges.length === 0) return true;
    try {
      return new AddressRanges(ranges).has(address);
    } catch {
      return false;
    }
  });
}

function parseRange(text: string): Range | null {
  const [, base, bits] = /^([0-9a-f:.]+)(?:\/(\d{1,3}))?$/i.exec(text) ?? [];
  const address = base === undefined ? 0 : isIP(base);
  if (base === undefined || address === 0) return null;
  const widest = address === 6 ? 128 : 32;
  const prefix = bits === undefined ? widest : Number(bits);
  if (prefix > widest) return null;
  const { address: bare, family } = plain(base)!;
  if (family === 'ipv4' && widest === 128)
    return prefix < MAPPED_BITS
      ? { address: base, prefix, family: 'ipv6' }
      : { address: bare, prefix: prefix - MAPPED_BITS, family };
  return { address: bare, prefix, family };
}

/** `::ffff:0:0/96` (RFC 4291, 2.5.5.2) */
const MAPPED_BITS = 96;

function plain(text: string): Omit<Range, 'prefix'> | null {
  const kind = isIP(text);
  if (kind === 0 || text.includes('%')) return null;
  if (kind === 4) return { address: text, family: 'ipv4' };
  const mapped = mappedIPv4(text);
  return mapped === null ? { address: text, family: 'ipv6' } : { address: mapped, family: 'ipv4' };
}

/** Of an IPv6 address in any spelling: the IPv4 address in it. */
function mappedIPv4(text: string): string | null {
  const canonical = new SocketAddress({ address: text, family: 'ipv6' }).address;
  return /^::ffff:([\d.]+)$/.exec(canonical)?.[1] ?? null;
}
