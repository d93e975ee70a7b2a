/** A room's settings at the real fleet server: desired, published retained, reported, followed; and a secret that never comes out. */
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { calculateJwkThumbprint, compactDecrypt, exportJWK } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { FleetUnderTest, type Json } from '../fleet-under-test.ts';
import { RoomUnderTest } from '../room-under-test.ts';
import { newId } from '../store/index.ts';

const SECRET = 'correct-password-7301';
const hours = { fromMinuteOfDay: 480, toMinuteOfDay: 1200, days: ['mon'] };
let fleet: FleetUnderTest;
let room: RoomUnderTest;

beforeAll(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
  room = new RoomUnderTest(await fleet.enrolRoom('Room A'));
  await room.start(fleet);
});
afterAll(async () => {
  room?.stop();
  await fleet.stop();
});

const path = (rest = '', roomId = room.room.roomId) => `/api/v1/rooms/${roomId}/settings${rest}`;
const view = async (): Promise<Json> => (await fleet.api('GET', path(), undefined, fleet.admin.cookie)).body;
const put = (section: string, body: object) => fleet.api('PUT', path(`/${section}`), body, fleet.admin.cookie);
async function set(section: string, values: object, secrets: object = {}): Promise<{ status: number; body: Json }> {
  return put(section, { revision: (await view()).revision, values, secrets });
}
async function newKey() {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = await exportJWK(publicKey);
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  return { pem, key: { ...jwk, kid: await calculateJwkThumbprint(jwk) } };
}
const report = (key: object, over: object = {}) =>
  room.say('settingsReport', { protocol: PROTOCOL_VERSION, revision: 0, key, local: {}, refused: [], ...over });
const published = () => room.last('settings');

test('a room receives its settings when it connects, and each change with its revision', async () => {
  await expect.poll(published).toEqual({ protocol: PROTOCOL_VERSION, revision: 0, values: {}, secrets: {} });
  const fromMs = performance.now();
  const { body } = await set('tv', { hours });
  expect(body).toMatchObject({ revision: 1, values: { tv: { hours } }, report: null });
  await expect.poll(published).toMatchObject({ revision: 1, values: { tv: { hours } } });
  expect(performance.now() - fromMs).toBeLessThan(1_000);
  await set('screen', { language: 'ko' });
  await set('tv', {});
  await expect.poll(published).toMatchObject({ revision: 3, values: { screen: { language: 'ko' } } });
  expect(published().values.tv).toBeUndefined();
});

test('a value out of range, a field of the box alone, an unknown section and a stale revision change nothing', async () => {
  const before = await view();
  for (const [section, values] of [
    ['tv', { offAfterIdleMinutes: 0 }],
    ['tv', { brightness: 3 }],
    ['calendar', { passwordFile: '/etc/shadow' }],
    ['calendar', { password: SECRET }],
    ['calendar', { timeZone: 'Mars/Phobos' }],
  ] as const)
    expect((await set(section, values)).body.error?.code, JSON.stringify(values)).toBe('setting-invalid');
  expect((await set('tv', {}, { hours: 'x' })).body.error.code).toBe('setting-invalid');
  expect((await set('lights', {})).status).toBe(404);
  expect((await put('tv', { revision: before.revision - 1, values: {} })).body.error.code).toBe('settings-changed');
  expect((await fleet.api('GET', path('', newId()), undefined, fleet.admin.cookie)).status).toBe(404);
  expect(await view()).toEqual(before);
});

test('of two who change at once one is too late', async () => {
  const { revision } = await view();
  const both = await Promise.all([1, 2].map((n) => put('tv', { revision, values: { offAfterIdleMinutes: n } })));
  expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
});

test('what the kiosk reports is shown, and each change of it is an event', async () => {
  const { key } = await newKey();
  const events: Json[] = [];
  const stop = new AbortController();
  const headers = { cookie: fleet.admin.cookie };
  const stream = await fetch(`${fleet.ready.fleetUrl}${path('-changes')}`, { headers, signal: stop.signal });
  void (async () => {
    let text = '';
    for await (const chunk of stream.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      events.splice(
        0,
        events.length,
        ...[...text.matchAll(/event: settings\ndata: (.*)\n/g)].map(([, data]) => JSON.parse(data!)),
      );
    }
  })().catch(() => {});
  await expect.poll(() => events.at(-1)?.report).toBe(null);
  const refused = [{ section: 'tv', field: 'hours', code: 'setting-invalid', message: 'no' }];
  await report(key, { revision: 4, local: { tv: ['adapter'] }, refused });
  await expect.poll(() => events.at(-1)?.report).toEqual({ revision: 4, local: { tv: ['adapter'] }, refused });
  expect(await view()).toEqual(events.at(-1));
  stop.abort();
});

test('a secret leaves as ciphertext for the kiosk, and stands open nowhere', async () => {
  const { pem, key } = await newKey();
  await report(key);
  await expect.poll(async () => (await view()).report?.refused).toEqual([]);
  const answer = await set('calendar', { kind: 'caldav' }, { password: SECRET });
  expect(answer.body.secrets).toEqual({ calendar: { password: 'set' } });
  await expect.poll(() => published().secrets.calendar?.password).toBeTypeOf('string');
  const { plaintext } = await compactDecrypt(published().secrets.calendar.password, createPrivateKey(pem));
  expect(JSON.parse(new TextDecoder().decode(plaintext))).toEqual({
    roomId: room.room.roomId,
    section: 'calendar',
    field: 'password',
    value: SECRET,
  });
  const files = readdirSync(fleet.dataDir).filter((name) => name.includes('sqlite'));
  expect(files.length).toBeGreaterThan(1);
  for (const name of files) expect(readFileSync(join(fleet.dataDir, name)).includes(SECRET), name).toBe(false);
  expect(fleet.log).not.toContain(SECRET);
  expect(JSON.stringify([answer.body, await view(), room.heard])).not.toContain(SECRET);
  // left out: as it is
  expect((await set('calendar', { kind: 'ics' })).body.secrets).toEqual({ calendar: { password: 'set' } });
});

test('all of it outlives the server; a kiosk with another key has to be given the secret again', async () => {
  const before = await view();
  await fleet.kill();
  await fleet.startServer();
  expect(await view()).toEqual(before);
  room.stop();
  await room.start(fleet);
  await expect.poll(() => published().revision).toBe(before.revision);
  await report((await newKey()).key);
  await expect.poll(async () => (await view()).secrets).toEqual({ calendar: { password: 'enter-again' } });
  expect((await set('calendar', {}, { password: null })).body.secrets).toEqual({});
});
