/**
 * Registers the aggregates' routes, each from its one declaration: who may call, what is parsed, how much is read, what
 * is answered. A handler sees nothing that was not allowed and parsed before.
 */
import type { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Route, UploadRoute } from '#contract/http/route.ts';
import { parse } from '#contract/schema.ts';
import type { TrustedProxies } from '#edge/who-is-calling.ts';
import { type AccessDependencies, type Caller, callerOf, reachBy } from './access.ts';
import { dropCookie, keepCookie, keepWatchCookie, readCookie } from './cookies.ts';
import { sendDownload } from './download.ts';
import { EventStream } from './event-stream.ts';
import type { Download, EventFeed, RouteContext, ServedRoute, Upload } from './route.ts';
import { limitUpload, refuseUpload } from './upload.ts';

type Dependencies = AccessDependencies & { served: readonly ServedRoute[]; proxies: TrustedProxies };

export async function installApiRoutes(app: FastifyInstance, deps: Dependencies): Promise<void> {
  allowOtherOrigins(app, deps.served);
  const isUpload = ({ route }: ServedRoute): boolean => route.kind === 'upload';
  for (const served of deps.served) if (!isUpload(served)) install(app, served, deps);
  // in a scope of its own, whose bodies nobody reads before the handler
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    for (const served of deps.served) if (isUpload(served)) install(scope, served, deps);
  });
}

/** Of bearer routes alone: the browser asks before it sends the token. */
function allowOtherOrigins(app: FastifyInstance, served: readonly ServedRoute[]): void {
  const ofBearers = served.filter(({ route }) => route.access.to === 'meeting').map(({ route }) => route.path);
  for (const url of new Set(ofBearers))
    app.options(url, { config: { isBearer: true } }, async (_request, reply) =>
      reply
        .headers({
          'access-control-allow-methods': 'GET, POST, PUT, DELETE',
          'access-control-allow-headers': 'authorization, content-type, last-event-id',
          'access-control-max-age': '7200',
        })
        .code(204)
        .send(),
    );
}

function install(app: FastifyInstance, { route, handler }: ServedRoute, deps: Dependencies): void {
  const checkCaller = async (request: FastifyRequest): Promise<void> => {
    request.caller = await callerOf(request, route.access, deps);
  };
  app.route({
    method: route.method,
    url: route.path,
    // a stream has no answer without its body
    exposeHeadRoute: route.kind !== 'events' && route.kind !== 'download',
    config: { isUpload: route.kind === 'upload', isBearer: route.access.to === 'meeting' },
    // before a body is read
    onRequest: async (request) => {
      await checkCaller(request);
      if (route.kind === 'upload') refuseUpload(request, route);
    },
    // once more, after the body: whose sender is slow may have been signed out meanwhile
    preHandler: async (request) => {
      if (route.access.to !== 'anyone' && route.kind === 'json' && route.body) await checkCaller(request);
    },
    onSend: async (request, reply) => {
      // the rest would be read for as long as it comes, though nobody wants it
      if (route.kind === 'upload' && !request.raw.complete) reply.header('connection', 'close');
    },
    handler: async (request, reply) => {
      const answer = await handler(contextOf(request, reply, route, deps) as never);
      reply.header('cache-control', 'no-store');
      switch (route.kind) {
        case 'events':
          return sendEvents(request, reply, route, answer as OpenFeed, deps);
        case 'download':
          return answer === null ? reply.code(202).send() : sendDownload(request, reply, answer as Download);
        default:
          // what is not in the contract does not leave
          return parse(route.response, answer);
      }
    },
  });
}

function contextOf(
  request: FastifyRequest,
  reply: FastifyReply,
  route: Route,
  { secure, proxies, places }: Dependencies,
): RouteContext {
  const lastEventId = request.headers['last-event-id'];
  return {
    params: (route.params && parse(route.params, request.params)) as never,
    query: (route.query && parse(route.query, request.query)) as never,
    body: (route.kind === 'upload'
      ? uploadOf(request, route)
      : route.kind === 'json' && route.body
        ? parse(route.body, request.body)
        : undefined) as never,
    account: request.caller!.account as never,
    tokenId: request.caller!.token?.tokenId ?? null,
    meetingRole: request.caller!.meetingRole,
    meeting: request.caller!.meeting as never,
    ticket: request.caller!.ticket as never,
    reach: request.caller!.reach,
    reachOf: (permission) => reachBy(request.caller!, permission, { places }),
    address: proxies.addressOf(request.raw),
    network: proxies.networkOf(request.raw),
    browser: request.headers['user-agent'] ?? '',
    session: {
      current: request.caller!.session as never,
      begin: (token) => keepCookie(reply, 'session', secure, token),
      end: () => dropCookie(reply, 'session', secure),
    },
    device: {
      token: readCookie(request, 'device', secure),
      remember: (token) => keepCookie(reply, 'device', secure, token),
    },
    pageHost: request.hostname.replace(/^\[|\]$/g, ''),
    keepWatchToken: (token) => keepWatchCookie(reply, secure, token),
    lastEventId: typeof lastEventId === 'string' ? lastEventId : null,
  };
}

function uploadOf(request: FastifyRequest, { maxBytes }: UploadRoute): Upload {
  const announced = request.headers['content-length'];
  return {
    stream: limitUpload(request.body as Readable, maxBytes),
    contentType: request.headers['content-type']!.split(';')[0]!.trim().toLowerCase(),
    sizeBytes: announced === undefined ? null : Number(announced),
  };
}

type OpenFeed = (wake: () => void) => EventFeed<{ name: string; data: unknown; id?: string }>;

function sendEvents(
  request: FastifyRequest,
  reply: FastifyReply,
  route: Extract<Route, { kind: 'events' }>,
  open: OpenFeed,
  deps: Dependencies,
): FastifyReply {
  const reachAtStart = reachKey(request.caller!);
  const stream = new EventStream({
    open,
    schemas: route.events,
    // one who is granted more or less than before comes again and sees from the start what that is
    isSame: async () => reachKey(await callerOf(request, route.access, deps)) === reachAtStart,
    onFailed: (error) => request.log.error({ err: error }, 'event stream failed'),
  });
  // a proxy that buffers would hold events back
  reply.header('x-accel-buffering', 'no').type('text/event-stream; charset=utf-8');
  return reply.send(stream);
}

const reachKey = ({ reach, meetingRole, meeting, ticket }: Caller): string =>
  JSON.stringify([
    reach === 'organisation' ? reach : [...reach].sort(),
    meetingRole,
    meeting?.documents,
    ticket?.ticketId,
  ]);

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller | null;
  }
  interface FastifyContextConfig {
    /** its body has as long as it needs while it comes */
    isUpload?: boolean;
    /** no cookie counts: pages of other origins may call it, the TV's and a kiosk's own among them */
    isBearer?: boolean;
  }
}
