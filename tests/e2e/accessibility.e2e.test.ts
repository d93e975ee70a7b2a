/** axe on every page that a person meets, in the states that they meet it in: nothing serious or critical. */
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Guest, PhonePage, Tv } from './personas/roles.ts';
import { Scene } from './scene.ts';

describe('accessibility', () => {
  let scene: Scene;
  let tv: Tv;
  let phone: PhonePage;
  let guest: Guest;

  beforeAll(async () => {
    scene = await Scene.start();
    tv = await scene.tv();
    phone = await scene.phone();
    await phone.button('Start meeting').waitFor();
    guest = await scene.guest(1);
  });
  afterAll(() => scene?.close());

  async function expectAccessible(page: Page): Promise<void> {
    // what fades in is not judged half transparent
    await page.waitForFunction(() =>
      document
        .getAnimations()
        .every(
          ({ playState, effect }) => playState === 'finished' || effect?.getComputedTiming().iterations === Infinity,
        ),
    );
    const { violations } = await new AxeBuilder({ page }).analyze();
    const grave = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(
      grave.map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')})`),
    ).toEqual([]);
  }

  test('the TV and the phone in idle', async () => {
    await expectAccessible(tv.page);
    await expectAccessible(phone.page);
  });

  test('a phone that is not paired, and one whose code was wrong', async () => {
    const unpaired = await scene.phone(new URL('/control', scene.product.addresses.fleetUrl).href);
    await unpaired.page.getByRole('textbox', { name: 'Code on the TV' }).fill('BBBB-BBBB');
    await expectAccessible(unpaired.page);
    await unpaired.button('Connect').click();
    await unpaired.page.getByRole('alert').waitFor();
    await expectAccessible(unpaired.page);
  });

  test('the guest’s check of devices, with a camera and without one', async () => {
    await guest.button('Join').waitFor();
    await expectAccessible(guest.page);
    const without = await scene.guest(2, { camera: 'missing', microphone: 'refused' });
    await without.page.getByText('No camera found.').waitFor();
    await without.page.getByText('The microphone is not allowed.').waitFor();
    await expectAccessible(without.page);
    await without.join('Nobody Hears Me');
    await without.expectInCall();
    await without.button('Leave').click();
  });

  test('a call: TV, phone and guest', async () => {
    await phone.start();
    await tv.stage.waitFor();
    await guest.join('Mina');
    await guest.expectInCall();
    await tv.expectToSee('Mina', 1);
    for (const persona of [tv, phone, guest]) await expectAccessible(persona.page);
    await phone.button('End meeting for all').click();
    await expectAccessible(phone.page);
  });

  test('the console’s sign-in, and Korean', async () => {
    const page = await phone.page.context().newPage();
    await page.goto(scene.product.addresses.consoleUrl);
    await page.getByRole('button').first().waitFor();
    await expectAccessible(page);
    await page.goto(`${scene.product.addresses.fleetUrl}/control?lang=ko`);
    await page.locator('html[lang=ko]').waitFor();
    await expectAccessible(page);
  });
});
