/**
 * The browser pages that Vite built: html filled and compressed once, hashed assets served as they lie there, with
 * their compressed twins, for ever.
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { OperationalError } from '#contract/error-codes.ts';
import { pagePaths } from '#contract/http/page-paths.ts';
import { htmlText } from './html-text.ts';
import { allowInline, inlineHashesOf } from './inline-hashes.ts';

export type PagesOptions = {
  controllerDist: string;
  consoleDist: string;
  /** for `%SIGNALING_URL%`, so that a page can open its socket before its scripts are there; null: no node yet */
  signalingUrl: () => string | null;
};
type Page = { mtimeMs: number; signalingUrl: string | null; html: string; brotli: Buffer; inlineHashes: string[] };

const compress = promisify(brotliCompress);

export async function installPages(
  app: FastifyInstance,
  { controllerDist, consoleDist, signalingUrl }: PagesOptions,
): Promise<void> {
  const assets = {
    wildcard: true,
    index: false,
    preCompressed: true,
    immutable: true,
    maxAge: '1y',
    decorateReply: false,
    suppressWarning: true,
  } as const;
  await app.register(fastifyStatic, { ...assets, root: join(controllerDist, 'assets'), prefix: '/assets/' });
  await app.register(fastifyStatic, {
    ...assets,
    root: join(consoleDist, 'console-assets'),
    prefix: '/console-assets/',
  });
  const cached = new Map<string, Page>();
  const page = async (path: string): Promise<Page> => {
    const { mtimeMs } = await stat(path).catch((cause: unknown) => {
      throw new OperationalError('not-found', 'the pages are not built', { cause });
    });
    const url = signalingUrl();
    const known = cached.get(path);
    if (known?.mtimeMs === mtimeMs && known.signalingUrl === url) return known;
    const built = await readFile(path, 'utf8');
    // of the file as it was built: nothing that is filled in may run
    const inlineHashes = inlineHashesOf(built, 'script');
    const html = built.replaceAll('%SIGNALING_URL%', () => htmlText(url ?? ''));
    const brotli = await compress(html, { params: { [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT } });
    const fresh = { mtimeMs, signalingUrl: url, html, brotli, inlineHashes };
    cached.set(path, fresh);
    return fresh;
  };
  const files = {
    [pagePaths.console]: join(consoleDist, 'index.html'),
    [pagePaths.controller]: join(controllerDist, 'control.html'),
    [pagePaths.join]: join(controllerDist, 'join.html'),
    [pagePaths.share]: join(controllerDist, 'share.html'),
    [pagePaths.staff]: join(controllerDist, 'staff.html'),
    [pagePaths.watch]: join(controllerDist, 'watch.html'),
    [`${pagePaths.watch}/:broadcastId`]: join(controllerDist, 'watch.html'),
  };
  for (const [path, file] of Object.entries(files)) {
    app.get(path, async (request, reply) => {
      const { html, brotli, inlineHashes } = await page(file);
      allowInline(reply, 'script', inlineHashes);
      reply.type('text/html; charset=utf-8').header('cache-control', 'no-cache').header('vary', 'accept-encoding');
      if (!/\bbr\b/.test(request.headers['accept-encoding'] ?? '')) return html;
      return reply.header('content-encoding', 'br').send(brotli);
    });
  }
  app.get('/favicon.ico', async (_request, reply) => reply.code(204).send());
}
