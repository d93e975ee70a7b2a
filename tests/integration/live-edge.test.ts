/** Debian's nginx before the packager, with the configuration that we install: who gets what, and players through it. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type HlsPlayer from 'hls.js';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { livePath, watchCookie } from '#contract/live-delivery.ts';
import { OfficeCa } from '#edge/office-ca-under-test.ts';
import { DeliveryUnderTest } from '../../fleet/broadcasts/packager/delivery/delivery-under-test.ts';
import {
  CLIP_MADE_WITHIN_MS,
  makeClip,
  PlayedTimeline,
} from '../../fleet/broadcasts/packager/testing/played-timeline.ts';
import { freePort } from '../e2e/free-port.ts';
import { LiveEdge } from '../e2e/networks/live-edge.ts';
import { TrustedHome } from '../e2e/networks/trusted-home.ts';
import { ValidatorClient } from '../hls-validator/client.ts';
import { validate } from '../hls-validator/validate.ts';
import { launchChromium } from '../simulators/chromium.ts';

const run = promisify(execFile);
const HLS_JS = new URL('../../node_modules/hls.js/dist/hls.light.min.js', import.meta.url);
const CHECK_HOLDS_S = 2;

let folder: string;
let ca: OfficeCa;
let files: { certFile: string; keyFile: string };
let under: DeliveryUnderTest;
let timeline: PlayedTimeline;
let nginx: LiveEdge;
let edge: string;
const broadcastId = uuidv7();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'maru-edge-'));
  ca = await OfficeCa.create();
  const { certPem, keyPem } = await ca.issue('127.0.0.1');
  files = { certFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
  writeFileSync(files.certFile, certPem);
  writeFileSync(files.keyFile, keyPem);
  writeFileSync(join(folder, 'ca.pem'), ca.pem);
  const clip = makeClip({ seconds: 180, partMs: 500, folder });
  under = await new DeliveryUnderTest({ tls: files, trustedProxies: ['127.0.0.1'] }).start();
  const broadcasts = join(folder, 'broadcasts');
  timeline = new PlayedTimeline({ broadcastId, folder: join(broadcasts, broadcastId), clip });
  timeline.events = under.delivery.serve(timeline);
  timeline.goLive();
  timeline.fill(10);
  nginx = new LiveEdge({
    ...files,
    listen: { host: '127.0.0.1', port: await freePort() },
    broadcastsDir: broadcasts,
    packagerPort: under.delivery.port,
    checkHoldsS: CHECK_HOLDS_S,
  });
  await nginx.start();
  edge = nginx.origin;
}, CLIP_MADE_WITHIN_MS);
afterAll(async () => {
  timeline?.stop();
  await nginx?.stop();
  await under?.delivery.stop();
  rmSync(folder, { recursive: true, force: true });
});

const at = (file: string): string => edge + livePath(broadcastId, file);
async function get(file: string, token: string | null, headers: Record<string, string> = {}) {
  const client = new ValidatorClient({ url: edge, token, ca: ca.pem });
  try {
    return await client.get(at(file), headers);
  } finally {
    client.close();
  }
}

it('sends media as plain files to viewers, and what is no file from the packager', async () => {
  const token = await under.token(broadcastId);
  // a file that the packager does not know
  writeFileSync(join(timeline.folder, '9999.m4s'), 'a plain file');
  const plain = await get('9999.m4s', token);
  expect([plain.status, plain.body.toString(), plain.protocol]).toEqual([200, 'a plain file', 'h2']);
  expect(plain.headers).toMatchObject({
    'content-type': 'video/mp4',
    'cache-control': 'private, max-age=3600, immutable',
  });
  const segment = (await get('4.m4s', token)).body;
  unlinkSync(join(timeline.folder, '4.m4s'));
  expect((await get('4.m4s', token)).body.equals(segment)).toBe(true);
  expect((await get('status', token)).status).toBe(200);
  const hinted = get('10.0.m4s', token);
  expect(await Promise.race([hinted, sleep(300, 'held')])).toBe('held');
  timeline.add();
  expect((await hinted).status).toBe(200);
  // what else lies in the folder is nobody's
  writeFileSync(join(timeline.folder, 'final.mp4'), 'not here');
  expect((await get('final.mp4', token)).status).toBe(404);
  expect((await get('../../cert.pem', token)).status).toBe(404);
});

it('sends the recording after the end, and nothing of it while it grows', async () => {
  const token = await under.token(broadcastId);
  expect((await get('recording.mp4', token)).status).toBe(404);
  const endedId = uuidv7();
  const clip = makeClip({ seconds: 8, partMs: 500, folder });
  const ended = new PlayedTimeline({ broadcastId: endedId, folder: join(folder, 'broadcasts', endedId), clip });
  ended.events = under.delivery.serve(ended);
  ended.goLive();
  ended.fill(2);
  ended.end();
  const recording = readFileSync(join(ended.folder, 'recording.mp4'));
  const url = edge + livePath(endedId, 'recording.mp4');
  const ask = async (by: string | null) => {
    const client = new ValidatorClient({ url: edge, token: by, ca: ca.pem });
    try {
      return await client.get(url, { range: 'bytes=100-199' });
    } finally {
      client.close();
    }
  };
  const range = await ask(await under.token(endedId));
  expect([range.status, range.body.equals(recording.subarray(100, 200))]).toEqual([206, true]);
  expect([(await ask(null)).status, (await ask(token)).status]).toEqual([401, 403]);
});

it('sends nothing to those who are no viewers', async () => {
  for (const file of ['live.m3u8', '9999.m4s', 'init.mp4', '3.m4s', '3.0.m4s', 'recording.mp4']) {
    expect([file, (await get(file, null)).status]).toEqual([file, 401]);
    expect([file, (await get(file, 'rubbish')).status]).toEqual([file, 401]);
    expect([file, (await get(file, await under.token(uuidv7()))).status]).toEqual([file, 403]);
    const elsewhere = await under.token(broadcastId, { ranges: [['192.0.2.0/24']] });
    // nobody says where they come from
    expect([file, (await get(file, elsewhere, { 'x-forwarded-for': '192.0.2.7' })).status]).toEqual([file, 403]);
  }
  const check = new ValidatorClient({ url: edge, token: await under.token(broadcastId), ca: ca.pem });
  expect((await check.get(`${edge}/live-check`)).status).toBe(404);
  check.close();
});

it('sends nothing more to one who is revoked, once the check no longer holds', async () => {
  const viewingId = uuidv7();
  const token = await under.token(broadcastId, { viewingId });
  expect((await get('3.m4s', token)).status).toBe(200);
  under.delivery.revoke([viewingId]);
  expect((await get('live.m3u8', token)).status).toBe(403);
  await sleep(CHECK_HOLDS_S * 1_000 + 1_200);
  expect((await get('3.m4s', token)).status).toBe(403);
  expect((await get('init.mp4', token)).status).toBe(403);
});

it('keeps every rule of the validator', async () => {
  timeline.play();
  const options = { token: await under.token(broadcastId), seconds: 3, ca: ca.pem };
  // through nginx, and from the packager itself
  for (const url of [at('live.m3u8'), under.url(broadcastId, 'live.m3u8')]) {
    const { findings, parts } = await validate({ ...options, url });
    expect(findings).toEqual([]);
    expect(parts).toBeGreaterThan(15);
  }
});

it('plays in ffprobe, by the cookie', async () => {
  const cookie = `${watchCookie(true)}=${await under.token(broadcastId)}`;
  const { stdout } = await run('ffprobe', [
    ...['-v', 'error', '-headers', `Cookie: ${cookie}\r\n`, '-read_intervals', '%+2', '-count_packets'],
    ...['-show_entries', 'stream=codec_name,nb_read_packets', '-of', 'csv=p=0', at('live.m3u8')],
  ]);
  expect(Number(/h264,(\d+)/.exec(stdout)?.[1])).toBeGreaterThan(30);
  expect(stdout).toMatch(/aac,\d+/);
  await expect(run('ffprobe', ['-v', 'error', at('live.m3u8')])).rejects.toMatchObject({
    stderr: expect.stringContaining('401'),
  });
});

it('plays in a browser, for a page of the fleet on another port', async () => {
  const token = await under.token(broadcastId);
  const tls = { cert: readFileSync(files.certFile), key: readFileSync(files.keyFile) };
  const pages: Server = createServer(tls, (request, response) => {
    if (request.url === '/hls.js') {
      response.end(readFileSync(HLS_JS));
      return;
    }
    response.setHeader('set-cookie', `${watchCookie(true)}=${token}; HttpOnly; Secure; SameSite=Strict; Path=/`);
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><video muted playsinline width="320"></video><script src="/hls.js"></script>');
  });
  await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
  const origin = `https://127.0.0.1:${(pages.address() as AddressInfo).port}`;
  under.configure({ origins: [origin] });
  const home = new TrustedHome(join(folder, 'ca.pem'));
  const browser = await launchChromium({ role: 'person', home: home.path });
  try {
    const page = await browser.newPage();
    await page.goto(origin);
    await page.evaluate((url) => {
      const own = window as unknown as { Hls: typeof HlsPlayer; errors: string[] };
      own.errors = [];
      const hls = new own.Hls({
        liveSyncDuration: 1.5,
        liveMaxLatencyDuration: 5,
        maxLiveSyncPlaybackRate: 1.25,
        liveSyncOnStallIncrease: 0.2,
        xhrSetup: (request) => {
          request.withCredentials = true;
        },
      });
      hls.on(own.Hls.Events.ERROR, (_event, { details }) => {
        if (details !== 'bufferStalledError') own.errors.push(details);
      });
      hls.loadSource(url);
      const video = document.querySelector('video')!;
      hls.attachMedia(video);
      void video.play();
    }, at('live.m3u8'));
    const look = () =>
      page.evaluate(() => ({
        errors: (window as unknown as { errors: string[] }).errors,
        width: document.querySelector('video')!.videoWidth,
        atS: document.querySelector('video')!.currentTime,
      }));
    await expect.poll(async () => (await look()).width, { timeout: 20_000 }).toBe(320);
    const { atS } = await look();
    await expect.poll(async () => (await look()).atS, { timeout: 20_000 }).toBeGreaterThan(atS + 4);
    expect((await look()).errors).toEqual([]);
    const names = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
    expect(names.some((name) => name.includes('_HLS_part='))).toBe(true);
  } finally {
    await browser.close();
    home.remove();
    pages.close();
  }
});
