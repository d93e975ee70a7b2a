/** The fleet server on a disk that is full, that fails, and that hangs: what is answered, and that it recovers by itself. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, type TestContext, test } from 'vitest';
import { FailingSyncs, isDead, SmallDisk } from './failing-disk-under-test.ts';
import { FleetUnderTest, type Json } from './fleet-under-test.ts';

let fleet: FleetUnderTest;
let disk: SmallDisk;
let syncs: FailingSyncs | null = null;

beforeEach(async (context) => {
  fleet = new FleetUnderTest();
  disk = new SmallDisk(fleet.dataDir, '8m');
  context.skip(disk.missing !== null, disk.missing ?? '');
  await fleet.start();
});
afterEach(async () => {
  await syncs?.end();
  syncs = null;
  await fleet.kill();
  disk.unmount();
  await fleet.stop();
});

let rooms = 0;
type Answer = { status: number; code: string | null; ms: number };
async function addRoom(): Promise<Answer> {
  rooms += 1;
  const startedAtMs = performance.now();
  const { status, body } = await fleet.api('POST', '/api/v1/rooms', { roomName: `Room ${rooms}` }, fleet.admin.cookie);
  return { status, code: body?.error?.code ?? null, ms: performance.now() - startedAtMs };
}
const addRooms = (count: number): Promise<Answer[]> => Promise.all(Array.from({ length: count }, addRoom));
const roomCount = async (): Promise<number> =>
  ((await fleet.api('GET', '/api/v1/rooms', undefined, fleet.admin.cookie)).body as Json).total;
const health = async () => {
  const { status, body } = await fleet.api('GET', '/healthz');
  return { status, body };
};
async function failing(database: string): Promise<string | undefined> {
  const { body } = await fleet.api('GET', '/metrics', undefined, fleet.admin.cookie);
  return new RegExp(`^maru_storage_failing\\{database="${database}"\\} (\\d)$`, 'm').exec(String(body))?.[1];
}
async function makeSyncsFail(context: TestContext, file: string, inject: string): Promise<void> {
  syncs = await FailingSyncs.of(fleet.pid, join(fleet.dataDir, file), inject);
  context.skip(syncs === null, 'strace cannot be attached here');
}

test('a full disk: writes are refused in words, reads go on, and with room again writes succeed in the same process', async () => {
  const { pid } = fleet;
  disk.fill();
  let accepted = 0;
  // what the files have room for already is still written
  for (let answer = await addRoom(); answer.status === 200; answer = await addRoom()) accepted += 1;
  for (const answer of [...(await addRooms(20)), await addRoom()]) {
    expect(answer).toMatchObject({ status: 507, code: 'storage-failed' });
    expect(answer.ms).toBeLessThan(5_000);
  }
  expect(await fleet.signIn(fleet.admin.userName, fleet.admin.password)).toMatchObject({
    status: 507,
    body: { error: { code: 'storage-failed' } },
  });
  expect(await roomCount()).toBe(accepted);
  expect(await health()).toEqual({ status: 503, body: { status: 'storage-failed' } });
  expect(await failing('authority')).toBe('1');
  disk.free();
  expect(await addRoom()).toMatchObject({ status: 200 });
  await expect.poll(health).toEqual({ status: 200, body: { status: 'ok' } });
  expect((await addRooms(20)).map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
  expect(await roomCount()).toBe(accepted + 21);
  expect(await failing('authority')).toBe('0');
  expect(fleet.pid).toBe(pid);
});

test('a full disk that nobody writes to: health is true again by itself', async () => {
  disk.fill();
  while ((await addRoom()).status === 200);
  expect((await health()).status).toBe(503);
  disk.free();
  await expect.poll(health, { timeout: 10_000 }).toEqual({ status: 200, body: { status: 'ok' } });
});

test('one sync that fails costs its own write alone', async (context) => {
  const { pid } = fleet;
  await makeSyncsFail(context, 'authority.sqlite-wal', 'error=EIO:when=1');
  expect(await addRoom()).toMatchObject({ status: 507, code: 'storage-failed' });
  expect(await addRoom()).toMatchObject({ status: 200 });
  expect(await roomCount()).toBe(1);
  await expect.poll(health).toEqual({ status: 200, body: { status: 'ok' } });
  expect(fleet.pid).toBe(pid);
  // what was answered is what is there after a crash, too
  await syncs!.end();
  await fleet.kill();
  await fleet.startServer();
  expect(await roomCount()).toBe(1);
});

test('syncs that fail for a while: each write is answered, and the first after that succeeds', async (context) => {
  await makeSyncsFail(context, 'authority.sqlite-wal', 'error=EIO');
  for (const answer of [...(await addRooms(10)), await addRoom(), await addRoom()])
    expect(answer).toMatchObject({ status: 507, code: 'storage-failed' });
  expect((await health()).status).toBe(503);
  await syncs!.end();
  expect(await addRoom()).toMatchObject({ status: 200 });
  expect(await roomCount()).toBe(1);
});

test('a disk that hangs: a write is answered at its deadline, reads and health at once, and SIGTERM ends the process', async (context) => {
  await makeSyncsFail(context, 'authority.sqlite-wal', 'delay_enter=60s');
  const first = addRoom();
  await expect.poll(async () => (await first).status, { timeout: 15_000 }).toBe(507);
  expect((await first).code).toBe('storage-failed');
  // no further person waits for the same disk
  const second = await addRoom();
  expect(second).toMatchObject({ status: 507, code: 'storage-failed' });
  expect(second.ms).toBeLessThan(1_000);
  expect((await health()).status).toBe(503);
  expect(await roomCount()).toBe(0);
  const { pid } = fleet;
  process.kill(pid, 'SIGTERM');
  await expect.poll(() => isDead(pid), { timeout: 6_000 }).toBe(true);
});

test('a commit that comes after its deadline ends the process: what it answered would be a lie', async (context) => {
  const { pid } = fleet;
  await makeSyncsFail(context, 'authority.sqlite-wal', 'delay_enter=13s:when=1');
  expect(await addRoom()).toMatchObject({ status: 507 });
  await expect.poll(() => fleet.isRunning, { timeout: 10_000 }).toBe(false);
  expect(fleet.log).toContain('committed after its caller was answered');
  await fleet.startServer();
  expect(fleet.pid).not.toBe(pid);
  expect(await roomCount()).toBe(1);
});

test('SIGTERM on a full disk ends the process in time', async () => {
  disk.fill();
  while ((await addRoom()).status === 200);
  void addRooms(20).catch(() => {});
  await sleep(300);
  const startedAtMs = performance.now();
  await fleet.kill('SIGTERM');
  expect(performance.now() - startedAtMs).toBeLessThan(6_000);
});

test.each([
  ['bytes of no database', (path: string) => writeFileSync(path, 'this is not SQLite. '.repeat(500))],
  ['a header and then nothing', (path: string) => writeFileSync(path, `SQLite format 3\0${'\0'.repeat(4080)}`)],
])('telemetry.sqlite of %s is set aside, and the server starts', async (_, damage) => {
  await fleet.kill();
  for (const name of readdirSync(fleet.dataDir).filter((name) => name.startsWith('telemetry.sqlite-')))
    writeFileSync(join(fleet.dataDir, name), '');
  damage(join(fleet.dataDir, 'telemetry.sqlite'));
  await fleet.startServer();
  expect(fleet.log).toContain('telemetry.sqlite was damaged');
  expect(readdirSync(fleet.dataDir).filter((name) => name.includes('.damaged-'))).not.toEqual([]);
  expect(await addRoom()).toMatchObject({ status: 200 });
});
