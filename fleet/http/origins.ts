/**
 * Which hosts we answer to and which pages may send requests. A name that is not ours is refused (DNS rebinding), and a
 * page of another origin changes nothing and opens no WebSocket.
 */
import type { IncomingMessage } from 'node:http';

export type Origins = {
  hosts: readonly string[];
  secure: boolean;
};

export function isKnownHost({ hosts }: Origins, hostHeader: string | undefined): boolean {
  const hostname = hostnameOf(hostHeader);
  return hostname !== null && hosts.some((host) => host.toLowerCase() === hostname);
}

/** No Origin: not a page, so nothing of a browser's to protect (cookies are SameSite=Strict besides). */
export function isAllowedOrigin(origins: Origins, headers: IncomingMessage['headers']): boolean {
  const { origin, host } = headers;
  if (origin === undefined) return true;
  return (
    isKnownHost(origins, host) &&
    origin.toLowerCase() === `${origins.secure ? 'https' : 'http'}://${host!.toLowerCase()}`
  );
}

function hostnameOf(hostHeader: string | undefined): string | null {
  if (!hostHeader) return null;
  const url = URL.parse(`http://${hostHeader}`);
  return url ? url.hostname.replace(/^\[|\]$/g, '').toLowerCase() : null;
}
