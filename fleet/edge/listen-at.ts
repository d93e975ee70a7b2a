/** `HOST:PORT` as the command line gives it: an address of this machine, or a name of one, where clients reach something. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

export type ListenAt = { host: string; port: number };

/** @throws Error naming the option */
export function parseListenAt(option: string, text: string): ListenAt {
  const [, bracketed, plain, port] = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+)):(\d{1,5})$/i.exec(text) ?? [];
  const host = bracketed ?? plain ?? '';
  const number = Number(port);
  if (host === '' || (bracketed !== undefined && isIP(bracketed) !== 6) || !(number > 0 && number <= 65_535))
    throw new Error(`--${option} is HOST:PORT, such as media.example.com:443 or 192.0.2.5:443, not "${text}"`);
  return { host, port: number };
}

/** The address of a name. @throws Node's error, where nothing knows the name */
export const addressOf = async ({ host }: ListenAt): Promise<string> =>
  isIP(host) === 0 ? (await lookup(host)).address : host;

/** As it stands in an address; the port that its protocol has by itself is left out. */
export const originOf = (protocol: 'http' | 'https', { host, port }: ListenAt): string =>
  new URL(`${protocol}://${isIP(host) === 6 ? `[${host}]` : host}:${port}`).origin;
