/** The store itself on a disk that is full or damaged, in one process: what is undone, and what begins anew. */
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SmallDisk } from '../failing-disk-under-test.ts';
import { type AuthorityStore, authorityStore, type TelemetryStore, telemetryStore } from './index.ts';

let dataDir: string;
let disk: SmallDisk;
let store: AuthorityStore;
const states: string[] = [];
const fatal: Error[] = [];
const events = { onStorage: (state: string) => states.push(state), onFatal: (error: Error) => fatal.push(error) };

beforeEach(async (context) => {
  states.length = 0;
  fatal.length = 0;
  dataDir = mkdtempSync(join(tmpdir(), 'maru-store-'));
  disk = new SmallDisk(dataDir, '128m');
  context.skip(disk.missing !== null, disk.missing ?? '');
  store = authorityStore({ dataDir, ...events });
  await store.start();
});
afterEach(async () => {
  await store?.stop();
  disk.unmount();
  rmSync(dataDir, { recursive: true });
  expect(fatal).toEqual([]);
});

const keep = (name: string, sizeBytes = 10): Promise<unknown> =>
  store.write((trx) =>
    trx
      .insertInto('setting')
      .values({ name, value: 'x'.repeat(sizeBytes) })
      .execute(),
  );
const names = async (): Promise<string[]> =>
  (await store.read.selectFrom('setting').select('name').orderBy('name').execute()).map(({ name }) => name);
const storageFailed = expect.objectContaining({ code: 'storage-failed', kind: 'operational' });

test('a full disk: every write of the commit is answered, none is stored, and the next one with room is', async () => {
  await keep('before');
  disk.fill(200_000);
  const results = await Promise.allSettled([
    keep('a'),
    keep('large', 1_000_000),
    keep('b'),
    ...[1, 2, 3].map((n) => keep(`n${n}`)),
  ]);
  for (const result of results) expect(result).toEqual({ status: 'rejected', reason: storageFailed });
  expect(store.state).toBe('failing');
  expect(await names()).toEqual(['before']);
  disk.free();
  await keep('after');
  expect(await names()).toEqual(['after', 'before']);
  expect(states).toEqual(['failing', 'working']);
});

test('a job that swallows the disk’s error commits nothing of what it writes after it', async () => {
  disk.fill(200_000);
  const swallowed = store.write(async (trx) => {
    await trx
      .insertInto('setting')
      .values({ name: 'large', value: 'x'.repeat(1_000_000) })
      .execute()
      .catch(() => {});
    await trx
      .insertInto('setting')
      .values({ name: 'alone', value: '' })
      .execute()
      .catch(() => {});
  });
  await expect(swallowed).rejects.toEqual(storageFailed);
  disk.free();
  await keep('after');
  expect(await names()).toEqual(['after']);
});

test('where nobody writes, the store finds out by itself that the disk is back', async () => {
  disk.fill();
  for (let n = 0; store.state === 'working'; n += 1) await keep(`n${n}`, 20_000).catch(() => {});
  disk.free();
  await expect.poll(() => store.state, { timeout: 10_000 }).toBe('working');
});

test('a migration that a full disk stops can be begun again', async () => {
  for (const freeBytes of [0, 33_000, 45_000, 70_000, 110_000]) {
    const folder = join(dataDir, `at-${freeBytes}`);
    mkdirSync(folder);
    disk.fill(freeBytes);
    const first = authorityStore({ dataDir: folder, ...events });
    await first.start().catch(() => {});
    await first.stop().catch(() => {});
    disk.free();
    const second = authorityStore({ dataDir: folder, ...events });
    await second.start();
    expect(await second.read.selectFrom('setting').select('name').execute()).toEqual([]);
    await second.stop();
    rmSync(folder, { recursive: true });
  }
});

test('telemetry that is damaged while we run is set aside, and what is reported next is kept', async () => {
  const setAside: string[] = [];
  const telemetry: TelemetryStore = telemetryStore({
    dataDir,
    ...events,
    onSetAside: (path) => setAside.push(path),
  });
  await telemetry.start();
  // more than SQLite keeps in its cache
  await telemetry.write(async (trx) => {
    const report = { instanceId: 'i', signalingUrl: 'x'.repeat(30_000), lastSeenMs: 1 };
    for (let n = 0; n < 1_000; n += 1)
      await trx
        .insertInto('nodeReport')
        .values({ nodeId: `n${n}`, ...report })
        .execute();
  });
  await telemetry.stop();
  const again = telemetryStore({ dataDir, ...events, onSetAside: (path) => setAside.push(path) });
  await again.start();
  // what a dying disk gives back instead of our pages
  spoil(join(dataDir, 'telemetry.sqlite'));
  await expect
    .poll(async () => {
      await again.write((trx) => trx.updateTable('nodeReport').set({ lastSeenMs: 2 }).execute()).catch(() => {});
      return setAside.length;
    })
    .toBe(1);
  await again.write((trx) =>
    trx.insertInto('nodeReport').values({ nodeId: 'new', instanceId: 'i', signalingUrl: 'x', lastSeenMs: 1 }).execute(),
  );
  expect(await again.read.selectFrom('nodeReport').select('nodeId').execute()).toEqual([{ nodeId: 'new' }]);
  expect(readdirSync(dataDir).filter((name) => name.includes('.damaged-'))).not.toEqual([]);
  await again.stop();
});

function spoil(path: string): void {
  const { size } = statSync(path);
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(size, 0xaa), 0, size, 0);
  closeSync(file);
}
