/** Documents on a disk that runs full: refused in words, and the databases beside them have room to go on. */
import { mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { SmallDisk } from '../failing-disk-under-test.ts';
import { FleetUnderTest } from '../fleet-under-test.ts';
import { writePage } from './converter/page-files.ts';
import { type DocumentClient, guestOf } from './documents-under-test.ts';
import { ScriptedConverter } from './scripted-converter-under-test.ts';

const DISK_BYTES = 32 * 1024 * 1024;
/** what documents leave to the databases */
const RESERVED_BYTES = Math.ceil(DISK_BYTES / 10);
const PART = Buffer.alloc(1024 * 1024, 7);
let fleet: FleetUnderTest;
let disk: SmallDisk;
let guest: DocumentClient;

beforeEach(async (context) => {
  fleet = new FleetUnderTest();
  disk = new SmallDisk(fleet.dataDir, `${DISK_BYTES}`);
  context.skip(disk.missing !== null, disk.missing ?? '');
  await fleet.start();
  await new ScriptedConverter(fleet.dataDir).start();
  guest = await guestOf(fleet, (await fleet.enrolRoom('Room')).meetingId);
});
afterEach(async () => {
  await fleet.kill();
  disk.unmount();
  await fleet.stop();
});

const freeBytes = (): number => {
  const { bavail, bsize } = statfsSync(fleet.dataDir);
  return bavail * bsize;
};
/** Something else of the server's that has to be stored. */
const addRoom = async (roomName: string): Promise<number> =>
  (await fleet.api('POST', '/api/v1/rooms', { roomName }, fleet.admin.cookie)).status;

test('an upload that the disk has no room for is refused, and goes on once there is room', async () => {
  const announced = await guest.announce('plan.pptx', 3 * PART.length);
  const { documentId } = announced.body.document;
  expect(await guest.put(documentId, 0, PART)).toMatchObject({ status: 200 });
  disk.fill(RESERVED_BYTES + PART.length / 2);
  const refused = await guest.put(documentId, PART.length, PART);
  expect(refused).toMatchObject({ status: 507, code: 'storage-failed' });
  expect(await guest.announce('other.pdf', PART.length)).toMatchObject({ status: 507, code: 'storage-failed' });
  expect(await addRoom('Beside a full disk')).toBe(200);
  expect((await fleet.api('GET', '/healthz')).status).toBe(200);
  disk.free();
  const { receivedBytes } = (await guest.one(documentId)).body.document;
  expect(receivedBytes).toBeGreaterThanOrEqual(PART.length);
  const rest = 3 * PART.length - receivedBytes;
  expect(await guest.put(documentId, receivedBytes, Buffer.alloc(rest, 7))).toMatchObject({ status: 200 });
  await expect.poll(() => guest.state(documentId)).toBe('ready');
});

test('a document is deleted while the disk is full of documents, and its room is free again', async () => {
  const documentId = await guest.upload('plan.pptx', PART);
  await expect.poll(() => guest.state(documentId)).toBe('ready');
  const { documentId: half } = (await guest.announce('half.pptx', 4 * PART.length)).body.document;
  expect(await guest.put(half, 0, PART)).toMatchObject({ status: 200 });
  disk.fill(RESERVED_BYTES);
  const before = freeBytes();
  expect(await guest.delete(half)).toMatchObject({ status: 200 });
  expect(freeBytes() - before).toBeGreaterThan(PART.length / 2);
  expect(await guest.delete(documentId)).toMatchObject({ status: 200 });
});

test('a document is deleted though the disk has no room at all, not even to record it', async () => {
  const documentId = await guest.upload('plan.pptx', PART);
  await expect.poll(() => guest.state(documentId)).toBe('ready');
  const { documentId: half } = (await guest.announce('half.pptx', 4 * PART.length)).body.document;
  expect(await guest.put(half, 0, PART)).toMatchObject({ status: 200 });
  disk.fill();
  // what the database has room for already is used up
  for (let n = 0; (await addRoom(`Room ${n}`)) === 200; n += 1);
  expect(await guest.delete(half)).toMatchObject({ status: 200 });
  expect(await guest.list()).toHaveLength(1);
  await expect.poll(() => addRoom('With room again')).toBe(200);
});

test('a page is made while there is room for the databases beside it, not after', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'maru-pages-'));
  const pages = new SmallDisk(folder, '1048576');
  try {
    const content = await sharp({ create: { width: 64, height: 64, channels: 3, background: 'red' } })
      .webp()
      .toBuffer();
    await writePage(folder, { page: 1, size: 'tv', content });
    pages.fill(90_000);
    await expect(writePage(folder, { page: 2, size: 'tv', content })).rejects.toMatchObject({ code: 'storage-failed' });
    expect(readdirSync(folder).sort()).toEqual(['1-tv.webp', 'filler']);
  } finally {
    pages.unmount();
    rmSync(folder, { recursive: true });
  }
});
