/** A Fastify server with the limits of time and size, the log and the errors of all our servers. The caller adds routes and headers. */
import { createServer } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import Fastify, { type FastifyInstance, LogController } from 'fastify';
import type { Logger } from 'pino';
import { installErrorHandler } from './http-errors.ts';

export type HttpAppOptions = {
  /** null: plain http */
  tls: ServerOptions | null;
  maxBodyBytes: number;
  /** for a whole request; a TLS handshake and the headers alone have 10 s */
  requestTimeoutMs: number;
  /** of a connection without a request */
  keepAliveMs?: number;
  logger: Logger;
};

const FIRST_BYTES_TIMEOUT_MS = 10_000;

export function httpApp({ tls, maxBodyBytes, requestTimeoutMs, keepAliveMs, logger }: HttpAppOptions): FastifyInstance {
  const limits = {
    headersTimeout: FIRST_BYTES_TIMEOUT_MS,
    requestTimeout: requestTimeoutMs,
    ...(keepAliveMs === undefined ? {} : { keepAliveTimeout: keepAliveMs }),
  };
  const app = Fastify({
    loggerInstance: logger as never,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: maxBodyBytes,
    trustProxy: false,
    forceCloseConnections: true,
    serverFactory: (handler) =>
      tls
        ? createTlsServer(
            { ...limits, handshakeTimeout: FIRST_BYTES_TIMEOUT_MS, minVersion: 'TLSv1.2', ...tls },
            handler,
          )
        : createServer(limits, handler),
  }) as unknown as FastifyInstance;
  installErrorHandler(app);
  return app;
}
