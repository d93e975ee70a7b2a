/** What the kiosk answers over HTTPS: the controller's page, and the exchange of a code. Where it listens is lan-server.ts's. */
import { createServer } from 'node:https';
import fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { ProtocolError, toMaruError, UserError } from '#contract/error-codes.ts';
import type { RouteAnswer } from '#contract/http/route.ts';
import { roomsApi } from '#contract/http/rooms-api.ts';
import type { TlsPair } from '#edge/tls-files.ts';
import { noProxies } from '#edge/who-is-calling.ts';
import { isOurHost, isOurOrigin } from './lan-origin.ts';
import { HEADERS, installPages } from './lan-pages.ts';
import type { LanSettings } from './lan-settings.ts';

const MAX_BODY_BYTES = 4 * 1024;
const TIMEOUT_MS = 10_000;
const SAFE_METHODS = new Set(['GET', 'HEAD']);

export type LanAppOptions = {
  tls: TlsPair;
  settings: LanSettings;
  /** controller/dist */
  pageDir: string;
  /** @throws UserError */
  pair: (code: string, network: string) => Promise<RouteAnswer<typeof roomsApi.pair>>;
  logger: Logger;
};

export async function buildLanApp({ tls, settings, pageDir, pair, logger }: LanAppOptions): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    bodyLimit: MAX_BODY_BYTES,
    forceCloseConnections: true,
    serverFactory: (handler) =>
      createServer(
        {
          ...tls,
          minVersion: 'TLSv1.2',
          handshakeTimeout: TIMEOUT_MS,
          headersTimeout: TIMEOUT_MS,
          requestTimeout: TIMEOUT_MS,
          noDelay: true,
        },
        handler,
      ),
  }) as unknown as FastifyInstance;
  installErrors(app, logger);
  app.addHook('onSend', async (_request, reply) => void reply.headers(HEADERS));
  app.addHook('onRequest', async (request) => {
    if (!isOurHost(settings, request.headers.host)) throw new ProtocolError('not-found', 'not a host of ours');
    if (!SAFE_METHODS.has(request.method) && !isOurOrigin(settings, request.headers.origin))
      throw new UserError('forbidden', 'a page of another origin');
  });
  await installPages(app, pageDir);
  app.post(roomsApi.pair.path, async (request, reply) => {
    const { code } = roomsApi.pair.body.parse(request.body);
    const paired = await pair(code, noProxies.networkOf(request.raw));
    reply.header('cache-control', 'no-store');
    return roomsApi.pair.response.parse(paired);
  });
  await app.ready();
  return app;
}

function installErrors(app: FastifyInstance, logger: Logger): void {
  app.setNotFoundHandler(() => {
    throw new ProtocolError('not-found', 'no such path');
  });
  app.setErrorHandler((thrown: FastifyError, request, reply) => {
    const error = ofFastify(thrown) ?? toMaruError(thrown);
    const line = { path: request.url.split('?')[0], code: error.code, reason: error.message };
    if (error.code === 'internal') logger.error({ ...line, err: thrown }, 'lan: request failed');
    else logger.warn(line, 'lan: request refused');
    // a body that was not read must not be taken for the next request
    if (error.code === 'too-large') reply.header('connection', 'close');
    return reply.code(error.httpStatus).send({ error: error.toWire() });
  });
}

function ofFastify({ code, statusCode, message }: FastifyError): ProtocolError | null {
  // the connection was reset while its body was read
  if (code === 'ECONNRESET') return new ProtocolError('bad-message', message);
  if (typeof code !== 'string' || !code.startsWith('FST_') || (statusCode ?? 500) >= 500) return null;
  return new ProtocolError(statusCode === 413 ? 'too-large' : 'bad-message', message);
}
