/** Composes the browsers' HTTP server: what it answers, not where it listens (that is `server.ts`). */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { SecureContextOptions } from 'node:tls';
import cookie from '@fastify/cookie';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { ProtocolError, UserError } from '#contract/error-codes.ts';
import { pagePaths } from '#contract/http/page-paths.ts';
import { permitted } from '#contract/http/route.ts';
import { MAX_HTTP_BODY_BYTES } from '#contract/limits.ts';
import { NOTES_LINK_PATH } from '#contract/notes-link.ts';
import { ROOM_LINK_PATH } from '#contract/room-link.ts';
import { httpApp } from '#edge/http-app.ts';
import { refuseUpgrade } from '#edge/refuse-upgrade.ts';
import { installSecurityHeaders } from '#edge/security-headers.ts';
import type { TrustedProxies } from '#edge/who-is-calling.ts';
import type { NotesRights } from '../notes/index.ts';
import type { OpenidSignIn } from '../people/index.ts';
import { type AccessDependencies, callerOf } from './access.ts';
import { apiDocsPage } from './api-docs.ts';
import { installApiRoutes } from './api-routes.ts';
import { cookieName } from './cookies.ts';
import { limitBodyTime } from './body-deadline.ts';
import { allowInline, inlineHashesOf } from './inline-hashes.ts';
import type { Metrics } from './metrics.ts';
import { notesRightsOf } from './notes-rights.ts';
import { openApi } from './openapi.ts';
import { isAllowedOrigin, isKnownHost, type Origins } from './origins.ts';
import { installOpenidPages } from './openid-pages.ts';
import { installPages, type PagesOptions } from './pages.ts';
import type { ServedRoute } from './route.ts';

export type AppDependencies = Omit<AccessDependencies, 'secure'> & {
  /** null: plain http, on loopback */
  tls: SecureContextOptions | null;
  hosts: readonly string[];
  proxies: TrustedProxies;
  fleetUrl: () => string;
  /** of all aggregates */
  served: readonly ServedRoute[];
  /** null: nobody signs in by OpenID */
  openid: OpenidSignIn | null;
  pages: PagesOptions;
  signalingOrigins: () => string[];
  /** origin of broadcasts for a page that came by this host name */
  liveUrl: (pageHost: string) => string;
  /** DER, for phones; null where there is nothing to trust */
  caCertificate: Buffer | null;
  metrics: Metrics;
  isStorageFailing: () => boolean;
  /** what somebody should look after though we serve; one line each */
  complaints: () => string[];
  onRoomLink: (request: IncomingMessage, socket: Duplex, head: Buffer, network: string) => void;
  onNotesLink: (request: IncomingMessage, socket: Duplex, head: Buffer, network: string, rights: NotesRights) => void;
  logger: Logger;
};

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);
/** a person reads a page for a while before the next request; a new connection would cost them round trips */
const KEEP_ALIVE_MS = 72_000;

export async function buildApp(deps: AppDependencies): Promise<FastifyInstance> {
  const { tls, hosts, metrics, logger } = deps;
  const secure = tls !== null;
  const origins: Origins = { hosts, secure };
  const liveOrigins = (host: string): string[] => {
    const page = `http://${host}`;
    return URL.canParse(page) ? [deps.liveUrl(new URL(page).hostname.replace(/^\[|\]$/g, ''))] : [];
  };
  const app = httpApp({
    tls,
    maxBodyBytes: MAX_HTTP_BODY_BYTES,
    // a body's time is limited by route: body-deadline.ts
    requestTimeoutMs: 0,
    keepAliveMs: KEEP_ALIVE_MS,
    logger,
  });
  app.decorateRequest('caller', null);
  app.addHook('onRequest', async (request, reply) => {
    limitBodyTime(request);
    if (!isKnownHost(origins, request.headers.host)) throw new ProtocolError('not-found', 'not a host of ours');
    const { isBearer = false } = request.routeOptions.config;
    if (isBearer) reply.headers({ 'access-control-allow-origin': '*', 'cross-origin-resource-policy': 'cross-origin' });
    else if (!SAFE_METHODS.has(request.method) && !isAllowedOrigin(origins, request.headers))
      throw new UserError('forbidden', 'a page of another origin');
  });
  app.addHook('onResponse', async (request, reply) => {
    metrics.answered(request.method, request.routeOptions.url ?? 'none', reply.statusCode, reply.elapsedTime / 1000);
    if (reply.statusCode >= 400) metrics.refused('http', String(reply.statusCode));
  });
  await app.register(cookie);
  await installSecurityHeaders(app, {
    secure,
    // a page that is left notifies its node by HTTP; not every browser accepts the socket's scheme for both
    connectTo: (host) => [
      ...deps.signalingOrigins().flatMap((origin) => [origin, origin.replace(/^ws/, 'http')]),
      ...liveOrigins(host),
    ],
    playFrom: liveOrigins,
    captures: (path) => (path === pagePaths.join ? 'all' : path === pagePaths.share ? 'screen' : 'nothing'),
  });
  await installApiRoutes(app, { ...deps, secure });
  await installOpenidPages(app, { ...deps, secure });
  await installPages(app, deps.pages);
  installOwnPages(app, deps);
  installUpgrades(app, origins, deps);
  return app;
}

function installOwnPages(app: FastifyInstance, deps: AppDependencies): void {
  const { served, fleetUrl, caCertificate, metrics, isStorageFailing, complaints, tls } = deps;
  app.get(pagePaths.openApi, async () => openApi(served, fleetUrl()));
  app.get(pagePaths.apiDocs, async (_request, reply) => {
    const html = apiDocsPage(openApi(served, fleetUrl()));
    allowInline(reply, 'style', inlineHashesOf(html, 'style'));
    return reply.type('text/html; charset=utf-8').send(html);
  });
  app.get(pagePaths.health, async (_request, reply) => {
    const listed = complaints();
    const problems = listed.length > 0 ? { problems: listed } : {};
    return isStorageFailing()
      ? reply.code(503).send({ status: 'storage-failed', ...problems })
      : { status: 'ok', ...problems };
  });
  app.get(pagePaths.metrics, async (request, reply) => {
    // also on loopback: behind a proxy on this machine that is everybody
    await callerOf(request, permitted('metrics.view', 'organisation'), { ...deps, secure: tls !== null });
    return reply.type(metrics.contentType).send(await metrics.text());
  });
  app.get(pagePaths.caCertificate, async (_request, reply) => {
    if (!caCertificate) throw new ProtocolError('not-found', 'no certificate authority of ours is in use');
    return reply
      .type('application/x-x509-ca-cert')
      .header('content-disposition', 'attachment; filename="maru-ca.crt"')
      .send(caCertificate);
  });
}

/** WebSockets do not pass Fastify: their Origin is checked here. */
function installUpgrades(app: FastifyInstance, origins: Origins, deps: AppDependencies): void {
  const { onRoomLink, onNotesLink, proxies, logger, metrics } = deps;
  const secure = deps.tls !== null;
  const sessionIn = ({ headers }: IncomingMessage): string | null =>
    app.parseCookie(headers.cookie ?? '')[cookieName('session', secure)] ?? null;
  const links: Record<string, AppDependencies['onRoomLink']> = {
    [ROOM_LINK_PATH]: onRoomLink,
    [NOTES_LINK_PATH]: (request, socket, head, network) =>
      onNotesLink(request, socket, head, network, notesRightsOf(sessionIn(request), { ...deps, secure })),
  };
  app.server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    const network = proxies.networkOf(request);
    const path = request.url?.split('?')[0] ?? '';
    const open = Object.hasOwn(links, path) ? links[path] : undefined;
    const isOurs = isKnownHost(origins, request.headers.host) && isAllowedOrigin(origins, request.headers);
    if (open && isOurs) return open(request, socket, head, network);
    const status = open ? '403 Forbidden' : '404 Not Found';
    logger.warn({ network, path, code: open ? 'forbidden' : 'not-found' }, 'upgrade refused');
    metrics.refused('http', status.slice(0, 3));
    refuseUpgrade(socket, status);
  });
}
