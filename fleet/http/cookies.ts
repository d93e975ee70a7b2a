/** The cookies of session, device, what lets somebody watch, and an attempt to sign in by OpenID: `__Host-` over TLS; on loopback's plain http a browser refuses such a name. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { WATCH_TOKEN_TTL_MS, watchCookie } from '#contract/live-delivery.ts';
import { KNOWN_BROWSER_TTL_MS, SESSION_TTL_MS } from '../people/index.ts';

type Kept = 'session' | 'device' | 'openid';
const TTL_MS = { session: SESSION_TTL_MS, device: KNOWN_BROWSER_TTL_MS, openid: 10 * 60_000 };
/** An attempt's comes back from another site, the provider's. */
const SAME_SITE = { session: 'strict', device: 'strict', openid: 'lax' } as const;

export const cookieName = (kept: Kept, secure: boolean): string => `${secure ? '__Host-' : ''}maru-${kept}`;

export function readCookie(request: FastifyRequest, kept: Kept, secure: boolean): string | null {
  return request.cookies[cookieName(kept, secure)] ?? null;
}

export function keepCookie(reply: FastifyReply, kept: Kept, secure: boolean, token: string): void {
  reply.setCookie(cookieName(kept, secure), token, {
    path: '/',
    httpOnly: true,
    sameSite: SAME_SITE[kept],
    secure,
    maxAge: TTL_MS[kept] / 1000,
  });
}

export function dropCookie(reply: FastifyReply, kept: Kept, secure: boolean): void {
  reply.clearCookie(cookieName(kept, secure), { path: '/', httpOnly: true, sameSite: SAME_SITE[kept], secure });
}

/** The packager reads it, on a port of its own: cookies know no ports. */
export function keepWatchCookie(reply: FastifyReply, secure: boolean, token: string): void {
  reply.setCookie(watchCookie(secure), token, {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure,
    maxAge: WATCH_TOKEN_TTL_MS / 1000,
  });
}
