/**
 * Delivery of alerts over a real store to real HTTPS and SMTP servers: signed, once, in order, and whatever the receiver does.
 * The receiver is on loopback, which the gate refuses, so all but the tests of the gate go by one that names it.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { once } from 'node:events';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { NewAlertTarget } from '#contract/http/alerts-api.ts';
import type { SignalName } from '#contract/signals.ts';
import { MailDelivery } from '../mail/index.ts';
import { MailServerUnderTest } from '../mail/mail-server-under-test.ts';
import { PlaceTree } from '../people/places.ts';
import { type AuthorityStore, authorityStore, moveStoredTimes, newId } from '../store/index.ts';
import { AlertBook, ofRoom } from './alert-book.ts';
import { AlertDelivery, type AlertDeliveryDependencies } from './alert-delivery.ts';
import { AlertList } from './alert-list.ts';
import { AlertTargets } from './alert-targets.ts';
import { GROUP_WINDOW_MS } from './grouping.ts';
import { AlertOutbox } from './outbox.ts';
import { TargetGate } from './target-gate.ts';
import { accept, verified, WEBHOOK_HOST, WebhookReceiverUnderTest } from './webhook-receiver-under-test.ts';
import { WebhookSecrets } from './webhook-secrets.ts';

const DAY_MS = 24 * 3_600_000;
const [maple, oak] = [newId(), newId()];
/** what stands in a name's place when it is resolved */
let resolved: Record<string, string>;
let dataDir: string;
let store: AuthorityStore;
let places: PlaceTree;
let secrets: WebhookSecrets;
let receiver: WebhookReceiverUnderTest;
let smtp: MailServerUnderTest | null;
let mail: MailDelivery | null;
let book: AlertBook;
let list: AlertList;
let outbox: AlertOutbox;
let targets: AlertTargets;
let delivery: AlertDelivery;
let offsetMs: number;
let log: string;
const clock = { nowMs: () => Date.now() + offsetMs };
const logger = pino(
  {},
  {
    write: (line: string) => {
      log += line;
    },
  },
);
const byName = {
  addressesOf: async (hostname: string) => [{ address: hostname === WEBHOOK_HOST ? '127.0.0.1' : hostname, family: 4 }],
};

beforeEach(async () => {
  [offsetMs, log, resolved, smtp, mail] = [0, '', {}, null, null];
  dataDir = mkdtempSync(join(tmpdir(), 'maru-delivery-'));
  store = authorityStore({
    dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
  await store.start();
  const room = (roomId: string, roomName: string) => ({ roomId, roomName, placeId: null, createdAtMs: 1 });
  await store.write((trx) =>
    trx
      .insertInto('room')
      .values([room(maple, 'Maple'), room(oak, 'Oak')])
      .execute(),
  );
  places = new PlaceTree({ store });
  await places.start();
  secrets = new WebhookSecrets({ dataDir });
  secrets.start();
  receiver = new WebhookReceiverUnderTest();
  await receiver.start();
  outbox = new AlertOutbox({ store, places, clock });
  await openBook();
  targets = new AlertTargets({ store, secrets, gate: byName, clock });
  delivery = newDelivery();
});
afterEach(async () => {
  await delivery.stop();
  mail?.stop();
  await smtp?.stop();
  await receiver.stop();
  await store.stop();
  rmSync(dataDir, { recursive: true });
});

async function openBook(): Promise<void> {
  book = new AlertBook({ store, clock, placesOf: (roomId) => places.pathOfRoom(roomId) });
  book.onChangedIn((trx, changes) => outbox.queue(trx, changes));
  book.onChanged(() => delivery.look());
  await book.start();
  list = new AlertList({ store, book, places });
}
const newDelivery = (over: Partial<AlertDeliveryDependencies> = {}): AlertDelivery =>
  new AlertDelivery({
    ...{ store, outbox, list, places, secrets, clock, logger },
    gate: byName,
    sendMail: mail && ((id, message) => mail!.sendAlerts(id, message)),
    fleetUrl: 'https://maru.example',
    answerWithinMs: 2_000,
    ...over,
  });
const webhook = (url = receiver.url(), over: Partial<NewAlertTarget> = {}) =>
  targets.add(
    {
      kind: 'webhook',
      targetName: 'ITSM',
      url,
      placeId: null,
      atLeast: 'warning',
      language: 'en',
      ...over,
    } as NewAlertTarget,
    'account:a',
  );
const settle = (roomId: string, ...signals: SignalName[]): Promise<void> =>
  book.settle([
    { subject: ofRoom(roomId), raised: new Map(signals.map((name) => [name, { facts: {}, sinceMs: Date.now() }])) },
  ]);
const stateOf = async (targetId: string) => (await targets.one(targetId)).delivery;
const sendTest = async (targetId: string) => delivery.test(await targets.stored(targetId));
const arrived = (count: number) => vi.waitFor(() => expect(receiver.received).toHaveLength(count), { timeout: 5_000 });
const settled = (targetId: string) =>
  vi.waitFor(async () => expect((await stateOf(targetId)).waitingCount).toBe(0), { timeout: 5_000 });
const whatArrived = (secret: string) =>
  receiver.received.map((each) => {
    const { type, data } = verified(each, secret);
    return `${type} ${data.alerts.map(({ signal }) => signal).join()}`;
  });

test('a critical alert arrives at once, signed, and its closing after the window; each once', async () => {
  const { targetId, secret } = await webhook();
  delivery.start();
  const openedAtMs = Date.now();
  await settle(maple, 'camera-failing');
  await arrived(1);
  expect(receiver.received[0]!.atMs - openedAtMs).toBeLessThan(1_000);
  expect(verified(receiver.received[0]!, secret!)).toMatchObject({
    type: 'alerts.opened',
    data: { count: 1, consoleUrl: 'https://maru.example/#/alerts', alerts: [{ roomName: 'Maple', state: 'open' }] },
  });
  expect(() => verified(receiver.received[0]!, secrets.make())).toThrow('No matching signature');
  await settled(targetId);
  await settle(maple);
  expect((await stateOf(targetId)).waitingCount).toBe(1);
  offsetMs += GROUP_WINDOW_MS;
  await arrived(2);
  await settled(targetId);
  expect(whatArrived(secret!)).toEqual(['alerts.opened camera-failing', 'alerts.closed camera-failing']);
  offsetMs += DAY_MS;
  delivery.look();
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(receiver.received).toHaveLength(2);
  expect(await stateOf(targetId)).toMatchObject({ failed: null, nextTryAtMs: null });
});

test('a secret is in the store encrypted alone, and in no log', async () => {
  const { targetId, secret } = await webhook();
  delivery.start();
  await settle(maple, 'camera-failing');
  await settled(targetId);
  await store.stop();
  const bytes = secret!.slice('whsec_'.length);
  for (const name of readdirSync(dataDir))
    if (name.startsWith('authority.sqlite'))
      expect(readFileSync(join(dataDir, name)).includes(bytes), name).toBe(false);
  expect(log).toContain('message of alerts delivered');
  expect(log).not.toContain(bytes);
  expect(log).not.toContain(WEBHOOK_HOST);
  await store.start();
});

test('for a day after a renewal both secrets verify, then the new one alone', async () => {
  const { targetId, secret: former } = await webhook();
  const renewed = await targets.renewSecret(targetId, 'account:a');
  delivery.start();
  await settle(maple, 'camera-failing');
  await arrived(1);
  for (const secret of [former!, renewed]) verified(receiver.received[0]!, secret);
  await settled(targetId);
  offsetMs += DAY_MS + 1;
  await settle(oak, 'camera-failing');
  await arrived(2);
  verified(receiver.received[1]!, renewed);
  expect(() => verified(receiver.received[1]!, former!)).toThrow('No matching signature');
});

test('a target that hangs delays nobody: not one that accepts and is silent, not one that answers byte by byte', async () => {
  const silent: Socket[] = [];
  const silentServer: Server = createServer((socket) => void silent.push(socket)).listen(0, '127.0.0.1');
  await once(silentServer, 'listening');
  const { port } = silentServer.address() as { port: number };
  const slow = new WebhookReceiverUnderTest();
  await slow.start();
  slow.answer = (response) => {
    response.socket!.write('HTTP/1.1 200 OK\r\nx-slow: ');
    const timer = setInterval(() => response.socket?.write('a'), 100);
    response.on('close', () => clearInterval(timer));
  };
  try {
    const hanging = [await webhook(`https://${WEBHOOK_HOST}:${port}/`), await webhook(slow.url())];
    const { targetId } = await webhook();
    delivery.start();
    const openedAtMs = Date.now();
    await settle(maple, 'camera-failing');
    await arrived(1);
    await settled(targetId);
    const tookMs = Date.now() - openedAtMs;
    // the hanging ones are still under way
    for (const { targetId: id } of hanging) expect(await stateOf(id)).toMatchObject({ failed: null, waitingCount: 1 });
    expect(silent.length).toBe(1);
    expect(tookMs).toBeLessThan(1_000);
    await vi.waitFor(
      async () => {
        for (const { targetId: id } of hanging)
          expect((await stateOf(id)).failed).toMatchObject({
            reason: 'timed-out',
          });
      },
      { timeout: 5_000 },
    );
    console.info(`beside two targets that hang a message took ${tookMs} ms`);
  } finally {
    for (const socket of silent) socket.destroy();
    silentServer.close();
    await slow.stop();
  }
});

test('a redirect is not followed', async () => {
  const { targetId } = await webhook();
  receiver.answer = (response, { path }) => {
    if (path === '/hooks') response.writeHead(307, { location: receiver.url('/inner') }).end();
    else accept(response, receiver.received[0]!);
  };
  delivery.start();
  await settle(maple, 'camera-failing');
  await vi.waitFor(async () =>
    expect((await stateOf(targetId)).failed).toMatchObject({ reason: 'redirected', detail: '307' }),
  );
  expect(receiver.received.map(({ path }) => path)).toEqual(['/hooks']);
});

test('a target that points inward is refused when it is added, and when its name leads there later', async () => {
  const gate = new TargetGate({
    ownHosts: () => ['maru.example'],
    resolve: async (name) => [{ address: resolved[name]!, family: 4 }],
  });
  targets = new AlertTargets({ store, secrets, gate, clock });
  delivery = newDelivery({ gate });
  for (const host of ['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '169.254.169.254', 'maru.example'])
    await expect(webhook(`https://${host}:${receiver.port}/`), host).rejects.toMatchObject({
      code: 'target-not-allowed',
    });
  resolved[WEBHOOK_HOST] = '127.0.0.1';
  await expect(webhook()).rejects.toMatchObject({ code: 'target-not-allowed' });
  resolved[WEBHOOK_HOST] = '10.20.30.40';
  const { targetId } = await webhook();
  resolved[WEBHOOK_HOST] = '127.0.0.1';
  delivery.start();
  await settle(maple, 'camera-failing');
  await vi.waitFor(async () =>
    expect((await stateOf(targetId)).failed).toMatchObject({ reason: 'target-not-allowed' }),
  );
  const changed = {
    kind: 'webhook',
    targetName: 'ITSM',
    url: 'https://127.1/',
    placeId: null,
    atLeast: 'warning',
    language: 'en',
  } as const;
  await expect(targets.change(targetId, changed, 'account:a')).rejects.toMatchObject({ code: 'target-not-allowed' });
  expect(receiver.connectionCount).toBe(0);
});

test('a receiver whose certificate nobody vouches for gets nothing', async () => {
  const stranger = new WebhookReceiverUnderTest();
  await stranger.start({ isTrusted: false });
  try {
    const { targetId } = await webhook(stranger.url());
    delivery.start();
    await settle(maple, 'camera-failing');
    await vi.waitFor(async () => expect((await stateOf(targetId)).failed).toMatchObject({ reason: 'not-trusted' }));
    expect(stranger.received).toEqual([]);
  } finally {
    await stranger.stop();
  }
});

test('one that fails is tried again after a while, each time longer, with the same id, and given up after a day', async () => {
  const { targetId, secret } = await webhook();
  receiver.answer = (response) => void response.writeHead(503).end();
  delivery.start();
  await settle(maple, 'camera-failing');
  const waits: number[] = [];
  for (let tries = 1; tries <= 4; tries += 1) {
    await arrived(tries);
    await vi.waitFor(async () => expect((await stateOf(targetId)).nextTryAtMs).toBeGreaterThan(clock.nowMs()));
    const { nextTryAtMs, failed } = await stateOf(targetId);
    expect(failed).toMatchObject({ reason: 'answered', detail: '503' });
    waits.push(Math.round((nextTryAtMs! - failed!.atMs) / 1_000));
    offsetMs += nextTryAtMs! - clock.nowMs();
  }
  for (const [n, expected] of [5, 30, 120, 600].entries()) {
    expect(waits[n]).toBeGreaterThanOrEqual(expected * 0.79);
    expect(waits[n]).toBeLessThanOrEqual(expected * 1.21);
  }
  await arrived(5);
  await vi.waitFor(async () => expect((await stateOf(targetId)).nextTryAtMs).toBeGreaterThan(clock.nowMs()));
  expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(1);
  for (const each of receiver.received) verified(each, secret!);
  // what comes meanwhile waits for the target, and is one message with what follows
  await settle(maple, 'camera-failing', 'screen-black');
  await settle(oak, 'camera-failing');
  expect((await stateOf(targetId)).waitingCount).toBe(2);
  offsetMs += DAY_MS;
  receiver.answer = accept;
  await settled(targetId);
  expect(receiver.received).toHaveLength(6);
  expect(verified(receiver.received[5]!, secret!).data.count).toBe(2);
});

test('a message that its receiver does not accept holds up no other, and a closing waits for its opening', async () => {
  const { targetId, secret } = await webhook();
  let isAccepting = false;
  receiver.answer = (response, { body }) =>
    void response.writeHead(!isAccepting && body.includes('"signal":"camera-failing"') ? 422 : 204).end();
  delivery.start();
  await settle(maple, 'camera-failing');
  await vi.waitFor(async () => expect((await stateOf(targetId)).nextTryAtMs).not.toBeNull());
  await settle(maple, 'disk-low');
  offsetMs += GROUP_WINDOW_MS + 10_000;
  await vi.waitFor(() => expect(whatArrived(secret!)).toContain('alerts.opened disk-low'), { timeout: 5_000 });
  expect(whatArrived(secret!)).not.toContain('alerts.closed camera-failing');
  isAccepting = true;
  offsetMs += 3_600_000;
  await settled(targetId);
  expect(whatArrived(secret!).slice(-2)).toEqual(['alerts.opened camera-failing', 'alerts.closed camera-failing']);
});

test('a process that dies between a delivery and its mark sends the same message again, with the same id, and no more', async () => {
  const { targetId, secret } = await webhook();
  const dying = newDelivery({
    outbox: Object.assign(Object.create(outbox) as AlertOutbox, {
      dueTargets: () => outbox.dueTargets(),
      begin: (id: string) => outbox.begin(id),
      forgetOld: async () => {},
      // it is dead by now
      delivered: () => new Promise<void>(() => {}),
    }),
  });
  await settle(maple, 'camera-failing');
  dying.start();
  await arrived(1);
  await openBook();
  delivery.start();
  await arrived(2);
  await settled(targetId);
  await settle(maple, 'camera-failing');
  await delivery.stop();
  delivery = newDelivery();
  delivery.start();
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(receiver.received).toHaveLength(2);
  expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(1);
  expect(verified(receiver.received[1]!, secret!).data.alerts).toHaveLength(1);
});

test('a delivery that cannot be marked, because the disk fails, is marked later and not sent again', async () => {
  const { targetId } = await webhook();
  const mark = vi.spyOn(outbox, 'delivered').mockRejectedValueOnce(new Error('disk full'));
  delivery.start();
  await settle(maple, 'camera-failing');
  await settled(targetId);
  expect(mark).toHaveBeenCalledTimes(2);
  expect(receiver.received).toHaveLength(1);
});

test('500 that are open over a restart: nobody is notified again, and their closings are one message', async () => {
  const { targetId, secret } = await webhook();
  const rooms = Array.from({ length: 500 }, () => newId());
  const all = (...signals: SignalName[]) =>
    book.settle(
      rooms.map((roomId) => ({
        subject: ofRoom(roomId),
        raised: new Map(signals.map((name) => [name, { facts: {}, sinceMs: 1 }])),
      })),
    );
  delivery.start();
  await all('kiosk-offline');
  await settled(targetId);
  await delivery.stop();
  delivery = newDelivery();
  await openBook();
  delivery.start();
  await all('kiosk-offline');
  await all();
  offsetMs += GROUP_WINDOW_MS;
  await arrived(2);
  await settled(targetId);
  const sent = receiver.received.map((each) => verified(each, secret!));
  expect(sent.map(({ type, data }) => [type, data.count, data.alerts.length])).toEqual([
    ['alerts.opened', 500, 100],
    ['alerts.closed', 500, 100],
  ]);
});

test('a test is sent at once, whatever waits, and mends the state of its target', async () => {
  delivery.start();
  const { targetId, secret } = await webhook();
  receiver.answer = (response) => void response.writeHead(500).end();
  await sendTest(targetId);
  expect(await stateOf(targetId)).toMatchObject({ deliveredAtMs: null, failed: { reason: 'answered', detail: '500' } });
  receiver.answer = accept;
  await sendTest(targetId);
  expect(await stateOf(targetId)).toMatchObject({ nextTryAtMs: null, deliveredAtMs: expect.any(Number) });
  expect(whatArrived(secret!)).toEqual(['test ', 'test ']);
});

test('a lost key: what was encrypted with it is not sent unsigned, and a new secret mends it', async () => {
  const { targetId } = await webhook();
  delivery.start();
  rmSync(join(dataDir, 'webhooks'), { recursive: true });
  secrets.start();
  await sendTest(targetId);
  expect((await stateOf(targetId)).failed).toMatchObject({ reason: 'secret-unreadable' });
  expect(receiver.received).toEqual([]);
  const renewed = await targets.renewSecret(targetId, 'account:a');
  await sendTest(targetId);
  expect(whatArrived(renewed)).toEqual(['test ']);
});

test('a clock that is set neither hurries what waits nor holds it back', async () => {
  const { targetId } = await webhook();
  delivery.start();
  await settle(maple, 'disk-low');
  const dueInMs = async () =>
    (await store.read.selectFrom('notification').select('dueAtMs').executeTakeFirstOrThrow()).dueAtMs - clock.nowMs();
  for (const byMs of [DAY_MS, -2 * DAY_MS]) {
    // as the wall clock: what is stored is moved before anybody reads the new time
    await store.write(async (trx) => {
      await moveStoredTimes(trx, byMs);
      offsetMs += byMs;
    });
    expect(await dueInMs()).toBeGreaterThan(GROUP_WINDOW_MS - 10_000);
    expect(await dueInMs()).toBeLessThanOrEqual(GROUP_WINDOW_MS);
  }
  expect(receiver.received).toEqual([]);
  offsetMs += GROUP_WINDOW_MS;
  await settled(targetId);
  expect(receiver.received).toHaveLength(1);
});

test('a target that is removed takes what waits along; there are at most a hundred', async () => {
  const { targetId } = await webhook();
  await settle(maple, 'disk-low');
  await targets.remove(targetId, 'account:a');
  expect(await store.read.selectFrom('notification').selectAll().execute()).toEqual([]);
  expect(await store.read.selectFrom('notificationAlert').selectAll().execute()).toEqual([]);
  for (let n = 0; n < 100; n += 1) await webhook();
  await expect(webhook()).rejects.toMatchObject({ code: 'bad-message' });
});

test('mails: which room, what, since when, in the language of the target; tried again until the server is up', async () => {
  smtp = new MailServerUnderTest();
  await smtp.reservePort();
  mail = new MailDelivery({
    store,
    settings: {
      ...{ host: '127.0.0.1', port: smtp.port, security: 'none-on-loopback', user: null, password: null },
      from: 'maru@maru.example',
    },
    fleetUrl: 'https://maru.example',
    mentionsOf: async () => [],
    guestLink: async () => '',
    minutesPdf: async () => null,
    logger,
  });
  delivery = newDelivery();
  const mailTo = (address: string, language: 'ko' | 'en') =>
    targets.add(
      { kind: 'mail', targetName: 'Desk', address, placeId: null, atLeast: 'warning', language },
      'account:a',
    );
  const { targetId } = await mailTo('it@corp.example', 'en');
  await mailTo('team@corp.example', 'ko');
  const { targetId: nobody } = await mailTo('nobody@corp.example', 'en');
  delivery.start();
  await settle(maple, 'camera-failing', 'disk-low');
  await vi.waitFor(async () =>
    expect((await stateOf(targetId)).failed).toMatchObject({ reason: 'mail-refused', detail: 'ESOCKET' }),
  );
  await smtp.start();
  offsetMs += 6_000;
  await settled(targetId);
  await vi.waitFor(() => expect(smtp!.mails).toHaveLength(2), { timeout: 5_000 });
  const [english] = smtp.to('it@corp.example');
  expect(english!.subject).toBe('Alert: 2 alerts (Maple …)');
  const text = english!.parts[0]!.text.replaceAll('\r\n', '\n');
  expect(text).toContain('Maple: The camera sends no usable picture\nSince ');
  expect(text).toContain('Maple: The disk is almost full');
  expect(text).toContain(`https://maru.example/#/rooms/${maple}`);
  expect(text).toContain('https://maru.example/#/alerts');
  const [korean] = smtp.to('team@corp.example');
  expect(korean!.subject).toBe('알림: Maple 외, 모두 2건');
  expect(korean!.parts[0]!.text).toContain('발생: ');
  await vi.waitFor(async () =>
    expect((await stateOf(nobody)).failed).toMatchObject({ reason: 'mail-refused', detail: 'EENVELOPE 550' }),
  );
  await settle(maple, 'disk-low');
  offsetMs += GROUP_WINDOW_MS;
  await vi.waitFor(() => expect(smtp!.to('it@corp.example')).toHaveLength(2), { timeout: 5_000 });
  expect(smtp.to('it@corp.example')[1]!.subject).toBe('Over: Maple: The camera sends no usable picture');
  expect(log).not.toContain('corp.example');
});

test('without a mail server a mail target says so', async () => {
  const { targetId } = await targets.add(
    { kind: 'mail', targetName: 'Desk', address: 'it@corp.example', placeId: null, atLeast: 'warning', language: 'en' },
    'account:a',
  );
  delivery.start();
  await sendTest(targetId);
  expect((await stateOf(targetId)).failed).toMatchObject({ reason: 'no-mail-server' });
});
