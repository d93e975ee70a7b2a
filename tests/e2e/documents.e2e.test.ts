/**
 * A document from the phone to the TV and a guest: first page, page turns, pointer and pen, hand-over, late comers, a worker and a
 * fleet server that go in the middle, every kind of file, and the idle room's TV.
 */
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { hangulDocument } from '../../fleet/documents/converter/testing/hangul-documents.ts';
import { heicPicture } from '../../fleet/documents/converter/testing/heic-writer.ts';
import {
  koreanPdfWithoutFonts,
  pdfDocument,
  presentation,
  spreadsheet,
  wordDocument,
} from '../../fleet/documents/converter/testing/small-documents.ts';
import type { Persona } from './personas/persona.ts';
import type { Guest, PhonePage, Tv } from './personas/roles.ts';
import { Scene } from './scene.ts';

/** The first after a start waits for a warm LibreOffice; the machine of the suite is busy. */
const FIRST_PAGE_MS = 90_000;
const slides = ['회의 자료', 'Second slide', 'Third slide'];
const deck = { name: 'Plan 2027.pptx', mimeType: 'application/octet-stream', buffer: presentation(slides) };

const region = ({ page }: Persona) => page.getByRole('region', { name: 'Shared document', exact: true });
const inkOf = ({ page }: Persona) => page.locator('.stage-page:not([hidden]) .stage-ink path').count();
const pictureOf = (viewer: Persona, title: string, page: number, pages: number) =>
  region(viewer).getByRole('img', { name: `${title}, document page ${page} of ${pages}`, exact: true });

describe('a document from the phone', () => {
  let scene: Scene;
  let tv: Tv;
  let phone: PhonePage;
  let guest: Guest;

  const sees = async (
    title: string,
    page: number,
    pages: number,
    viewers: Persona[] = [tv, guest],
    timeout = 15_000,
  ) => {
    for (const viewer of viewers) {
      const picture = pictureOf(viewer, title, page, pages);
      await picture.waitFor({ timeout });
      expect(await picture.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth)).toBeGreaterThan(
        0,
      );
    }
  };
  const seesNone = async (viewers: Persona[] = [tv, guest]) => {
    for (const viewer of viewers) await region(viewer).waitFor({ state: 'detached' });
  };
  const share = async (file: typeof deck, name = 'Share a document') => {
    await phone.button(name).click();
    await phone.page.setInputFiles('input[type=file]', file);
  };
  const position = (page: number, pages: number) =>
    phone.page.getByText(`Document page ${page} of ${pages}`, { exact: true }).waitFor({ timeout: FIRST_PAGE_MS });

  beforeAll(async () => {
    scene = await Scene.start();
    tv = await scene.tv();
    phone = await scene.phone();
    await phone.start();
    await tv.stage.waitFor();
    guest = await scene.guest(1);
    await guest.join('Mina');
    await guest.expectInCall();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state === 'fail') console.error(scene?.troubles());
  });
  afterAll(() => scene?.close());

  test('a PPTX that is picked on the phone is on the TV and at the guest, its first page first', async () => {
    await share(deck);
    await position(1, 3);
    await sees(deck.name, 1, 3);
  }, 180_000);

  test('the next page is painted on TV and guest, and back', async () => {
    await phone.button('Next document page').click();
    await sees(deck.name, 2, 3);
    await position(2, 3);
    await phone.button('Next document page').click();
    await sees(deck.name, 3, 3);
    await expect.poll(() => phone.button('Next document page').isDisabled()).toBe(true);
    await phone.button('Previous document page').click();
    await sees(deck.name, 2, 3);
  });

  test('what is pointed at and drawn on the phone is seen by all, until it is undone', async () => {
    await phone.button('Point and draw').click();
    const drag = await dragOn(phone.page);
    await drag.down(0.3, 0.3);
    await drag.to(0.5, 0.5);
    for (const { page } of [tv, guest]) await page.locator('.stage-laser[data-on]').waitFor({ state: 'attached' });
    await drag.up();
    for (const { page } of [tv, guest])
      await page.locator('.stage-laser:not([data-on])').first().waitFor({ state: 'attached' });
    await phone.page.getByRole('radio', { name: 'Pen', exact: true }).check({ force: true });
    await drag.down(0.2, 0.6);
    await drag.to(0.7, 0.7);
    await drag.up();
    for (const viewer of [tv, guest, phone]) await expect.poll(() => inkOf(viewer)).toBe(1);
    await phone.button('Undo the last stroke').click();
    for (const viewer of [tv, guest, phone]) await expect.poll(() => inkOf(viewer)).toBe(0);
  });

  test('who comes late sees the same page', async () => {
    const late = await scene.guest(2);
    await late.join('Joon');
    await late.expectInCall();
    await sees(deck.name, 2, 3, [late]);
    await late.button('Leave').click();
  });

  test('the guest presents after a hand-over, and the phone gets it back', async () => {
    await phone.button('Hand over').click();
    await phone.button('Hand over to Mina').click();
    await tv.page.getByText('Mina presents').first().waitFor();
    await guest.button('Next document page').click();
    await sees(deck.name, 3, 3);
    await position(3, 3);
    // the phone that looks on sees the guest's pointer and pen
    const drag = await dragOn(guest.page);
    await drag.down(0.3, 0.3);
    await drag.to(0.5, 0.5);
    await phone.page.locator('.stage-laser[data-on]').waitFor({ state: 'attached' });
    await drag.up();
    await phone.page.locator('.stage-laser:not([data-on])').first().waitFor({ state: 'attached' });
    await guest.page.getByRole('radio', { name: 'Pen', exact: true }).check({ force: true });
    await drag.down(0.2, 0.6);
    await drag.to(0.7, 0.7);
    await drag.up();
    await expect.poll(() => inkOf(phone)).toBe(1);
    await guest.button('Undo the last stroke').click();
    await expect.poll(() => inkOf(phone)).toBe(0);
    await phone.button('Take over presenting').click();
    await phone.button('Previous document page').click();
    await sees(deck.name, 2, 3);
  });

  test('a worker that dies and a fleet server that is restarted take no page away', async () => {
    const worker = scene.product.kill('media-worker');
    await scene.product.replaced('media-worker', worker);
    await sees(deck.name, 2, 3);
    await expect.poll(() => turnsTo(3)).toBe(true);
    await sees(deck.name, 3, 3);
    const server = scene.product.kill('fleet-server');
    await sees(deck.name, 3, 3, [tv, guest], 1_000);
    await scene.product.replaced('fleet-server', server);
    await expect.poll(() => turnsTo(2), { timeout: 60_000 }).toBe(true);
    await sees(deck.name, 2, 3);
    for (const persona of [tv, guest, phone]) await persona.expectSamePage();
  }, 180_000);

  /** The room's line may be broken for a moment; a press that fails shows why. */
  async function turnsTo(page: number): Promise<boolean> {
    await phone.button(page === 3 ? 'Next document page' : 'Previous document page').click({ timeout: 2_000 });
    return pictureOf(tv, deck.name, page, 3)
      .waitFor({ timeout: 6_000 })
      .then(
        () => true,
        () => false,
      );
  }

  test('sharing stops for everybody, and the document is shown again from the list', async () => {
    await phone.button('Stop sharing the document').click();
    await seesNone();
    await phone.button('Share a document').click();
    await phone.button(`Show ${deck.name}`).click();
    await sees(deck.name, 1, 3);
    await phone.button('Stop sharing the document').click();
    await seesNone();
  });

  test('a guest shares a document, and the space bar turns its page at once', async () => {
    await guest.button('Share').click();
    await guest.button(`Show ${deck.name}`).click();
    await sees(deck.name, 1, 3);
    await guest.page.getByRole('dialog').waitFor({ state: 'detached' });
    await guest.page.keyboard.press('Space');
    await sees(deck.name, 2, 3);
    await guest.button('Stop sharing the document').click();
    await seesNone();
  });

  test.each([
    ['Letter.docx', () => wordDocument()],
    ['Rooms.xlsx', () => spreadsheet()],
    ['Minutes.pdf', () => pdfDocument()],
    ['한글 글꼴 없음.pdf', () => koreanPdfWithoutFonts('KSCms-UHC-H', '회의록')],
    ['회의.hwp', () => hangulDocument()],
    ['회의.hwpx', () => hangulDocument(['회의 자료'], { format: 'hwpx' })],
    ['Whiteboard.heic', () => heicPicture()],
    ['تقرير 📊 <b>final</b>.pdf', () => pdfDocument()],
  ])(
    '%s is shown to everybody',
    async (name, content) => {
      await share({ name, mimeType: 'application/octet-stream', buffer: content() });
      await position(1, 1);
      await sees(name.normalize('NFC'), 1, 1);
      await phone.button('Stop sharing the document').click();
      await seesNone();
    },
    180_000,
  );

  test('a file that cannot be shown gives its reason in words, and nobody else notices', async () => {
    await share({ name: 'Broken.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7 and no more') });
    await phone.page.getByText('Code for IT: document-broken').waitFor({ timeout: FIRST_PAGE_MS });
    await phone.button('Close').click();
    await seesNone();
  }, 180_000);

  test('an idle room shows a document on its TV, which a meeting that starts takes along', async () => {
    await phone.endForAll();
    await guest.button('Leave').waitFor({ state: 'detached' });
    await phone.button('Show a document on the TV').waitFor({ timeout: 30_000 });
    await share(deck, 'Show a document on the TV');
    await position(1, 3);
    await sees(deck.name, 1, 3, [tv]);
    await phone.button('Next document page').click();
    await sees(deck.name, 2, 3, [tv]);
    await phone.start();
    await tv.stage.waitFor();
    await sees(deck.name, 2, 3, [tv]);
    await phone.button('Next document page').click();
    await sees(deck.name, 3, 3, [tv]);
  }, 180_000);
});

/** A finger on the phone's page, in parts of the page. */
async function dragOn(page: Page) {
  // a sharper picture of the page may take the first one's place at this moment
  const drawn = page.locator('.stage-page:not([hidden])').first();
  let box = { x: 0, y: 0, width: 0, height: 0 };
  const look = async () => {
    box = (await drawn.boundingBox()) ?? box;
    return box.width;
  };
  await expect.poll(look).toBeGreaterThan(0);
  const at = (x: number, y: number) => [box.x + x * box.width, box.y + y * box.height] as const;
  return {
    down: async (x: number, y: number) => {
      await page.mouse.move(...at(x, y));
      await page.mouse.down();
    },
    to: (x: number, y: number) => page.mouse.move(...at(x, y), { steps: 8 }),
    up: () => page.mouse.up(),
  };
}
