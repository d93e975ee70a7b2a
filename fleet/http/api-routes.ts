/**
 * Registers exactly the routes of the contract: who may call, what is parsed, what is answered, each from its one
 * entry there. Handlers come from the aggregates and see nothing that was not allowed and parsed before.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { UserError } from '#contract/error-codes.ts';
import { type Access, type HttpRouteName, httpRoutes, type Role } from '#contract/http-api.ts';
import { parse, type z } from '#contract/schema.ts';
import type { TrustedProxies } from '#edge/who-is-calling.ts';
import type { Account, Accounts, RouteContext, RouteHandlers, Sessions } from '../people/index.ts';
import { dropCookie, keepCookie, readCookie } from './cookies.ts';

type SessionReader = { accounts: Accounts; sessions: Sessions; secure: boolean };
type Dependencies = SessionReader & { handlers: RouteHandlers; proxies: TrustedProxies };
type RouteEntry = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  access: Access;
  params?: z.ZodType;
  body?: z.ZodType;
  response: z.ZodType;
};

const RANK: Record<Role, number> = { member: 1, operator: 2, admin: 3 };
/** what an account may do that has to change its password first */
const OPEN_BEFORE_CHANGE: ReadonlySet<HttpRouteName> = new Set([
  'signIn',
  'currentSession',
  'signOut',
  'changePassword',
]);

export function installApiRoutes(
  app: FastifyInstance,
  { handlers, accounts, sessions, proxies, secure }: Dependencies,
): void {
  for (const [name, route] of Object.entries(httpRoutes) as [HttpRouteName, RouteEntry][]) {
    const handler = handlers[name] as (context: RouteContext) => Promise<unknown>;
    app.route({
      method: route.method,
      url: route.path,
      // before a body is read
      onRequest: async (request) => {
        request.account = await accountOf(request, { accounts, sessions, secure });
        checkAccess(name, route.access, request.account);
      },
      // once more, after the body: who sends it slowly may have been signed out meanwhile
      preHandler: async (request) => {
        if (route.access === 'public' || !route.body) return;
        request.account = await accountOf(request, { accounts, sessions, secure });
        checkAccess(name, route.access, request.account);
      },
      handler: async (request, reply) => {
        const context = {
          params: route.params && parse(route.params, request.params),
          body: route.body && parse(route.body, request.body),
          account: request.account,
          network: proxies.networkOf(request.raw),
          session: {
            token: readCookie(request, 'session', secure),
            begin: (token: string) => keepCookie(reply, 'session', secure, token),
            end: () => dropCookie(reply, 'session', secure),
          },
          device: {
            token: readCookie(request, 'device', secure),
            remember: (token: string) => keepCookie(reply, 'device', secure, token),
          },
        };
        reply.header('cache-control', 'no-store');
        // what is not in the contract does not leave
        return parse(route.response, await handler(context as RouteContext));
      },
    });
  }
}

/** The signed-in account, or null. */
export async function accountOf(
  request: FastifyRequest,
  { accounts, sessions, secure }: SessionReader,
): Promise<Account | null> {
  const token = readCookie(request, 'session', secure);
  const accountId = token && (await sessions.accountOf(token));
  return accountId ? accounts.byId(accountId) : null;
}

function checkAccess(name: HttpRouteName, access: Access, account: Account | null): void {
  if (access === 'public') return;
  if (!account) throw new UserError('not-signed-in');
  if (RANK[account.role] < RANK[access]) throw new UserError('forbidden');
  if (account.mustChangePassword && !OPEN_BEFORE_CHANGE.has(name))
    throw new UserError('forbidden', 'change the one-time password first');
}

declare module 'fastify' {
  interface FastifyRequest {
    account: Account | null;
  }
}
