/** Starts at the same instant, from two phones and a guest, are one call. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { codeOf, pair, Phone } from '../simulators/phone/phone.ts';
import type { Guest, Tv } from './personas/roles.ts';
import { Scene } from './scene.ts';
import { readTvCode } from './tv-code.ts';

describe('starts at the same instant', () => {
  let scene: Scene;
  let tv: Tv;
  let phones: Phone[];

  beforeAll(async () => {
    scene = await Scene.start();
    tv = await scene.tv();
    const { fleetUrl, controllerUrl } = scene.product.addresses;
    phones = [];
    let code = codeOf(controllerUrl);
    for (let n = 0; n < 3; n += 1) {
      const { controllerToken } = await pair({ fleetUrl, code });
      const phone = new Phone({ fleetUrl, token: controllerToken });
      await phone.connect();
      phones.push(phone);
      code = await readTvCode(tv, [code]);
    }
  });
  afterAll(async () => {
    for (const phone of phones ?? []) phone.close();
    await scene?.close();
  });

  test('three phones and a guest at once make one call', async () => {
    const guest: Guest = await scene.guest(1);
    await guest.page.getByRole('textbox', { name: 'Your name' }).fill('Mina');
    await Promise.all([...phones.map((phone) => phone.command({ name: 'join-call' })), guest.button('Join').click()]);
    await guest.expectInCall();
    await tv.expectToSee('Mina', 1);
    const callIds = await Promise.all(
      phones.map(async (phone) => {
        const { phase } = await phone.until(({ phase: now }) => now.name === 'in-call' && now.participantCount === 2);
        return phase.name === 'in-call' ? phase.callId : '';
      }),
    );
    expect(new Set(callIds).size).toBe(1);
    expect((await scene.mediaMetrics())['carried calls']).toBe(1);
  });

  test('an end and a start at once leave the room in one state, the same for every phone', async () => {
    const [ending, starting] = await Promise.allSettled([
      phones[0]!.command({ name: 'end-call' }),
      phones[1]!.command({ name: 'join-call' }),
    ]);
    expect([ending.status, starting.status]).toContain('fulfilled');
    const settled = (phone: Phone) =>
      phone.until(({ phase }) => phase.name === 'idle' || phase.name === 'in-call', 30_000);
    const revisions = await Promise.all(phones.map(async (phone) => (await settled(phone)).phase.name));
    expect(new Set(revisions).size).toBe(1);
    expect((await scene.mediaMetrics())['carried calls']).toBeLessThanOrEqual(1);
  });
});
