/** The HTTP API as the contract names it: one function for every route, each answer parsed, each refusal typed. */
import { fromWire, OperationalError, toMaruError, WireError } from '#contract/error-codes.ts';
import { type HttpBody, type HttpResponse, type HttpRouteName, httpRoutes } from '#contract/http-api.ts';
import { z } from '#contract/schema.ts';

const REQUEST_TIMEOUT_MS = 10_000;

/** Nothing answered, or nothing that speaks the contract: the person is told to look at network and server. */
export class NoFleetServer extends OperationalError {}

type Given<N extends HttpRouteName> = { params?: Record<string, string>; body?: HttpBody<N> };

/** @throws MaruError the server's refusal by its code, or NoServer. */
export async function callApi<N extends HttpRouteName>(name: N, given: Given<N> = {}): Promise<HttpResponse<N>> {
  const { method, path, response: schema } = httpRoutes[name];
  let response: Response;
  try {
    response = await fetch(pathOf(path, given.params ?? {}), {
      method,
      credentials: 'same-origin',
      headers: given.body === undefined ? {} : { 'content-type': 'application/json' },
      body: given.body === undefined ? undefined : JSON.stringify(given.body),
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
  } catch (error) {
    throw new NoFleetServer('internal', 'no answer from the server', { cause: error });
  }
  const body: unknown = response.status === 204 ? {} : await response.json().catch(() => null);
  if (!response.ok) {
    const refusal = z.object({ error: WireError }).safeParse(body);
    throw refusal.success ? fromWire(refusal.data.error) : new NoFleetServer('internal', `HTTP ${response.status}`);
  }
  try {
    return schema.parse(body) as HttpResponse<N>;
  } catch (error) {
    throw toMaruError(error);
  }
}

/** `/rooms/:roomId` with `{ roomId }` filled in, encoded; pure. */
export function pathOf(path: string, params: Record<string, string>): string {
  return path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
}
