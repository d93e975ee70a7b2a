/** The watch page in real Chromium, against the real delivery with a clip that ffmpeg made: nothing here may navigate. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { BroadcastDetail } from '#contract/http/broadcasts-api.ts';
import { watchCookie } from '#contract/live-delivery.ts';
import { DeliveryUnderTest } from '../../fleet/broadcasts/packager/delivery/delivery-under-test.ts';
import {
  CLIP_MADE_WITHIN_MS,
  type Clip,
  makeClip,
  PlayedTimeline,
} from '../../fleet/broadcasts/packager/testing/played-timeline.ts';
import { transcriptVtt } from '../../fleet/transcript/index.ts';
import { account, broadcastOf, playWatchServer } from '../screens/watch-server.ts';
import { builtFile } from '../screens/static-pages.ts';
import { launchChromium } from '../simulators/chromium.ts';
import { builtPage } from './built-pages.ts';

const PART_MS = 500;
const SEGMENT_S = 2;

let folder: string;
let clip: Clip;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let under: DeliveryUnderTest;
let timeline: PlayedTimeline;
let detail: BroadcastDetail;
let viewings: number;
let navigations: number;
let pages: Server;
let origin: string;
let asked: string[];
let viewingId: string;

beforeAll(async () => {
  builtPage('watch');
  folder = mkdtempSync(join(tmpdir(), 'maru-watch-'));
  clip = makeClip({ seconds: 150, partMs: PART_MS, folder });
  // a page that a test fulfils is of no address space: Chromium would not let it at loopback
  pages = createServer(async ({ url = '/' }, response) => {
    const found = await builtFile(new URL(url, 'http://localhost').pathname);
    response.writeHead(found ? 200 : 404, found ? { 'content-type': found.contentType } : {}).end(found?.body);
  });
  await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
  origin = `http://localhost:${(pages.address() as AddressInfo).port}`;
  browser = await launchChromium({ role: 'person' });
}, CLIP_MADE_WITHIN_MS);
afterAll(async () => {
  await browser?.close();
  pages?.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  under = await new DeliveryUnderTest().start([origin]);
  context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-US' });
  page = await context.newPage();
  viewings = 0;
  navigations = 0;
  asked = [];
  page.on('framenavigated', () => {
    navigations += 1;
  });
  page.on('request', (request) => asked.push(new URL(request.url()).pathname.split('/').at(-1)!));
});
afterEach(async () => {
  timeline?.stop();
  await context.close();
  await under.delivery.stop();
});

/** @param secondsBefore that it has been live before the viewer comes @param captions the file that the server has */
async function open(secondsBefore: number, captions: string | null = null): Promise<void> {
  const broadcastId = uuidv7();
  const startMs = Date.now() - secondsBefore * 1000;
  timeline = new PlayedTimeline({ broadcastId, folder: join(folder, broadcastId), clip, epochMs: startMs });
  timeline.events = under.delivery.serve(timeline);
  timeline.goLive();
  timeline.fill(secondsBefore / SEGMENT_S);
  timeline.play();
  const hasCaptions = captions !== null;
  detail = { ...broadcastOf(1, { broadcastId, phase: 'live', liveAtMs: startMs, hasCaptions }), chapters: [] };
  await playWatchServer(page, {
    currentSession: () => ({ body: { account } }),
    watchedBroadcast: () => ({ body: { broadcast: detail } }),
    createViewing: async () => {
      viewings += 1;
      viewingId = uuidv7();
      const value = await under.token(broadcastId, { viewingId });
      await context.addCookies([{ name: watchCookie(false), value, url: origin, httpOnly: true, sameSite: 'Strict' }]);
      const liveUrl = `http://localhost:${under.delivery.port}`;
      return { body: { viewing: { broadcastId, liveUrl, expiresAtMs: Date.now() + 3_600_000 } } };
    },
  });
  // as a file to be kept: the page reads it all the same
  const headers = { 'content-type': 'text/vtt; charset=utf-8', 'content-disposition': 'attachment; filename="c.vtt"' };
  await page.route(`**/broadcasts/${broadcastId}/captions.vtt`, (route) =>
    captions === null ? route.fulfill({ status: 404 }) : route.fulfill({ headers, body: captions }),
  );
  await page.goto(`${origin}/watch/${broadcastId}`);
  navigations = 0;
}
const region = () => page.getByRole('region', { name: 'Broadcast', exact: true });
const video = () => region().locator('video');
const positionS = (): Promise<number> => video().evaluate((element: HTMLVideoElement) => element.currentTime);
const edgeS = (): number => (timeline.at * PART_MS) / 1000;
/** In the clip's own seconds: true while the first segment was in the first playlist. */
const behindS = async (): Promise<number> => edgeS() - (await positionS());
const isLive = () => region().getByText('LIVE', { exact: true });
const button = (name: string) => page.getByRole('button', { name, exact: true });
const slider = () => page.getByRole('slider', { name: 'Timeline' });
const moves = async (): Promise<boolean> => {
  const before = await positionS();
  await sleep(600);
  return (await positionS()) > before;
};

it('plays near the live edge, and settles there', async () => {
  await open(20);
  await isLive().waitFor({ timeout: 20_000 });
  await expect.poll(behindS, { timeout: 20_000 }).toBeLessThan(2.5);
  await sleep(4_000);
  expect(await behindS()).toBeLessThan(2.5);
  expect(await behindS()).toBeGreaterThan(0.3);
  expect(await moves()).toBe(true);
  await page.getByText('1 watching').first().waitFor();
  expect(viewings).toBe(1);
  expect(navigations).toBe(0);
});

it('is rewound past what the short playlist has, and goes back to live', async () => {
  await open(90);
  await isLive().waitFor({ timeout: 20_000 });
  expect(asked).not.toContain('dvr.m3u8');
  await slider().press('Home');
  await expect.poll(() => asked.includes('dvr.m3u8')).toBe(true);
  await expect.poll(async () => Number(await slider().inputValue()), { timeout: 15_000 }).toBeLessThan(8);
  await expect.poll(moves, { timeout: 15_000 }).toBe(true);
  await page.getByText(/^1:(2|3|4)\d behind$/).waitFor();
  await button('Back to live').click();
  await isLive().waitFor({ timeout: 20_000 });
  await expect.poll(moves, { timeout: 15_000 }).toBe(true);
  expect(await button('Back to live').count()).toBe(0);
  expect(navigations).toBe(0);
});

it('is paused and goes on where it was, some seconds behind', async () => {
  await open(20);
  await isLive().waitFor({ timeout: 20_000 });
  await expect.poll(moves).toBe(true);
  await page.keyboard.press('k');
  const at = await positionS();
  await sleep(9_000);
  expect(await positionS()).toBe(at);
  await page.keyboard.press('k');
  await expect.poll(moves).toBe(true);
  expect((await positionS()) - at).toBeLessThan(5);
  await page.getByText(/^1\d s behind$/).waitFor();
  await page.keyboard.press('End');
  await isLive().waitFor();
  await expect.poll(behindS).toBeLessThan(3.5);
});

it('comes back by itself after the line was cut for ten seconds', async () => {
  await open(20);
  await isLive().waitFor({ timeout: 20_000 });
  await expect.poll(moves).toBe(true);
  await context.setOffline(true);
  await page.getByText('Reconnecting…').waitFor({ timeout: 10_000 });
  await sleep(8_000);
  await context.setOffline(false);
  await expect.poll(moves, { timeout: 10_000 }).toBe(true);
  await expect.poll(behindS, { timeout: 10_000 }).toBeLessThan(3);
  await isLive().waitFor();
  expect(navigations).toBe(0);
});

it('comes back by itself after the delivery answered 503 for ten seconds', async () => {
  await open(20);
  await isLive().waitFor({ timeout: 20_000 });
  await expect.poll(moves).toBe(true);
  const all = `http://localhost:${under.delivery.port}/**`;
  await page.route(all, (route) => route.fulfill({ status: 503, headers: { 'access-control-allow-origin': origin } }));
  await page.getByText('Reconnecting…').waitFor({ timeout: 10_000 });
  await sleep(8_000);
  await page.unroute(all);
  await expect.poll(moves, { timeout: 10_000 }).toBe(true);
  await expect.poll(behindS, { timeout: 10_000 }).toBeLessThan(3);
  expect(navigations).toBe(0);
});

it('asks for another viewing where its own is refused, and goes on', async () => {
  await open(20);
  await isLive().waitFor({ timeout: 20_000 });
  await expect.poll(moves).toBe(true);
  await sleep(5_000);
  under.delivery.revoke([viewingId]);
  await expect.poll(() => viewings, { timeout: 10_000 }).toBe(2);
  await expect.poll(behindS, { timeout: 15_000 }).toBeLessThan(3);
  await expect.poll(moves).toBe(true);
  expect(navigations).toBe(0);
});

it('shows the end, and the replay from its start', async () => {
  await open(30);
  await isLive().waitFor({ timeout: 20_000 });
  await expect.poll(moves).toBe(true);
  detail = {
    ...detail,
    phase: 'ended',
    endedAtMs: Date.now(),
    recording: 'finishing',
    durationMs: 30_000,
    chapters: [
      { atMs: 0, kind: 'start', title: '' },
      { atMs: 12_000, kind: 'speaker', title: 'Mina Park' },
    ],
  };
  timeline.end();
  await page.getByText('The broadcast is over').waitFor({ timeout: 15_000 });
  await button('Watch from the start').click();
  await expect.poll(positionS, { timeout: 15_000 }).toBeLessThan(6);
  await expect.poll(moves, { timeout: 15_000 }).toBe(true);
  await page.getByRole('button', { name: /Mina Park/ }).click();
  await expect.poll(positionS, { timeout: 15_000 }).toBeGreaterThanOrEqual(12);
  await page.getByRole('combobox', { name: 'Speed' }).selectOption('2');
  expect(await video().evaluate((element: HTMLVideoElement) => element.playbackRate)).toBe(2);
  expect(navigations).toBe(0);
});

/** What was spoken, from when to when in seconds since it is live. */
const captionsOf = (...spoken: [fromS: number, untilS: number, name: string, text: string][]): string => {
  const segments = spoken.map(([fromS, untilS, displayName, text]) => {
    const times = { fromMs: fromS * 1_000, untilMs: untilS * 1_000 };
    return { segmentId: uuidv7(), displayName, text, ...times };
  });
  return transcriptVtt(0, segments);
};
const caption = () => region().getByRole('region', { name: 'Captions' });

it('has captions of what was spoken before it was opened, once somebody goes back to it', async () => {
  await open(90, captionsOf([0, 8, 'Mina', 'Good morning'], [60, 62, 'Joon', 'Long after']));
  await isLive().waitFor({ timeout: 20_000 });
  await button('Captions').click();
  expect(asked).not.toContain('captions.vtt');
  await slider().press('Home');
  await expect.poll(() => asked.includes('dvr.m3u8')).toBe(true);
  await caption().getByText('Good morning').waitFor({ timeout: 15_000 });
  expect(await caption().textContent()).toBe('MinaGood morning');
  await button('Back to live').click();
  await isLive().waitFor({ timeout: 20_000 });
  await caption().getByText('Good morning').waitFor({ state: 'detached' });
  expect(asked.filter((each) => each === 'captions.vtt')).toHaveLength(1);
  expect(navigations).toBe(0);
});

it('has captions of a replay, each where it was spoken, with whatever signs there are in words and names', async () => {
  const [name, words] = ['<v Joon> & "co"', 'a < b --> c & <i>d</i>'];
  await open(30, captionsOf([4, 8, '김하늘', '다음 안건입니다'], [16, 20, name, `${words}\n\nSTYLE`]));
  await isLive().waitFor({ timeout: 20_000 });
  detail = { ...detail, phase: 'ended', endedAtMs: Date.now(), recording: 'finishing', durationMs: 30_000 };
  detail = { ...detail, chapters: [4, 16].map((atS) => ({ atMs: atS * 1_000, kind: 'speaker', title: `At ${atS}` })) };
  timeline.end();
  await page.getByText('The broadcast is over').waitFor({ timeout: 15_000 });
  await button('Watch from the start').click();
  await expect.poll(moves, { timeout: 15_000 }).toBe(true);
  // off until it is wanted, as while it was live
  await button('Captions').click();
  await page.getByRole('button', { name: /At 4/ }).click();
  await caption().getByText('다음 안건입니다').waitFor({ timeout: 15_000 });
  const atS = await positionS();
  expect(atS).toBeGreaterThanOrEqual(4);
  await page.getByRole('button', { name: /At 16/ }).click();
  await caption().getByText(words).waitFor({ timeout: 15_000 });
  expect(await caption().textContent()).toBe(`${name}${words} STYLE`);
  await button('Hide captions').click();
  await caption().waitFor({ state: 'detached' });
});

it('says so where a replay has no captions and its viewer wants some', async () => {
  await open(30);
  await isLive().waitFor({ timeout: 20_000 });
  await page.evaluate(() => localStorage.setItem('maru-captions-of-broadcasts', 'on'));
  detail = { ...detail, phase: 'ended', endedAtMs: Date.now(), recording: 'ready', durationMs: 30_000 };
  timeline.end();
  await page.reload();
  await page.getByText('No captions').waitFor({ timeout: 20_000 });
  expect([await button('Captions').count(), asked.includes('captions.vtt')]).toEqual([0, false]);
});
