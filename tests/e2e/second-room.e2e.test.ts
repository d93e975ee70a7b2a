/**
 * A second room, on a host of its own, added as the guide for IT says: in the console, with its claim in a file. Maru's own
 * CA signs everything; nothing tells the room's box or its browser of that CA but the claim, and no flag forgives a certificate.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { shellOver } from '../../kiosk/shell/shell-under-test.ts';
import type { KioskReady } from '#contract/process-ready.ts';
import { launchChromium } from '../simulators/chromium.ts';
import { eventually } from '../simulators/eventually.ts';
import { type Host, NetworkNamespaces, whyNoNamespaces } from './networks/network-namespaces.ts';
import { Office } from './networks/office.ts';
import { RoomCalendar } from './networks/room-calendar.ts';
import { TrustedHome } from './networks/trusted-home.ts';
import { Guest, PhonePage } from './personas/roles.ts';
import { parseMediaMetrics } from './product/media-metrics.ts';

const why = whyNoNamespaces();
/** The one that a fresh fleet has. */
const FIRST_ROOM = 'Demonstration room';
const ROOM = 'Birch';
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
/** On this machine there is neither a display nor a camera. */
const WINDOW = ['--shell', 'chromium', '--headless', '--fake-media'];
const MINUTE_MS = 60_000;

describe('a second room, added as the guide says', () => {
  const namespaces = new NetworkNamespaces();
  const closers: (() => unknown)[] = [];
  let office: Office;
  let fleetHost: Host;
  let secondHost: Host;
  let browser: Browser;
  let console_: Page;
  let firstPhone: PhonePage;
  let secondPhone: PhonePage;
  let guest: Guest;
  let second: KioskReady;

  beforeEach((context) => context.skip(why !== null, why ?? ''));
  beforeAll(async () => {
    if (why !== null) return;
    namespaces.start();
    closers.push(() => namespaces.stop());
    fleetHost = namespaces.addHost('fleet');
    const firstHost = namespaces.addHost('first');
    secondHost = namespaces.addHost('second');
    const peoplesHost = namespaces.addHost('people');
    office = new Office({ fleetHost, kioskHost: firstHost, window: WINDOW });
    closers.push(() => office.stop());
    await office.start();
    const home = new TrustedHome(office.fleet.caCertificatePath);
    browser = await launchChromium({ role: 'person', namespace: peoplesHost.namespace, home: home.path });
    closers.push(async () => {
      await browser.close();
      home.remove();
    });
  });
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    const troubles = [firstPhone, secondPhone, guest].map((persona) => persona?.troubles.slice(-8).join('\n'));
    const logs = ['fleet', 'kiosk', 'second', 'third'].map((part) => `${part}: ${office?.log(part).slice(-3_000)}`);
    throw new Error([await guest?.mediaPaths(), ...troubles, ...logs].join('\n'));
  });
  afterAll(async () => {
    for (const close of closers.reverse()) await close();
  });

  const phoneOf = (address: string) => PhonePage.open({ browser, address, number: 9, context: PHONE });
  const rowOf = (roomName: string) =>
    console_.getByRole('row').filter({ has: console_.getByText(roomName, { exact: true }) });
  /** @returns the text of the claim's file */
  async function addInConsole(roomName: string): Promise<string> {
    await console_.getByRole('button', { name: 'Add room' }).click();
    await console_.getByRole('textbox', { name: 'Name of the room' }).fill(roomName);
    await console_.getByRole('dialog').getByRole('button', { name: 'Add room' }).click();
    const claim = (await console_.getByRole('dialog').getByText('"claimCode"').textContent())!;
    await console_.getByRole('button', { name: 'Done' }).click();
    return claim;
  }

  test('an administrator adds it in the console, and its box comes up with the claim alone', async () => {
    const { userName, oneTimePassword } = office.fleet.firstAdmin!;
    console_ = await (await browser.newContext({ locale: 'en-US' })).newPage();
    // the namespace's network has just come up, which Chromium takes for another one
    await eventually(
      'the console',
      () => console_.goto(office.fleet.fleetUrl),
      (answer) => answer?.ok() === true,
    );
    await console_.getByRole('textbox', { name: 'User name' }).fill(userName);
    await console_.getByLabel('Password', { exact: true }).fill(oneTimePassword);
    await console_.getByRole('button', { name: 'Sign in' }).click();
    await console_.getByLabel('New password', { exact: true }).fill(`${oneTimePassword}-mine`);
    await console_.getByLabel('New password again').fill(`${oneTimePassword}-mine`);
    await console_.getByRole('button', { name: 'Save and continue' }).click();
    await console_.getByRole('link', { name: 'Rooms', exact: true }).click();
    const claim = await addInConsole(ROOM);
    const calendar = new RoomCalendar(secondHost);
    closers.push(() => calendar.stop());
    await calendar.start();
    const { joinUrl } = office.fleet.demonstration!;
    const [startMs, endMs] = [Date.now() + 2 * MINUTE_MS, Date.now() + 62 * MINUTE_MS];
    calendar.write([{ uid: 'review', summary: 'Review', startMs, endMs, joinUrl }]);
    const settings = { calendar: calendar.settings };
    second = await office.addBox({ name: 'second', host: secondHost, claim, settings, window: WINDOW });
    secondPhone = await phoneOf(second.controllerUrl);
    await rowOf(ROOM).getByText('Ready').waitFor({ timeout: 30_000 });
  });

  test('it meets the first: each sees and hears the other, and a guest both', async () => {
    firstPhone = await phoneOf(office.kiosk.controllerUrl);
    await firstPhone.start();
    await firstPhone.button('End meeting for all').waitFor({ timeout: 20_000 });
    await secondPhone.page.getByRole('button', { name: /^Join \d/ }).click();
    await secondPhone.button('Leave').waitFor({ timeout: 20_000 });
    guest = await Guest.open({
      browser,
      address: office.fleet.demonstration!.joinUrl,
      number: 1,
      context: { viewport: { width: 1024, height: 640 } },
    });
    await guest.join('Mina');
    await guest.expectInCall();
    for (const name of [FIRST_ROOM, ROOM]) {
      const video = guest.page.getByRole('figure', { name, exact: true }).locator('video');
      await eventually(
        `moving pictures of ${name}`,
        () => video.evaluate((element) => (element as HTMLVideoElement).getVideoPlaybackQuality().totalVideoFrames),
        (frames) => frames > 30,
        { timeoutMs: 20_000 },
      );
    }
    // picture and sound of three, each sent to the two others
    await eventually(
      'what the media node carries',
      () => parseMediaMetrics(office.mediaMetrics()),
      (held) => held['carried calls'] === 1 && held['carried peers'] === 3 && held['carried consumers']! >= 12,
      { timeoutMs: 20_000, everyMs: 500 },
    );
    for (const name of [FIRST_ROOM, ROOM]) await rowOf(name).getByText('In a meeting').waitFor();
  });

  test('a room whose network lets no signalling through is not ready, says so, and is when it is mended', async () => {
    await firstPhone.endForAll();
    await secondPhone.page.getByText('The meeting is over').waitFor();
    await rowOf(ROOM).getByText('Ready').waitFor({ timeout: 30_000 });
    const { port } = new URL(office.fleet.signalingUrl);
    let walled = false;
    const wall = (act: 'add' | 'del') => {
      walled = act === 'add';
      execFileSync('ip', ['-n', secondHost.namespace, 'rule', act, 'ipproto', 'tcp', 'dport', port, 'unreachable']);
    };
    wall('add');
    onTestFinished(() => {
      if (walled) wall('del');
    });
    // the TV's page looks by itself every few minutes; one that has just come looks at once
    process.kill(shellOver(new URL('/', second.tvUrl).href), 'SIGKILL');
    const what = 'The room cannot reach the media server';
    await rowOf(ROOM).getByText('Can’t meet').waitFor({ timeout: 60_000 });
    await rowOf(ROOM).getByText(what).waitFor();
    await secondPhone.page.getByText(what).waitFor();
    expect(office.log('second')).toMatch(/"fault":"signaling-unreachable".*E(NET|HOST)UNREACH/);
    wall('del');
    await rowOf(ROOM).getByText('Ready').waitFor({ timeout: 60_000 });
    await secondPhone.page.getByText(what).waitFor({ state: 'detached' });
  });

  test('a room whose browser does not get the CA is not ready, and names the certificate', async () => {
    // a box without the tool that makes a browser trust
    const folder = mkdtempSync(join(tmpdir(), 'maru-no-certutil-'));
    closers.push(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'certutil'), '#!/bin/sh\nexit 127\n', { mode: 0o755 });
    const third = await office.addBox({
      name: 'third',
      host: secondHost,
      claim: await addInConsole('Cedar'),
      window: WINDOW,
      env: { PATH: `${folder}:${process.env.PATH}` },
    });
    const what = 'The TV does not trust the media server’s certificate';
    // nobody counts on a new room yet: it is listed as new, with the reason
    await rowOf('Cedar').getByText('New', { exact: true }).waitFor();
    await rowOf('Cedar').getByText(what).waitFor({ timeout: 60_000 });
    const phone = await phoneOf(third.controllerUrl);
    await phone.page.getByText(what).waitFor();
    expect(office.log('third')).toContain('could NOT be given the CA');
    expect(office.log('third')).toContain('"fault":"signaling-untrusted"');
  });
});
