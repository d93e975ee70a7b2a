/**
 * The built guest's page in Chromium with a real media node: a guest shares a PDF, presents it, and everybody who may see it
 * has the same page. The documents' server is played.
 */
import type { Browser, Page } from 'playwright-core';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { DocumentRight } from '#contract/grants.ts';
import { startTestNode, type TestNode } from '../../fleet/media/testing/test-node.ts';
import { launchChromium } from '../simulators/chromium.ts';
import { PlayedDocuments, TOKEN } from './played-documents.ts';

const PDF = { name: 'Price list.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(700_000, 1) };

let node: TestNode;
let browser: Browser;
let server: PlayedDocuments;
let callId: string;
let empty: Awaited<ReturnType<TestNode['held']>>;
/** of each invite */
const rights = new Map<string, DocumentRight[]>();
beforeAll(async () => {
  node = await startTestNode({ workers: 2, settings: { emptyCallMs: 50 } });
  browser = await launchChromium({ role: 'person' });
  server = new PlayedDocuments(async (invite) => {
    const [peerId, meetingId] = [uuidv7(), uuidv7()];
    const documents = rights.get(invite) ?? ['present', 'view'];
    const joinToken = await node.fleet.token({ callId, meetingId, sub: peerId, documents });
    const { signalingUrl } = node.node;
    const expiresAtMs = Date.now() + 3_600_000;
    return {
      grant: {
        callId,
        meetingId,
        meetingTitle: 'Weekly',
        peerId,
        signalingUrl,
        joinToken,
        expiresAtMs,
        iceServers: [],
      },
      documents,
    };
  });
  await server.start();
  empty = await node.held();
});
afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  for (const call of [...node.node.registry.calls.values()]) call.end('ended-by-fleet');
  await vi.waitFor(async () => expect(await node.held()).toEqual(empty), { timeout: 10_000 });
  server.reset();
});
afterAll(async () => {
  await browser?.close();
  await node?.stop();
  server?.stop();
});

async function join(name: string, documents: DocumentRight[] = ['present', 'view']): Promise<Page> {
  const invite = `invite-of-${name}`;
  rights.set(invite, documents);
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en' });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  await page.goto(`${server.origin}/join#${invite}`);
  await enter(page, name);
  return page;
}
async function enter(page: Page, name: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Your name' }).fill(name);
  await page.getByRole('button', { name: 'Join', exact: true }).click();
  await page.getByRole('figure', { name, exact: true }).waitFor();
}
const startCall = () => {
  callId = uuidv7();
};
const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
const shown = (page: Page) => page.getByRole('region', { name: 'Shared document' });
const pageShown = (page: Page, number: number, pages = 12) =>
  shown(page).getByRole('img', { name: `Price list.pdf, document page ${number} of ${pages}`, exact: true });
const sees = async (page: Page, number: number) => {
  const picture = pageShown(page, number);
  await picture.waitFor();
  expect(await picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBeGreaterThan(0);
};
const strokes = (page: Page) => shown(page).locator('.stage-ink path').count();

/** The document as soon as the server has all of it. */
async function upload(page: Page) {
  await button(page, 'Share').click();
  await page.locator('input[type=file]').setInputFiles(PDF);
  await expect.poll(() => server.documents[0]?.state, { timeout: 10_000 }).toBe('waiting');
  return server.documents[0]!.documentId;
}
const ready = (documentId: string, readyPages = 12) =>
  server.set(documentId, { state: readyPages === 12 ? 'ready' : 'converting', pageCount: 12, readyPages });

async function presenting(presenter: Page): Promise<void> {
  ready(await upload(presenter));
  await sees(presenter, 1);
}

describe('a document in the guest’s page', () => {
  test('is shown to everybody as soon as its first page is there, and turns for everybody', async () => {
    startCall();
    const [dealer, other] = [await join('Dealer'), await join('Mina')];
    const documentId = await upload(dealer);
    await dealer.getByText('Converting…').or(dealer.getByText('Waiting to be converted…')).first().waitFor();
    expect(await shown(other).count()).toBe(0);
    ready(documentId, 1);
    await Promise.all([sees(dealer, 1), sees(other, 1)]);
    // the sheet has done its work
    await expect.poll(() => dealer.getByRole('dialog').count()).toBe(0);
    ready(documentId);
    await dealer.getByText('Document page 1 of 12').waitFor();
    await button(dealer, 'Next document page').click();
    await Promise.all([sees(dealer, 2), sees(other, 2)]);
    await dealer.mouse.click(5, 300);
    for (const key of ['ArrowRight', 'PageDown', ' ']) await dealer.keyboard.press(key);
    await sees(other, 5);
    await dealer.keyboard.press('PageUp');
    await sees(other, 4);
    await button(dealer, 'All document pages').click();
    await button(dealer, 'Go to document page 12').click();
    await Promise.all([sees(dealer, 12), sees(other, 12)]);
    expect(await button(dealer, 'Next document page').isDisabled()).toBe(true);
    expect(await button(other, 'Next document page').count()).toBe(0);
    expect(server.asked.join('\n')).not.toContain(TOKEN);

    await button(dealer, 'Stop sharing the document').click();
    for (const page of [dealer, other]) await expect.poll(() => shown(page).count()).toBe(0);
    // it can be opened again
    await button(other, 'Share').click();
    await button(other, 'Show Price list.pdf').click();
    await Promise.all([sees(dealer, 1), sees(other, 1)]);
  });

  test('is drawn on; late comers, a reload and a dead worker have the same page and strokes', async () => {
    startCall();
    const [dealer, other] = [await join('Dealer'), await join('Mina')];
    await presenting(dealer);
    await button(dealer, 'Next document page').click();
    await sees(other, 2);
    await dealer.getByRole('radio', { name: 'Pen', exact: true }).check({ force: true });
    const box = (await pageShown(dealer, 2).boundingBox())!;
    for (const part of [0.3, 0.5]) {
      await dealer.mouse.move(box.x + box.width * 0.2, box.y + box.height * part);
      await dealer.mouse.down();
      await dealer.mouse.move(box.x + box.width * 0.6, box.y + box.height * (part + 0.1), { steps: 6 });
      await dealer.mouse.up();
    }
    for (const page of [dealer, other]) await expect.poll(() => strokes(page)).toBe(2);
    await button(dealer, 'Undo the last stroke').click();
    for (const page of [dealer, other]) await expect.poll(() => strokes(page)).toBe(1);

    const late = await join('Late');
    await sees(late, 2);
    await expect.poll(() => strokes(late)).toBe(1);
    await late.reload();
    await enter(late, 'Late');
    await sees(late, 2);
    await expect.poll(() => strokes(late)).toBe(1);

    for (const { worker } of node.node.pool.alive) process.kill(worker.pid, 'SIGKILL');
    await button(dealer, 'Next document page').click();
    await Promise.all([sees(dealer, 3), sees(other, 3), sees(late, 3)]);
    await button(dealer, 'Previous document page').click();
    await Promise.all([sees(other, 2), sees(late, 2)]);
    await expect.poll(() => strokes(late)).toBe(1);
    await button(dealer, 'Clear the drawing on this page').click();
    for (const page of [dealer, other, late]) await expect.poll(() => strokes(page)).toBe(0);
  }, 90_000);

  test('is handed over, taken, and left by a presenter who goes', async () => {
    startCall();
    const [dealer, other] = [await join('Dealer'), await join('Mina')];
    await presenting(dealer);
    await button(dealer, 'Hand over').click();
    await button(dealer, 'Hand over to Mina').click();
    await button(other, 'Next document page').click();
    await sees(dealer, 2);
    expect(await button(dealer, 'Next document page').count()).toBe(0);
    await button(dealer, 'Share').click();
    await dealer.getByText('Mina presents').first().waitFor();
    await button(dealer, 'Take over presenting').click();
    await button(dealer, 'Close').click();
    await button(dealer, 'Next document page').click();
    await sees(other, 3);
    await button(dealer, 'Leave').click();
    // the page stays, and anybody goes on with it
    await button(other, 'Take over presenting').click();
    await button(other, 'Previous document page').click();
    await sees(other, 2);
  });

  test('shows its upload, which can be cancelled, and why a file cannot be shown', async () => {
    startCall();
    const dealer = await join('Dealer');
    server.isStalled = true;
    await button(dealer, 'Share').click();
    await dealer.locator('input[type=file]').setInputFiles(PDF);
    await dealer.getByRole('progressbar', { name: 'Upload of Price list.pdf' }).waitFor();
    await expect.poll(() => server.asked.some((line) => line.includes('/content'))).toBe(true);
    await button(dealer, 'Cancel the upload of Price list.pdf').click();
    await expect.poll(() => server.documents.length).toBe(0);
    await dealer.getByText('Nothing has been shared yet').waitFor();
    server.isStalled = false;
    await button(dealer, 'Close').click();
    const documentId = await upload(dealer);
    server.set(documentId, { state: 'failed', failure: 'document-encrypted' });
    await dealer.getByText('This document is protected by a password').first().waitFor();
    await dealer.locator('input[type=file]').setInputFiles({ ...PDF, buffer: Buffer.alloc(0) });
    await expect.poll(() => server.documents.length).toBe(2);
    expect(await shown(dealer).count()).toBe(0);
  });

  test('is dropped onto the page as a file', async () => {
    startCall();
    const dealer = await join('Dealer');
    const transfer = await dealer.evaluateHandle(() => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(300_000)], 'Price list.pdf', { type: 'application/pdf' }));
      return data;
    });
    await dealer.dispatchEvent('body', 'dragover', { dataTransfer: transfer });
    await dealer.getByText('Drop the file to share it with everyone').waitFor();
    await dealer.dispatchEvent('body', 'drop', { dataTransfer: transfer });
    await expect.poll(() => server.documents[0]?.state, { timeout: 10_000 }).toBe('waiting');
    expect(await dealer.getByText('Drop the file to share it with everyone').count()).toBe(0);
    ready(server.documents[0]!.documentId);
    await sees(dealer, 1);
  });

  test('is withdrawn from everybody when a guest enters who may not see it, and the presenter reads why', async () => {
    startCall();
    const dealer = await join('Dealer');
    await presenting(dealer);
    const blind = await join('Blind', []);
    await dealer.getByRole('alert').getByText('Sharing was stopped').waitFor();
    await dealer.getByText('A guest is in the meeting, and guests may not see its documents.').waitFor();
    await expect.poll(() => shown(dealer).count()).toBe(0);
    expect(await blind.content()).not.toContain('Price list');
    // the screen can still be shared, by the button itself
    await button(blind, 'Share screen').waitFor();
    expect(await blind.locator('input[type=file]').count()).toBe(0);

    await button(dealer, 'Share').click();
    await button(dealer, 'Show Price list.pdf').click();
    await dealer.getByText('Somebody in the meeting may not see documents.').waitFor();
    await button(blind, 'Leave').click();
    await expect.poll(() => dealer.getByRole('figure', { name: 'Blind', exact: true }).count()).toBe(0);
    await button(dealer, 'Show Price list.pdf').click();
    await sees(dealer, 1);
  });

  test('is looked at by a guest who may not present: without a way to share or to turn', async () => {
    startCall();
    const [dealer, viewer] = [await join('Dealer'), await join('Viewer', ['view'])];
    await presenting(dealer);
    await sees(viewer, 1);
    await button(viewer, 'Share screen').waitFor();
    expect(await viewer.locator('input[type=file]').count()).toBe(0);
    expect(await button(viewer, 'Next document page').count()).toBe(0);
    const asked = server.asked.length;
    await viewer.keyboard.press('ArrowRight');
    await viewer.waitForTimeout(300);
    expect(server.asked.length).toBe(asked);
    await sees(dealer, 1);
  });
});
