/**
 * What an aggregate's routes.ts is written with: `serve` ties each declared route to its handler, and a handler gets a
 * context that is parsed and allowed already. How a request becomes one is api-routes.ts.
 */
import type { Readable } from 'node:stream';
import type { MeetingRole } from '#contract/call-order.ts';
import type { DocumentRight } from '#contract/grants.ts';
import type { Account } from '#contract/http/people-api.ts';
import type { Permission, Reach } from '#contract/http/permissions.ts';
import type { Route, RouteAnswer, RouteEvent, RouteOutput, RouteTable } from '#contract/http/route.ts';

export type Upload = {
  /** ends with `too-large` where more comes than the route declares */
  stream: Readable;
  contentType: string;
  /** as announced; null: in chunks */
  sizeBytes: number | null;
};
/** Of a file: both are of it. */
export type ByteRange = { start: number; end: number };
export type Download = {
  contentType: string;
  /** as the person's folder shows it */
  fileName: string;
} & (
  | {
      stream: Readable;
      /** null: not known before its end */
      sizeBytes: number | null;
      /** a browser may keep it for this holder: what is at this address does not change */
      isImmutable?: boolean;
    }
  /** also in parts, so that one that broke off goes on: RFC 9110, 14 */
  | {
      sizeBytes: number;
      /** of these very bytes, quoted */
      etag: string;
      /** called once; or `close` is */
      open: (range: ByteRange) => Readable;
      close: () => Promise<void>;
    }
);
/**
 * Events for one client. `take` answers all that is pending, and is called only while the client keeps up: a slow one
 * gets the newest of each thing instead of all of them.
 */
export type EventFeed<E> = { take: () => E[]; close: () => void };

/** Who comes with a good token for a meeting's documents. */
export type DocumentBearer = {
  meetingId: string;
  /** the same for each token of one person, as far as the fleet can know */
  holder: string;
  isGuest: boolean;
  /** as the meeting's policy is now */
  documents: readonly DocumentRight[];
  /** empty: not known */
  displayName: string;
};

/** `isFresh`: its person proved who they are less than FRESH_SIGN_IN_MS ago. */
export type OpenSession = { sessionId: string; accountId: string; isFresh: boolean };

/** Who waits to be let into a meeting, and with which token they came. */
export type TicketBearer = { ticketId: string; meetingId: string; token: string };

type OfAccount = { to: 'signed-in' | 'permitted' | 'host' | 'invited' };
export type RouteContext<R extends Route = Route> = {
  params: RouteOutput<R, 'params'>;
  query: RouteOutput<R, 'query'>;
  body: R['kind'] extends 'upload' ? Upload : RouteOutput<R, 'body'>;
  /** null only on routes that are open to anyone */
  account: R['access'] extends OfAccount ? Account : Account | null;
  /** of the API token by which the account's program came; null: its person came by a session */
  tokenId: string | null;
  /** of the account in the meeting that the path names; null: it may manage the meeting, or the route asks for none */
  meetingRole: MeetingRole | null;
  /** the bearer of a token for a meeting's documents; on other routes null */
  meeting: R['access'] extends { to: 'meeting' } ? DocumentBearer : null;
  /** the bearer of a ticket; on other routes null */
  ticket: R['access'] extends { to: 'waiting' } ? TicketBearer : null;
  /** the rooms in which the account has the route's permission; of a meeting's routes `meetings.manage` */
  reach: Reach;
  /** those in which the account has another permission */
  reachOf: (permission: Permission) => Reach;
  /** of whoever calls, behind proxies that IT named; what ranges of addresses ask for */
  address: string;
  /** where limits are counted */
  network: string;
  /** what it says of itself */
  browser: string;
  session: {
    current: R['access'] extends { to: 'signed-in' } ? OpenSession : OpenSession | null;
    begin: (token: string) => void;
    end: () => void;
  };
  /** the browser by which an account signed in before */
  device: { token: string | null; remember: (token: string) => void };
  /** the host by which the page came, without its port; one of ours */
  pageHost: string;
  /** for the media of broadcasts: in a cookie that scripts do not see */
  keepWatchToken: (token: string) => void;
  /** the last event that a returning client of an event stream has seen */
  lastEventId: string | null;
};

type Answer<R extends Route> = R['kind'] extends 'events'
  ? /** `wake`: something is pending */ (wake: () => void) => EventFeed<RouteEvent<R>>
  : R['kind'] extends 'download'
    ? Download | (R extends { comesLater: true } ? null : never)
    : RouteAnswer<R>;
export type RouteHandlers<T extends RouteTable> = {
  [N in keyof T]: (context: RouteContext<T[N]>) => Promise<Answer<T[N]>>;
};

/** A declared route with its handler; what they hand each other was checked where `serve` was called. */
export type ServedRoute = { name: string; route: Route; handler: (context: never) => Promise<unknown> };

export function serve<T extends RouteTable>(table: T, handlers: RouteHandlers<T>): ServedRoute[] {
  return Object.entries(table).map(([name, route]) => ({ name, route, handler: handlers[name]! }));
}

/** For the audit log. */
export const actorOf = ({ account, tokenId }: { account: Account | null; tokenId: string | null }): string =>
  tokenId ? `api-token:${tokenId}` : account ? `account:${account.accountId}` : 'nobody';
