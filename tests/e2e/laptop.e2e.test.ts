/** A laptop's screen on the TV, with nothing installed and no phone: by the address and the code that the TV shows. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { screenNumberOf } from './personas/persona.ts';
import type { Guest, Laptop, PhonePage, Tv } from './personas/roles.ts';
import { Scene } from './scene.ts';
import { readTvCode } from './tv-code.ts';

/** From the end of the sharing to the idle picture. */
const IDLE_WITHIN_MS = 5_000;

let scene: Scene;
let tv: Tv;
let laptop: Laptop;
let phone: PhonePage;
let guest: Guest;
let roomName: string;
const used: string[] = [];

beforeAll(async () => {
  scene = await Scene.start();
  tv = await scene.tv();
  await tv.page.getByRole('img', { name: 'Scan to control this room' }).waitFor();
  roomName = await tv.roomName();
});
afterEach(({ task }) => {
  if (task.result?.state === 'fail') console.error(scene?.troubles());
});
afterAll(() => scene?.close());

const screenOf = (name: string, viewer: Tv | Guest = tv) => viewer.page.getByRole('group', { name: new RegExp(name) });
async function seesScreen(name: string, number: number, viewer: Tv | Guest = tv): Promise<void> {
  const screen = screenOf(name, viewer);
  await screen.waitFor();
  await expect
    .poll(() => screen.locator('video').evaluate((video) => window.maruSenses.see(video as HTMLVideoElement)))
    .toMatchObject({ number: screenNumberOf(number) });
}
async function connected(number: number): Promise<Laptop> {
  const address = (await tv.page.getByText(/\/share$/).textContent()) ?? '';
  const made = await scene.laptop(number, address.trim());
  const code = await readTvCode(tv, used);
  used.push(code);
  await made.connect(code);
  await made.page.getByText(`Connected to ${roomName}`).waitFor();
  return made;
}

test('a code that is not the TV’s is refused in words', async () => {
  const address = (await tv.page.getByText(/\/share$/).textContent()) ?? '';
  const stranger = await scene.laptop(5, address.trim());
  await stranger.connect('ZZZZ ZZZZ');
  await stranger.page.getByText('This code does not work').waitFor();
  await tv.expectIdle(roomName);
});

test('the idle TV shows the laptop’s screen large, and who shares it', async () => {
  laptop = await connected(1);
  await tv.expectIdle(roomName);
  await laptop.shareScreen('Mina');
  await seesScreen('Mina', 1);
  await expect
    .poll(async () => ((await screenOf('Mina').boundingBox())?.width ?? 0) / 1280, { message: 'part of the width' })
    .toBeGreaterThan(0.6);
});

test('it stops: the TV is idle again at once, thanks nobody, and shows a code of now', async () => {
  await laptop.button('Stop sharing').click();
  await tv.expectIdle(roomName, IDLE_WITHIN_MS);
  await laptop.button('Share screen').waitFor();
  await readTvCode(tv, used);
});

test('it shares again without another code; its page is closed, and the TV is idle', async () => {
  await laptop.shareScreen('Mina');
  await seesScreen('Mina', 1);
  await laptop.page.close();
  await tv.expectIdle(roomName, IDLE_WITHIN_MS);
});

test('in a running call it is one more screen: a guest sees it, the phone names it, and the call outlives it', async () => {
  laptop = await connected(2);
  phone = await scene.phoneByTypedCode(await readTvCode(tv, used));
  await phone.start();
  await tv.stage.waitFor();
  guest = await scene.guest(3);
  await guest.join('Jonas');
  await guest.expectInCall();
  await laptop.shareScreen('Joon');
  await seesScreen('Joon', 2);
  await seesScreen('Joon', 2, guest);
  await phone.page.getByText('Joon shows a screen').first().waitFor();
  await laptop.button('Stop sharing').click();
  await screenOf('Joon').waitFor({ state: 'detached' });
  await tv.expectToSee('Jonas', 3);
  await guest.button('Leave').click();
  await tv.page.getByText('Waiting for others').waitFor();
  await phone.endForAll();
});
