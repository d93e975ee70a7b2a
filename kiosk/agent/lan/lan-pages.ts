/** The controller's page as Vite built it, from its folder, under the same paths as at the fleet. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { OperationalError } from '#contract/error-codes.ts';
import { pagePaths } from '#contract/http/page-paths.ts';

/** @param pageDir controller/dist */
export async function installLanPages(app: FastifyInstance, pageDir: string): Promise<void> {
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
