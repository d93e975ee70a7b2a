/**
 * The executive meeting, live: a room's phone puts its meeting on air, staff see and hear it in a browser, rewind and come back, go on
 * through the death of each process, and watch it again afterwards; other programs read the same stream.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { livePath, livePaths } from '#contract/live-delivery.ts';
import { eventually } from '../simulators/eventually.ts';
import { pictureDocument } from '../simulators/media/picture-document.ts';
import { colourOf } from './personas/perceive.ts';
import type { Persona } from './personas/persona.ts';
import type { Guest, PhonePage, Tv } from './personas/roles.ts';
import { StreamReader } from './personas/stream-reader.ts';
import type { Viewer } from './personas/viewer.ts';
import type { Role } from './product/product.ts';
import { Scene } from './scene.ts';

const PASSWORD = 'correct horse battery';
/** Of the demonstration room's own meeting. */
const TITLE = 'Demonstration room';
const ROOM = 0;
const MINA = 1;
const FIRST_PAGE = 5;
const SECOND_PAGE = 6;
/** Pictures and tones come, however busy the machine is; how soon is measured where one broadcast has it to itself. */
const WITHIN_MS = 120_000;
/** Through the death of a process; the suite fails at three times that. */
const LONGEST_STOP_MS = 4_000;
/** A page that watches asks for chapters each half minute. */
const CHAPTERS_WITHIN_MS = 40_000;
const DECK = 'Results.pdf';
const deck = () => pictureDocument([FIRST_PAGE, SECOND_PAGE].map((number) => ({ number, colour: colourOf(number) })));
const onAir = ({ page }: Persona) => page.getByLabel('On air', { exact: true }).first();

describe('an executive meeting, live', () => {
  let scene: Scene;
  let tv: Tv;
  let phone: PhonePage;
  let guest: Guest;
  let viewer: Viewer;
  let reader: StreamReader;
  let liveUrl: string;
  let broadcastId: string;

  const playlist = (file: string = livePaths.live) => `${liveUrl}${livePath(broadcastId, file)}`;
  const expectTones = (numbers: number[]) =>
    eventually(
      `tones ${numbers} in the stream`,
      () => reader.heardNumbers(playlist()),
      (heard) => numbers.every((number) => heard.includes(number)),
      { timeoutMs: WITHIN_MS, everyMs: 500 },
    );

  beforeAll(async () => {
    scene = await Scene.start();
    tv = await scene.tv();
    phone = await scene.phone();
    await phone.start();
    await tv.stage.waitFor();
    // one: all these browsers and the program share the processors, and the rest of the suite has the large calls
    guest = await scene.guest(MINA);
    await guest.join('Mina');
    await guest.expectInCall();
  });
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') console.error(scene?.troubles());
  });
  afterAll(() => scene?.close());

  test('goes on air by one tap and a check in the green room, and everybody in it sees so', async () => {
    await phone.button('Go live').click();
    await phone.button('Start broadcast').click({ timeout: 150_000 });
    for (const persona of [phone, tv, guest]) await onAir(persona).waitFor({ timeout: 30_000 });
  });

  test('is seen and heard by staff in a browser, without anything to install', async () => {
    const { adminUser, adminPassword } = scene.product.addresses;
    const member = await scene.member(8);
    await member.signIn(adminUser, adminPassword);
    await member.choosePassword(PASSWORD);
    await member.button('New meeting').waitFor();
    await member.close();
    viewer = await scene.viewer(9);
    reader = new StreamReader({ cookies: (url) => viewer.cookies(url) });
    viewer.page.on('request', (request) => {
      const found = /^(.*)\/live\/([0-9a-f-]{36})\//.exec(request.url());
      if (found) [liveUrl, broadcastId] = [found[1]!, found[2]!];
    });
    await viewer.signIn(adminUser, PASSWORD);
    await viewer.broadcast.waitFor({ timeout: 30_000 });
    await viewer.expectToSeeAll([ROOM, MINA], WITHIN_MS);
    await viewer.expectToHearAll(playlist(), [ROOM, MINA]);
    await viewer.expectToPlayFor(5_000, 1_500);
    await expectTones([ROOM, MINA]);
    await viewer.page.getByText(TITLE, { exact: true }).first().waitFor();
  }, 400_000);

  test('has no token in a URL, and nothing for a stranger', async () => {
    const refused = await fetch(playlist());
    expect([401, 403]).toContain(refused.status);
    const cookie = await viewer.cookies(liveUrl);
    expect((await fetch(playlist(), { headers: { cookie } })).status).toBe(200);
  });

  test('is what another program reads: H264 and AAC, decoded without an error', async () => {
    const streams = await reader.streams(playlist(livePaths.dvr));
    expect(streams.map(({ codec_name }) => codec_name).sort()).toEqual(['aac', 'h264']);
    expect(streams.find(({ codec_name }) => codec_name === 'h264')).toMatchObject({ width: 1280, height: 720 });
    await reader.decodeThrough(playlist(livePaths.dvr), 6);
  });

  test('shows the pages of a document beside the people, each page as it is turned', async () => {
    await phone.button('Share a document').click();
    await phone.page.setInputFiles('input[type=file]', { name: DECK, mimeType: 'application/pdf', buffer: deck() });
    await viewer.expectToSeeAll([FIRST_PAGE], 90_000);
    await viewer.page
      .getByRole('button', { name: `${DECK}, 1` })
      .first()
      .waitFor({ timeout: CHAPTERS_WITHIN_MS });
    await phone.button('Next document page').click();
    await viewer.expectToSeeAll([SECOND_PAGE]);
    await viewer.page
      .getByRole('button', { name: `${DECK}, 2` })
      .first()
      .waitFor({ timeout: CHAPTERS_WITHIN_MS });
    await phone.button('Stop sharing the document').click();
    await viewer.expectToSeeAll([ROOM, MINA]);
  }, 300_000);

  test('is rewound to its start, and back to live by one tap', async () => {
    const timeline = viewer.page.getByRole('slider', { name: 'Timeline' });
    await timeline.focus();
    await viewer.page.keyboard.press('Home');
    await viewer.page
      .getByText(/behind/)
      .first()
      .waitFor();
    await eventually(
      'plays from the start',
      () => viewer.position(),
      (at) => at < 12,
    );
    await viewer.button('Back to live').click();
    await viewer.page
      .getByText(/behind/)
      .first()
      .waitFor({ state: 'detached' });
    await viewer.expectToSeeAll([ROOM, MINA]);
    await viewer.expectSamePage();
  });

  test.each<[Role, number]>([
    ['program', 12_000],
    ['packager', 8_000],
    ['fleet-server', 8_000],
    ['media-worker', 12_000],
  ])(
    'goes on through the death of its %s, without a reload',
    async (role, backWithinMs) => {
      const former = scene.product.kill(role);
      await scene.product.replaced(role, former);
      await viewer.expectToPlayFor(backWithinMs, 3 * LONGEST_STOP_MS);
      await viewer.expectToSeeAll([ROOM, MINA], WITHIN_MS);
      await expectTones([MINA]);
      await viewer.expectSamePage();
      await onAir(phone).waitFor();
    },
    400_000,
  );

  test('ends for everyone, and is there to be watched again, under its title', async () => {
    await phone.button('End broadcast').click();
    await phone.button('End it for everyone').click();
    for (const persona of [phone, tv, guest]) await onAir(persona).waitFor({ state: 'detached', timeout: WITHIN_MS });
    await viewer.page.getByText('The broadcast is over').first().waitFor({ timeout: WITHIN_MS });
    await viewer.expectSamePage();
    const again = await scene.viewer(7);
    await again.signIn(scene.product.addresses.adminUser, PASSWORD);
    await again.page.getByRole('link', { name: TITLE }).first().click();
    await again.expectToSeeAll([ROOM, MINA], WITHIN_MS);
    await again.expectToPlayFor(4_000, 2_000);
    // its chapters lead to where they say
    await again.page.getByRole('button', { name: `${DECK}, 2` }).click();
    await again.expectToSeeAll([SECOND_PAGE]);
    await again.page.getByRole('button', { name: 'Start' }).click();
    await again.expectToSeeAll([ROOM, MINA]);
  });

  test('can be downloaded as one file that plays through', async () => {
    const { fleetUrl } = scene.product.addresses;
    const url = `${fleetUrl}/api/v1/broadcasts/${broadcastId}/file`;
    const cookie = await viewer.cookies(fleetUrl);
    await expect
      .poll(() => fetch(url, { headers: { cookie, range: 'bytes=0-0' } }).then(({ status }) => status), {
        timeout: WITHIN_MS,
      })
      .toBe(206);
    await reader.decodeThrough(url);
  }, 300_000);
});
