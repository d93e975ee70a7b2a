/** Serves built pages into a browser without a server: every request to ORIGIN is answered from a dist folder. */
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

/** Loopback counts as a secure context, as the real pages have one; nothing listens there. */
export const ORIGIN = 'http://localhost:7400';

const root = fileURLToPath(new URL('../..', import.meta.url));
const pages: Record<string, string> = {
  '/': 'fleet/console/dist/index.html',
  '/control': 'controller/dist/control.html',
  '/join': 'controller/dist/join.html',
  '/share': 'controller/dist/share.html',
  '/staff': 'controller/dist/staff.html',
  '/watch': 'controller/dist/watch.html',
};
/** `/watch/BROADCAST-ID` is the watch page too. */
const pageOf = (pathname: string): string | undefined => pages[pathname.replace(/(?<=^\/watch)\/.*/, '')];
const folders: Record<string, string> = { assets: 'controller/dist', 'console-assets': 'fleet/console/dist' };
const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};

/** @returns null: nothing of ours has that path */
export async function builtFile(pathname: string): Promise<{ body: Buffer; contentType: string } | null> {
  const folder = folders[pathname.split('/')[1] ?? ''];
  const file = pageOf(pathname) ?? (folder === undefined ? undefined : join(folder, pathname));
  const body = file === undefined ? null : await readFile(join(root, file)).catch(() => null);
  return body && { body, contentType: types[extname(file!)] ?? 'application/octet-stream' };
}

/** Call before the scene's own routes: Playwright asks the latest first. */
export async function servePages(page: Page): Promise<void> {
  await page.route(`${ORIGIN}/**`, async (route) => {
    const found = await builtFile(new URL(route.request().url()).pathname);
    return route.fulfill(found ?? { status: 404, body: 'not found' });
  });
}
