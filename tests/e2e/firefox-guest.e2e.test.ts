/**
 * A guest with Debian's Firefox, on loopback: comes in, sees and is seen, mutes, loads the page again, goes elsewhere and
 * leaves. Nothing is downloaded for it: without OpenH264 its calls are VP8.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { FirefoxGuest } from './personas/firefox-guest.ts';
import type { PhonePage, Tv } from './personas/roles.ts';
import { Scene, TV_NUMBER } from './scene.ts';

/** On loopback Firefox gathers candidates for whom it is told to alone, and who may use camera and microphone. */
const LOOPBACK_MEDIA = {
  'media.peerconnection.ice.loopback': true,
  'permissions.default.camera': 1,
  'permissions.default.microphone': 1,
};
const MINA = { name: 'Mina', number: 1 };
/** Chromium needs 0.7 s; a kept place would stay for 45 s. */
const GONE_WITHIN_MS = 3_000;
/** Five seconds, and a machine that is busy with browsers. */
const SAID_WITHIN_MS = 15_000;
const ELSEWHERE = 'You joined on another device or in another window';

describe('a guest with Firefox', () => {
  let scene: Scene;
  let tv: Tv;
  let phone: PhonePage;
  let guest: FirefoxGuest;
  let roomName: string;

  const othersOnTv = async () => (await tv.figures()).map(({ name }) => name).filter((name) => name !== roomName);

  beforeAll(async () => {
    scene = await Scene.start();
    tv = await scene.tv();
    roomName = await tv.roomName();
    phone = await scene.phone();
    await phone.start();
    await tv.stage.waitFor();
    guest = await FirefoxGuest.open(scene.product.addresses.joinUrl, MINA.number, { preferences: LOOPBACK_MEDIA });
  });
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') console.error(scene?.troubles());
  });
  afterAll(async () => {
    await guest?.close();
    await scene?.close();
  });

  test('joins, sees the room and gets its sound, and is seen there', async () => {
    await guest.join(MINA.name);
    await tv.expectToSee(MINA.name, MINA.number);
    await guest.expectToSee(roomName, TV_NUMBER);
    await guest.expectSoundToArrive();
  });

  test('mutes and unmutes', async () => {
    await guest.press('Mute microphone');
    await phone.page.getByRole('button', { name: 'Mina is muted' }).waitFor();
    await guest.press('Unmute microphone');
    await phone.page.getByRole('button', { name: 'Mute Mina' }).waitFor();
  });

  test('reloads: the place is gone at once, and whoever joins again is there once', async () => {
    await guest.page.reload();
    await expect.poll(othersOnTv, { timeout: GONE_WITHIN_MS }).toEqual([]);
    await guest.join(MINA.name);
    await tv.expectToSee(MINA.name, MINA.number);
    await guest.expectToSee(roomName, TV_NUMBER);
    expect(await othersOnTv()).toEqual([MINA.name]);
  });

  test('goes to another page: the place is gone at once; who comes back by the Back button joins and is there once', async () => {
    await guest.page.goto(new URL('/healthz', scene.product.addresses.fleetUrl).href);
    await expect.poll(othersOnTv, { timeout: GONE_WITHIN_MS }).toEqual([]);
    await guest.page.travel(-1);
    const isIn = async () => (await guest.page.count('button', 'Leave')) === 1;
    // a page that the browser had kept is in again by itself
    if (!(await isIn())) await guest.join(MINA.name);
    await tv.expectToSee(MINA.name, MINA.number);
    expect(await othersOnTv()).toEqual([MINA.name]);
  });

  test('is in again by itself on a page that the browser had kept', async () => {
    const passes = (name: string) =>
      guest.page.evaluate(`void dispatchEvent(new PageTransitionEvent('${name}', { persisted: true }))`);
    await passes('pagehide');
    await expect.poll(othersOnTv, { timeout: GONE_WITHIN_MS }).toEqual([]);
    await passes('pageshow');
    await tv.expectToSee(MINA.name, MINA.number);
    expect(await othersOnTv()).toEqual([MINA.name]);
  });

  test('opens the link once more: the newer page takes the place, the older one says so', async () => {
    const newer = await guest.openAgain(scene.product.addresses.joinUrl);
    await newer.join(MINA.name);
    await guest.expectWords(ELSEWHERE);
    guest = newer;
    await tv.expectToSee(MINA.name, MINA.number);
    expect(await othersOnTv()).toEqual([MINA.name]);
  });

  test('is told what to do where the node serves this machine alone and Firefox gathers no candidates there', async () => {
    const stranger = await FirefoxGuest.open(scene.product.addresses.joinUrl, 2);
    try {
      await stranger.join('Jonas');
      await stranger.expectWords('npm start -- --lan', SAID_WITHIN_MS);
      // a browser that is killed says nothing to anybody
      await stranger.press('Leave');
      await stranger.expectWords('You left the meeting');
    } finally {
      await stranger.close();
    }
  });

  test('leaves', async () => {
    await guest.press('Leave');
    await guest.expectWords('You left the meeting');
    await expect.poll(othersOnTv, { timeout: GONE_WITHIN_MS }).toEqual([]);
  });
});
