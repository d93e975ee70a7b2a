/** What a handler of the HTTP API is given: who asks, what for; parsed and allowed already. */
import type { HttpResponse, HttpRouteName, httpRoutes } from '#contract/http-api.ts';
import type { z } from '#contract/schema.ts';
import type { Account } from './accounts.ts';

type Part<N extends HttpRouteName, P extends 'body' | 'params'> =
  (typeof httpRoutes)[N] extends Record<P, infer S extends z.ZodType> ? z.output<S> : undefined;

export type RouteContext<N extends HttpRouteName = HttpRouteName> = {
  params: Part<N, 'params'>;
  body: Part<N, 'body'>;
  /** null on public routes without a session */
  account: Account | null;
  /** where limits are counted */
  network: string;
  session: { token: string | null; begin: (token: string) => void; end: () => void };
  /** the browser by which an account signed in before */
  device: { token: string | null; remember: (token: string) => void };
};
export type RouteHandler<N extends HttpRouteName> = (context: RouteContext<N>) => Promise<HttpResponse<N>>;
export type RouteHandlers<N extends HttpRouteName = HttpRouteName> = { [K in N]: RouteHandler<K> };

/** For the audit log. */
export const actorOf = ({ account }: Pick<RouteContext, 'account'>): string =>
  account ? `account:${account.accountId}` : 'nobody';
