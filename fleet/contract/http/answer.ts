/** A route's address with its parameters, and what an answer means: the same for each HTTP client of the contract. */
import { fromWire, type MaruError, OperationalError, toMaruError, WireError } from '../error-codes.ts';
import { z } from '../schema.ts';
import { pathOf, type Route, type RouteAnswer } from './route.ts';

export const HttpRefusal = z.object({ error: WireError });

/** No answer, or one that breaks the contract: not the person's fault, look at network and server. */
export class NoServer extends OperationalError {}

/** As zod words a field that a strict schema does not have. */
const UNKNOWN_FIELD = /\bUnrecognized key/i;

/**
 * The server does not know a field that was sent: one of an older release, as after a return to it, and a page that was loaded before.
 * What a release of today refuses by this is refused by all before it in the same words.
 */
export const isOfOtherRelease = ({ code, message }: MaruError): boolean =>
  code === 'bad-message' && UNKNOWN_FIELD.test(message);

/** The path with its query. A value that is undefined is left out. */
export function urlOf(route: Pick<Route, 'path'>, { params, query }: { params?: unknown; query?: unknown }): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries((query ?? {}) as Record<string, unknown>))
    if (value !== undefined) search.set(name, String(value));
  const path = pathOf(route.path, (params ?? {}) as Record<string, string>);
  return search.size === 0 ? path : `${path}?${search}`;
}

/** @returns the server's refusal by its code, or NoServer where the body is none */
export function refusalOf(status: number, body: unknown): Error {
  const refusal = HttpRefusal.safeParse(body);
  return refusal.success ? fromWire(refusal.data.error) : new NoServer('internal', `HTTP ${status}`);
}

/** What a status and a body mean. @throws MaruError the server's refusal by its code, or NoServer */
export function answerOf<R extends Route & { response: z.ZodType }>(
  route: R,
  status: number,
  body: unknown,
): RouteAnswer<R> {
  if (status < 200 || status > 299) throw refusalOf(status, body);
  try {
    return route.response.parse(body) as RouteAnswer<R>;
  } catch (error) {
    throw toMaruError(error);
  }
}
