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
const view = async (at = path()): Promise<Json> => (await fleet.api('GET', at, undefined, fleet.admin.cookie)).body;
const put = (body: object, at = path()) => fleet.api('PUT', at, body, fleet.admin.cookie);
async function change(over: object, at = path()): Promise<{ status: number; body: Json }> {
  return put({ revision: (await view(at)).revision, ...over }, at);
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
  const { body } = await change({ set: { tv: { hours } } });
  expect(body).toMatchObject({ revision: 1, own: { tv: { hours } }, report: null });
  await expect.poll(published).toMatchObject({ revision: 1, values: { tv: { hours } } });
  expect(performance.now() - fromMs).toBeLessThan(1_000);
  await change({ set: { screen: { language: 'ko' } } });
  await change({ clear: { tv: ['hours'] } });
  await expect.poll(published).toMatchObject({ revision: 3, values: { screen: { language: 'ko' } } });
  expect(published().values.tv).toBeUndefined();
});

test('what is out of range or in conflict, an unknown section and a stale revision change nothing', async () => {
  const before = await view();
  for (const over of [
    { set: { tv: { offAfterIdleMinutes: 0 } } },
    { set: { screen: { language: 'en' }, tv: { brightness: 3 } } },
    { set: { calendar: { passwordFile: '/etc/shadow' } } },
    { set: { calendar: { password: SECRET } } },
    { set: { calendar: { timeZone: 'Mars/Phobos' } } },
    { set: { tv: { audio: 'tv' } }, clear: { tv: ['audio'] } },
    { set: { lights: { on: true } } },
    { set: { idle: { signage: ['0'.repeat(64)] } } },
    { secrets: { tv: { hours: 'x' } } },
    { lock: { tv: { audio: true } } },
  ])
    expect((await change(over)).body.error?.code, JSON.stringify(over)).toBe('setting-invalid');
  expect((await put({ revision: before.revision - 1 })).body.error.code).toBe('settings-changed');
  expect((await put({ revision: 'one', set: [] })).status).toBe(400);
  for (const at of [path('', newId()), `/api/v1/places/${newId()}/settings`])
    for (const method of ['GET', 'PUT'] as const)
      expect(
        (await fleet.api(method, at, method === 'GET' ? undefined : { revision: 0 }, fleet.admin.cookie)).status,
      ).toBe(404);
  expect(await view()).toEqual(before);
});

test('of two who change at once one is too late', async () => {
  const { revision } = await view();
  const both = await Promise.all(
    [1, 2].map((offAfterIdleMinutes) => put({ revision, set: { tv: { offAfterIdleMinutes } } })),
  );
  expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
});

test('a place and the organisation set it for their rooms, with a trial before, versions after, and a way back', async () => {
  const ofPlace = (id: string): string => `/api/v1/places/${id}/settings`;
  const organisation = '/api/v1/organisation/settings';
  const { body: site } = await fleet.api(
    'POST',
    '/api/v1/places',
    { placeName: 'Seoul', kind: 'site', parentId: null },
    fleet.admin.cookie,
  );
  await fleet.api('PUT', `/api/v1/rooms/${room.room.roomId}/place`, { placeId: site.placeId }, fleet.admin.cookie);
  const script = `<script>alert(1)</script>'); drop table room; --`;
  const wanted = { set: { watch: { checkUpMinutes: 30 }, idle: { noticeText: script } }, reason: script };
  const trial = await fleet.api(
    'POST',
    `${ofPlace(site.placeId).replace('settings', 'settings-trials')}`,
    { revision: 0, ...wanted },
    fleet.admin.cookie,
  );
  expect(trial.body).toMatchObject({
    changedCount: 1,
    refusedCount: 0,
    changed: [{ roomName: 'Room A', online: true }],
  });
  expect(published().values.watch).toBeUndefined();
  await change({ set: { watch: { checkUpMinutes: 45 } } }, organisation);
  expect((await change(wanted, ofPlace(site.placeId))).status).toBe(200);
  await expect.poll(() => published().values.watch).toEqual({ checkUpMinutes: 30 });
  expect(published().values.idle).toEqual({ noticeText: script });
  expect((await view()).inForce.watch.checkUpMinutes).toMatchObject({
    value: 30,
    source: { kind: 'place', placeName: 'Seoul' },
    lockedBy: null,
  });
  await change({ lock: { watch: { checkUpMinutes: true } } }, organisation);
  await expect.poll(() => published().values.watch).toEqual({ checkUpMinutes: 45 });
  expect((await change({ set: { watch: { checkUpMinutes: 5 } } })).body.error.code).toBe('setting-locked');
  const versions = await view(`${ofPlace(site.placeId)}-versions`);
  expect(versions.rows).toMatchObject([{ revision: 1, reason: script, changes: [{ field: 'noticeText' }, {}] }]);
  const back = { revision: 2, toRevision: 0, reason: 'As before' };
  const returned = await fleet.api(
    'POST',
    `${organisation.replace('settings', 'settings-returns')}`,
    back,
    fleet.admin.cookie,
  );
  expect(returned.body).toMatchObject({ revision: 3, own: {}, locks: {} });
  await expect.poll(() => published().values.watch).toEqual({ checkUpMinutes: 30 });
  await change({ clear: { watch: ['checkUpMinutes'], idle: ['noticeText'] } }, ofPlace(site.placeId));
  await expect.poll(() => published().values.watch).toBeUndefined();
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
  await expect.poll(() => events.at(-1)?.report).toMatchObject({ revision: 4, local: { tv: ['adapter'] }, refused });
  expect(await view()).toEqual(events.at(-1));
  stop.abort();
});

test('a secret leaves as ciphertext for the kiosk, and stands open nowhere', async () => {
  const { pem, key } = await newKey();
  await report(key);
  await expect.poll(async () => (await view()).report?.refused).toEqual([]);
  const answer = await change({ set: { calendar: { kind: 'caldav' } }, secrets: { calendar: { password: SECRET } } });
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
  expect((await change({ set: { calendar: { kind: 'ics' } } })).body.secrets).toEqual({
    calendar: { password: 'set' },
  });
});

test('all of it outlives the server; a kiosk with another key has to be given the secret again', async () => {
  const before = await view();
  await fleet.kill();
  await fleet.startServer();
  expect(await view()).toEqual(before);
  room.stop();
  await room.start(fleet);
  await expect.poll(() => published().revision).toBe(before.report.desiredRevision);
  await report((await newKey()).key);
  await expect.poll(async () => (await view()).secrets).toEqual({ calendar: { password: 'enter-again' } });
  expect((await change({ secrets: { calendar: { password: null } } })).body.secrets).toEqual({});
});
