/** The controller's page as Vite built it, from its folder, under the same paths as at the fleet; and what browsers hold it to. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { OperationalError } from '#contract/error-codes.ts';
import { pagePaths } from '#contract/http/page-paths.ts';

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "media-src 'self' blob:",
  "worker-src 'self' blob:",
  "manifest-src 'self'",
  // the room link, on this origin
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join(';');

/** On every answer. */
export const HEADERS = {
  'content-security-policy': POLICY,
  'strict-transport-security': 'max-age=15552000',
  'permissions-policy': 'camera=(), microphone=(), display-capture=(), geolocation=()',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

/** @param pageDir controller/dist */
export async function installPages(app: FastifyInstance, pageDir: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: join(pageDir, 'assets'),
    prefix: '/assets/',
    index: false,
    preCompressed: true,
    immutable: true,
    maxAge: '1y',
    decorateReply: false,
    suppressWarning: true,
  });
  app.get(pagePaths.controller, async (_request, reply) => {
    const html = await readFile(join(pageDir, 'control.html')).catch((cause: unknown) => {
      throw new OperationalError('not-found', 'the page is not built', { cause });
    });
    return reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').send(html);
  });
  // who types the address that the TV shows leaves the path out
  app.get('/', async (_request, reply) => reply.redirect(pagePaths.controller));
  app.get('/favicon.ico', async (_request, reply) => reply.code(204).send());
}
