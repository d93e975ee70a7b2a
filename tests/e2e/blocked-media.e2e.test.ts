/**
 * A network that lets signalling through and blocks media: guest, TV, phone and console say so after five seconds, each
 * in its own words, and no more once media flows. Only the media goes through the tests' proxy, which is then cut.
 */
import { RoomState } from '#contract/room-state.ts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { NetworkProxy } from '../simulators/network/network-proxy.ts';
import type { Guest, PhonePage, Tv } from './personas/roles.ts';
import { Administrator } from './product/administrator.ts';
import { Scene, TV_NUMBER } from './scene.ts';

const WHAT = 'Sound and picture cannot get through';
/** on TV and phone */
const WHAT_IN_THE_ROOM = 'The network blocks sound and picture';
/** Five seconds, and a machine that is busy with browsers. */
const SAID_WITHIN = { timeout: 15_000 };

describe('media that is blocked', () => {
  const [officeMedia, homeMedia] = [new NetworkProxy({ seed: 1 }), new NetworkProxy({ seed: 2 })];
  let scene: Scene;
  let admin: Administrator;
  let tv: Tv;
  let phone: PhonePage;
  let guest: Guest;
  let roomName: string;

  const summary = async () => {
    const { roomId } = scene.product.addresses;
    const { blockedCount, projections } = await admin.room(roomId);
    const state = RoomState.parse(projections.state);
    return { blockedCount, notices: state.notices.filter((notice) => notice === 'media-blocked') };
  };
  const metric = async () => (await scene.mediaMetrics())['carried blocked'];

  beforeAll(async () => {
    scene = await Scene.start();
    admin = await Administrator.signIn(scene.product.addresses);
    tv = await scene.tv({ mediaNetwork: officeMedia });
    roomName = await tv.roomName();
    phone = await scene.phone();
    await phone.start();
    await tv.stage.waitFor();
    guest = await scene.guest(1, { mediaNetwork: homeMedia });
  });
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') console.error(scene?.troubles());
  });
  afterAll(async () => {
    await scene?.close();
    officeMedia.stop();
    homeMedia.stop();
  });

  test('a guest whose network blocks it from the start is told what to do and whom to ask, and IT sees it', async () => {
    homeMedia.cut();
    await guest.join('Mina');
    await guest.expectInCall();
    const notice = guest.page.getByRole('alert').filter({ hasText: WHAT });
    await notice.waitFor(SAID_WITHIN);
    await notice.getByText('For IT: allow UDP or TCP to 127.0.0.1:').waitFor();
    await expect.poll(summary, SAID_WITHIN).toEqual({ blockedCount: 1, notices: [] });
    await expect.poll(metric).toBe(1);
    expect(await tv.page.getByText(WHAT_IN_THE_ROOM).count(), 'the room’s own media is well').toBe(0);
  });

  test('it is not said any more once media flows', async () => {
    homeMedia.restore();
    await guest.expectToSee(roomName, TV_NUMBER);
    await tv.expectToSee('Mina', 1);
    await expect.poll(() => guest.page.getByText(WHAT).count()).toBe(0);
    await expect.poll(summary, SAID_WITHIN).toEqual({ blockedCount: 0, notices: [] });
    await expect.poll(metric).toBe(0);
  });

  test('a guest whose browser found no network at first has media within five seconds all the same', async () => {
    const late = await scene.guest(2, { gathersNothingAtFirst: true });
    await late.join('Jonas Weber');
    await late.expectInCall();
    await tv.expectToSee('Jonas Weber', 2, 5_000);
    await late.expectToSee(roomName, TV_NUMBER);
    await late.page.getByRole('button', { name: 'Leave' }).first().click();
    await late.close();
  });

  test('a room whose media is cut off in the call says so on TV and phone, and its place in the console is trouble', async () => {
    officeMedia.cut();
    await tv.page.getByText(WHAT_IN_THE_ROOM).waitFor(SAID_WITHIN);
    await phone.page.getByText(WHAT_IN_THE_ROOM).waitFor();
    await expect.poll(async () => (await summary()).notices, SAID_WITHIN).toEqual(['media-blocked']);
    officeMedia.restore();
    await tv.page.getByText(WHAT_IN_THE_ROOM).waitFor({ state: 'detached', ...SAID_WITHIN });
    await phone.page.getByText(WHAT_IN_THE_ROOM).waitFor({ state: 'detached' });
    await tv.expectToSee('Mina', 1);
    for (const persona of [tv, phone, guest]) await persona.expectSamePage();
  });
});
