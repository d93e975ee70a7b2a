/** The one answer to "who is calling": the socket's address, or what a proxy that we named says about it. */
import type { IncomingMessage } from 'node:http';

export function clientAddress(request: IncomingMessage, trustedProxies: ReadonlySet<string>): string {
  let address = plain(request.socket.remoteAddress ?? '');
  const forwarded = String(request.headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((part) => plain(part.trim()));
  // from the nearest hop outwards; what stands before the first that we do not trust may be anybody's invention
  for (let hop = forwarded.pop(); hop && trustedProxies.has(address); hop = forwarded.pop()) address = hop;
  return address;
}

export const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.');

/** IPv4 as it is, where a socket of both families says it in IPv6. */
const plain = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/, '');
