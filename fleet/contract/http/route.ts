/**
 * What one declaration says of an HTTP route: who may call it, what it takes, what it answers, how large. The server
 * registers routes from it, pages call them by it, the OpenAPI page and the test of all rights are generated from it.
 */
import type { DocumentRight } from '../grants.ts';
import { z } from '../schema.ts';
import type { Permission } from './permissions.ts';

/** Where the permission is needed. */
export type RouteScope =
  | 'organisation'
  /** in the room that the path names, or whose meeting it names */
  | 'room'
  /** in the place that the path or, without one there, the body names as `placeId`; null: in the organisation */
  | 'place'
  /** in any room: the answer holds only the rooms where the caller has it */
  | 'each-room';
export type Access =
  /** the route checks a secret of its own */
  | { to: 'anyone' }
  /** by a session, not by an API token; `isSettled`: not before the one-time password was changed, as all below */
  | { to: 'signed-in'; isSettled?: true; isFresh?: true }
  /** `isFresh`: signed in or confirmed less than FRESH_SIGN_IN_MS ago, else `sign-in-not-fresh`; an API token never is */
  | { to: 'permitted'; permission: Permission; scope: RouteScope; isFresh?: true }
  /** host or co-host of the meeting that the path names, or who has `meetings.manage` there */
  | {
      to: 'host' /** also who is host or co-host in its call now: by promotion, or as the successor of a host who left */;
      inCall?: true;
      /** not who has `meetings.manage` alone */
      peopleOnly?: true;
      /** not by an API token */
      bySession?: true;
    }
  /** one of the people of the meeting that the path names, or who has `meetings.manage` there */
  | {
      to: 'invited' /** also not who has `meetings.manage`: what the people say among themselves */;
      peopleOnly?: true;
    }
  /** the bearer of a ticket, see waiting.ts */
  | { to: 'waiting' }
  /** the bearer of a token for one meeting's documents, with this right */
  | { to: 'meeting'; documents: DocumentRight };

export const anyone = { to: 'anyone' } as const satisfies Access;
export const signedIn = { to: 'signed-in' } as const satisfies Access;
export const settled = { to: 'signed-in', isSettled: true } as const satisfies Access;
export const settledFreshly = { to: 'signed-in', isSettled: true, isFresh: true } as const satisfies Access;
export const permitted = <S extends RouteScope>(permission: Permission, scope: S) =>
  ({ to: 'permitted', permission, scope }) as const satisfies Access;
/** For acts of administrators: the sign-in is fresh. */
export const freshly = <S extends RouteScope>(permission: Permission, scope: S) =>
  ({ to: 'permitted', permission, scope, isFresh: true }) as const satisfies Access;
export const ofHost = { to: 'host' } as const satisfies Access;
export const ofHostInCall = { to: 'host', inCall: true } as const satisfies Access;
export const ofHostAloneInCall = { to: 'host', inCall: true, peopleOnly: true } as const satisfies Access;
export const ofHostAlone = { to: 'host', peopleOnly: true } as const satisfies Access;
export const ofHostBySession = { to: 'host', bySession: true } as const satisfies Access;
export const ofInvited = { to: 'invited' } as const satisfies Access;
export const ofPeople = { to: 'invited', peopleOnly: true } as const satisfies Access;
export const waits = { to: 'waiting' } as const satisfies Access;
export const forMeeting = (documents: DocumentRight) => ({ to: 'meeting', documents }) as const satisfies Access;

type Declared = {
  path: string;
  access: Access;
  summary: string;
  params?: z.ZodType;
  /** from strings: numbers are coerced */
  query?: z.ZodType;
};
type Changing = 'POST' | 'PUT' | 'DELETE';

/** A JSON body of MAX_HTTP_BODY_BYTES at most, and a JSON answer. */
export type JsonRoute = Declared & { kind: 'json'; method: 'GET' | Changing; body?: z.ZodType; response: z.ZodType };
/** A list of which a part is answered: see `pageRoute`. */
export type PageRoute = Declared & { kind: 'page'; method: 'GET'; query: z.ZodType; response: z.ZodType };
/** The body is the file itself, streamed to the handler. */
export type UploadRoute = Declared & {
  kind: 'upload';
  method: 'POST' | 'PUT';
  contentTypes: readonly string[];
  /** beyond it: `too-large` */
  maxBytes: number;
  response: z.ZodType;
};
/**
 * Server-sent events, by name. A client that comes with Last-Event-ID gets what it missed. Beside the declared ones each
 * stream has `beat`, every EVENT_BEAT_MS, and ends with `refused` when the session or the right has ended.
 */
export type EventsRoute = Declared & { kind: 'events'; method: 'GET'; events: Record<string, z.ZodType> };
/** A file, streamed. `comesLater`: while it is still being made the answer is 202 without a body, and the client asks again. */
export type DownloadRoute = Declared & {
  kind: 'download';
  method: 'GET';
  contentTypes: readonly string[];
  comesLater?: true;
};
export type Route = JsonRoute | PageRoute | UploadRoute | EventsRoute | DownloadRoute;
export type RouteTable = Record<string, Route>;

export const EVENT_BEAT_MS = 5_000;
export const FRESH_SIGN_IN_MS = 10 * 60_000;

const PAGE_LIMIT = 50;
const MAX_PAGE_LIMIT = 200;

/** The query and the answer of a list: `filter` narrows it, `total` counts what the filter leaves, `counts` is the list's own. */
export function pageRoute<
  F extends z.ZodRawShape,
  const S extends readonly [string, ...string[]],
  R extends z.ZodType,
  C extends z.ZodType,
>({ filter, sorts, row, counts }: { filter: F; sorts: S; row: R; counts: C }) {
  return {
    kind: 'page',
    method: 'GET',
    query: z.strictObject({
      ...filter,
      sort: z.enum(sorts).default(sorts[0] as never),
      /** `nextCursor` of the page before; opaque */
      cursor: z.string().max(1_000).optional(),
      limit: z.coerce.number().int().min(1).max(MAX_PAGE_LIMIT).default(PAGE_LIMIT),
    }),
    response: z.object({
      rows: z.array(row),
      nextCursor: z.string().nullable(),
      total: z.number().int().nonnegative(),
      counts,
    }),
  } as const;
}

type Schema<R, P extends string> = R extends Record<P, infer S extends z.ZodType> ? S : z.ZodUndefined;
/** As it is sent; as it is handled: `RouteInput`, `RouteOutput`. */
export type RouteInput<R extends Route, P extends 'params' | 'query' | 'body'> = z.input<Schema<R, P>>;
export type RouteOutput<R extends Route, P extends 'params' | 'query' | 'body'> = z.output<Schema<R, P>>;
export type RouteAnswer<R extends Route> = R extends { response: infer S extends z.ZodType } ? z.output<S> : never;
/** One event of a stream; `id` is what a client comes back with. */
export type RouteEvent<R extends Route> = R extends { events: infer E extends Record<string, z.ZodType> }
  ? { [N in keyof E & string]: { name: N; data: z.output<E[N]>; id?: string } }[keyof E & string]
  : never;

/** `/rooms/:roomId` with `{ roomId }` filled in, encoded. */
export const pathOf = (path: string, params: Record<string, string>): string =>
  path.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
