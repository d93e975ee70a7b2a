/** A room's tablets at the real fleet server: made by a code of IT's, never ended by idleness, ended by IT within two seconds. */
import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { PAIRING_CODE_ALPHABET } from '#contract/limits.ts';
import { FleetUnderTest, type Json } from '../fleet-under-test.ts';
import { PhoneUnderTest, RoomUnderTest } from '../room-under-test.ts';
import { authorityStore, hashOf } from '../store/index.ts';

let fleet: FleetUnderTest;
let room: RoomUnderTest;
const links: PhoneUnderTest[] = [];

beforeAll(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
  room = new RoomUnderTest(await fleet.enrolRoom('Room A'));
  await room.start(fleet);
  await room.sayState();
});
afterEach(() => {
  for (const link of links.splice(0)) link.close();
});
afterAll(async () => {
  room?.stop();
  await fleet.stop();
});

const path = (rest: string) => `/api/v1/rooms/${room.room.roomId}/${rest}`;
const ask = (method: string, rest: string, body?: object) => fleet.api(method, path(rest), body, fleet.admin.cookie);
const exchange = (code: string) => fleet.api('POST', '/api/v1/pairings', { code });
const makeCode = async (tabletName = 'By the door') => (await ask('POST', 'tablet-codes', { tabletName })).body;
const tablets = async (): Promise<Json[]> => (await ask('GET', 'tablets')).body.tablets;
async function link(token: string): Promise<PhoneUnderTest> {
  const made = await new PhoneUnderTest(fleet.ready.fleetUrl).open(token);
  links.push(made);
  return made;
}
async function paired(): Promise<{ token: string; link: PhoneUnderTest }> {
  const token = (await exchange((await makeCode()).code)).body.controllerToken;
  const made = await link(token);
  await expect.poll(() => made.of('welcome')).toHaveLength(1);
  return { token, link: made };
}
const inDesired = (): Json[] => room.last('desired')?.tablets ?? [];

test('a code of the console makes a tablet the room’s, once, and the kiosk is told its hash', async () => {
  const { code, expiresAtMs } = await makeCode();
  expect([...code].every((letter: string) => PAIRING_CODE_ALPHABET.includes(letter))).toBe(true);
  expect(expiresAtMs - Date.now()).toBeLessThanOrEqual(10 * 60_000);
  const { status, body } = await exchange(` ${code.slice(0, 4).toLowerCase()}-${code.slice(4)}`);
  expect([status, body.kind, body.roomName, body.lanUrl]).toEqual([200, 'tablet', 'Room A', null]);
  expect((await exchange(code)).body.error.code).toBe('pairing-code-invalid');
  expect(await tablets()).toMatchObject([{ tabletName: 'By the door' }]);
  const tokenSha256 = createHash('sha256').update(body.controllerToken).digest('hex');
  await expect.poll(inDesired).toEqual([{ pairingId: (await tablets())[0].pairingId, tokenSha256 }]);
});

test('two tablets with one code at the same instant: one is paired', async () => {
  const { code } = await makeCode();
  const answers = await Promise.all([exchange(code), exchange(code)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
});

test('it controls the room as a phone does, and is told where the kiosk serves the page itself', async () => {
  const lanUrl = 'https://room-a.example:7430/control';
  await room.say('equipment', {
    protocol: PROTOCOL_VERSION,
    roomId: room.room.roomId,
    epoch: 1,
    revision: 1,
    asOfMs: 1,
    devices: [],
    camera: null,
    presets: [],
    shownInput: null,
    speakerphone: null,
    tv: { control: 'none', power: 'unknown', name: null, code: null },
    selfTest: null,
    lanUrl,
  });
  const tablet = await paired();
  const id = tablet.link.command({ name: 'set-volume', percent: 5 });
  await expect.poll(() => tablet.link.of('command-reply')).toEqual([{ type: 'command-reply', id, error: null }]);
  expect((await exchange((await makeCode()).code)).body.lanUrl).toBe(lanUrl);
});

test('revoking one ends its link within two seconds and takes it from the kiosk; the others stay', async () => {
  const [leaving, staying] = [await paired(), await paired()];
  const sha256 = createHash('sha256').update(leaving.token).digest('hex');
  await expect.poll(() => inDesired().map((each) => each.tokenSha256)).toContain(sha256);
  const { pairingId } = inDesired().find((each) => each.tokenSha256 === sha256);
  const fromMs = Date.now();
  expect((await ask('DELETE', `tablets/${pairingId}`)).status).toBe(200);
  await expect.poll(() => leaving.link.closeCode).toBe(4421);
  await expect.poll(() => inDesired().map((each) => each.tokenSha256)).not.toContain(sha256);
  expect(Date.now() - fromMs).toBeLessThan(2_000);
  const again = await link(leaving.token);
  await expect.poll(() => again.of('error')[0]?.error.code).toBe('pairing-revoked');
  staying.link.send({ type: 'ping' });
  await expect.poll(() => staying.link.of('pong')).toHaveLength(1);
  expect((await ask('DELETE', `tablets/${pairingId}`)).status).toBe(404);
});

test('ending all phones leaves the tablets, and a tablet that unpairs is gone from the list', async () => {
  const tablet = await paired();
  await ask('DELETE', 'pairings');
  tablet.link.send({ type: 'ping' });
  await expect.poll(() => tablet.link.of('pong')).toHaveLength(1);
  const before = (await tablets()).length;
  tablet.link.send({ type: 'unpair' });
  await expect.poll(() => tablet.link.closeCode).toBe(4421);
  expect(await tablets()).toHaveLength(before - 1);
});

test('a room has eight at most, a code for a ninth is refused, and one that was made before too', async () => {
  const early = await makeCode();
  while ((await tablets()).length < 8) {
    // the limit of codes for a room is another test's
    const spare = await seed();
    expect((await exchange(spare)).status).toBe(200);
  }
  expect((await ask('POST', 'tablet-codes', { tabletName: 'Ninth' })).body.error.code).toBe('not-possible-now');
  expect((await exchange(early.code)).body.error.code).toBe('not-possible-now');
  expect(await tablets()).toHaveLength(8);
});

test('an expired code pairs nobody, and codes for one room run dry', async () => {
  for (const { pairingId } of await tablets()) await ask('DELETE', `tablets/${pairingId}`);
  expect((await exchange(await seed(Date.now() - 1))).body.error.code).toBe('pairing-code-invalid');
  const answers = [];
  for (let n = 0; n < 12; n += 1) answers.push((await ask('POST', 'tablet-codes', { tabletName: 'x' })).status);
  expect(answers.at(-1)).toBe(429);
});

test('neither code nor token is stored or logged as it is', async () => {
  const store = openStore();
  await store.start();
  const rows = [
    ...(await store.read.selectFrom('tabletCode').selectAll().execute()),
    ...(await store.read.selectFrom('pairing').selectAll().execute()),
  ];
  await store.stop();
  const text = JSON.stringify(rows) + fleet.log;
  for (const code of seeded) expect(text).not.toContain(code);
});

const seeded: string[] = [];
const openStore = () =>
  authorityStore({
    dataDir: fleet.dataDir,
    onFatal: (error) => {
      throw error;
    },
  });
/** A code as the fleet would have made it, past the limit of codes. */
async function seed(expiresAtMs = Date.now() + 60_000): Promise<string> {
  const code = `KMNPQR${'23456789'[Math.floor(seeded.length / 8)]}${'23456789'[seeded.length % 8]}`;
  seeded.push(code);
  const store = openStore();
  await store.start();
  const row = { codeHash: hashOf(code), roomId: room.room.roomId, tabletName: 'Seeded', expiresAtMs, usedAtMs: null };
  await store.write((trx) => trx.insertInto('tabletCode').values(row).execute());
  await store.stop();
  return code;
}
