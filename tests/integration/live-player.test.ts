/** A browser watches a broadcast: hls.js near to live, rewound, at its end and after it; Chromium's own player; ffprobe. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type HlsPlayer from 'hls.js';
import type { Browser, Page } from 'playwright-core';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { watchCookie } from '#contract/live-delivery.ts';
import { DeliveryUnderTest } from '../../fleet/broadcasts/packager/delivery/delivery-under-test.ts';
import {
  CLIP_MADE_WITHIN_MS,
  makeClip,
  PlayedTimeline,
} from '../../fleet/broadcasts/packager/testing/played-timeline.ts';
import { launchChromium } from '../simulators/chromium.ts';

const run = promisify(execFile);
const HLS_JS = new URL('../../node_modules/hls.js/dist/hls.light.min.js', import.meta.url);
const FILLED = 10;

type Watched = { stalls: number; errors: string[]; ended: boolean };
type PlayerPage = { Hls: typeof HlsPlayer; hls: HlsPlayer; watched: Watched };

let folder: string;
let under: DeliveryUnderTest;
let timeline: PlayedTimeline;
let pages: Server;
let browser: Browser;
let page: Page;
let token: string;
const broadcastId = uuidv7();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'maru-player-'));
  const clip = makeClip({ seconds: 120, partMs: 500, folder });
  under = new DeliveryUnderTest();
  pages = createServer((request, response) => {
    if (request.url === '/hls.js') {
      response.end(readFileSync(HLS_JS));
      return;
    }
    response.setHeader('set-cookie', `${watchCookie(false)}=${token}; HttpOnly; SameSite=Strict; Path=/`);
    response.setHeader('content-type', 'text/html');
    response.end('<!doctype html><video muted playsinline width="320"></video><script src="/hls.js"></script>');
  });
  await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
  await under.start([origin]);
  token = await under.token(broadcastId);
  browser = await launchChromium({ role: 'person' });
  page = await browser.newPage();
  await page.goto(origin);
  // what is cut now is of now
  timeline = new PlayedTimeline({ broadcastId, folder, clip, epochMs: Date.now() - FILLED * 2_000 });
  timeline.events = under.delivery.serve(timeline);
  timeline.goLive();
  timeline.fill(FILLED);
}, CLIP_MADE_WITHIN_MS);
afterAll(async () => {
  timeline?.stop();
  await browser?.close();
  pages?.close();
  await under?.delivery.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** @param isLive near to live; else it stays where it is */
async function load(file: string, isLive = false): Promise<void> {
  const ask = { url: under.url(broadcastId, file), isLive };
  await page.evaluate(({ url, isLive: nearToLive }) => {
    const own = window as unknown as PlayerPage;
    own.hls?.destroy();
    const video = document.querySelector('video')!;
    const watched: Watched = { stalls: 0, errors: [], ended: false };
    own.watched = watched;
    own.hls = new own.Hls({
      lowLatencyMode: true,
      ...(nearToLive && {
        liveSyncDuration: 1.5,
        liveMaxLatencyDuration: 5,
        maxLiveSyncPlaybackRate: 1.25,
        liveSyncOnStallIncrease: 0.2,
      }),
      xhrSetup: (request) => {
        request.withCredentials = true;
      },
    });
    own.hls.on(own.Hls.Events.ERROR, (_event, { details, fatal }) => {
      if (details === 'bufferStalledError') watched.stalls += 1;
      // a jump gives up what was being fetched
      else if (details === own.Hls.ErrorDetails.INTERNAL_ABORTED) return;
      else watched.errors.push(`${details} ${fatal}`);
    });
    video.onended = () => {
      watched.ended = true;
    };
    own.hls.loadSource(url);
    own.hls.attachMedia(video);
    void video.play();
  }, ask);
}
const look = () =>
  page.evaluate(() => {
    const { hls, watched } = window as unknown as PlayerPage;
    const video = document.querySelector('video')!;
    const behindS = hls.playingDate ? (Date.now() - hls.playingDate.getTime()) / 1_000 : Number.POSITIVE_INFINITY;
    const { currentTime: atS, videoWidth, duration, readyState, paused } = video;
    const bufferedToS = video.buffered.length > 0 ? video.buffered.end(video.buffered.length - 1) : 0;
    const { live: isLive, endSN } = hls.latestLevelDetails ?? {};
    return { ...watched, behindS, atS, videoWidth, duration, readyState, paused, bufferedToS, isLive, endSN };
  });
const requested = (): Promise<string[]> =>
  page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));

it('is seen by hls.js less than three seconds after it was made, and stays there', async () => {
  timeline.play();
  await load('live.m3u8', true);
  await expect.poll(async () => (await look()).behindS, { timeout: 25_000 }).toBeLessThan(3);
  const before = await look();
  await page.waitForTimeout(8_000);
  const after = await look();
  console.info(`behind live: ${after.behindS.toFixed(2)} s, stalls ${after.stalls}`);
  expect(after.atS - before.atS).toBeGreaterThan(7);
  expect(after.behindS).toBeLessThan(3);
  expect(after).toMatchObject({ errors: [], videoWidth: 320 });
  const names = await requested();
  expect(names.filter((name) => name.includes('_HLS_part=')).length).toBeGreaterThan(10);
  expect(names.some((name) => name.includes('_HLS_skip=YES'))).toBe(true);
  expect(names.some((name) => /\/\d+\.\d\.m4s$/.test(name))).toBe(true);
});

it('is rewound to its start by the other playlist', async () => {
  await load('dvr.m3u8');
  await expect.poll(async () => (await look()).duration, { timeout: 20_000 }).toBeGreaterThan(20);
  // the player begins near to live by itself, and would undo a jump that was made before it
  await expect.poll(async () => (await look()).atS, { timeout: 20_000 }).toBeGreaterThan(10);
  await page.evaluate(() => {
    document.querySelector('video')!.currentTime = 1;
  });
  await expect.poll(async () => (await look()).atS, { timeout: 20_000 }).toBeGreaterThan(3);
  expect(await look()).toMatchObject({ errors: [] });
  expect((await look()).atS).toBeLessThan(20);
});

it('is played by Chromium without hls.js too', async () => {
  await page.evaluate(
    (url) => {
      (window as unknown as PlayerPage).hls.destroy();
      const video = document.querySelector('video')!;
      video.crossOrigin = 'use-credentials';
      video.src = url;
      void video.play();
    },
    under.url(broadcastId, 'live.m3u8'),
  );
  const atS = () => page.evaluate(() => document.querySelector('video')!.currentTime);
  await expect.poll(atS, { timeout: 20_000 }).toBeGreaterThan(0);
  const before = await atS();
  await expect.poll(atS, { timeout: 20_000 }).toBeGreaterThan(before + 2);
  await page.evaluate(() => document.querySelector('video')!.removeAttribute('src'));
});

it('ends for its viewers, and is replayed from the recording', async () => {
  await load('live.m3u8', true);
  await expect.poll(async () => (await look()).behindS, { timeout: 25_000 }).toBeLessThan(4);
  timeline.end();
  await expect.poll(async () => JSON.stringify(await look()), { timeout: 60_000 }).toContain('"ended":true');
  expect(await look()).toMatchObject({ errors: [] });
  timeline.forgetBytes();
  await load('replay.m3u8');
  await expect.poll(async () => (await look()).duration, { timeout: 20_000 }).toBeGreaterThan(30);
  await page.evaluate(() => {
    document.querySelector('video')!.currentTime = 15;
  });
  await expect.poll(async () => (await look()).atS, { timeout: 20_000 }).toBeGreaterThan(16.5);
  expect(await look()).toMatchObject({ errors: [] });
  const { stdout } = await run('ffprobe', [
    ...['-v', 'error', '-headers', `Authorization: Bearer ${token}\r\n`, '-count_packets'],
    ...['-show_entries', 'stream=codec_name,nb_read_packets', '-of', 'csv=p=0', under.url(broadcastId, 'replay.m3u8')],
  ]);
  const frames = Number(/h264,(\d+)/.exec(stdout)?.[1]);
  expect(frames).toBe(timeline.at * 15);
});
