/** The pages of signing in by OpenID: to the provider, back from it, and the provider's own logout. They answer no JSON. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { MaruError, ProtocolError } from '#contract/error-codes.ts';
import { pagePaths } from '#contract/http/page-paths.ts';
import { z } from '#contract/schema.ts';
import type { TrustedProxies } from '#edge/who-is-calling.ts';
import type { OpenidReturn, OpenidSignIn } from '../people/index.ts';
import { dropCookie, keepCookie, readCookie } from './cookies.ts';
import { htmlText } from './html-text.ts';

type Dependencies = { openid: OpenidSignIn | null; proxies: TrustedProxies; secure: boolean };

const MAX_LOGOUT_BYTES = 16 * 1024;
const Start = z.object({
  to: z.enum(['staff', 'console', 'watch']).default('staff'),
  /** the person proves again to be themselves */
  fresh: z.literal('1').optional(),
});

export async function installOpenidPages(
  app: FastifyInstance,
  { openid, proxies, secure }: Dependencies,
): Promise<void> {
  if (!openid) return;
  app.get(pagePaths.openidStart, async (request, reply) => {
    const { to, fresh } = Start.parse(request.query);
    const network = proxies.networkOf(request.raw);
    return orBack(reply, to, async () => {
      const { url, attempt } = await openid.begin({ returnTo: to, isFresh: fresh !== undefined }, { network });
      keepCookie(reply, 'openid', secure, attempt);
      return reply.header('cache-control', 'no-store').redirect(url, 303);
    });
  });
  app.get(pagePaths.openidCallback, async (request, reply) => {
    const attempt = readCookie(request, 'openid', secure);
    dropCookie(reply, 'openid', secure);
    const caller = { network: proxies.networkOf(request.raw), browser: request.headers['user-agent'] ?? '' };
    const query = request.raw.url!.split('?')[1] ?? '';
    return orBack(reply, 'staff', async () => {
      const { token, returnTo } = await openid.complete(attempt, query, caller);
      keepCookie(reply, 'session', secure, token);
      return goOn(reply, pagePaths[returnTo]);
    });
  });
  await app.register(async (scope) => {
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: MAX_LOGOUT_BYTES },
      (_request, body, done) => done(null, new URLSearchParams(body as string)),
    );
    scope.post(pagePaths.openidLogout, async (request, reply) => {
      const token = request.body instanceof URLSearchParams ? request.body.get('logout_token') : null;
      if (!token) throw new ProtocolError('bad-message', 'logout_token is missing');
      await openid.logout(token);
      return reply.header('cache-control', 'no-store').send();
    });
  });
}

/**
 * A browser sends no SameSite=Strict cookie along a chain of redirects that another site began: the next page is opened by
 * a page of ours.
 */
function goOn(reply: FastifyReply, address: string): FastifyReply {
  return reply
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(`<!doctype html><meta http-equiv="refresh" content="0; url=${htmlText(address)}"><title>Maru</title>`);
}

/** Why it did not work is shown in words by the page that the person came from. */
async function orBack(reply: FastifyReply, to: OpenidReturn, work: () => Promise<FastifyReply>): Promise<FastifyReply> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof MaruError)) throw error;
    return goOn(reply, `${pagePaths[to]}#sign-in=${error.code}`);
  }
}
