/** Requests to the documents API: the token stands in a header, in no URL, and no cookie goes along. */
import { InvalidStateError, toMaruError } from '#contract/error-codes.ts';
import type { DocumentAccess } from '#contract/grants.ts';
import { answerOf, NoServer, refusalOf, urlOf } from '#contract/http/answer.ts';
import type { JsonRoute, Route, RouteAnswer, RouteInput, UploadRoute } from '#contract/http/route.ts';

export type FetchLike = (url: string, init: RequestInit) => Promise<Response>;
export type DocumentRequest<R extends Route> = {
  params?: RouteInput<R, 'params'>;
  query?: RouteInput<R, 'query'>;
  /** a Blob is sent as it is, all else as JSON */
  body?: RouteInput<R, 'body'> | Blob;
  /** ends the request */
  signal: AbortSignal;
  fetch: FetchLike;
};

/** What to do after an error. */
export type NextTry = 'again' | 'with-newer-access' | 'never';

/** @throws MaruError the server's refusal, `not-ready` for what is still being made, NoServer, or the signal's reason */
export async function requestDocuments<R extends Route>(
  route: R,
  { url, token }: DocumentAccess,
  { params, query, body, signal, fetch }: DocumentRequest<R>,
): Promise<Response> {
  const isFile = body instanceof Blob;
  const contentType = isFile ? 'application/octet-stream' : 'application/json';
  let response: Response;
  try {
    response = await fetch(`${url.replace(/\/$/, '')}${urlOf(route, { params, query })}`, {
      method: route.method,
      headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': contentType }) },
      body: isFile || body === undefined ? body : JSON.stringify(body),
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      // what is kept of a document is kept here, and gone with the page
      cache: 'no-store',
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    throw new NoServer('internal', 'no answer from the server', { cause: error });
  }
  if (response.status === 202) throw new InvalidStateError('not-ready');
  if (!response.ok) throw refusalOf(response.status, await response.json().catch(() => null));
  return response;
}

/** @throws as `requestDocuments`, and `bad-message` for an answer that breaks the contract */
export async function askDocuments<R extends JsonRoute | UploadRoute>(
  route: R,
  access: DocumentAccess,
  request: DocumentRequest<R>,
): Promise<RouteAnswer<R>> {
  const response = await requestDocuments(route, access, request);
  const body: unknown = await response.json().catch(() => null);
  request.signal.throwIfAborted();
  return answerOf(route, response.status, body);
}

export function nextTryAfter(error: unknown): NextTry {
  const { code, httpStatus, kind } = toMaruError(error);
  if (error instanceof NoServer || code === 'not-ready' || code === 'too-many-attempts') return 'again';
  if (httpStatus === 401 || httpStatus === 403) return 'with-newer-access';
  // a full disk is for a person to know
  return kind === 'operational' && code !== 'storage-failed' ? 'again' : 'never';
}
