/**
 * Laptops at the address that a room's TV shows, each host in a network of its own, over TLS with the office's CA: one with
 * Chromium and one with Debian's Firefox, and what people do wrong with them.
 */
import { execFileSync } from 'node:child_process';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { launchChromium } from '../simulators/chromium.ts';
import { type Host, NetworkNamespaces, whyNoNamespaces } from './networks/network-namespaces.ts';
import { Office } from './networks/office.ts';
import { TrustedHome } from './networks/trusted-home.ts';
import { FirefoxLaptop } from './personas/firefox-laptop.ts';
import { screenNumberOf } from './personas/persona.ts';
import { Laptop, Tv } from './personas/roles.ts';
import { readTvCode } from './tv-code.ts';

const why = whyNoNamespaces();
const LAPTOP = { viewport: { width: 1024, height: 640 } };
/** sixty letters, decomposed as macOS types them */
const LONG_NAME = '개발본부 플랫폼전략기획팀 수석연구원 남궁하늘별빛나래 (서울 강남 사옥 12층) maru@example.com'
  .slice(0, 60)
  .normalize('NFD');
/** A laptop whose network went away: its place in the call is kept for this time. */
const GONE_WITHIN_MS = 60_000;

const gatewayOf = ({ address }: Host): string => address.replace(/\d+$/, '1');

describe('a laptop in an office', () => {
  const namespaces = new NetworkNamespaces();
  const closers: (() => unknown)[] = [];
  const used: string[] = [];
  let office: Office;
  let laptopsHost: Host;
  let othersHost: Host;
  let laptops: Browser;
  let tv: Tv;
  let roomName: string;
  let address: string;
  let first: Laptop;
  let second: FirefoxLaptop;

  async function browserOn({ namespace }: Host, role: 'kiosk' | 'person'): Promise<Browser> {
    const home = new TrustedHome(office.fleet.caCertificatePath);
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
    const [fleetHost, kioskHost] = [namespaces.addHost('fleet'), namespaces.addHost('kiosk')];
    laptopsHost = namespaces.addHost('laptops');
    othersHost = namespaces.addHost('others');
    office = new Office({ fleetHost, kioskHost });
    closers.push(() => office.stop());
    await office.start();
    tv = await Tv.open({
      browser: await browserOn(kioskHost, 'kiosk'),
      address: office.kiosk.tvUrl,
      number: 0,
      context: { viewport: { width: 1280, height: 720 } },
    });
    laptops = await browserOn(laptopsHost, 'person');
  });
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    const words = await second?.words().catch(String);
    const troubles = [tv, first].map((persona) => persona?.troubles.slice(-8).join('\n'));
    throw new Error([...troubles, words, office?.log('fleet').slice(-3_000)].join('\n'));
  });
  afterAll(async () => {
    for (const close of closers.reverse()) await close();
  });

  const screens = () => tv.page.getByRole('group').filter({ has: tv.page.locator('video') });
  async function sees(number: number, timeout = 20_000): Promise<void> {
    const pictures = () =>
      screens()
        .locator('video')
        .evaluateAll((videos) => videos.map((video) => window.maruSenses.see(video as HTMLVideoElement)?.number));
    await expect.poll(pictures, { timeout }).toContain(screenNumberOf(number));
  }
  async function freshCode(): Promise<string> {
    const code = await readTvCode(tv, used);
    used.push(code);
    return code;
  }
  const open = (browser: Browser, number: number) =>
    Laptop.open({ browser, address, number, camera: 'missing', microphone: 'missing', context: LAPTOP });

  test('the TV shows an address of the fleet, which a laptop that trusts the office opens', async () => {
    roomName = await tv.roomName();
    const shown = ((await tv.page.getByText(/\/share$/).textContent()) ?? '').trim();
    // typed without it, a browser would try without TLS
    expect(shown).toMatch(/^https:\/\/10\.77\.\d+\.2:\d+\/share$/);
    address = shown;
    first = await open(laptops, 1);
    await first.page.getByRole('textbox', { name: 'Code on the TV' }).waitFor();
  });

  test('with the code in small letters and a long Korean name its screen is on the TV', async () => {
    // while the TV is idle: in a call it shows its code only to a phone that asks
    second = await FirefoxLaptop.open(address, 2, {
      namespace: laptopsHost.namespace,
      caCertificatePath: office.fleet.caCertificatePath!,
    });
    closers.push(() => second.close());
    await second.connect(await freshCode());
    const code = await freshCode();
    await first.connect(code.toLowerCase().replaceAll(' ', ''));
    await first.page.getByText(`Connected to ${roomName}`).waitFor();
    await first.shareScreen(LONG_NAME);
    await sees(1);
  });

  test('a code that was used is refused, and so is one of another laptop', async () => {
    const late = await open(laptops, 3);
    await late.connect(used.at(-1)!);
    await late.page.getByText('This code does not work').waitFor();
    await late.page.close();
  });

  test('a second laptop, with Firefox, is the large one until it stops; the first stays', async () => {
    await second.shareScreen('지원');
    await sees(2);
    await first.button('Stop sharing').waitFor();
    await second.press('Stop sharing');
    await sees(1);
    // without another code
    await second.shareScreen('지원');
    await sees(2);
  });

  test('Firefox loads the page again: its screen is gone at once, and a code of now is asked for', async () => {
    await second.page.reload();
    await sees(1);
    expect(await second.words()).toContain('Code on the TV');
  });

  test('a laptop whose network goes away says so, and leaves the TV idle after its place was kept; back, it is on it again', async () => {
    const link = (state: 'up' | 'down') =>
      execFileSync('ip', ['-n', laptopsHost.namespace, 'link', 'set', 'eth0', state]);
    link('down');
    await first.page.getByText('Connection lost').waitFor({ timeout: 30_000 });
    await tv.expectIdle(roomName, GONE_WITHIN_MS);
    link('up');
    execFileSync('ip', ['-n', laptopsHost.namespace, 'route', 'replace', 'default', 'via', gatewayOf(laptopsHost)]);
    await sees(1, GONE_WITHIN_MS);
    await first.button('Stop sharing').click();
    await tv.expectIdle(roomName);
  }, 180_000);

  test('who guesses codes is refused in words; a laptop of another network connects meanwhile', async () => {
    const guesser = await open(laptops, 4);
    const statuses = await guesser.page.evaluate(async () => {
      const all: number[] = [];
      for (let at = 0; at < 40; at += 1) {
        const body = JSON.stringify({ code: `BCDF${2000 + at}`.replaceAll(/[01]/g, '9') });
        const headers = { 'content-type': 'application/json' };
        all.push((await fetch('/api/v1/laptop-pairings', { method: 'POST', headers, body })).status);
      }
      return all;
    });
    expect(statuses.at(-1)).toBe(429);
    await guesser.connect(await readTvCode(tv, used));
    await guesser.page.getByText('Too many attempts').waitFor();
    const other = await open(await browserOn(othersHost, 'person'), 5);
    await other.connect(await freshCode());
    await other.page.getByText(`Connected to ${roomName}`).waitFor();
    await other.shareScreen('Mina');
    await sees(5);
    await other.page.close();
    await tv.expectIdle(roomName);
  });
});
