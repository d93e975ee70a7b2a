/** A camera that is missing, a microphone that is refused: said in words to whom it concerns, and the call starts without them. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Guest, PhonePage, Tv } from './personas/roles.ts';
import { Scene } from './scene.ts';
import { readTvCode } from './tv-code.ts';

describe('without camera or microphone', () => {
  let scene: Scene;
  let tv: Tv;
  let phone: PhonePage;
  let guest: Guest;
  let roomName: string;

  beforeAll(async () => {
    scene = await Scene.start();
    tv = await scene.tv({ camera: 'missing', microphone: 'refused' });
    roomName = await tv.roomName();
    await scene.observer();
    phone = await scene.phoneByTypedCode(await readTvCode(tv, [scene.firstCode]));
    guest = await scene.guest(1, { camera: 'refused', microphone: 'missing' });
  });
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') console.error(scene.troubles());
  });
  afterAll(() => scene?.close());

  test('the guest is told both, and can join all the same', async () => {
    await guest.page.getByText('The camera is not allowed.').waitFor();
    await guest.page.getByText('No microphone found.').waitFor();
    await guest.join('Mina');
    await guest.expectInCall();
    await guest.button('No camera').click();
    const dialog = guest.page.getByRole('dialog', { name: 'Camera, microphone and sound' });
    await dialog.getByText('The camera is not allowed.').waitFor();
    await dialog.getByText('The microphone is not connected.').waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
  });

  test('the room joins without either, and the phone says what is missing', async () => {
    await phone.joinRunning();
    await tv.stage.waitFor();
    await phone.button('No camera').waitFor();
    await phone.button('No microphone').waitFor();
    const observer = await scene.observer();
    // the devices are opened a moment after the others are shown; until then the browser has named neither
    const state = await observer.until(
      ({ phase, notices }) => phase.name === 'in-call' && notices.includes('camera-missing'),
    );
    expect(state).toMatchObject({ microphone: 'absent', camera: 'absent' });
    expect(state.notices).toEqual(expect.arrayContaining(['camera-missing', 'microphone-refused']));
    expect(state.notices).not.toContain('camera-refused');
  });

  test('each is in the other’s call by name, without a picture', async () => {
    await guest.page.getByRole('figure', { name: roomName, exact: true }).waitFor();
    await tv.page.getByRole('figure', { name: 'Mina', exact: true }).waitFor();
    await guest.expectNotToSee(roomName);
    await tv.expectNotToSee('Mina');
  });

  test('somebody with a camera who comes later is seen by both', async () => {
    const second = await scene.guest(2);
    await second.join('Bo');
    await tv.expectToSee('Bo', 2);
    await guest.expectToSee('Bo', 2);
    await tv.expectToHear([2]);
  });
});
