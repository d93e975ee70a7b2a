/** A broadcast on the idle TV: the page in real Chromium, the agent's screen server and the packager's delivery behind it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Browser, Page } from 'playwright-core';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { DeliveryUnderTest } from '../../fleet/broadcasts/packager/delivery/delivery-under-test.ts';
import {
  CLIP_MADE_WITHIN_MS,
  type Clip,
  makeClip,
  PlayedTimeline,
} from '../../fleet/broadcasts/packager/testing/played-timeline.ts';
import type { ScreenEffect, ScreenToAgent } from '#contract/screen-link.ts';
import { Projections } from '../../kiosk/agent/projections.ts';
import { ScreenServer } from '../../kiosk/agent/screen-server.ts';
import { roomView } from '../screens/screen-wires.ts';
import { launchChromium } from '../simulators/chromium.ts';
import { builtPage } from './built-pages.ts';

const KEY = 'k'.repeat(43);
let browser: Browser;
let page: Page;
let screens: ScreenServer;
let projections: Projections;
let reports: ScreenToAgent[];
let folder: string;
let clip: Clip;
let under: DeliveryUnderTest;
let timeline: PlayedTimeline;
let broadcastId: string;
/** addresses that the page asked the delivery for */
let asked: string[];
let loads: number;

beforeAll(async () => {
  builtPage('screen');
  folder = mkdtempSync(join(tmpdir(), 'maru-tv-broadcast-'));
  clip = makeClip({ seconds: 120, partMs: 500, folder });
  browser = await launchChromium({ role: 'kiosk' });
}, CLIP_MADE_WITHIN_MS);
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(async () => {
  under = await new DeliveryUnderTest().start();
  broadcastId = uuidv7();
  timeline = new PlayedTimeline({ broadcastId, folder: join(folder, broadcastId), clip });
  timeline.events = under.delivery.serve(timeline);
  page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  if (process.env.DEBUG_PAGES) page.on('console', (message) => console.log('tv', message.text()));
  [asked, loads] = [[], 0];
  page.on('request', (request) => {
    if (request.url().startsWith(under.origin)) asked.push(request.url());
    if (request.isNavigationRequest()) loads += 1;
  });
  reports = [];
  projections = new Projections({ roomId: uuidv7(), epoch: 1 });
  projections.publish('state', roomView({ volumePercent: 40 }).state);
  const { promise: connected, resolve: onConnected } = Promise.withResolvers<void>();
  screens = new ScreenServer({
    port: 0,
    pageDir: builtPage('screen'),
    key: KEY,
    logger: pino({ level: 'silent' }),
    projections,
    frame: () => ({ language: 'en', pairing: null, waiting: null }),
    resume: () => null,
    onConnected: () => onConnected(),
    onGone: () => {},
    onReport: (report) => reports.push(report),
  });
  await page.goto(`${await screens.start()}#key=${KEY}`);
  await connected;
});
afterEach(async () => {
  timeline.stop();
  await page.close();
  await screens.stop();
  await under.delivery.stop();
});

const perform = (effect: ScreenEffect): void => {
  if (!screens.perform(effect)) throw new Error(`no screen for ${effect.name}`);
};
const ended = () => reports.filter(({ type }) => type === 'broadcast-ended');
async function show(liveUrl = under.origin): Promise<void> {
  const token = await under.token(broadcastId);
  const viewing = { broadcastId, liveUrl, expiresAtMs: Date.now() + 3_600_000, token };
  perform({ name: 'show-broadcast', shown: { title: 'Town hall', viewing } });
}
function goLive(): void {
  timeline.goLive();
  timeline.fill(3);
  timeline.play();
}
const shown = () => page.getByRole('main', { name: 'Broadcast on the TV' });
const positionS = () => page.evaluate('document.querySelector("video")?.currentTime ?? -1') as Promise<number>;
async function plays(): Promise<void> {
  const fromS = await positionS();
  await expect.poll(positionS, { timeout: 20_000 }).toBeGreaterThan(fromS + 0.5);
}

it('is live over the whole screen with sound by the room’s volume, the token in no address, and goes at a word of the agent', async () => {
  goLive();
  await show();
  await shown().waitFor();
  await expect.poll(positionS, { timeout: 20_000 }).toBeGreaterThan(0);
  await plays();
  expect(await page.getByText('LIVE', { exact: true }).isVisible()).toBe(true);
  expect(await page.getByRole('heading', { name: 'Town hall' }).isVisible()).toBe(true);
  const video = await page.evaluate(
    '(({ videoWidth, volume, muted, clientWidth }) => ({ videoWidth, volume, muted, clientWidth }))(document.querySelector("video"))',
  );
  expect(video).toEqual({ videoWidth: 320, volume: 0.4, muted: false, clientWidth: 1280 });
  expect(asked.some((url) => url.includes('_HLS_part='))).toBe(true);
  expect(asked.filter((url) => url.includes('token') || url.includes('ey'))).toEqual([]);
  expect(await behindLiveS()).toBeLessThan(4);
  perform({ name: 'show-broadcast', shown: null });
  await shown().waitFor({ state: 'detached' });
  const askedBefore = asked.length;
  await page.waitForTimeout(1_500);
  expect(asked.length - askedBefore).toBeLessThanOrEqual(1);
  expect(ended()).toEqual([]);
});
const behindLiveS = async (): Promise<number> => (timeline.at * clip.partMs) / 1_000 - (await positionS());

it('waits for one that only comes, then begins by itself', async () => {
  await show();
  await page.getByText('Starts soon').waitFor();
  goLive();
  await expect.poll(positionS, { timeout: 20_000 }).toBeGreaterThan(0);
  await plays();
  expect(await page.getByText('Starts soon').isVisible()).toBe(false);
});

it('a line that is cut says so, and the picture comes back without a reload', async () => {
  goLive();
  await show();
  await expect.poll(positionS, { timeout: 20_000 }).toBeGreaterThan(0);
  await plays();
  // nothing listens meanwhile, as with a switch that lost its power
  const isOurs = (url: URL): boolean => url.origin === under.origin;
  await page.route(isOurs, (route) => route.abort('connectionreset'));
  await page.getByText('The picture will be back in a moment').waitFor({ timeout: 20_000 });
  await page.waitForTimeout(5_000);
  await page.unroute(isOurs);
  await page.getByText('The picture will be back in a moment').waitFor({ state: 'detached', timeout: 30_000 });
  await plays();
  expect(await behindLiveS()).toBeLessThan(7);
  expect(loads).toBe(1);
  expect(ended()).toEqual([]);
});

it('over, the last seconds are shown, then the TV is idle and the agent knows', async () => {
  goLive();
  await show();
  await expect.poll(positionS, { timeout: 20_000 }).toBeGreaterThan(0);
  await plays();
  timeline.end();
  await expect.poll(() => ended(), { timeout: 20_000 }).toEqual([{ type: 'broadcast-ended', broadcastId, code: null }]);
  await shown().waitFor({ state: 'detached' });
  expect(await page.getByText('Maple 3F').isVisible()).toBe(true);
});

it('a meeting that starts is on the TV at once, and nothing of the broadcast sounds', async () => {
  goLive();
  await show();
  await expect.poll(positionS, { timeout: 20_000 }).toBeGreaterThan(0);
  const phase = { name: 'starting', meetingTitle: 'Weekly plan', sinceMs: 1, cancelOffered: false } as const;
  projections.publish('state', roomView({ phase }).state);
  await shown().waitFor({ state: 'detached' });
  // the room's own camera may be shown
  expect(await page.locator('video[src]').count()).toBe(0);
});
