/** The TV's page in real Chromium, with an agent and a media node played into it: nothing here may navigate. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { drawPictures } from '../screens/drawn-pictures.ts';
import {
  inCallPhase,
  person,
  PlayedAgent,
  PlayedNode,
  roomView,
  serveTv,
  ticket,
  TV_ORIGIN,
  TV_PATH,
  welcome,
} from '../screens/screen-wires.ts';
import { launchChromium } from '../simulators/chromium.ts';
import { builtPage } from './built-pages.ts';

const people = [person(0, 'Maple 3F'), person(1, 'Mina'), person(2, '김서준')];
const idle = () => [welcome(roomView())];
const inCall = () => [welcome(roomView({ phase: inCallPhase(people) }), ticket)];

let browser: Browser;
let page: Page;
let navigations: number;

beforeAll(async () => {
  builtPage('screen');
  browser = await launchChromium({ role: 'kiosk' });
});
afterAll(() => browser?.close());
beforeEach(async () => {
  page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
  navigations = 0;
  page.on('framenavigated', () => {
    navigations += 1;
  });
});
afterEach(() => page.close());

async function open(onHello: () => Parameters<PlayedAgent['say']>[0][]) {
  const agent = new PlayedAgent(onHello);
  const node = new PlayedNode(people);
  await drawPictures(page);
  await serveTv(page);
  await agent.attach(page);
  await node.attach(page);
  await page.goto(`${TV_ORIGIN}${TV_PATH}`);
  return { agent, node };
}
const stage = () => page.getByRole('region', { name: 'Call stage' });
const figure = (name: string) => page.getByRole('figure', { name, exact: true });
/** Marks the very elements, so that others in their place are noticed. */
const mark = () =>
  page.evaluate(() => {
    for (const video of document.querySelectorAll('figure video')) video.setAttribute('data-marked', '');
  });
const markedPlaying = () =>
  page.evaluate(
    () =>
      [...document.querySelectorAll<HTMLVideoElement>('figure video[data-marked]')].filter(
        (video) => !video.paused && video.videoWidth > 0,
      ).length,
  );

it('is the room’s name and clock when idle, in the room’s language, and lives', async () => {
  const { agent } = await open(() => [welcome(roomView({ roomName: '단풍 3층' }, { language: 'ko' }))]);
  await page.getByRole('heading', { level: 1, name: '단풍 3층' }).waitFor();
  expect(await page.locator('html').getAttribute('lang')).toBe('ko');
  expect(await page.getByRole('region').count()).toBe(0);
  expect(await page.getByText('K7PW 3MXD').isVisible()).toBe(true);
  await expect.poll(() => agent.heardOf('alive').length, { timeout: 6_000 }).toBeGreaterThanOrEqual(3);
  agent.show(roomView({ roomName: 'Maple 3F' }));
  await page.getByRole('heading', { level: 1, name: 'Maple 3F' }).waitFor();
  expect(await page.locator('html').getAttribute('lang')).toBe('en');
});

it('says so when nothing is to be seen on it, and no more once something is', async () => {
  const { agent } = await open(() => [welcome(roomView())]);
  await page.getByRole('heading', { level: 1 }).waitFor();
  const last = () => (agent.heardOf('alive').at(-1) as { showsNothing?: boolean } | undefined)?.showsNothing ?? false;
  await expect.poll(() => agent.heardOf('alive').length, { timeout: 6_000 }).toBeGreaterThanOrEqual(1);
  expect(last()).toBe(false);
  const show = (isShown: boolean) =>
    page.evaluate((shown) => {
      document.querySelector<HTMLElement>('#root')!.style.display = shown ? '' : 'none';
    }, isShown);
  await show(false);
  await expect.poll(last, { timeout: 6_000 }).toBe(true);
  await show(true);
  await expect.poll(last, { timeout: 6_000 }).toBe(false);
});

it('shows each person as a figure of that name, with the same video through every layout', async () => {
  const { agent, node } = await open(inCall);
  await stage().waitFor();
  for (const { displayName } of people) await figure(displayName).locator('video').waitFor();
  await expect
    .poll(
      async () => {
        await mark();
        return markedPlaying();
      },
      { timeout: 5_000 },
    )
    .toBe(3);
  await page.evaluate(() => {
    (window as { taken?: number }).taken = 0;
    new MutationObserver((records) => {
      for (const { removedNodes } of records) (window as { taken?: number }).taken! += removedNodes.length;
    }).observe(document.querySelector('section')!, { childList: true });
  });
  node.tell('active-speaker', { peerId: people[2]!.peerId });
  for (const layout of ['speaker', 'side-by-side', 'grid', 'auto'] as const) {
    agent.show(roomView({ phase: inCallPhase(people), layout }));
    await page.waitForTimeout(300);
    expect(await markedPlaying(), layout).toBe(3);
  }
  // no tile was taken out of the document on its way, not even to be put back
  expect(await page.evaluate(() => (window as { taken?: number }).taken)).toBe(0);
});

it('tells the node what it shows, as large as it shows it', async () => {
  const { node } = await open(inCall);
  await stage().waitFor();
  await expect
    .poll(() => node.asked.filter(({ method }) => method === 'show').length, { timeout: 5_000 })
    .toBeGreaterThan(0);
  const { view } = node.asked.findLast(({ method }) => method === 'show')!.data as {
    view: { kind: string; tiles: { peerId: string; heightPx: number }[] };
  };
  expect(view.kind).toBe('exact');
  expect(view.tiles.map(({ peerId }) => peerId).sort()).toEqual([people[1]!.peerId, people[2]!.peerId]);
  const drawn = (await figure('Mina').boundingBox())!;
  expect(view.tiles[0]!.heightPx).toBeGreaterThanOrEqual(Math.floor(drawn.height));
});

it('meets a restarted agent within a second, in the same call, without any navigation', async () => {
  const { agent, node } = await open(inCall);
  await stage().waitFor();
  await expect
    .poll(
      async () => {
        await mark();
        return markedPlaying();
      },
      { timeout: 5_000 },
    )
    .toBe(3);
  agent.listening = false;
  await agent.drop();
  await page.waitForTimeout(2_500);
  expect(await markedPlaying()).toBe(3);
  agent.heard.length = 0;
  agent.listening = true;
  await expect.poll(() => agent.heardOf('hello').length, { timeout: 1_500, interval: 50 }).toBe(1);
  expect(agent.heardOf('hello')[0]!.inCall).toMatchObject({ ticket });
  await expect.poll(() => agent.heardOf('roster').at(-1)?.participants.length).toBe(3);
  expect(await markedPlaying()).toBe(3);
  expect(node.asked.filter(({ method }) => method === 'hello').length).toBe(1);
  expect(navigations).toBe(1);
});

it('gives call and camera up to a newer screen, and takes them over again', async () => {
  const { agent, node } = await open(inCall);
  await figure('Maple 3F').locator('video:not([hidden])').waitFor();
  const ownEnded = () => page.evaluate(() => (window as { ownTrack?: MediaStreamTrack }).ownTrack?.readyState);
  await page.evaluate(() => {
    const own = document.querySelector<HTMLVideoElement>('figure[data-role="own"] video')!;
    (window as { ownTrack?: MediaStreamTrack }).ownTrack = (own.srcObject as MediaStream).getVideoTracks()[0]!;
  });
  expect(await ownEnded()).toBe('live');
  agent.say({ type: 'yield' });
  await page.getByRole('heading', { name: 'This room is shown on another screen' }).waitFor();
  expect(await stage().count()).toBe(0);
  expect(await page.locator('audio').count()).toBe(0);
  expect(await ownEnded()).toBe('ended');
  expect(node.asked.some(({ method }) => method === 'leave-call')).toBe(false);

  agent.say({ type: 'take-over', resume: ticket });
  await stage().waitFor();
  const hellos = node.asked.filter(({ method }) => method === 'hello');
  expect(hellos.length).toBe(2);
  expect(hellos[1]!.data).toMatchObject({ admission: { kind: 'resume', peerId: ticket.peerId } });
  expect(hellos[1]!.data).not.toHaveProperty('admission.transportId');
  expect(navigations).toBe(1);
});

it('says what failed when it cannot draw, and draws again', async () => {
  // longer than any QR code can be
  const undrawable = roomView(
    {},
    { pairing: { code: 'K7PW3MXD', url: `https://maru.example.org/${'x'.repeat(4_000)}`, shareUrl: null } },
  );
  const { agent } = await open(idle);
  await page.getByRole('heading', { name: 'Maple 3F' }).waitFor();
  agent.show(undrawable);
  await page.getByRole('heading', { name: 'The picture on this TV failed' }).waitFor();
  agent.show(roomView());
  await page.getByRole('heading', { name: 'Maple 3F' }).waitFor({ timeout: 6_000 });
  expect(navigations).toBe(1);
});
