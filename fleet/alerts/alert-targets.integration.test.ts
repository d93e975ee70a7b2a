/** Targets of alerts by the API of a real fleet server: who is refused, what is shown once, and a mail from a room's alert. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { FleetUnderTest, type Json } from '../fleet-under-test.ts';
import { MailServerUnderTest } from '../mail/mail-server-under-test.ts';
import { RoomUnderTest } from '../room-under-test.ts';

const folder = mkdtempSync(join(tmpdir(), 'maru-targets-'));
const smtp = new MailServerUnderTest();
let fleet: FleetUnderTest;
let room: RoomUnderTest;

beforeAll(async () => {
  await smtp.start();
  const mailConfig = join(folder, 'mail.json');
  const settings = { host: '127.0.0.1', port: smtp.port, security: 'none-on-loopback', from: 'maru@maru.example' };
  writeFileSync(mailConfig, JSON.stringify(settings), { mode: 0o600 });
  fleet = new FleetUnderTest('--mail-config', mailConfig);
  await fleet.start();
  room = new RoomUnderTest(await fleet.enrolRoom('Maple'));
  await room.start(fleet);
  await room.sayState();
});
afterAll(async () => {
  room.stop();
  await fleet.stop();
  await smtp.stop();
  rmSync(folder, { recursive: true });
});

const ask = (method: string, path = '', body?: object) =>
  fleet.api(method, `/api/v1/alert-targets${path}`, body, fleet.admin.cookie);
const webhook = { kind: 'webhook', targetName: 'ITSM', url: 'https://10.99.98.97/hooks/path-that-is-secret' };
const mailTo = (address: string) => ({
  kind: 'mail',
  targetName: 'Desk',
  address,
  language: 'ko',
  atLeast: 'critical',
});
const add = async (body: object): Promise<Json> => {
  const answer = await ask('POST', '', body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body;
};

test('an address that points inward is refused, whatever it is called', async () => {
  const own = Object.values(networkInterfaces()).flatMap((entries) => entries ?? []);
  const literals = own.map(({ address, family }) => (family === 'IPv6' ? `[${address}]` : address));
  const server = new URL(fleet.ready.fleetUrl).hostname;
  for (const host of ['127.0.0.1', '127.1', '[::1]', '0.0.0.0', 'localhost', '169.254.169.254', server, ...literals]) {
    const { status, body } = await ask('POST', '', { ...webhook, url: `https://${host}/` });
    expect([host, status, body.error.code]).toEqual([host, 422, 'target-not-allowed']);
  }
});

test.each([
  ['without TLS', { ...webhook, url: 'http://10.99.98.97/' }],
  ['of another scheme', { ...webhook, url: 'file:///etc/passwd' }],
  ['with a password', { ...webhook, url: 'https://a:b@10.99.98.97/' }],
  ['no URL', { ...webhook, url: "'; drop table alert_target; --" }],
  ['no address', mailTo('it@corp.example, all@corp.example')],
  ['a header in it', mailTo('it@corp.example\r\nBcc: all@corp.example')],
  ['a secret of somebody else', { ...webhook, secret: 'whsec_AAAA' }],
])('refused: %s', async (_, body) => {
  const answer = await ask('POST', '', body);
  expect([answer.status, answer.body.error.code]).toEqual([400, 'bad-message']);
});

test('a secret is shown once; what is done with a target is in the audit log, what is secret is in no log', async () => {
  const { target, secret } = await add(webhook);
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  expect(target).toMatchObject({ destination: webhook.url, delivery: { deliveredAtMs: null, waitingCount: 0 } });
  const path = `/${target.targetId}`;
  const renewed = (await ask('POST', `${path}/secrets`)).body.secret;
  expect(renewed).not.toBe(secret);
  const changed = await ask('PUT', path, { ...webhook, targetName: '<script>alert(1)</script>' });
  expect(changed.body.target.targetName).toBe('<script>alert(1)</script>');
  expect((await ask('PUT', path, mailTo('it@corp.example'))).status).toBe(400);
  const listed = JSON.stringify((await ask('GET')).body);
  expect((await ask('DELETE', path)).status).toBe(200);
  expect((await ask('DELETE', path)).status).toBe(404);
  const audit = fleet.audit().filter(({ subject }) => subject === `alert-target:${target.targetId}`);
  expect(audit.map(({ kind }) => kind)).toEqual([
    'alert-target-added',
    'alert-target-renewed',
    'alert-target-changed',
    'alert-target-removed',
  ]);
  for (const each of [secret, renewed]) expect(listed + JSON.stringify(audit) + fleet.log).not.toContain(each);
  expect(JSON.stringify(audit) + fleet.log).not.toContain('path-that-is-secret');
});

test('a place that is notified of its alerts is in use', async () => {
  const place = { parentId: null, kind: 'site', placeName: 'Seoul' };
  const { placeId } = (await fleet.api('POST', '/api/v1/places', place, fleet.admin.cookie)).body;
  const { target } = await add({ ...webhook, placeId });
  const remove = () => fleet.api('DELETE', `/api/v1/places/${placeId}`, undefined, fleet.admin.cookie);
  expect((await remove()).body.error.code).toBe('place-not-empty');
  await ask('DELETE', `/${target.targetId}`);
  expect((await remove()).status).toBe(200);
  expect((await ask('POST', '', { ...webhook, placeId })).body.error.code).toBe('not-found');
});

test('from a room to the mailbox: an alert, its closing, and nothing twice over a server that is killed', async () => {
  const { target } = await add(mailTo('it@corp.example'));
  const tried = (await ask('POST', `/${target.targetId}/tests`)).body.target.delivery;
  expect(tried).toMatchObject({ deliveredAtMs: expect.any(Number), failed: null });
  expect(smtp.to('it@corp.example')[0]!.subject).toContain('시험');
  const service = `/api/v1/rooms/${room.room.roomId}/service`;
  await fleet.api('PUT', service, { state: 'in-service' }, fleet.admin.cookie);
  await room.sayState({ notices: ['camera-missing'] });
  await vi.waitFor(() => expect(smtp.to('it@corp.example')).toHaveLength(2), { timeout: 20_000 });
  expect(smtp.to('it@corp.example')[1]!.subject).toMatch(/^알림: Maple: /);
  await vi.waitFor(async () => expect((await ask('GET')).body.targets[0].delivery.waitingCount).toBe(0));
  await fleet.kill();
  await fleet.startServer();
  await room.sayState();
  const waiting = async () => (await ask('GET')).body.targets[0].delivery.waitingCount as number;
  await vi.waitFor(async () => expect(await waiting()).toBe(1), { timeout: 30_000 });
  await fleet.kill();
  // the window is over
  const database = new Database(join(fleet.dataDir, 'authority.sqlite'));
  database.exec('update notification set due_at_ms = 0 where sent_at_ms is null');
  database.close();
  await fleet.startServer();
  await vi.waitFor(() => expect(smtp.to('it@corp.example')).toHaveLength(3), { timeout: 10_000 });
  expect(smtp.to('it@corp.example')[2]!.subject).toMatch(/^해소: Maple: /);
  await vi.waitFor(async () => expect(await waiting()).toBe(0));
}, 120_000);
