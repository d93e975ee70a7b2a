/**
 * Devices under a running call: the TV's page in real Chromium over a real media node, with the agent's own policy behind
 * it. What the other one sees and hears is read from pixels and samples.
 */
import type { Browser, Page } from 'playwright-core';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startTestNode, type TestNode } from '../../fleet/media/testing/test-node.ts';
import { bundlePage } from '../simulators/bundle-page.ts';
import { launchChromium } from '../simulators/chromium.ts';
import type { BrowserCallPage } from './browser-call-page.ts';
import type { PlantedDevice } from './planted-devices-page.ts';
import { grantFor, inCall, ScreenAndEquipment } from './screen-and-equipment.ts';

declare const page: BrowserCallPage;
const ROOM_PEER_ID = uuidv7();
const [LOW_HZ, HIGH_HZ] = [530, 860];
const BRIO: PlantedDevice = {
  kind: 'videoinput',
  deviceId: 'brio',
  label: 'Logitech BRIO (046d:085e)',
  is: { colour: 'red', number: 1 },
};
const AVER: PlantedDevice = {
  kind: 'videoinput',
  deviceId: 'aver',
  label: 'AVer CAM520 (2574:0960)',
  is: { colour: 'blue', number: 2 },
};
const STICK: PlantedDevice = {
  kind: 'videoinput',
  deviceId: 'stick',
  groupId: 'stick',
  label: 'USB Video (534d:2109)',
  is: { colour: 'green', number: 3 },
};
const STICK_SOUND: PlantedDevice = {
  kind: 'audioinput',
  deviceId: 'stick-sound',
  groupId: 'stick',
  label: 'MS2109 Digital Stereo',
  is: { toneHz: 700 },
};
const JABRA: PlantedDevice = {
  kind: 'audioinput',
  deviceId: 'jabra',
  label: 'Jabra SPEAK 510 (0b0e:0422)',
  is: { toneHz: LOW_HZ },
};
const SHURE: PlantedDevice = {
  kind: 'audioinput',
  deviceId: 'shure',
  label: 'Shure MXA (14ed:1000)',
  is: { toneHz: HIGH_HZ },
};
const JABRA_OUT: PlantedDevice = {
  kind: 'audiooutput',
  deviceId: 'jabra-out',
  label: 'Jabra SPEAK 510 (0b0e:0422)',
  is: 'sounding',
};
const TV_OUT: PlantedDevice = { kind: 'audiooutput', deviceId: 'tv-out', label: 'Built-in HDMI', is: 'sounding' };
const EVERYTHING = [STICK, STICK_SOUND, BRIO, AVER, JABRA, SHURE, TV_OUT, JABRA_OUT];
const keyOf = ({ label }: PlantedDevice) => label.replace(/(.*) \((.*)\)/, '$2 $1');
const isRed = ([r, g, b]: number[]) => r! > 120 && g! < 90 && b! < 90;
const isBlue = ([r, g, b]: number[]) => b! > 120 && r! < 90 && g! < 110;

let node: TestNode;
let browser: Browser;
let tv: ScreenAndEquipment;
let mina: Page;

beforeAll(async () => {
  node = await startTestNode();
  browser = await launchChromium({ role: 'kiosk' });
});
afterAll(async () => {
  await browser?.close();
  await node?.stop();
});
beforeEach(async () => {
  tv = await ScreenAndEquipment.open(await browser.newPage(), EVERYTHING);
  await expect.poll(() => tv.heardOf('media-devices').length).toBeGreaterThan(0);
});
afterEach(async () => {
  await tv?.close();
  await mina?.close();
});

/** The room, and a person in another browser window. */
async function meet(): Promise<void> {
  const callId = uuidv7();
  await tv.join(await grantFor(node, { callId, peerId: ROOM_PEER_ID }));
  tv.become(inCall(callId, ROOM_PEER_ID));
  mina = await browser.newPage();
  await mina.exposeFunction('grant', () => Promise.reject(new Error('no grant here')));
  await mina.addScriptTag({ content: await bundlePage('../integration/browser-call-page.ts') });
  await mina.evaluate(() => page.make('#d0d020', 300));
  await mina.evaluate((of) => page.join('Mina', of), await grantFor(node, { callId, kind: 'person' }));
}
const room = async () =>
  (await mina.evaluate(() => page.state())).participants.find(({ peerId }) => peerId === ROOM_PEER_ID);
const sees = (isColour: (rgb: number[]) => boolean) =>
  expect
    .poll(async () => isColour((await mina.evaluate((of) => page.seen(of), ROOM_PEER_ID))?.rgb ?? [0, 0, 0]), {
      timeout: 10_000,
    })
    .toBe(true);
const hears = (tonesHz: number[]) =>
  expect
    .poll(
      () => mina.evaluate(([of, hz]) => page.heard(of, hz), [ROOM_PEER_ID, [LOW_HZ, HIGH_HZ]] as [string, number[]]),
      {
        timeout: 10_000,
      },
    )
    .toEqual(tonesHz);
const inUse = () => tv.equipment.part.devices.filter((device) => device.isInUse).map(({ name }) => name);

describe('a room’s devices', () => {
  test('are told in an idle room, and none is opened', async () => {
    expect(tv.heardOf('media-devices')[0]!.devices).toContainEqual({
      kind: 'camera',
      deviceId: 'brio',
      groupId: '',
      label: 'Logitech BRIO (046d:085e)',
    });
    await expect.poll(inUse).toEqual(['Logitech BRIO', 'Jabra SPEAK 510', 'Jabra SPEAK 510']);
    expect(await tv.openIds()).toEqual([]);
  });

  test('change under a call: same peer, same mute, and the other sees and hears the new ones', async () => {
    await meet();
    await sees(isRed);
    await hears([LOW_HZ]);
    expect(await tv.openIds()).toEqual(['brio', 'jabra']);
    tv.perform({ name: 'set-microphone', on: false });
    await expect.poll(async () => (await room())?.microphone).toBe('muted');

    const roster = JSON.stringify((await mina.evaluate(() => page.state())).participants);
    for (const [kind, device] of [
      ['camera', AVER],
      ['microphone', SHURE],
    ] as const)
      expect(await tv.equipment.handle({ name: 'choose-device', kind, deviceKey: keyOf(device) })).toBe(null);
    await sees(isBlue);
    await expect.poll(() => tv.openIds()).toEqual(['aver', 'shure']);
    expect(inUse()).toEqual(['AVer CAM520', 'Shure MXA', 'Jabra SPEAK 510']);
    expect(JSON.stringify((await mina.evaluate(() => page.state())).participants)).toBe(roster);
    await hears([]);

    tv.perform({ name: 'set-microphone', on: true });
    await hears([HIGH_HZ]);
    expect(tv.heardOf('call-joined').length).toBe(1);
    expect(tv.heardOf('lost')).toEqual([]);
    expect(tv.heardOf('effect-failed')).toEqual([]);
  });

  test('fall back when one is pulled out, and return when it is back', async () => {
    await meet();
    await sees(isRed);
    tv.perform({ name: 'set-microphone', on: false });
    await tv.page.evaluate(() => window.plantedRoom.pullOut('brio'));
    await tv.page.evaluate(() => window.plantedRoom.pullOut('jabra'));
    await sees(isBlue);
    await expect.poll(() => tv.openIds()).toEqual(['aver', 'shure']);
    await expect.poll(room).toMatchObject({ microphone: 'muted', camera: 'on', connection: 'connected' });
    await tv.page.evaluate((back) => window.plantedRoom.plugIn(back), BRIO);
    await tv.page.evaluate((back) => window.plantedRoom.plugIn(back), JABRA);
    await sees(isRed);
    await expect.poll(() => tv.openIds()).toEqual(['brio', 'jabra']);
    await expect.poll(room).toMatchObject({ microphone: 'muted', camera: 'on' });
    expect(tv.heardOf('call-joined').length).toBe(1);
  });

  test('never have an HDMI stick as the camera, though it is all there is', async () => {
    await tv.page.evaluate(([stick, sound]) => window.plantedRoom.plant([stick!, sound!]), [STICK, STICK_SOUND]);
    await meet();
    await expect.poll(room).toMatchObject({ camera: 'absent', microphone: 'absent' });
    expect(await tv.openIds()).toEqual([]);
  });

  test('play where the policy says, and elsewhere when that is gone', async () => {
    await meet();
    const sinks = () =>
      tv.page.evaluate(() => [...document.querySelectorAll('audio')].map(({ sinkId }) => sinkId).join());
    await expect.poll(sinks).toBe('jabra-out');
    await tv.page.evaluate(() => window.plantedRoom.pullOut('jabra-out'));
    await expect.poll(sinks).toBe('tv-out');
    await tv.page.evaluate(() => window.plantedRoom.pullOut('tv-out'));
    await expect.poll(sinks).toBe('');
  });

  test('say which speaker does not take the sound', async () => {
    await tv.page.evaluate(
      (all) => window.plantedRoom.plant(all),
      EVERYTHING.map((device) =>
        device === JABRA_OUT ? { ...device, is: 'refusing' as const } : device,
      ) as PlantedDevice[],
    );
    await meet();
    await expect
      .poll(() => tv.heardOf('effect-failed'))
      .toEqual([{ type: 'effect-failed', name: 'use-devices', code: 'device-gone' }]);
    await expect.poll(() => tv.heardOf('media-devices').at(-1)!.inUse.speakerId).toBe(null);
  });
});

describe('an HDMI input', () => {
  const shown = () => tv.page.getByRole('group', { name: 'Screen: ', exact: false });

  test('is the room’s shared screen for all, and withdrawn when it is pulled out', async () => {
    expect(await tv.equipment.handle({ name: 'show-input', deviceKey: keyOf(STICK) })).toBe('not-possible-now');
    await meet();
    expect(await tv.equipment.handle({ name: 'show-input', deviceKey: keyOf(STICK) })).toBe(null);
    expect(tv.equipment.part.shownInput).toBe(keyOf(STICK));
    expect(await tv.openIds()).toEqual(['brio', 'jabra', 'stick', 'stick-sound']);
    await expect.poll(room).toMatchObject({ sharesScreen: true, camera: 'on' });
    // large on the TV itself, and heard there
    await expect
      .poll(() =>
        tv.page.evaluate(() => {
          const video = document.querySelector<HTMLVideoElement>('[data-source="screen"][data-role="main"] video');
          return video !== null && video.videoWidth > 0;
        }),
      )
      .toBe(true);
    expect(await tv.page.locator('audio').count()).toBe(2);

    await tv.page.evaluate(() => window.plantedRoom.pullOut('stick'));
    await expect.poll(room).toMatchObject({ sharesScreen: false, camera: 'on' });
    await expect.poll(() => tv.equipment.part.shownInput).toBe(null);
    expect(await tv.openIds()).toEqual(['brio', 'jabra']);
    await expect.poll(() => shown().count()).toBe(0);
  });

  test('goes with the call', async () => {
    await meet();
    expect(await tv.equipment.handle({ name: 'show-input', deviceKey: keyOf(STICK) })).toBe(null);
    tv.perform({ name: 'leave-call' });
    await expect.poll(() => tv.openIds()).toEqual([]);
    await expect.poll(() => tv.equipment.part.shownInput).toBe(null);
  });
});
