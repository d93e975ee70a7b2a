/**
 * A guest's devices in the call: taken away and back without a `devicechange`, interrupted by the system, chosen anew. The
 * others see the truth, and the guest is told in words.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { DeviceEvents } from './personas/page/devices.ts';
import type { Guest, PhonePage, Tv } from './personas/roles.ts';
import { Scene } from './scene.ts';

describe('a guest’s devices in the call', () => {
  let scene: Scene;
  let tv: Tv;
  let phone: PhonePage;
  let guest: Guest;

  const happen = <E extends keyof DeviceEvents>(event: E, ...args: Parameters<DeviceEvents[E]>) =>
    guest.page.evaluate(
      ([name, given]) => {
        (window.maruDevices[name] as (...of: unknown[]) => void)(...given);
      },
      [event, args] as const,
    );
  const words = (text: string) => guest.page.getByText(text, { exact: false }).first();

  beforeAll(async () => {
    scene = await Scene.start();
    tv = await scene.tv();
    phone = await scene.phone();
    await phone.start();
    await tv.stage.waitFor();
    guest = await scene.guest(1);
    await guest.join('Mina');
    await guest.expectInCall();
    await tv.expectToHear([1]);
  });
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') console.error(scene?.troubles());
  });
  afterAll(() => scene?.close());

  test('a headset that is taken away is said to be gone, and is heard again when it is back', async () => {
    await happen('pullOut', 'microphone');
    await words('The microphone is not connected').waitFor();
    await tv.expectToHear([]);
    await phone.page.getByRole('button', { name: /Mina/ }).first().waitFor();
    await guest.button('No microphone').click();
    const dialog = guest.page.getByRole('dialog', { name: 'Camera, microphone and sound' });
    await dialog.getByText('The microphone is not connected').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await happen('plugIn', 'microphone');
    await tv.expectToHear([1]);
    await guest.button('Mute microphone').waitFor();
  });

  test('what was muted by the host is muted after it too', async () => {
    await phone.button('Mute Mina').click();
    await guest.button('Unmute microphone').waitFor();
    await happen('pullOut', 'microphone');
    await guest.button('No microphone').waitFor();
    await happen('plugIn', 'microphone');
    await guest.button('Unmute microphone').waitFor();
    await tv.expectToHear([]);
    await guest.button('Unmute microphone').click();
    await tv.expectToHear([1]);
  });

  test('a microphone that the system silences is muted for everyone, and is not afterwards', async () => {
    await happen('interrupt', 'microphone', true);
    await guest.button('No microphone').click();
    const dialog = guest.page.getByRole('dialog', { name: 'Camera, microphone and sound' });
    await dialog.getByText('Your device has silenced the microphone').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await phone.page.getByRole('button', { name: 'Mina is muted' }).waitFor();
    await happen('interrupt', 'microphone', false);
    await phone.button('Mute Mina').waitFor();
    await tv.expectToHear([1]);
  });

  test('a camera that is gone comes back, and another can be chosen in the call', async () => {
    await happen('pullOut', 'camera');
    await guest.button('No camera').waitFor();
    await tv.expectNotToSee('Mina');
    await happen('plugIn', 'camera');
    await tv.expectToSee('Mina', 1);
    await guest.button('Devices').click();
    const dialog = guest.page.getByRole('dialog', { name: 'Camera, microphone and sound' });
    for (const name of ['Microphone', 'Camera', 'Speaker']) await dialog.getByLabel(name, { exact: true }).waitFor();
    await dialog.getByLabel('Camera', { exact: true }).selectOption({ label: 'Synthetic camera' });
    await dialog.getByRole('button', { name: 'Close' }).click();
    await tv.expectToSee('Mina', 1);
    await guest.expectSamePage();
  });

  test('sound that was paused behind the page plays on', async () => {
    await guest.page.evaluate(() => {
      for (const audio of document.querySelectorAll('audio')) audio.pause();
    });
    await expect
      .poll(() => guest.page.evaluate(() => [...document.querySelectorAll('audio')].map(({ paused }) => paused)))
      .toEqual([false]);
    await guest.expectToHear([0]);
  });
});
