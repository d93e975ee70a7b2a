/**
 * Which pages may read what is delivered. A page of the fleet brings the viewer's cookie; any other page can bring a token of its own, as
 * a room's TV does, and the cookie counts nothing there.
 */
import type { OutgoingHttpHeaders } from 'node:http';
import type { DeliveryRequest } from './exchange.ts';

const ALLOWED_HEADERS = 'authorization, range';
const READABLE_HEADERS = 'content-length, content-range, date';

export class PageOrigins {
  #origins: ReadonlySet<string> = new Set();

  configure(origins: readonly string[]): void {
    this.#origins = new Set(origins.map((url) => new URL(url).origin));
  }

  /** A page of another origin must not use a viewer's cookie. */
  mayUseCookie({ headers }: DeliveryRequest): boolean {
    return headers.origin === undefined || this.#origins.has(headers.origin);
  }

  headersFor({ method, headers }: DeliveryRequest): OutgoingHttpHeaders {
    const { origin } = headers;
    if (origin === undefined) return {};
    const isOurs = this.#origins.has(origin);
    const isPreflight = method === 'OPTIONS';
    if (!isOurs && !isPreflight && headers.authorization === undefined) return {};
    return {
      ...(isOurs
        ? { 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' }
        : { 'access-control-allow-origin': '*' }),
      ...(isPreflight
        ? {
            'access-control-allow-methods': 'GET, HEAD',
            'access-control-allow-headers': ALLOWED_HEADERS,
            'access-control-max-age': '7200',
          }
        : { 'access-control-expose-headers': READABLE_HEADERS }),
    };
  }
}
