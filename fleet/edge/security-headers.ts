/**
 * The rules that our servers give to browsers: a page runs our own scripts alone, connects to us and to named places, is
 * framed by nobody, and captures nothing unless it is a page for that.
 */
import type { IncomingMessage } from 'node:http';
import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';

export type SecurityHeadersOptions = {
  secure: boolean;
  /** origins beside our own, e.g. `wss://media.example:7403`; asked for each answer, with the Host of its request */
  connectTo?: (host: string) => string[];
  /** origins of what video elements play themselves, beside our own */
  playFrom?: (host: string) => string[];
  /** what the page of a path may capture; `all`: camera, microphone and the screen's picture */
  captures?: (path: string) => 'all' | 'screen' | 'nothing';
};

/** On every answer of routes and hooks that are added after it. */
export async function installSecurityHeaders(
  app: FastifyInstance,
  { secure, connectTo = () => [], playFrom = () => [], captures = () => 'nothing' }: SecurityHeadersOptions,
): Promise<void> {
  const of =
    (origins: (host: string) => string[]) =>
    ({ headers }: Pick<IncomingMessage, 'headers'>): string =>
      origins(headers.host ?? '').join(' ');
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        fontSrc: ["'self'"],
        mediaSrc: ["'self'", 'blob:', of(playFrom)],
        workerSrc: ["'self'", 'blob:'],
        manifestSrc: ["'self'"],
        connectSrc: ["'self'", of(connectTo)],
        formAction: ["'self'"],
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    crossOriginEmbedderPolicy: false,
    strictTransportSecurity: secure ? { maxAge: 15_552_000, includeSubDomains: false } : false,
    xFrameOptions: { action: 'deny' },
  });
  app.addHook('onSend', async (request, reply) => {
    const captured = captures(request.url.split('?')[0]!);
    const devices = captured === 'all' ? 'self' : '';
    const screen = captured === 'nothing' ? '' : 'self';
    reply.header(
      'permissions-policy',
      `camera=(${devices}), microphone=(${devices}), display-capture=(${screen}), geolocation=()`,
    );
  });
}
