/** The remote as an app: Chromium itself says whether it can be installed, from a server with our own headers. */
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Fastify, { type FastifyInstance } from 'fastify';
import { type BrowserContext, type CDPSession, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { installErrorHandler } from '#edge/http-errors.ts';
import { installPages } from '../../fleet/http/pages.ts';
import { installSecurityHeaders } from '#edge/security-headers.ts';
import { builtPage } from './built-pages.ts';

const controllerDist = builtPage('control');

let app: FastifyInstance;
let context: BrowserContext;
let profile: string;
let devtools: CDPSession;
let origin: string;

beforeAll(async () => {
  app = Fastify();
  installErrorHandler(app);
  await installSecurityHeaders(app, { secure: false });
  await installPages(app, { controllerDist, consoleDist: controllerDist, signalingUrl: () => null });
  await app.listen({ host: '127.0.0.1', port: 0 });
  origin = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  // nothing can be installed from a private window, which is what a context of Playwright's is
  profile = mkdtempSync(join(tmpdir(), 'maru-installable-'));
  context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM_BIN ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-sync'],
  });
  const page = await context.newPage();
  devtools = await context.newCDPSession(page);
  await page.goto(`${origin}/control`);
});
afterAll(async () => {
  await context?.close();
  await app?.close();
  if (profile) rmSync(profile, { recursive: true, force: true });
});

it('can be installed, says Chromium', async () => {
  const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
  expect(installabilityErrors).toEqual([]);
});

it('is a page of its own that begins at the controller, at whichever origin serves it', async () => {
  const { url, errors, data, manifest } = await devtools.send('Page.getAppManifest');
  expect(errors).toEqual([]);
  expect(url).toMatch(new RegExp(`^${origin}/assets/`));
  expect(manifest).toMatchObject({
    id: `${origin}/control`,
    startUrl: `${origin}/control`,
    scope: `${origin}/control`,
    display: expect.stringMatching(/standalone/i),
  });
  // no origin is written into it
  expect(data).not.toContain('http');
  const { icons } = JSON.parse(data!) as { icons: { src: string; sizes: string; purpose: string; type: string }[] };
  expect(icons.map(({ sizes, purpose }) => `${purpose} ${sizes}`)).toEqual([
    'any 192x192',
    'any 512x512',
    'maskable 192x192',
    'maskable 512x512',
  ]);
});

it('has icons that are pictures of the size they claim, filled to the edge where they are cut', async () => {
  const [page] = context.pages().slice(-1);
  const measured = await page!.evaluate(async () => {
    const manifestUrl = document.querySelector<HTMLLinkElement>('link[rel=manifest]')!.href;
    const { icons } = (await (await fetch(manifestUrl)).json()) as { icons: { src: string; purpose: string }[] };
    const touch = document.querySelector<HTMLLinkElement>('link[rel=apple-touch-icon]')!.href;
    const all = [...icons, { src: touch, purpose: 'maskable' }];
    return Promise.all(
      all.map(async ({ src, purpose }) => {
        const picture = new Image();
        picture.src = src;
        await picture.decode();
        const canvas = Object.assign(document.createElement('canvas'), {
          width: picture.naturalWidth,
          height: picture.naturalHeight,
        });
        const context = canvas.getContext('2d')!;
        context.drawImage(picture, 0, 0);
        const alphaInCorner = context.getImageData(1, 1, 1, 1).data[3];
        return `${purpose} ${picture.naturalWidth} ${alphaInCorner === 255 ? 'filled' : 'round'}`;
      }),
    );
  });
  expect(measured).toEqual([
    'any 192 round',
    'any 512 round',
    'maskable 192 filled',
    'maskable 512 filled',
    'maskable 180 filled',
  ]);
});

it('is served as what it is, and kept for ever under its name', async () => {
  const html = await (await fetch(`${origin}/control`)).text();
  const path = /rel="manifest" href="([^"]+)"/.exec(html)?.[1];
  const answer = await fetch(origin + path);
  expect(answer.headers.get('content-type')).toContain('application/manifest+json');
  expect(answer.headers.get('cache-control')).toContain('immutable');
  expect(answer.headers.get('content-security-policy') ?? '').toContain("manifest-src 'self'");
});
