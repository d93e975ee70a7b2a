/** Other people's wrong guesses from one address: whoever is right gets in from there all the same. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { FleetUnderTest, type Json } from './fleet-under-test.ts';
import { PhoneUnderTest, RoomUnderTest } from './room-under-test.ts';

let fleet: FleetUnderTest;
let room: RoomUnderTest;
let names = 0;

beforeAll(async () => {
  fleet = new FleetUnderTest('--trusted-proxy', '127.0.0.0/8');
  await fleet.start();
  room = new RoomUnderTest(await fleet.enrolRoom('Room A'));
  await room.start(fleet);
});
/** the address that the proxy names: each test has one of its own */
let from: { 'x-forwarded-for': string };
beforeEach(() => {
  names += 1;
  from = { 'x-forwarded-for': `203.0.113.${names}:17085` };
});
afterAll(async () => {
  room?.stop();
  await fleet.stop();
});

const post = (path: string, body: object, cookie?: string) => fleet.api('POST', path, body, cookie, from);
const signIn = (userName: string, password: string, cookie?: string) =>
  post('/api/v1/sessions', { userName, password }, cookie);
const owner = (cookie?: string) => signIn(fleet.admin.userName, fleet.admin.password, cookie);
const codeOf = ({ status, body }: { status: number; body: Json }): string | number => body.error?.code ?? status;
async function repeat(times: number, ask: () => Promise<{ status: number; body: Json }>): Promise<(string | number)[]> {
  const codes = [];
  for (let count = 0; count < times; count += 1) codes.push(codeOf(await ask()));
  return codes;
}
let madeUpNames = 0;
const madeUp = (): string => `made up ${++madeUpNames}`;
/** the device's cookie alone, as a browser keeps it when the session has ended */
const deviceOf = (headers: Headers): string =>
  headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0]!)
    .find((cookie) => cookie.startsWith('maru-device='))!;

test('made-up invites run dry, a signed one enters', async () => {
  const { body } = await fleet.api(
    'POST',
    `/api/v1/meetings/${room.room.meetingId}/invites`,
    { displayName: null, expiresInMinutes: 60 },
    fleet.admin.cookie,
  );
  const codes = await repeat(25, () => post('/api/v1/guest-entries', { invite: 'a.b.c' }));
  expect([codes[0], codes.at(-1)]).toEqual(['invite-invalid', 'too-many-attempts']);
  expect(codeOf(await post('/api/v1/guest-entries', { invite: body.joinUrl.split('#')[1] }))).toBe(200);
});

test('wrong names run dry; the owner gets in where the account was used before', async () => {
  expect(codeOf(await owner())).toBe(200);
  const codes = await repeat(25, () => signIn(madeUp(), 'wrong'));
  expect([codes[0], codes.at(-1)]).toEqual(['credentials-invalid', 'too-many-attempts']);
  expect(codeOf(await owner())).toBe(200);
});

test('guesses at the owner’s own name run dry; the owner’s own device has a budget of its own', async () => {
  const device = deviceOf((await owner()).headers);
  const codes = await repeat(10, () => signIn(fleet.admin.userName, 'wrong'));
  expect([codes[0], codes.at(-1)]).toEqual(['credentials-invalid', 'too-many-attempts']);
  // a stranger with the right password is still a stranger, else the limit would limit nothing
  expect(codeOf(await owner())).toBe('too-many-attempts');
  expect(codeOf(await owner(device))).toBe(200);
});

test('a device that guesses runs dry too, and a device is known for its own account alone', async () => {
  const device = deviceOf((await owner()).headers);
  const codes = await repeat(12, () => signIn(fleet.admin.userName, 'wrong', device));
  expect([codes[0], codes.at(-1)]).toEqual(['credentials-invalid', 'too-many-attempts']);
  const others = await repeat(12, () => signIn('nobody', 'wrong', device));
  expect([others[0], others.at(-1)]).toEqual(['credentials-invalid', 'too-many-attempts']);
  expect(codeOf(await owner('maru-device=a.b.c'))).toBe(200);
});

test('wrong tokens of a room link run dry, a right one is welcome', async () => {
  await room.offer('BCDFGH22');
  const { controllerToken } = (await post('/api/v1/pairings', { code: 'BCDFGH22' })).body;
  const refusals: Json[] = [];
  for (let count = 0; count < 25; count += 1) {
    const phone = await new PhoneUnderTest(fleet.ready.fleetUrl, { headers: from }).open('x'.repeat(43));
    await expect.poll(() => phone.of('error')).toHaveLength(1);
    refusals.push(phone.of('error')[0].error.code);
    phone.close();
  }
  expect([refusals[0], refusals.at(-1)]).toEqual(['token-invalid', 'too-many-attempts']);
  const right = await new PhoneUnderTest(fleet.ready.fleetUrl, { headers: from }).open(controllerToken);
  await expect.poll(() => right.of('welcome')).toHaveLength(1);
  right.close();
});

test('wrong claim codes run dry, a right one enrols', async () => {
  const { body } = await fleet.api('POST', '/api/v1/rooms', { roomName: 'Room B' }, fleet.admin.cookie);
  const codes = [];
  for (let count = 0; count < 12; count += 1)
    codes.push(await fleet.enrol('BBBB-BBBB-BBBB', body.roomId).catch((error: { code: string }) => error.code));
  expect([codes[0], codes.at(-1)]).toEqual(['claim-code-invalid', 'too-many-attempts']);
  expect((await fleet.enrol(body.claimCode, body.roomId)).cert).toContain('BEGIN CERTIFICATE');
});

test('behind a proxy each client is a network of its own, and loopback reads no metrics', async () => {
  await repeat(25, () => signIn(madeUp(), 'wrong'));
  expect(codeOf(await signIn(madeUp(), 'wrong'))).toBe('too-many-attempts');
  from = { 'x-forwarded-for': `[2001:db8::${names}]:4711` };
  expect(codeOf(await signIn(madeUp(), 'wrong'))).toBe('credentials-invalid');
  expect(codeOf(await fleet.api('GET', '/metrics'))).toBe('not-signed-in');
  expect(codeOf(await fleet.api('GET', '/metrics', undefined, fleet.admin.cookie))).toBe(200);
});
