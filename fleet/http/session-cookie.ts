/** The session's cookie: `__Host-` over TLS; on loopback's plain http a browser takes no such name. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SESSION_TTL_MS } from '../people/index.ts';

const nameOf = (secure: boolean): string => (secure ? '__Host-maru-session' : 'maru-session');

export function readSession(request: FastifyRequest, secure: boolean): string | null {
  return request.cookies[nameOf(secure)] ?? null;
}

export function beginSession(reply: FastifyReply, secure: boolean, token: string): void {
  reply.setCookie(nameOf(secure), token, {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure,
    maxAge: SESSION_TTL_MS / 1000,
  });
}

export function endSession(reply: FastifyReply, secure: boolean): void {
  reply.clearCookie(nameOf(secure), { path: '/', httpOnly: true, sameSite: 'strict', secure });
}
