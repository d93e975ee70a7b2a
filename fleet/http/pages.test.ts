import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import Fastify, { type FastifyInstance } from 'fastify';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { installErrorHandler } from '#edge/http-errors.ts';
import { installPages } from './pages.ts';
import { installSecurityHeaders } from '#edge/security-headers.ts';

const EARLY = 'window.early=1';
let dist: string;
let app: FastifyInstance;
let signalingUrl: string | null;

beforeEach(async () => {
  dist = mkdtempSync(join(tmpdir(), 'maru-pages-'));
  mkdirSync(join(dist, 'assets'));
  writeFileSync(
    join(dist, 'join.html'),
    `<meta content="%SIGNALING_URL%"><script>${EARLY}</script><script type="module" src="/assets/join-1.js"></script>`,
  );
  writeFileSync(join(dist, 'control.html'), '<p>control</p>');
  writeFileSync(join(dist, 'share.html'), '<p>share</p>');
  writeFileSync(join(dist, 'assets/join-1.js'), 'let a;');
  writeFileSync(join(dist, 'assets/join-1.js.br'), brotliCompressSync('let a;'));
  signalingUrl = 'ws://127.0.0.1:1/signaling';
  app = Fastify();
  installErrorHandler(app);
  await installSecurityHeaders(app, {
    secure: false,
    connectTo: () => ['ws://127.0.0.1:1'],
    playFrom: (host) => [`https://${host}:7404`],
  });
  await installPages(app, {
    controllerDist: dist,
    consoleDist: join(dist, 'not-built'),
    signalingUrl: () => signalingUrl,
  });
});
afterEach(async () => {
  await app.close();
  rmSync(dist, { recursive: true });
});
const get = (url: string, encoding = 'br, gzip') => app.inject({ url, headers: { 'accept-encoding': encoding } });

test('the guest page knows where signalling is before any script, and again when that changes', async () => {
  const text = async () => brotliDecompressSync((await get('/join')).rawPayload).toString();
  expect(await text()).toContain('content="ws://127.0.0.1:1/signaling"');
  signalingUrl = 'wss://other.example/signaling';
  expect(await text()).toContain('content="wss://other.example/signaling"');
  signalingUrl = null;
  expect((await get('/join', 'gzip')).body).toContain('content=""');
});

test('its own early script runs and no other inline one, there and nowhere else', async () => {
  const hash = `'sha256-${createHash('sha256').update(EARLY).digest('base64')}'`;
  expect((await get('/join')).headers['content-security-policy']).toContain(`script-src 'self' ${hash};`);
  expect((await get('/control')).headers['content-security-policy']).toContain("script-src 'self';");
});

test('a page connects to named places, and plays what comes from them', async () => {
  const policy = String(
    (await app.inject({ url: '/control', headers: { host: 'maru.example' } })).headers['content-security-policy'],
  );
  expect(policy).toContain("connect-src 'self' ws://127.0.0.1:1;");
  expect(policy).toContain("media-src 'self' blob: https://maru.example:7404;");
  expect(policy).toContain("worker-src 'self' blob:;");
});

const EVIL = 'ws://127.0.0.1:9/"></script><script>alert(document.domain)</script>';

test('an address that is filled in is text, whatever it is, and nothing in it may run', async () => {
  const policy = (await get('/join')).headers['content-security-policy'];
  for (const evil of [EVIL, "ws://x/' onload='alert(1)", 'ws://x/$&$1$`', '%SIGNALING_URL%']) {
    signalingUrl = evil;
    const { body, headers } = await get('/join', 'gzip');
    expect(headers['content-security-policy']).toBe(policy);
    const [before = '', after = ''] = `<meta content="%SIGNALING_URL%"><script>${EARLY}</script>`.split(
      '%SIGNALING_URL%',
    );
    expect(body.startsWith(before)).toBe(true);
    const filledIn = body.slice(before.length, body.lastIndexOf(after));
    expect(filledIn).not.toMatch(/[<>"']/);
    const decoded = filledIn.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
    expect(decoded).toBe(evil);
  }
});

test('hashed assets come compressed and stay for ever, pages are asked for again', async () => {
  const asset = await get('/assets/join-1.js');
  expect(asset.headers).toMatchObject({
    'content-encoding': 'br',
    'cache-control': 'public, max-age=31536000, immutable',
  });
  expect(brotliDecompressSync(asset.rawPayload).toString()).toBe('let a;');
  expect((await get('/assets/join-1.js', 'identity')).body).toBe('let a;');
  expect((await get('/join')).headers['cache-control']).toBe('no-cache');
});

test('what is not there is not found, and nothing lies outside the folder', async () => {
  expect((await get('/')).statusCode).toBe(404);
  expect((await get('/assets/none.js')).json().error.code).toBe('not-found');
  expect((await get('/assets/..%2fjoin.html')).statusCode).toBeGreaterThanOrEqual(400);
});

test('a page that was built again is served again', async () => {
  expect((await get('/control', 'gzip')).body).toBe('<p>control</p>');
  await new Promise((resolve) => setTimeout(resolve, 20));
  writeFileSync(join(dist, 'control.html'), '<p>newer</p>');
  expect((await get('/control', 'gzip')).body).toBe('<p>newer</p>');
});
