/**
 * A guest behind a firewall that passes TCP 443 alone: the page, the signalling and, through Debian's coturn, picture and sound.
 * Each is served at an address of its own on that port, over TLS, with Maru's own CA; no flag forgives a certificate.
 */
import { execFileSync } from 'node:child_process';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchChromium } from '../simulators/chromium.ts';
import { type Host, NetworkNamespaces, whyNoNamespaces } from './networks/network-namespaces.ts';
import { Office } from './networks/office.ts';
import { TrustedHome } from './networks/trusted-home.ts';
import { Guest, PhonePage, Tv } from './personas/roles.ts';

const why = whyNoNamespaces();
const LAPTOP = { viewport: { width: 1024, height: 640 } };

describe('a guest whose network passes TCP 443 alone', () => {
  const namespaces = new NetworkNamespaces();
  const closers: (() => unknown)[] = [];
  let office: Office;
  let fleetHost: Host;
  let guestsHost: Host;
  let turnAddress: string;
  let tv: Tv;
  let phone: PhonePage;
  let guest: Guest;

  beforeEach((context) => context.skip(why !== null, why ?? ''));
  beforeAll(async () => {
    if (why !== null) return;
    namespaces.start();
    closers.push(() => namespaces.stop());
    fleetHost = namespaces.addHost('fleet');
    const kioskHost = namespaces.addHost('kiosk');
    guestsHost = namespaces.addHost('guests');
    const signalingAddress = namespaces.addAddress(fleetHost, 3);
    turnAddress = namespaces.addAddress(fleetHost, 4);
    namespaces.passOnlyHttps(guestsHost);
    office = new Office({
      fleetHost,
      kioskHost,
      fleetArgs: [
        ...['--https-at', `${fleetHost.address}:443`],
        ...['--signaling-at', `${signalingAddress}:443`],
        ...['--turn-at', `${turnAddress}:443`],
      ],
    });
    closers.push(() => office.stop());
    await office.start();
    const home = new TrustedHome(office.fleet.caCertificatePath);
    closers.push(() => home.remove());
    const browserOn = async (host: Host, role: 'kiosk' | 'person'): Promise<Browser> => {
      const browser = await launchChromium({ role, namespace: host.namespace, home: home.path });
      closers.push(() => browser.close());
      return browser;
    };
    const kiosks = await browserOn(kioskHost, 'kiosk');
    tv = await Tv.open({
      browser: kiosks,
      address: office.kiosk.tvUrl,
      number: 0,
      context: { viewport: { width: 1280, height: 720 } },
    });
    phone = await PhonePage.open({
      browser: await browserOn(kioskHost, 'person'),
      address: office.kiosk.controllerUrl,
      number: 9,
      context: { viewport: { width: 390, height: 844 } },
    });
    guest = await Guest.open({
      browser: await browserOn(guestsHost, 'person'),
      address: office.fleet.demonstration!.joinUrl,
      number: 1,
      context: LAPTOP,
    });
  });
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    const paths = await guest?.mediaPaths();
    throw new Error([paths, guest?.troubles.slice(-8).join('\n'), office?.log('fleet').slice(-4_000)].join('\n'));
  });
  afterAll(async () => {
    for (const close of closers.reverse()) await close();
  });

  test('nothing else passes', () => {
    const reaches = (address: string, port: number): boolean => {
      try {
        const script = `require('net').connect(${port},'${address}',()=>process.exit(0)).on('error',()=>process.exit(1));setTimeout(()=>process.exit(1),2000)`;
        execFileSync('ip', ['netns', 'exec', guestsHost.namespace, process.execPath, '-e', script], {
          stdio: 'ignore',
        });
        return true;
      } catch {
        return false;
      }
    };
    const media = office.fleet.ports.find(({ purpose }) => purpose.startsWith('media'))!;
    expect([reaches(fleetHost.address, 443), reaches(fleetHost.address, media.port)]).toEqual([true, false]);
    // the same port from where nothing is blocked
    expect(office.fleet.fleetUrl).toBe(`https://${fleetHost.address}`);
  });

  test('sees and is seen, by the relay, and the page says so', async () => {
    await phone.start();
    await tv.stage.waitFor();
    await guest.join('Mina');
    await guest.expectInCall();
    await tv.expectToSee('Mina', 1);
    await guest.expectToSee(await tv.roomName(), 0);
    await guest.button('Devices').click();
    await guest.page.getByText('Connected through a relay').waitFor();
  });

  test('the relay takes nobody without a credential, and goes nowhere but to the media node', () => {
    const ask = (...args: string[]): string => {
      try {
        return execFileSync(
          'ip',
          ['netns', 'exec', guestsHost.namespace, 'turnutils_uclient', '-t', '-S', '-p', '443', ...args, turnAddress],
          { encoding: 'utf8', timeout: 20_000, stdio: ['ignore', 'pipe', 'pipe'] },
        );
      } catch (error) {
        const { stdout, stderr } = error as { stdout: string; stderr: string };
        return `${stdout}${stderr}`;
      }
    };
    expect(ask('-u', 'nobody', '-w', 'made-up', '-e', fleetHost.address, '-n', '1')).toMatch(
      /401|Unauthorized|Cannot/i,
    );
  });
});
