/** What the kiosk answers over HTTPS: the controller's page, and the exchange of a code. lan-server.ts decides where it listens. */
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { ProtocolError, UserError } from '#contract/error-codes.ts';
import type { RouteAnswer } from '#contract/http/route.ts';
import { roomsApi } from '#contract/http/rooms-api.ts';
import { httpApp } from '#edge/http-app.ts';
import { installSecurityHeaders } from '#edge/security-headers.ts';
import type { TlsPair } from '#edge/tls-files.ts';
import { noProxies } from '#edge/who-is-calling.ts';
import { isOurHost, isOurOrigin } from './lan-origin.ts';
import { installLanPages } from './lan-pages.ts';
import type { LanSettings } from './lan-settings.ts';

const MAX_BODY_BYTES = 4 * 1024;
const REQUEST_TIMEOUT_MS = 10_000;
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
  const app = httpApp({ tls, maxBodyBytes: MAX_BODY_BYTES, requestTimeoutMs: REQUEST_TIMEOUT_MS, logger });
  await installSecurityHeaders(app, { secure: true });
  app.addHook('onRequest', async (request) => {
    if (!isOurHost(settings, request.headers.host)) throw new ProtocolError('not-found', 'not a host of ours');
    if (!SAFE_METHODS.has(request.method) && !isOurOrigin(settings, request.headers.origin))
      throw new UserError('forbidden', 'a page of another origin');
  });
  await installLanPages(app, pageDir);
  app.post(roomsApi.pair.path, async (request, reply) => {
    const { code } = roomsApi.pair.body.parse(request.body);
    const paired = await pair(code, noProxies.networkOf(request.raw));
    reply.header('cache-control', 'no-store');
    return roomsApi.pair.response.parse(paired);
  });
  await app.ready();
  return app;
}
