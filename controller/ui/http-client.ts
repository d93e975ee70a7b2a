/**
 * The fleet server's HTTP API for every page: a route of the contract in, its parsed answer out, each refusal typed; and
 * its event streams, opened again by themselves.
 */
import { fromWire, type MaruError } from '#contract/error-codes.ts';
import { answerOf, HttpRefusal, NoServer, refusalOf, urlOf } from '#contract/http/answer.ts';
import {
  EVENT_BEAT_MS,
  type EventsRoute,
  type JsonRoute,
  type PageRoute,
  type RouteAnswer,
  type RouteEvent,
  type RouteInput,
} from '#contract/http/route.ts';

const REQUEST_TIMEOUT_MS = 10_000;
/** a stream that shows no sign of life this long is opened anew */
const SILENT_MS = EVENT_BEAT_MS * 3;
const REOPEN_MS = 2_000;

type AnsweringRoute = JsonRoute | PageRoute;
export type Given<R extends AnsweringRoute | EventsRoute> = {
  params?: RouteInput<R, 'params'>;
  query?: RouteInput<R, 'query'>;
  body?: RouteInput<R, 'body'>;
  /** instead of the session: the ticket of a knock */
  bearer?: string;
  /** ends the wait */
  signal?: AbortSignal;
  /** how long the answer may take; left out: as usual */
  withinMs?: number;
};

/** @throws MaruError the server's refusal by its code, or NoServer. */
export async function callApi<R extends AnsweringRoute>(route: R, given: Given<R> = {}): Promise<RouteAnswer<R>> {
  const { body, bearer, signal, withinMs = REQUEST_TIMEOUT_MS } = given;
  const timeout = AbortSignal.timeout(withinMs);
  let response: Response;
  try {
    response = await fetch(urlOf(route, given), {
      method: route.method,
      credentials: 'same-origin',
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
  } catch (error) {
    throw new NoServer('internal', 'no answer from the server', { cause: error });
  }
  return answerOf(route, response.status, await response.json().catch(() => null));
}

/** The file itself, which may take a while to be made. @throws as `callApi` */
export async function fetchFile(url: string, withinMs: number): Promise<Blob> {
  let response: Response;
  try {
    response = await fetch(url, { credentials: 'same-origin', signal: AbortSignal.timeout(withinMs) });
    if (response.ok) return await response.blob();
  } catch (error) {
    throw new NoServer('internal', 'no answer from the server', { cause: error });
  }
  throw refusalOf(response.status, await response.json().catch(() => null));
}

type Follower<R extends EventsRoute> = Pick<Given<R>, 'params' | 'query'> & {
  onEvent: (event: RouteEvent<R>) => void;
  /** false: no sign of life; it is tried again */
  onConnected: (isConnected: boolean) => void;
  /** the server closed it for good, e.g. `not-signed-in` */
  onRefused: (refusal: MaruError) => void;
};

/** Until the function that comes back is called. The browser brings the last event's id along when it comes again. */
export function followEvents<R extends EventsRoute>(route: R, follower: Follower<R>): () => void {
  let source: EventSource | null = null;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let isOver = false;
  const close = () => {
    isOver = true;
    clearTimeout(silence);
    source?.close();
  };
  const reopenAfter = (delayMs: number) => {
    clearTimeout(silence);
    silence = setTimeout(() => {
      follower.onConnected(false);
      source?.close();
      open();
    }, delayMs);
  };
  const alive = () => {
    if (isOver) return;
    follower.onConnected(true);
    reopenAfter(SILENT_MS);
  };
  const open = () => {
    const current = new EventSource(urlOf(route, follower));
    source = current;
    reopenAfter(SILENT_MS);
    current.addEventListener('open', alive);
    current.addEventListener('beat', alive);
    for (const [name, schema] of Object.entries(route.events))
      current.addEventListener(name, (message: MessageEvent<string>) => {
        alive();
        const data = schema.safeParse(JSON.parse(message.data));
        // of a newer server: the known rest goes on
        if (data.success) follower.onEvent({ name, data: data.data } as RouteEvent<R>);
      });
    current.addEventListener('refused', (message: MessageEvent<string>) => {
      close();
      const refusal = HttpRefusal.safeParse(JSON.parse(message.data));
      follower.onRefused(refusal.success ? fromWire(refusal.data.error) : new NoServer('internal', 'stream refused'));
    });
    current.addEventListener('error', () => {
      if (isOver || source !== current) return;
      follower.onConnected(false);
      // otherwise the browser comes again by itself
      if (current.readyState === EventSource.CLOSED) reopenAfter(REOPEN_MS);
    });
  };
  open();
  return close;
}

/**
 * The same, open only while the page is looked at: a browser has six connections to one server, and tabs that nobody sees would use
 * them up. One that was refused is tried again when the page is looked at again.
 * @param followerNow asked each time that it is opened
 */
export function followWhileLookedAt<R extends EventsRoute>(route: R, followerNow: () => Follower<R>): () => void {
  let close: (() => void) | null = null;
  const shut = () => {
    close?.();
    close = null;
  };
  const look = () => {
    if (document.visibilityState !== 'visible') {
      shut();
      return;
    }
    if (close !== null) return;
    const follower = followerNow();
    const onRefused = (refusal: MaruError) => {
      shut();
      follower.onRefused(refusal);
    };
    close = followEvents(route, { ...follower, onRefused });
  };
  document.addEventListener('visibilitychange', look);
  look();
  return () => {
    document.removeEventListener('visibilitychange', look);
    shut();
  };
}
