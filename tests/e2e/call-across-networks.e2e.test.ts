/**
 * The same call where nobody shares a host: fleet, room and guests in networks of their own, over TLS with the office's CA,
 * which each browser trusts through its own certificate database. No flag forgives a certificate.
 */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchChromium } from '../simulators/chromium.ts';
import { eventually } from '../simulators/eventually.ts';
import { type Host, NetworkNamespaces, whyNoNamespaces } from './networks/network-namespaces.ts';
import { Office } from './networks/office.ts';
import { TrustedHome } from './networks/trusted-home.ts';
import { Guest, PhonePage, Tv } from './personas/roles.ts';
import { nothingOpen, parseMediaMetrics } from './product/media-metrics.ts';

const why = whyNoNamespaces();

const people = [
  { name: 'Mina', number: 1 },
  { name: 'Jonas Weber', number: 2 },
  { name: '김하늘', number: 3 },
] as const;
const LAPTOP = { viewport: { width: 1024, height: 640 } };

describe('a call across networks, over TLS', () => {
  const namespaces = new NetworkNamespaces();
  const closers: (() => unknown)[] = [];
  let office: Office;
  let guestsHost: Host;
  let roomName: string;
  let tv: Tv;
  let phone: PhonePage;
  const guests: Guest[] = [];

  async function browserOn({ namespace }: Host, role: 'kiosk' | 'person', trusts = true): Promise<Browser> {
    const home = new TrustedHome(trusts ? office.fleet.caCertificatePath : null);
    const browser = await launchChromium({ role, namespace, home: home.path });
    closers.push(async () => {
      await browser.close();
      home.remove();
    });
    return browser;
  }

  beforeEach((context) => context.skip(why !== null, why ?? ''));
  beforeAll(async () => {
    if (why !== null) return;
    namespaces.start();
    closers.push(() => namespaces.stop());
    const [fleetHost, kioskHost, phonesHost] = [
      namespaces.addHost('fleet'),
      namespaces.addHost('kiosk'),
      namespaces.addHost('phones'),
    ];
    guestsHost = namespaces.addHost('guests');
    office = new Office({ fleetHost, kioskHost });
    closers.push(() => office.stop());
    await office.start();
    tv = await Tv.open({
      browser: await browserOn(kioskHost, 'kiosk'),
      address: office.kiosk.tvUrl,
      number: 0,
      context: { viewport: { width: 1280, height: 720 } },
    });
    phone = await PhonePage.open({
      browser: await browserOn(phonesHost, 'person'),
      address: office.kiosk.controllerUrl,
      number: 9,
      context: { viewport: { width: 390, height: 844 } },
    });
  });
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    const paths = await Promise.all([tv, ...guests].map((persona) => persona?.mediaPaths()));
    const troubles = [tv, phone, ...guests].map((persona) => persona?.troubles.slice(-8).join('\n'));
    throw new Error([...paths, ...troubles, office?.log('fleet').slice(-3_000)].join('\n'));
  });
  afterAll(async () => {
    for (const close of closers.reverse()) await close();
  });

  test('every address is the fleet host’s, over TLS; a browser that does not know the CA does not come in', async () => {
    for (const url of [office.fleet.fleetUrl, office.kiosk.controllerUrl, office.fleet.demonstration!.joinUrl])
      expect(url).toMatch(/^https:\/\/10\.77\./);
    expect(office.fleet.signalingUrl).toMatch(/^wss:\/\/10\.77\./);
    const stranger = await (await browserOn(guestsHost, 'person', false)).newPage();
    await expect(stranger.goto(office.fleet.fleetUrl)).rejects.toThrow('ERR_CERT_AUTHORITY_INVALID');
    await stranger.close();
  });

  test('one tap starts it, three people come in, and the TV sees and hears each', async () => {
    roomName = await tv.roomName();
    await phone.start();
    await tv.stage.waitFor();
    const browser = await browserOn(guestsHost, 'person');
    for (const { name, number } of people) {
      const guest = await Guest.open({
        browser,
        address: office.fleet.demonstration!.joinUrl,
        number,
        context: LAPTOP,
      });
      guests.push(guest);
      await guest.join(name);
      await guest.expectInCall();
    }
    for (const { name, number } of people) await tv.expectToSee(name, number);
    await tv.expectToHear([1, 2, 3]);
    for (const [at, guest] of guests.entries()) {
      await guest.expectToSee(roomName, 0);
      await guest.expectToHear([0, 1, 2, 3].filter((number) => number !== people[at]!.number));
    }
  });

  test('mute and camera off reach everyone', async () => {
    await phone.button('Mute microphone').click();
    await guests[0]!.expectToHear([2, 3]);
    await guests[1]!.button('Turn camera off').click();
    await tv.expectNotToSee('Jonas Weber');
    await guests[2]!.button('Mute microphone').click();
    await tv.expectToHear([1, 2]);
  });

  test('the end is everyone’s, and leaves nothing open', async () => {
    await phone.endForAll();
    for (const guest of guests) await guest.page.getByText('The meeting has ended').waitFor();
    await phone.page.getByText('The meeting is over').waitFor();
    // an idle remote in sight has the TV prepare the next call
    await phone.page.close();
    await tv.expectIdle(roomName, 25_000);
    await eventually(
      'nothing is open',
      () => parseMediaMetrics(office.mediaMetrics()),
      (held) => Object.keys(nothingOpen).every((what) => held[what] === 0),
      { timeoutMs: 40_000, everyMs: 1_000 },
    );
    for (const persona of [tv, ...guests]) await persona.expectSamePage();
  });
});
