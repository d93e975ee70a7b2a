/**
 * Routes for bearers answer pages of any origin: the TV's page comes from its own box. No cookie counts there, so a page
 * that has no token learns nothing.
 */
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ServedRoute } from './route.ts';

const PREFLIGHT_KEPT_S = 7_200;

export const allowAnyOrigin = (reply: FastifyReply): FastifyReply => reply.header('access-control-allow-origin', '*');

/** What a browser asks before a request with `Authorization`, by path. */
export function answerPreflights(app: FastifyInstance, served: readonly ServedRoute[]): void {
  const routes = served.map(({ route }) => route).filter(({ access }) => access.to === 'meeting');
  for (const path of new Set(routes.map((route) => route.path))) {
    const methods = routes.filter((route) => route.path === path).map(({ method }) => method);
    app.options(path, async (_request, reply) =>
      allowAnyOrigin(reply)
        .code(204)
        .header('access-control-allow-methods', methods.join(', '))
        .header('access-control-allow-headers', 'authorization, content-type, last-event-id')
        .header('access-control-max-age', PREFLIGHT_KEPT_S)
        .send(),
    );
  }
}
