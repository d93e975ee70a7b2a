/**
 * A box that nobody has given anything, until it is revoked, with fleet, boxes and people on hosts apart: it is claimed in the
 * console, in a call, configured by place, helped, replaced by another box. Everybody has their role's rights alone: installer,
 * operator, administrator. Maru's own CA signs everything, no flag forgives a certificate, and openssl looks at them from outside.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Role } from '#contract/http/permissions.ts';
import { launchChromium } from '../simulators/chromium.ts';
import { eventually } from '../simulators/eventually.ts';
import { type Host, NetworkNamespaces, whyNoNamespaces } from './networks/network-namespaces.ts';
import { Office } from './networks/office.ts';
import { Openssl } from './networks/openssl.ts';
import { TrustedHome } from './networks/trusted-home.ts';
import { TvOfShell } from './networks/tv-of-shell.ts';
import { Guest, PhonePage } from './personas/roles.ts';
import { expectQrOn } from './tv-code.ts';

const why = whyNoNamespaces();
const ROOM = 'Birch';
const SITE = 'Seoul';
const PASSWORD = 'correct horse battery';
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const WINDOW = ['--shell', 'chromium', '--headless', '--fake-media'];
const SETUP_QR = 'Code of the page where the server’s address is entered';
const PORTS = { browsers: '7400', devices: '7401', mqtt: '7402', signaling: '7403' };

// biome-ignore lint/suspicious/noExplicitAny: what a test expects of an answer, the test says
type Json = any;

describe('a box from its first start to its end', () => {
  const namespaces = new NetworkNamespaces();
  const folder = mkdtempSync(join(tmpdir(), 'maru-fleet-across-'));
  const closers: (() => unknown)[] = [];
  const tvs: Record<string, TvOfShell> = {};
  const consoles = {} as Record<Role, Page>;
  let office: Office;
  let fleetHost: Host;
  let openssl: Openssl;
  let people: Browser;
  let phone: PhonePage;
  let roomId: string;
  let placeId: string;

  beforeEach((context) => context.skip(why !== null, why ?? ''));
  beforeAll(async () => {
    if (why !== null) return;
    namespaces.start();
    closers.push(() => namespaces.stop());
    fleetHost = namespaces.addHost('fleet');
    const boxes = { first: namespaces.addHost('first'), second: namespaces.addHost('second') };
    const peoplesHost = namespaces.addHost('people');
    openssl = new Openssl(peoplesHost);
    office = new Office({ fleetHost, kioskHost: null, hasUsualPorts: true });
    closers.push(() => office.stop());
    await office.startFleet();
    for (const [name, host] of Object.entries(boxes)) {
      const tv = new TvOfShell(host);
      tvs[name] = tv;
      closers.push(() => tv.stop());
      await tv.start();
    }
    office.addBareBox({
      name: 'first',
      host: boxes.first,
      window: WINDOW,
      env: { MARU_CHROMIUM: tvs.first!.chromium },
    });
    startSecond = () =>
      office.addBareBox({
        name: 'second',
        host: boxes.second,
        window: WINDOW,
        env: { MARU_CHROMIUM: tvs.second!.chromium },
      });
    const home = new TrustedHome(office.fleet.caCertificatePath);
    people = await launchChromium({ role: 'person', namespace: peoplesHost.namespace, home: home.path });
    closers.push(async () => {
      await people.close();
      home.remove();
    });
    const { userName, oneTimePassword } = office.fleet.firstAdmin!;
    consoles.administrator = await openConsole(userName, oneTimePassword);
    const admin = consoles.administrator;
    await admin.getByLabel('New password', { exact: true }).fill(PASSWORD);
    await admin.getByLabel('New password again').fill(PASSWORD);
    await admin.getByRole('button', { name: 'Save and continue' }).click();
    await admin.getByRole('button', { name: 'Add room' }).waitFor();
    for (const role of ['installer', 'operator'] as const) {
      const grants = [{ role, scope: { kind: 'organisation' } }];
      const account = { userName: role, displayName: `Mina ${role}`, email: null, placeId: null, grants };
      const { inviteUrl } = await ask(admin, 'POST', '/accounts', account);
      const code = new URLSearchParams(new URL(inviteUrl).hash.slice(1)).get('invite');
      const page = await newPage();
      await page.goto(office.fleet.fleetUrl);
      await ask(page, 'POST', '/account-invites', { code, newPassword: PASSWORD });
      await page.context().close();
      consoles[role] = await openConsole(role, PASSWORD);
    }
    ({ placeId } = await ask(admin, 'POST', '/places', { parentId: null, kind: 'site', placeName: SITE }));
  }, 90_000);
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    const shown = await Promise.all(
      Object.values(tvs)
        .map(async (tv) => (await tv.page(1_000)).locator('body').textContent({ timeout: 2_000 }).catch(String))
        .map((text) => text.catch(String)),
    );
    const pages = await Promise.all(
      Object.values(consoles).map((page) => page.locator('body').textContent({ timeout: 2_000 }).catch(String)),
    );
    const logs = ['fleet', 'first', 'second'].map((part) => `${part}: ${office?.log(part).slice(-2_500)}`);
    throw new Error([...shown, ...pages, phone?.troubles.slice(-8).join('\n'), ...logs].join('\n---\n'));
  });
  afterAll(async () => {
    for (const close of closers.reverse()) await close();
    rmSync(folder, { recursive: true, force: true });
  });

  let startSecond = (): void => {};
  async function newPage(): Promise<Page> {
    const context = await people.newContext({ locale: 'en-US', viewport: { width: 1280, height: 900 } });
    context.setDefaultTimeout(15_000);
    return context.newPage();
  }
  async function openConsole(userName: string, password: string): Promise<Page> {
    const page = await newPage();
    // the namespace's network has just come up, which Chromium takes for another one
    await eventually(
      'the console',
      () => page.goto(office.fleet.fleetUrl),
      (answer) => answer?.ok() === true,
    );
    await page.getByRole('textbox', { name: 'User name' }).fill(userName);
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    return page;
  }
  /** By the session of that page, where a test only arranges or compares. */
  async function ask(page: Page, method: string, path: string, body?: object): Promise<Json> {
    const answer = await page.evaluate(
      async ([verb, url, text]) => {
        const response = await fetch(url!, {
          method: verb,
          ...(text && { body: text, headers: { 'content-type': 'application/json' } }),
        });
        return { status: response.status, body: await response.text() };
      },
      [method, `/api/v1${path}`, body && JSON.stringify(body)] as const,
    );
    if (answer.status >= 400) throw new Error(`${method} ${path}: ${answer.status} ${answer.body}`);
    return JSON.parse(answer.body);
  }
  const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true });
  async function openRoom(page: Page): Promise<void> {
    await page.getByRole('link', { name: 'Rooms', exact: true }).click();
    await page.getByRole('link', { name: `Open ${ROOM}`, exact: true }).click();
  }

  /** The TV leads a phone to the box's own page, where a person types what IT said. @returns code and fingerprints on the TV */
  async function connectByPhone(tv: TvOfShell, fingerprint: string) {
    await tv.shows('Which server does this TV belong to?', 40_000);
    const page = await tv.page();
    const setupUrl = new Promise<string>((resolve) =>
      page.on('websocket', (socket) =>
        socket.on('framereceived', ({ payload }) => {
          const found = JSON.parse(String(payload)).view?.setupUrl;
          if (found) resolve(found);
        }),
      ),
    );
    await page.reload();
    const url = await setupUrl;
    await expectQrOn(page, SETUP_QR, url);
    const scanned = await newPage();
    await scanned.goto(url);
    await scanned.getByLabel('Server address').fill(fleetHost.address);
    await scanned.getByLabel('Fingerprint of the server').fill(fingerprint);
    await scanned.getByRole('button', { name: 'Connect' }).click();
    await scanned.getByText('The TV connects now').waitFor();
    await scanned.context().close();
    await tv.shows('Claim this TV', 30_000);
    const text = ((await (await tv.page()).locator('aside').textContent()) ?? '').replaceAll(/\s+/g, ' ');
    const [, code, key, ca] =
      /([0-9A-Z]{4}-?[0-9A-Z]{4}).*?((?:[0-9a-f]{4} ){3}[0-9a-f]{4}).*?((?:[0-9a-f]{4} ){3}[0-9a-f]{4})/.exec(text)!;
    return { code: code!, key: key!, ca: ca! };
  }
  const identityOf = (box: string): Json =>
    JSON.parse(readFileSync(join(office.folderOf(box), 'identity.json'), 'utf8'));
  /** As files for openssl. */
  function certificateOf(box: string): { ca: string; cert: string; key: string } {
    const { certificatePem, keyPem } = identityOf(box);
    const [cert, key] = [join(folder, `${box}.pem`), join(folder, `${box}.key`)];
    writeFileSync(cert, certificatePem);
    writeFileSync(key, keyPem, { mode: 0o600 });
    return { ca: office.fleet.caCertificatePath, cert, key };
  }
  const deviceApi = (files: ReturnType<typeof certificateOf>): string =>
    String(
      openssl.talk(
        fleetHost,
        PORTS.devices,
        files,
        `GET /device/v1/enrolments/current HTTP/1.1\r\nHost: ${fleetHost.address}\r\nConnection: close\r\n\r\n`,
      ),
    );
  const state = async (): Promise<Json> => ask(consoles.installer, 'GET', `/rooms/${roomId}`);
  const isOnline = () =>
    eventually('the room is online', state, ({ online }) => online === true, { timeoutMs: 30_000 });

  test('every server of the fleet is certified by its CA, and nothing else vouches for it', () => {
    for (const port of Object.values(PORTS)) {
      const trusting = openssl.handshake(fleetHost, port, office.fleet.caCertificatePath);
      expect(trusting.text).toContain('Verification: OK');
      expect(trusting.text).toMatch(/TLSv1\.[23]/);
      expect(openssl.handshake(fleetHost, port, null).isOk).toBe(false);
    }
  });

  test('a bare box asks on its TV, and an installer claims it in the console', async () => {
    const tv = tvs.first!;
    const shown = await connectByPhone(tv, '');
    const caDer = openssl.run(['x509', '-in', office.fleet.caCertificatePath, '-outform', 'DER']).bytes;
    expect(shown.ca).toBe(openssl.shownSha256(caDer));
    const page = consoles.installer;
    await button(page, 'Add room').click();
    await page.getByRole('textbox', { name: 'Name of the room' }).fill(ROOM);
    await page.getByRole('dialog').getByRole('button', { name: 'Add room' }).click();
    await button(page, 'Done').click();
    await openRoom(page);
    // an installer is offered nothing that is refused
    await button(page, 'Claim a kiosk').waitFor();
    expect(await page.getByText('You may not do this').count()).toBe(0);
    await button(page, 'Claim a kiosk').click();
    await page.getByRole('textbox', { name: 'Claim code' }).fill(shown.code);
    await button(page, 'Find the kiosk').click();
    await page.getByRole('dialog').getByText(shown.key, { exact: true }).waitFor();
    await button(page, 'Yes, claim it').click();
    roomId = new URL(page.url()).hash.split('/').at(-1)!;
    await isOnline();
    await tv.shows(ROOM, 30_000);
    const { cert, ca } = certificateOf('first');
    expect(openssl.run(['verify', '-purpose', 'sslclient', '-CAfile', ca, cert]).text).toContain('OK');
    expect(openssl.run(['x509', '-in', cert, '-noout', '-subject']).text).toContain(`room:${roomId}`);
    const publicKey = openssl.run(['x509', '-in', cert, '-noout', '-pubkey']).bytes;
    expect(shown.key).toBe(openssl.shownSha256(openssl.run(['pkey', '-pubin', '-outform', 'DER'], publicKey).bytes));
    expect(deviceApi(certificateOf('first'))).toMatch(/^HTTP\/1\.1 200/);
    // settings and help are others' work
    await expect(ask(page, 'GET', `/rooms/${roomId}/settings`)).rejects.toThrow(/forbidden/);
    await expect(ask(page, 'POST', `/rooms/${roomId}/actions`, { action: { name: 'restart-screen' } })).rejects.toThrow(
      /forbidden/,
    );
  }, 60_000);

  test('it is in a call with a guest', async () => {
    const tv = tvs.first!;
    const { code } = await ask(consoles.administrator, 'POST', `/rooms/${roomId}/tablet-codes`, {
      tabletName: 'Tablet',
    });
    phone = await PhonePage.open({
      browser: people,
      address: `${office.fleet.fleetUrl}/control#code=${code}`,
      number: 9,
      context: PHONE,
    });
    await phone.start();
    await phone.button('End meeting for all').waitFor({ timeout: 20_000 });
    const { meetingId } = await state();
    const invite = { displayName: null, expiresInMinutes: 5 };
    const { joinUrl } = await ask(consoles.operator, 'POST', `/meetings/${meetingId}/invites`, invite);
    const guest = await Guest.open({
      browser: people,
      address: joinUrl,
      number: 1,
      context: { viewport: { width: 1024, height: 640 } },
    });
    await guest.page.getByRole('textbox', { name: 'Your name' }).fill('Ana');
    await guest.button('Ask to join').click();
    await phone.button('Admit Ana').click();
    await guest.expectInCall();
    const video = guest.page.getByRole('figure', { name: ROOM, exact: true }).locator('video');
    await eventually(
      'moving pictures of the room',
      () => video.evaluate((element) => (element as HTMLVideoElement).getVideoPlaybackQuality().totalVideoFrames),
      (frames) => frames > 20,
      { timeoutMs: 20_000 },
    );
    await (await tv.page()).getByRole('figure', { name: 'Ana' }).waitFor();
    await openRoom(consoles.operator);
    await consoles.operator.getByText('In a meeting').first().waitFor();
    // the first call puts a new room into service
    expect((await state()).service.state).toBe('in-service');
    await phone.endForAll();
    await guest.page.getByText('The meeting has ended').waitFor();
    await tv.shows(ROOM);
  }, 60_000);

  test('a setting of the site reaches its TV, the room overrides it, and each value says where it comes from', async () => {
    const page = consoles.administrator;
    const html = async (): Promise<string | null> => (await tvs.first!.page()).locator('html').getAttribute('lang');
    const speaks = (language: string) => eventually(`the TV speaks ${language}`, html, (lang) => lang === language);
    await ask(page, 'PUT', `/rooms/${roomId}/place`, { placeId });
    await page.goto(new URL(`#/settings/${placeId}`, page.url()).href);
    await button(page, 'Change: TV page').click();
    await page.getByRole('radio', { name: '한국어' }).click();
    await page.getByRole('textbox', { name: 'Reason' }).fill('the office speaks Korean');
    await button(page, 'See what changes').click();
    await page.getByText('1 room changes').waitFor();
    await button(page, 'Apply').click();
    await speaks('ko');
    await page.goto(new URL(`#/rooms/${roomId}`, page.url()).href);
    await page.getByText(`From ${SITE}`).waitFor();
    await page.getByText('In force on the kiosk').waitFor();
    await button(page, 'Change: TV page').click();
    await page.getByRole('radio', { name: 'English' }).click();
    await button(page, 'Save').click();
    await speaks('en');
    await page.getByText('Set in this room').waitFor();
  }, 60_000);

  test('people call for help from the phone; IT looks at the screen, as the TV shows, and answers', async () => {
    const tv = tvs.first!;
    const page = consoles.operator;
    await phone.button('Call for help').click();
    await phone.page.getByRole('dialog').getByText('No picture').click();
    await phone.button('Call IT').click();
    await tv.shows('IT is called');
    await openRoom(page);
    await button(page, 'Look at the screen').click();
    await tv.shows('IT sees this TV: Mina operator');
    await phone.page.getByText('IT sees this TV: Mina operator').waitFor();
    const picture = page.getByRole('img', { name: `The screen of ${ROOM}` });
    await picture.waitFor({ timeout: 20_000 });
    expect(await picture.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBeGreaterThan(300);
    await page
      .getByRole('listitem')
      .filter({ hasText: 'Look at the screen' })
      .getByRole('button', { name: 'Stop' })
      .click();
    await page.getByRole('link', { name: 'Help', exact: true }).click();
    await page.getByRole('link', { name: new RegExp(ROOM) }).click();
    await phone.page.getByText('IT has seen it.').waitFor();
    await page.getByRole('textbox', { name: 'Answer' }).fill('Please press the red key.');
    await button(page, 'Send the answer').click();
    await phone.page.getByText('Please press the red key.').waitFor();
    await tv.shows('Please press the red key.');
    await button(page, 'Mark as solved').click();
    await phone.page.getByText('IT has marked it as solved.').waitFor();
    const audit = await ask(consoles.administrator, 'GET', '/audit?limit=100');
    const kinds = audit.rows.map(({ kind }: Json) => kind);
    for (const kind of ['kiosk-claimed', 'settings-changed', 'room-action-asked', 'room-action-stopped'])
      expect(kinds).toContain(kind);
  }, 60_000);

  test('another box takes its place in one action, and speaks what the room speaks', async () => {
    startSecond();
    const page = consoles.installer;
    const caSha256 = openssl.run(['x509', '-in', office.fleet.caCertificatePath, '-noout', '-fingerprint', '-sha256']);
    const shown = await connectByPhone(tvs.second!, caSha256.text.split('=')[1]!.trim());
    const former = certificateOf('first');
    await button(page, 'Replace the kiosk').click();
    await page.getByRole('textbox', { name: 'Claim code' }).fill(shown.code);
    await button(page, 'Find the kiosk').click();
    await page.getByRole('dialog').getByText(shown.key, { exact: true }).waitFor();
    await button(page, 'Yes, replace it').click();
    await tvs.first!.shows('enrolment-ended');
    await tvs.second!.shows(ROOM, 30_000);
    await isOnline();
    expect(deviceApi(former)).toContain('enrolment-ended');
    expect(deviceApi(certificateOf('second'))).toMatch(/^HTTP\/1\.1 200/);
    const { report, inForce } = await eventually(
      'the settings are applied',
      () => ask(consoles.administrator, 'GET', `/rooms/${roomId}/settings`),
      (view: Json) => view.report?.revision > 0 && view.report.revision === view.report.desiredRevision,
      { timeoutMs: 20_000 },
    );
    expect(report.refused).toEqual([]);
    expect(inForce.screen.language).toMatchObject({ value: 'en', inherited: 'ko', source: { kind: 'room' } });
  }, 90_000);

  test('revoked, it is out at once, and its certificate opens nothing', async () => {
    const page = consoles.installer;
    const files = certificateOf('second');
    await button(page, 'Revoke the kiosk').click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke', exact: true }).click();
    await tvs.second!.shows('enrolment-ended');
    expect((await state()).enrolled).toBe(false);
    expect(deviceApi(files)).toContain('enrolment-ended');
    // it is still signed by the CA, as openssl says; the broker accepts it no more
    expect(openssl.run(['verify', '-CAfile', files.ca, files.cert]).text).toContain('OK');
    const clientId = Buffer.from(`room:${roomId}`);
    const body = Buffer.concat([Buffer.from([0, 4, 77, 81, 84, 84, 4, 2, 0, 30, 0, clientId.length]), clientId]);
    const answer = openssl.talk(fleetHost, PORTS.mqtt, files, Buffer.concat([Buffer.from([0x10, body.length]), body]));
    expect(answer.subarray(0, 4).toString('hex')).not.toBe('20020000');
  }, 60_000);
});
