/** The real fleet server under a wall clock that is set while it runs (libfaketime): nobody is put out, nobody refused. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { FleetUnderTest } from './fleet-under-test.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { PhoneUnderTest, RoomUnderTest } from './room-under-test.ts';

const library = ['x86_64-linux-gnu', 'aarch64-linux-gnu']
  .map((machine) => `/usr/lib/${machine}/faketime/libfaketimeMT.so.1`)
  .find((path) => existsSync(path));
const folder = mkdtempSync(join(tmpdir(), 'maru-clock-'));
const clockFile = join(folder, 'clock');
const setClock = (offset: string): void => writeFileSync(clockFile, offset);
const SWEPT_MS = 6_000;

let fleet: FleetUnderTest;
let room: RoomUnderTest;
let phone: PhoneUnderTest;
let controllerToken: string;

beforeAll(async () => {
  if (!library) return;
  setClock('+0');
  fleet = new FleetUnderTest();
  fleet.env = {
    LD_PRELOAD: library,
    FAKETIME_TIMESTAMP_FILE: clockFile,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
  await fleet.start();
  room = new RoomUnderTest(await fleet.enrolRoom('Room A'));
  await room.start(fleet);
  await room.sayState();
  await room.offer('BCDFGH22');
  controllerToken = (await fleet.api('POST', '/api/v1/pairings', { code: 'BCDFGH22' })).body.controllerToken;
  phone = await new PhoneUnderTest(fleet.ready.fleetUrl).open(controllerToken);
  await vi.waitFor(() => expect(phone.of('welcome')).toHaveLength(1));
});
afterAll(async () => {
  phone?.close();
  room?.stop();
  await fleet?.stop();
  rmSync(folder, { recursive: true });
});

async function serverNow(): Promise<number> {
  return Date.parse((await fleet.api('GET', '/healthz')).headers.get('date')!);
}

/** As a room and a phone live: a little talk, for as long as the sweep of pairings takes. */
async function talk(): Promise<void> {
  for (const endMs = performance.now() + SWEPT_MS; performance.now() < endMs; await sleep(300)) {
    await room.sayState();
    await room.say('presence', { protocol: PROTOCOL_VERSION, online: true, epoch: 1, asOfMs: Date.now() });
    phone.send({ type: 'ping' });
  }
}

async function nobodyIsPutOut(): Promise<void> {
  const [pongs, drops] = [phone.of('pong').length, fleet.log.split('MQTT disconnected').length];
  await talk();
  expect(phone.closeCode).toBeNull();
  expect(phone.of('pong').length).toBeGreaterThan(pongs + 10);
  expect(phone.of('presence').filter(({ online }) => !online)).toEqual([]);
  expect(fleet.log.split('MQTT disconnected').length).toBe(drops);
  expect(fleet.log).not.toContain('flood');
  expect((await fleet.api('GET', '/api/v1/rooms', undefined, fleet.admin.cookie)).status).toBe(200);
  expect((await fleet.signIn(fleet.admin.userName, fleet.admin.password)).status).toBe(200);
  const again = await new PhoneUnderTest(fleet.ready.fleetUrl).open(controllerToken);
  await expect.poll(() => again.of('welcome')).toHaveLength(1);
  again.close();
}

test.for([
  ['-3600', -3_600_000],
  ['-3605', -3_605_000],
  ['+1200', 1_200_000],
  ['+86400', 86_400_000],
] as const)('set to %s s', async ([offset, byMs], context) => {
  context.skip(!library, 'libfaketime is not installed');
  // one wrong guess just before, which a clock that is set back must not keep for ever
  await fleet.signIn(fleet.admin.userName, 'wrong');
  setClock(offset);
  const wrongByMs = async () => Math.abs((await serverNow()) - Date.now() - byMs);
  await expect.poll(wrongByMs, { timeout: 5_000 }).toBeLessThan(5_000);
  await nobodyIsPutOut();
});

test('after a restart the stored times still count from the last use', async (context) => {
  context.skip(!library, 'libfaketime is not installed');
  await fleet.kill('SIGTERM');
  await fleet.startServer();
  const back = await new PhoneUnderTest(fleet.ready.fleetUrl).open(controllerToken);
  await expect.poll(() => back.of('welcome').length + back.of('error').length).toBe(1);
  expect(back.of('error')).toEqual([]);
  back.close();
});
