/**
 * Where a request comes from: the one function that says so. No proxy is trusted yet, so that a header changes
 * nothing. IPv6 counts by /64, which is what one household or office gets.
 */
import type { IncomingMessage } from 'node:http';
import { isIPv6, SocketAddress } from 'node:net';

export function networkOf(request: Pick<IncomingMessage, 'socket'>): string {
  return networkOfAddress(request.socket.remoteAddress ?? 'unknown');
}

export function networkOfAddress(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped) return mapped;
  const bare = address.replace(/%.*$/, '');
  return isIPv6(bare) ? `${expanded(bare).slice(0, 4).join(':')}::/64` : bare;
}

export function isLoopback(request: Pick<IncomingMessage, 'socket'>): boolean {
  const address = request.socket.remoteAddress ?? '';
  return address === '::1' || networkOfAddress(address).startsWith('127.');
}

function expanded(address: string): string[] {
  const canonical = new SocketAddress({ address, family: 'ipv6' }).address;
  const [before, after] = canonical.split('::') as [string, string?];
  const [head, tail] = [before, after ?? ''].map((side) => side.split(':').filter(Boolean)) as [string[], string[]];
  return [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail];
}
