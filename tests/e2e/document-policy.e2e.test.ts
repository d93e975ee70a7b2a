/**
 * A meeting's document policy among people in a call, at the real fleet server: sharing stops as a guest enters, and what
 * is changed during the call counts at once for those who are in it.
 */
import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import en from '../../controller/ui/words/en/documents.ts';
import errors from '../../controller/ui/words/en/errors.ts';
import { presentation } from '../../fleet/documents/converter/testing/small-documents.ts';
import type { Persona } from './personas/persona.ts';
import type { Guest, PhonePage, Tv } from './personas/roles.ts';
import { Administrator } from './product/administrator.ts';
import { Scene } from './scene.ts';

/** The first after a start waits for a warm LibreOffice; the machine of the suite is busy. */
const FIRST_PAGE_MS = 90_000;
/** between the press of a person and what everybody sees, on that machine */
const SOON_MS = 20_000;
const deck = { name: 'Plan 2027.pptx', mimeType: 'application/octet-stream', buffer: presentation(['One', 'Two']) };
const { what, meaning } = en.withdrawn['outsider-in-call'];

describe('a meeting’s document policy', () => {
  let scene: Scene;
  let administrator: Administrator;
  let tv: Tv;
  let phone: PhonePage;
  let guest: Guest;

  const region = ({ page }: Persona) => page.getByRole('region', { name: 'Shared document', exact: true });
  const picture = (viewer: Persona, page = 1) =>
    region(viewer).getByRole('img', { name: `${deck.name}, document page ${page} of 2`, exact: true });
  const setPolicy = (changes: Parameters<Administrator['setDocumentPolicy']>[1]) =>
    administrator.setDocumentPolicy(scene.product.addresses.roomId, changes);
  const showAgain = async () => {
    await phone.button('Share a document').click();
    await phone.button(`Show ${deck.name}`).click();
  };
  /** The node may still count the guest who has left. */
  const isShownAgain = async (): Promise<boolean> => {
    const [open, show] = [phone.button('Share a document'), phone.button(`Show ${deck.name}`)];
    if ((await show.count()) === 0) await open.click({ timeout: 2_000 }).catch(() => {});
    await show.click({ timeout: 2_000 }).catch(() => {});
    return picture(tv)
      .waitFor({ timeout: 3_000 })
      .then(
        () => true,
        () => false,
      );
  };
  /** The TV shows it for a few seconds: it is looked for from the start. */
  const saysWhy = async (withdraw: () => Promise<unknown>) => {
    const onTv = tv.page
      .getByText(`${what}. ${meaning}`)
      .first()
      .waitFor({ timeout: SOON_MS * 3 });
    onTv.catch(() => {});
    await withdraw();
    await Promise.all([
      onTv,
      phone.page.getByText(what).first().waitFor({ timeout: SOON_MS }),
      phone.page.getByText(meaning).first().waitFor({ timeout: SOON_MS }),
      ...[tv, phone].map((viewer) => region(viewer).waitFor({ state: 'detached', timeout: SOON_MS })),
    ]);
    await phone.button('Close').click();
  };
  const enter = async () => {
    guest = await scene.guest(1);
    await guest.join('Mina');
    await guest.expectInCall();
  };

  beforeAll(async () => {
    scene = await Scene.start();
    administrator = await Administrator.signIn(scene.product.addresses);
    tv = await scene.tv();
    phone = await scene.phone();
    await phone.start();
    await tv.stage.waitFor();
    await phone.button('Share a document').click();
    await phone.page.setInputFiles('input[type=file]', deck);
    await picture(tv).waitFor({ timeout: FIRST_PAGE_MS });
  }, 180_000);
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') console.error(scene?.troubles());
  });
  afterAll(() => scene?.close());

  test('that forbids documents to guests: sharing stops as one enters, phone and TV say why, and it goes on after', async () => {
    await setPolicy({ guestsView: false });
    // nobody is there yet whom it concerns
    await picture(tv).waitFor();
    await saysWhy(enter);
    expect(await region(guest).count()).toBe(0);
    await showAgain();
    await phone.page.getByText(errors['outsider-in-call'].what).first().waitFor();
    for (const viewer of [tv, guest]) expect(await region(viewer).count()).toBe(0);
    await guest.button('Leave').click();
    await guest.button('Leave').waitFor({ state: 'detached' });
    await phone.page.keyboard.press('Escape');
    await expect.poll(isShownAgain, { timeout: 60_000 }).toBe(true);
  }, 180_000);

  test('that forbids it while a guest looks: the share that runs stops too, and the guest sees it again once it may', async () => {
    // her grant came without access to documents
    await saysWhy(enter);
    await setPolicy({});
    await showAgain();
    await picture(guest).waitFor({ timeout: SOON_MS });
    await saysWhy(() => setPolicy({ guestsView: false }));
    await region(guest).waitFor({ state: 'detached' });
    await setPolicy({});
    await showAgain();
    for (const viewer of [tv, guest]) await picture(viewer).waitFor({ timeout: SOON_MS });
  }, 180_000);

  test('that lets rooms alone share takes the presenting from a guest, who goes on seeing', async () => {
    await phone.button('Point and draw').click();
    await phone.button('Hand over').click();
    await phone.button('Hand over to Mina').click();
    await guest.button('Next document page').click();
    for (const viewer of [tv, guest]) await picture(viewer, 2).waitFor({ timeout: SOON_MS });
    await setPolicy({ sharedBy: 'room-only' });
    await guest.button('Next document page').waitFor({ state: 'detached', timeout: SOON_MS });
    // what is left to share is the screen, by another button
    await guest.button('Share').waitFor({ state: 'detached', timeout: SOON_MS });
    await picture(guest, 2).waitFor();
    await phone.button('Take over presenting').click();
    await phone.button('Previous document page').click();
    for (const viewer of [tv, guest]) await picture(viewer, 1).waitFor({ timeout: SOON_MS });
    await setPolicy({});
    await guest.button('Share').click();
    await guest.button('Take over presenting').click();
    await guest.button('Next document page').waitFor({ timeout: SOON_MS });
  }, 180_000);

  test('that marks pages with names reaches those that guest and TV have already', async () => {
    const drawnBy = async (viewer: Persona) => {
      const { size, url } = await picture(viewer).evaluate((image: HTMLImageElement) => {
        const canvas = document.createElement('canvas');
        canvas.width = image.naturalWidth;
        canvas.height = image.naturalHeight;
        const context = canvas.getContext('2d')!;
        context.drawImage(image, 0, 0);
        return { size: `${canvas.width} x ${canvas.height}`, url: canvas.toDataURL() };
      });
      return { size, pixels: createHash('sha256').update(url).digest('hex') };
    };
    const viewers = [tv, guest];
    const all = () => Promise.all(viewers.map(drawnBy));
    /** Each viewer has fetched its page again. */
    const redrawnWith = async (hasWatermark: boolean) => {
      const before = await all();
      await setPolicy({ hasWatermark });
      for (const [index, viewer] of viewers.entries())
        await expect.poll(() => drawnBy(viewer), { timeout: SOON_MS }).not.toEqual(before[index]);
      return all();
    };
    // A viewer that asked for a size before it was made got the TV's larger picture, and keeps it. From here on each has its own.
    const marked = await redrawnWith(true);
    const unmarked = await redrawnWith(false);
    // only the names differ
    expect(marked.map(({ size }) => size)).toEqual(unmarked.map(({ size }) => size));
    expect(await redrawnWith(true)).toEqual(marked);
    expect(await redrawnWith(false)).toEqual(unmarked);
  }, 180_000);
});
