/**
 * A meeting of one's own, from the staff page on: made, joined by a tap, guests by its link who knock and are let in from the
 * host's page, locked, in order, left; and the staff page in Debian's Firefox.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { FirefoxGuest } from './personas/firefox-guest.ts';
import type { Guest, Member } from './personas/roles.ts';
import { Scene } from './scene.ts';

const TITLE = 'Price talks';
const PASSWORD = 'correct horse battery';
const HOST = { number: 1 };
const JONAS = { name: 'Jonas', number: 2 };

describe('a meeting of one’s own', () => {
  let scene: Scene;
  let host: Member;
  let jonas: Guest;
  let joinUrl: string;
  let hostName: string;

  const ask = async (guest: Guest, name: string, organisation = '') => {
    await guest.page.getByRole('textbox', { name: 'Your name' }).fill(name);
    await guest.page.getByRole('textbox', { name: 'Your organisation' }).fill(organisation);
    await guest.button('Ask to join').click();
    await guest.page.getByText('Waiting to be let in').waitFor();
  };

  beforeAll(async () => {
    scene = await Scene.start();
    host = await scene.member(HOST.number);
  });
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') console.error(scene?.troubles());
  });
  afterAll(() => scene?.close());

  test('is made at the staff page, after the one-time password was changed', async () => {
    const { adminUser, adminPassword } = scene.product.addresses;
    await host.signIn(adminUser, adminPassword);
    await host.choosePassword(PASSWORD);
    await host.makeMeeting(TITLE);
    expect(await host.page.getByText('Guests wait to be let in').count()).toBe(1);
  });

  test('has a link to copy, also while its host is in it; its host waits for nobody', async () => {
    await host.join(TITLE);
    await host.button('Invite').click();
    const link = host.page.getByText(/\/join#/);
    joinUrl = (await link.textContent()) ?? '';
    await host.page.getByRole('img', { name: 'Scan to ask to join' }).waitFor();
    await host.page.keyboard.press('Escape');
  });

  test('its guest knocks, and is in by itself once the host admits', async () => {
    jonas = await scene.guest(JONAS.number, {}, joinUrl);
    await ask(jonas, JONAS.name, 'Dealer East');
    await jonas.page.getByText(TITLE).waitFor();
    await host.waiting.getByText('Dealer East').waitFor();
    await host.button('Admit Jonas').click();
    await jonas.expectInCall();
    await host.expectToSee(JONAS.name, JONAS.number);
    await host.waiting.waitFor({ state: 'detached' });
    hostName = (await jonas.figures()).find(({ name }) => name !== JONAS.name)?.name ?? '';
    await jonas.expectToSee(hostName, HOST.number);
  });

  test('two of one name are told apart, and one is declined', async () => {
    const [first, second] = [await scene.guest(3, {}, joinUrl), await scene.guest(4, {}, joinUrl)];
    await ask(first, 'Ana');
    await host.button('Admit Ana').waitFor();
    await ask(second, 'Ana');
    await host.button('Decline Ana 2').click();
    await second.page.getByText('You were not let in').waitFor();
    await first.button('Stop waiting').click();
    await host.waiting.waitFor({ state: 'detached' });
  });

  test('who comes late sees what was written before; a hand is seen by the host', async () => {
    await host.button('Chat').click();
    await host.page.getByRole('textbox', { name: 'Message' }).fill('The list is in the post.');
    await host.page.keyboard.press('Enter');
    await jonas.button('Chat, 1 new message').click();
    await jonas.page.getByText('The list is in the post.').waitFor();
    await host.page.keyboard.press('Escape');
    await jonas.button('Raise hand').click();
    await host.page.getByText('Jonas raised a hand').waitFor();
    await jonas.button('Lower hand').click();
  });

  test('is locked: a newcomer is told so, waits, and comes in when it is unlocked and the host admits', async () => {
    await host.button('Lock meeting').click();
    await host.button('Unlock meeting').waitFor();
    const late = await scene.guest(5, {}, joinUrl);
    await ask(late, 'Late');
    await late.page.getByText('The meeting is locked').waitFor();
    await host.button('Unlock meeting').click();
    await host.button('Admit Late').click();
    await late.expectInCall();
    await late.button('Chat, 1 new message').click();
    await late.page.getByText('The list is in the post.').waitFor();
    await late.button('Leave').click();
  });

  test('a guest who is waiting waits on through a restart of the fleet server', async () => {
    const patient = await scene.guest(6, {}, joinUrl);
    await ask(patient, 'Patient');
    await host.button('Admit Patient').waitFor();
    const former = scene.product.kill('fleet-server');
    await scene.product.replaced('fleet-server', former);
    const { fleetUrl } = scene.product.addresses;
    await expect
      .poll(
        () =>
          fetch(new URL('/healthz', fleetUrl)).then(
            ({ ok }) => ok,
            () => false,
          ),
        { timeout: 20_000 },
      )
      .toBe(true);
    await patient.page.getByText('Waiting to be let in').waitFor();
    await host.button('Admit Patient').click();
    await patient.expectInCall();
    await patient.button('Leave').click();
  });

  test('stay muted holds until the host lets speak; removed is out', async () => {
    await host.button('People, 2 people').click();
    await host.page.getByText('Stay muted').click();
    await host.button('Mute all').click();
    await jonas.button('Unmute microphone').click();
    await jonas.page.getByText('The host keeps microphones muted').waitFor();
    await host.button('More for Jonas').click();
    await host.button('Remove').click();
    await host.page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
    await jonas.page.getByText('You were removed from the meeting').waitFor();
  });

  test('is left for the staff page, where it can be joined again', async () => {
    await host.page.keyboard.press('Escape');
    await host.button('Leave').click();
    await host.button('My meetings').click();
    await host.button(`Join ${TITLE}`).waitFor();
  });

  test('a meeting that repeats is made once, and cancelled from a later one on', async () => {
    const { page } = host;
    await host.button('New meeting').click();
    await page.getByLabel('Title').fill('Standup');
    await page.getByText('Repeats', { exact: true }).click();
    await page.getByLabel('Number of meetings').fill('4');
    await page.getByText(/^4 meetings, from /).waitFor();
    await host.button('Make meeting').click();
    const next = page.getByRole('link', { name: /^Next meeting: / });
    await next.click();
    const series = page.getByRole('region', { name: 'Series' });
    await series.getByRole('link', { name: 'Standup' }).waitFor();
    await host.button('Cancel meeting').click();
    await host.button('Cancel this and 2 later ones').click();
    await page.getByText('This meeting was cancelled.').waitFor();
    await series.getByRole('link', { name: 'Standup' }).click();
    await host.button('Join Standup').waitFor();
    await next.waitFor({ state: 'detached' });
  });

  test('a meeting that repeats is changed with all that follow', async () => {
    const { page } = host;
    await page.goto(scene.product.addresses.staffUrl);
    await host.button('New meeting').click();
    await page.getByLabel('Title').fill('Retro');
    await page.getByText('Repeats', { exact: true }).click();
    await page.getByLabel('Number of meetings').fill('3');
    await page.getByText(/^3 meetings, from /).waitFor();
    await host.button('Make meeting').click();
    const next = page.getByRole('link', { name: /^Next meeting: / });
    await next.click();
    await host.button('Change').click();
    await page.getByLabel('Title').fill('Retrospective');
    await page.getByRole('radio', { name: /^This and all that follow: 1 later one/ }).check({ force: true });
    await host.button('Save changes').click();
    await page.getByRole('heading', { name: 'Retrospective', level: 1 }).waitFor();
    await next.click();
    await next.waitFor({ state: 'detached' });
    await page.getByRole('heading', { name: 'Retrospective', level: 1 }).waitFor();
    await page.getByRole('region', { name: 'Series' }).getByRole('link', { name: 'Retrospective' }).click();
    await page
      .getByRole('region', { name: 'Series' })
      .getByRole('link', { name: /^Retro(?!spective)/ })
      .waitFor();
  });

  test('the staff page in Firefox: signs in, makes a meeting', async () => {
    const firefox = await FirefoxGuest.open(scene.product.addresses.staffUrl, 7);
    try {
      await firefox.fill('User name', scene.product.addresses.adminUser);
      await firefox.page.fillNext(PASSWORD);
      await firefox.press('Sign in');
      await firefox.expectWords(TITLE, 15_000);
      await firefox.press('New meeting');
      await firefox.fill('Title', 'Review');
      await firefox.press('Make meeting');
      await firefox.expectWords('Who comes in', 15_000);
      await firefox.expectWords('Review');
    } finally {
      await firefox.close();
    }
  });
});
