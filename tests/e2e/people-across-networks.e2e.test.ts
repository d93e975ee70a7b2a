/**
 * People in an office: fleet, kiosk, staff and guests on hosts apart, over TLS with Maru's own CA, each with their own rights
 * alone. A member makes a meeting with a room and a guest from outside, the mail arrives at a real mail server, the guest knocks
 * and is let in from the room's phone; the meeting is locked, the guest removed, the host returns.
 */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { MailServerUnderTest } from '../../fleet/mail/mail-server-under-test.ts';
import { launchChromium } from '../simulators/chromium.ts';
import { eventually } from '../simulators/eventually.ts';
import { type Host, NetworkNamespaces, whyNoNamespaces } from './networks/network-namespaces.ts';
import { Office } from './networks/office.ts';
import { TrustedHome } from './networks/trusted-home.ts';
import { Guest, Member, PhonePage, Tv } from './personas/roles.ts';

const why = whyNoNamespaces();
const LAPTOP = { viewport: { width: 1024, height: 720 }, timezoneId: 'UTC' };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const PASSWORD = 'correct horse battery';
const ROOM = 'Demonstration room';
const TITLE = 'Prices for spring';
const DEALER = 'dealer@east.example';

describe('people of an office and a guest from outside', () => {
  const namespaces = new NetworkNamespaces();
  const closers: (() => unknown)[] = [];
  let office: Office;
  let mails: MailServerUnderTest;
  let home: TrustedHome;
  let tv: Tv;
  let phone: PhonePage;
  let host: Member;
  let guest: Guest;
  let staffHost: Host;
  let guestsHost: Host;

  const browserOn = async (where: Host, role: 'kiosk' | 'person'): Promise<Browser> => {
    const browser = await launchChromium({ role, namespace: where.namespace, home: home.path });
    closers.push(() => browser.close());
    return browser;
  };

  beforeEach((context) => context.skip(why !== null, why ?? ''));
  beforeAll(async () => {
    if (why !== null) return;
    namespaces.start();
    closers.push(() => namespaces.stop());
    const fleetHost = namespaces.addHost('fleet');
    const kioskHost = namespaces.addHost('kiosk');
    staffHost = namespaces.addHost('staff');
    guestsHost = namespaces.addHost('guests');
    mails = new MailServerUnderTest({ namespace: fleetHost.namespace });
    await mails.start();
    closers.push(() => mails.stop());
    const folder = mkdtempSync(join(tmpdir(), 'maru-mail-'));
    closers.push(() => rmSync(folder, { recursive: true }));
    const mailConfig = join(folder, 'mail.json');
    writeFileSync(
      mailConfig,
      JSON.stringify({ host: '127.0.0.1', port: mails.port, security: 'none-on-loopback', from: 'maru@steel.example' }),
    );
    chmodSync(mailConfig, 0o600);
    office = new Office({ fleetHost, kioskHost, fleetArgs: ['--mail-config', mailConfig] });
    closers.push(() => office.stop());
    await office.start();
    home = new TrustedHome(office.fleet.caCertificatePath);
    closers.push(() => home.remove());
    const viewport = { viewport: { width: 1280, height: 720 } };
    const tvBrowser = await browserOn(kioskHost, 'kiosk');
    tv = await Tv.open({ browser: tvBrowser, address: office.kiosk.tvUrl, number: 0, context: viewport });
    const people = await browserOn(staffHost, 'person');
    phone = await PhonePage.open({ browser: people, address: office.kiosk.controllerUrl, number: 9, context: PHONE });
    host = await Member.open({
      browser: people,
      address: `${office.fleet.fleetUrl}/staff`,
      number: 1,
      context: LAPTOP,
    });
  });
  afterEach(({ task }) => {
    if (task.result?.state !== 'fail') return;
    const troubles = [tv, phone, host, guest].map((persona) => persona?.troubles.slice(-8).join('\n'));
    throw new Error([...troubles, office?.log('fleet').slice(-3_000)].join('\n'));
  });
  afterAll(async () => {
    for (const close of closers.reverse()) await close();
  });

  test('a member makes a meeting with a room and a guest, and the mail arrives', async () => {
    const { userName, oneTimePassword } = office.fleet.firstAdmin!;
    await host.signIn(userName, oneTimePassword);
    await host.choosePassword(PASSWORD);
    await host.button('New meeting').click();
    await host.page.getByRole('textbox', { name: 'Title' }).fill(TITLE);
    // it begins now: the room is asked in. The form proposes the next half hour, which may be tomorrow's
    const [date, time] = new Date().toISOString().slice(0, 16).split('T');
    await host.page.getByLabel('Date', { exact: true }).fill(date!);
    await host.page.getByLabel('Time', { exact: true }).fill(time!);
    await host.page.getByText('All but hosts and rooms wait').click();
    await host.page.getByRole('textbox', { name: 'Name of the guest' }).fill('Ana Ruiz');
    await host.page.getByRole('textbox', { name: 'Email (optional)' }).fill(DEALER);
    await host.button('Add guest').click();
    await host.page.getByRole('switch', { name: ROOM }).click({ force: true });
    await host.button('Make meeting').click();
    await host.button(`Join ${TITLE}`).waitFor();
    const [mail] = await eventually(
      'the mail',
      () => mails.to(DEALER),
      (arrived) => arrived.length > 0,
      { timeoutMs: 20_000 },
    );
    expect(mail!.subject).toContain(TITLE);
    expect(mail!.from.address).toBe('maru@steel.example');
    const link = /https:\/\/\S+\/join#\S+/.exec(mail!.parts.map(({ text }) => text).join('\n'))?.[0];
    expect(link).toMatch(/^https:\/\/10\.77\./);
    const outside = await browserOn(guestsHost, 'person');
    guest = await Guest.open({ browser: outside, address: link!.replace(/[>")]+$/, ''), number: 2, context: LAPTOP });
  });

  test('the guest knocks; the TV says so, and the room’s phone lets them in', async () => {
    await host.join(TITLE);
    await phone.page.getByRole('button', { name: /^Join \d.* Prices for spring/ }).click();
    await tv.stage.waitFor();
    await guest.button('Ask to join').click();
    await guest.page.getByText('Waiting to be let in').waitFor();
    await tv.page.getByText('Ana Ruiz is waiting').waitFor();
    await phone.page.getByRole('region', { name: 'Waiting' }).getByRole('button', { name: 'Admit Ana Ruiz' }).click();
    await guest.expectInCall();
    await tv.expectToSee('Ana Ruiz', 2);
    await host.expectToSee('Ana Ruiz', 2);
  });

  test('locked from the phone, the host returns without waiting', async () => {
    await phone.button('Lock meeting').click();
    await phone.button('Unlock meeting').waitFor();
    await host.button('Leave').click();
    await host.button('My meetings').click();
    await host.join(TITLE);
    await host.expectToSee('Ana Ruiz', 2);
  });

  test('a removed guest is out, and is not let back in by the same link', async () => {
    await host.button('People, 3 people').click();
    await host.button('More for Ana Ruiz').click();
    await host.button('Remove').click();
    await host.page.getByRole('alertdialog').getByRole('button', { name: 'Remove' }).click();
    await guest.page.getByText('You were removed from the meeting').waitFor();
    await guest.page.reload();
    await guest.page.getByText('You were removed from the meeting').waitFor();
    await tv.expectNotToSee('Ana Ruiz');
  });
});
