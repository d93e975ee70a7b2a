/** Documents on the TV's page in real Chromium: in a call and on an idle TV, with agent, media node and pages played into it. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { DocumentAct, SharedDocument } from '#contract/shared-document.ts';
import { documentAccess, drawing, playPages, sharedDocument } from '../screens/drawn-documents.ts';
import { drawPictures } from '../screens/drawn-pictures.ts';
import {
  CALL,
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

const people = [person(0, 'Maple 3F'), person(1, 'Mina')];
const mina = { peerId: people[1]!.peerId, displayName: 'Mina' };
const access = documentAccess(['present', 'view'], TV_ORIGIN);
const TITLE = 'Price list 2027.pdf';

let browser: Browser;
let page: Page;
let agent: PlayedAgent;
let node: PlayedNode;
/** what was fetched, by page and size, and whether the token stood in the address */
let fetched: string[];

beforeAll(async () => {
  builtPage('screen');
  browser = await launchChromium({ role: 'kiosk' });
});
afterAll(() => browser?.close());
beforeEach(async () => {
  page = await browser.newPage({ viewport: { width: 1920, height: 1080 } });
  fetched = [];
  page.on('request', (request) => {
    if (request.url().includes('/pages/')) fetched.push(request.url());
  });
});
afterEach(() => page.close());

async function open(inCall: boolean, document: SharedDocument | null = null): Promise<void> {
  const phase = inCall ? { phase: inCallPhase(people) } : {};
  agent = new PlayedAgent(() => [welcome(roomView(phase), inCall ? ticket : null)]);
  node = new PlayedNode(people);
  node.document = document;
  node.documentRights = ['present', 'view'];
  await drawPictures(page);
  await serveTv(page);
  await playPages(page, TV_ORIGIN);
  await agent.attach(page);
  await node.attach(page);
  await page.goto(`${TV_ORIGIN}${TV_PATH}`);
  await expect.poll(() => agent.heard.length).toBeGreaterThan(0);
}
const region = () => page.getByRole('region', { name: 'Shared document' });
const picture = (number: number, title = TITLE) =>
  page.getByRole('img', { name: `${title}, document page ${number} of 12`, exact: true });
const perform = (effect: Extract<Parameters<PlayedAgent['say']>[0], { type: 'do' }>['effect']) =>
  agent.say({ type: 'do', effect });
const tellAct = (act: DocumentAct) => node.tell('document-changed', { change: 'act', by: mina, act });
const onTv = (over: Partial<SharedDocument> = {}) =>
  perform({ name: 'show-document', shown: { document: sharedDocument(over), access } });

it('shows the call’s document large, turns it without a blank, and reports it to the agent', async () => {
  await open(true, sharedDocument({ presenter: mina }));
  perform({ name: 'use-document-access', callId: CALL, access });
  await picture(3).waitFor();
  expect(await region().getByText('Mina presents').isVisible()).toBe(true);
  expect(await region().getByText('Page 3 of 12').isVisible()).toBe(true);
  expect((await picture(3).boundingBox())!.width).toBeGreaterThan(1_400);
  expect(agent.heardOf('document').at(-1)).toMatchObject({ callId: CALL, document: { page: 3, presenter: mina } });

  await page.evaluate(() => {
    const blanks: string[] = [];
    Object.assign(window, { blanks });
    const look = () => {
      const seen = [...document.querySelectorAll<HTMLImageElement>('.stage-page:not([hidden]) > img')];
      if (!seen.some((image) => image.complete && image.naturalWidth > 0)) blanks.push(`at ${performance.now()}`);
      requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
  for (const number of [4, 5, 4, 9]) {
    tellAct({ act: 'turn-page', page: number });
    await picture(number).waitFor();
    expect(await page.locator('.stage-page:not([hidden])').count()).toBe(1);
  }
  expect(await page.evaluate(() => (window as unknown as { blanks: string[] }).blanks)).toEqual([]);
  expect(fetched.some((url) => url.includes('token') || url.includes('of-a-scene'))).toBe(false);

  tellAct({ act: 'stop' });
  await region().waitFor({ state: 'detached' });
  expect(agent.heardOf('document').at(-1)).toMatchObject({ document: null });
});

it('draws what others draw and point at, and the page under it does not move', async () => {
  await open(true, sharedDocument({ presenter: mina }));
  perform({ name: 'use-document-access', callId: CALL, access });
  await picture(3).waitFor();
  const before = await picture(3).boundingBox();
  for (const stroke of drawing(3)) tellAct({ act: 'draw', stroke });
  tellAct({ act: 'point', at: { x: 32_768, y: 32_768 } });
  await expect.poll(() => page.locator('.stage-page:not([hidden]) path').count()).toBe(2);
  const dot = await page.locator('.stage-laser[data-on] > span').boundingBox();
  const middle = { x: before!.x + before!.width / 2, y: before!.y + before!.height / 2 };
  await expect
    .poll(async () => {
      const now = await page.locator('.stage-laser > span').boundingBox();
      return Math.hypot(now!.x + now!.width / 2 - middle.x, now!.y + now!.height / 2 - middle.y);
    })
    .toBeLessThan(3);
  // seen from five metres away
  expect(dot!.width).toBeGreaterThan(25);
  expect(await picture(3).boundingBox()).toEqual(before);
});

it('presents for the agent, and answers by the command’s id', async () => {
  await open(true);
  await page.getByRole('region', { name: 'Call stage' }).waitFor();
  const act: DocumentAct = { act: 'turn-page', page: 2 };
  perform({ name: 'present', act, commandId: CALL });
  await expect.poll(() => agent.heardOf('presented').length).toBe(1);
  expect(agent.heardOf('presented')).toEqual([{ type: 'presented', commandId: CALL, code: null }]);
  expect(node.asked.findLast(({ method }) => method === 'present')?.data).toEqual({ act });
});

it('shows a document on an idle TV, again after a reload, and its end', async () => {
  await open(false);
  onTv({ strokes: drawing(3) });
  await picture(3).waitFor();
  expect(await page.getByText('K7PW 3MXD').isVisible()).toBe(true);
  perform({ name: 'change-document', change: { change: 'act', by: mina, act: { act: 'turn-page', page: 4 } } });
  await picture(4).waitFor();
  await page.reload();
  await expect.poll(() => agent.connections).toBe(2);
  onTv({ page: 4 });
  await picture(4).waitFor();
  perform({ name: 'show-document', shown: null });
  await region().waitFor({ state: 'detached' });
  await page.getByRole('heading', { level: 1, name: 'Maple 3F' }).waitFor();
});

it('takes the document of the idle TV into the call of the same meeting', async () => {
  await open(false);
  onTv({ page: 7, strokes: drawing(7) });
  await picture(7).waitFor();
  agent.show(roomView({ phase: inCallPhase(people) }));
  const { signalingUrl } = ticket;
  perform({
    name: 'join-call',
    grant: {
      callId: CALL,
      meetingId: access.meetingId,
      meetingTitle: 'Weekly plan',
      peerId: ticket.peerId,
      signalingUrl,
      joinToken: 'x',
      expiresAtMs: Date.now() + 60_000,
      documents: access,
      iceServers: [],
    },
  });
  const acts = () =>
    node.asked.flatMap(({ method, data }) => (method === 'present' ? [(data as { act: DocumentAct }).act] : []));
  await expect.poll(() => acts().map(({ act }) => act)).toEqual(['show', 'zoom', 'draw', 'draw']);
  expect(acts()[0]).toMatchObject({ page: 7, title: TITLE });
});

it('says why it went where a guest entered a meeting that keeps documents from guests', async () => {
  await open(true, sharedDocument({ presenter: mina }));
  perform({ name: 'use-document-access', callId: CALL, access });
  await picture(3).waitFor();
  node.tell('document-changed', { change: 'withdrawn', reason: 'outsider-in-call' });
  await page.getByText('Sharing was stopped').waitFor();
  await region().waitFor({ state: 'detached' });
  await page.waitForTimeout(5_000);
  expect(await page.getByText('Sharing was stopped').isVisible()).toBe(true);
  await page.getByText('Sharing was stopped').waitFor({ state: 'detached', timeout: 3_000 });
});
