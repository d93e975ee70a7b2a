/** The cookies of session and device: `__Host-` over TLS; on loopback's plain http a browser refuses such a name. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { KNOWN_BROWSER_TTL_MS, SESSION_TTL_MS } from '../people/index.ts';

type Kept = 'session' | 'device';
const TTL_MS = { session: SESSION_TTL_MS, device: KNOWN_BROWSER_TTL_MS };

const nameOf = (kept: Kept, secure: boolean): string => `${secure ? '__Host-' : ''}maru-${kept}`;

export function readCookie(request: FastifyRequest, kept: Kept, secure: boolean): string | null {
  return request.cookies[nameOf(kept, secure)] ?? null;
}

export function keepCookie(reply: FastifyReply, kept: Kept, secure: boolean, token: string): void {
  reply.setCookie(nameOf(kept, secure), token, {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure,
    maxAge: TTL_MS[kept] / 1000,
  });
}

export function dropCookie(reply: FastifyReply, kept: Kept, secure: boolean): void {
  reply.clearCookie(nameOf(kept, secure), { path: '/', httpOnly: true, sameSite: 'strict', secure });
}
