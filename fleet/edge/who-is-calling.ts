/**
 * Who is calling: the address of a request, the network that limits count it by, and whether it is a process of this
 * machine. A forwarding header counts only when the socket belongs to a proxy that IT has named.
 */
import type { IncomingMessage } from 'node:http';
import { isIPv4, isIPv6, SocketAddress } from 'node:net';
import { AddressRanges } from './address-ranges.ts';

type Request = Pick<IncomingMessage, 'socket' | 'headers'>;

const UNKNOWN = 'unknown';

export class TrustedProxies {
  readonly #proxies: AddressRanges;

  /** Addresses and CIDR blocks of both families. @throws Error naming the entry that is neither */
  constructor(blocks: readonly string[] = []) {
    this.#proxies = new AddressRanges(blocks);
  }

  /** The nearest address that is no proxy of ours; no port, no zone, IPv4 as IPv4. */
  addressOf(request: Request): string {
    let address = plainAddress(request.socket.remoteAddress ?? '') ?? UNKNOWN;
    const forwarded = String(request.headers['x-forwarded-for'] ?? '').split(',');
    // From the nearest hop outwards: an entry before the first hop that we do not trust may be invented.
    while (this.#proxies.has(address)) {
      const hop = plainAddress(forwarded.pop() ?? '');
      if (hop === null) break;
      address = hop;
    }
    return address;
  }

  /** The key of limits. */
  networkOf(request: Request): string {
    return networkOf(this.addressOf(request));
  }

  /** A process of this machine that calls us directly. A named proxy, and any forwarded request, is somebody else. */
  isOfThisMachine(request: Request): boolean {
    const address = plainAddress(request.socket.remoteAddress ?? '') ?? UNKNOWN;
    const isLoopback = address === '::1' || address.startsWith('127.');
    const { 'x-forwarded-for': xForwardedFor, forwarded } = request.headers;
    return isLoopback && xForwardedFor === undefined && forwarded === undefined && !this.#proxies.has(address);
  }
}

/** For a listener that no proxy stands before: a header there is the caller's own. */
export const noProxies = new TrustedProxies();

/** One household or office: an IPv4 address, or the /64 of an IPv6 address. Other text stands for itself. */
export function networkOf(address: string): string {
  const plain = plainAddress(address);
  if (plain === null) return address || UNKNOWN;
  return isIPv4(plain) ? plain : `${groupsOf(plain).slice(0, 4).join(':')}::/64`;
}

/** null: not an address. Accepts a port, brackets and a zone, and IPv4 that is mapped into IPv6. */
function plainAddress(text: string): string | null {
  const [, bracketed, before] = /^(?:\[([^\]]+)\](?::\d{1,5})?|([^[\]]+))$/.exec(text.trim()) ?? [];
  const bare = (bracketed ?? before ?? '').replace(/%.*$/, '');
  const address = before === undefined ? bare : bare.replace(/^([\d.]+):\d{1,5}$/, '$1');
  if (isIPv4(address)) return bracketed === undefined ? address : null;
  if (!isIPv6(address)) return null;
  const canonical = new SocketAddress({ address, family: 'ipv6' }).address;
  return /^::ffff:([\d.]+)$/.exec(canonical)?.[1] ?? canonical;
}

/** Of a canonical IPv6 address: its eight groups. */
function groupsOf(canonical: string): string[] {
  const [head = '', tail = ''] = canonical.split('::');
  const [before, after] = [head, tail].map((side) => side.split(':').filter(Boolean)) as [string[], string[]];
  return [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
}
