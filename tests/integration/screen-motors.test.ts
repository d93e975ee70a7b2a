/** What canvas tracks can't show: Chromium's own fake cameras have ids, motors and speakers, and rights to ask for. */
import type { Browser, Page } from 'playwright-core';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startTestNode, type TestNode } from '../../fleet/media/testing/test-node.ts';
import { bundlePage } from '../simulators/bundle-page.ts';
import { launchChromium } from '../simulators/chromium.ts';
import type { BrowserCallPage } from './browser-call-page.ts';
import { grantFor, inCall, ScreenAndEquipment } from './screen-and-equipment.ts';

let node: TestNode;
let browser: Browser;
let tv: ScreenAndEquipment;
beforeAll(async () => {
  node = await startTestNode();
  browser = await launchChromium({ role: 'kiosk', fakeCameras: 2 });
});
afterAll(async () => {
  await browser?.close();
  await node?.stop();
});
afterEach(() => tv?.close());

/** As the shell does it over its DevTools pipe. */
async function allow(
  page: Page,
  permissions: ('videoCapture' | 'audioCapture' | 'cameraPanTiltZoom')[],
): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  const { targetInfo } = await devtools.send('Target.getTargetInfo');
  const whole = await browser.newBrowserCDPSession();
  await whole.send('Browser.grantPermissions', { permissions, browserContextId: targetInfo.browserContextId });
}
async function join(): Promise<string> {
  const [callId, peerId] = [uuidv7(), uuidv7()];
  await tv.join(await grantFor(node, { callId, peerId }));
  tv.become(inCall(callId, peerId));
  return callId;
}
const cameras = () => tv.equipment.part.devices.filter(({ kind }) => kind === 'camera');
const openCamera = () => tv.heardOf('media-devices').at(-1)?.inUse.cameraId ?? null;
const ownDeviceId = () =>
  tv.page.evaluate(() => {
    const own = document.querySelector<HTMLVideoElement>('figure[data-role="own"] video');
    return (own?.srcObject as MediaStream | null)?.getVideoTracks()[0]?.getSettings().deviceId ?? null;
  });

describe('cameras of the browser itself', () => {
  test('are known by name before one is opened, once the page may use them', async () => {
    const page = await browser.newPage();
    tv = await ScreenAndEquipment.open(page, null);
    await expect.poll(() => tv.heardOf('media-devices').at(-1)?.devices.length).toBeGreaterThan(0);
    expect(cameras()).toEqual([]);
    await allow(page, ['videoCapture', 'audioCapture']);
    await expect.poll(() => cameras().map(({ name }) => name)).toEqual(['fake_device_0', 'fake_device_1']);
    expect(openCamera()).toBe(null);
  });

  test('are opened and changed by their exact ids, and heard through the chosen speaker', async () => {
    const page = await browser.newPage();
    await allow(page, ['videoCapture', 'audioCapture']);
    tv = await ScreenAndEquipment.open(page, null);
    await expect.poll(() => cameras().length).toBe(2);
    const callId = await join();
    const listed = tv.heardOf('media-devices').at(-1)!.devices;
    const idOf = (label: string) => listed.find((device) => device.label === label)!.deviceId;
    await expect.poll(ownDeviceId).toBe(idOf('fake_device_0'));
    // without the right to move it, it is used all the same
    expect(tv.equipment.part.camera).toBe(null);
    const chosen = await tv.equipment.handle({ name: 'choose-device', kind: 'camera', deviceKey: 'fake_device_1' });
    expect(chosen).toBe(null);
    await expect.poll(ownDeviceId).toBe(idOf('fake_device_1'));
    expect(openCamera()).toBe(idOf('fake_device_1'));
    await tv.equipment.handle({ name: 'choose-device', kind: 'speaker', deviceKey: 'Fake Audio Output 2' });
    // somebody to be heard
    const mina = await browser.newPage();
    await mina.exposeFunction('grant', () => Promise.reject(new Error('no grant here')));
    await mina.addScriptTag({ content: await bundlePage('../integration/browser-call-page.ts') });
    await mina.evaluate(() => (window as unknown as { page: BrowserCallPage }).page.make('#d0d020', 300));
    await mina.evaluate(
      (grant) => (window as unknown as { page: BrowserCallPage }).page.join('Mina', grant),
      await grantFor(node, { callId, kind: 'person' }),
    );
    await expect
      .poll(() => page.evaluate(() => [...document.querySelectorAll('audio')].map(({ sinkId }) => sinkId)))
      .toEqual([idOf('Fake Audio Output 2')]);
    await mina.close();
    expect(tv.heardOf('effect-failed')).toEqual([]);
    expect(tv.heardOf('call-joined').length).toBe(1);
  });

  test('move while they are told to, within their ends, and go to a saved place', async () => {
    const page = await browser.newPage();
    await allow(page, ['videoCapture', 'audioCapture', 'cameraPanTiltZoom']);
    tv = await ScreenAndEquipment.open(page, null);
    await expect.poll(() => cameras().length).toBe(2);
    await join();
    const axis = (value: number) => ({ min: 100, max: 400, step: 1, value });
    const placed = { pan: axis(100), tilt: axis(100), zoom: axis(100) };
    await expect.poll(() => tv.equipment.part.camera).toEqual(placed);
    const steer = (pan: number, zoom: number) => tv.equipment.handle({ name: 'steer-camera', pan, tilt: 0, zoom });
    const at = () => tv.equipment.part.camera!;
    for (let time = 0; time < 4; time += 1) {
      expect(await steer(1, 0)).toBe(null);
      await page.waitForTimeout(300);
    }
    await expect.poll(() => at().pan!.value).toBeGreaterThan(130);
    // let go of, it stands still
    await page.waitForTimeout(1_000);
    const pan = at().pan!.value;
    expect(pan).toBeLessThan(300);
    expect(at()).toEqual({ ...placed, pan: axis(pan) });
    expect(await tv.equipment.handle({ name: 'save-preset', presetId: 1, presetName: 'Board' })).toBe(null);
    await steer(-1, 1);
    await page.waitForTimeout(1_500);
    expect(at().pan!.value).toBeLessThan(pan);
    expect(at().zoom!.value).toBeGreaterThan(100);
    expect(await tv.equipment.handle({ name: 'recall-preset', presetId: 1 })).toBe(null);
    await expect.poll(at).toEqual({ ...placed, pan: axis(pan) });
    // the picture keeps its size
    const own = () =>
      page.evaluate(() => document.querySelector<HTMLVideoElement>('figure[data-role="own"] video')!.videoWidth);
    expect(await own()).toBe(1280);
  });
});
