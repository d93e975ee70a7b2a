/** After the server's end: what lies on the disk without a document, and what a document misses there. */
import { existsSync, mkdirSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FleetUnderTest } from '../fleet-under-test.ts';
import { newId } from '../store/index.ts';
import { type DocumentClient, guestOf } from './documents-under-test.ts';
import { pictureOf, ScriptedConverter } from './scripted-converter-under-test.ts';

let fleet: FleetUnderTest;
let converter: ScriptedConverter;
let guest: DocumentClient;

beforeEach(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
  converter = await new ScriptedConverter(fleet.dataDir).start();
  guest = await guestOf(fleet, (await fleet.enrolRoom('Room')).meetingId);
});
afterEach(() => fleet.stop());

const pathOf = (...parts: string[]): string => join(fleet.dataDir, 'documents', ...parts);
const shown = async (documentId: string) => (await guest.one(documentId)).body.document;

test('what no document has is removed at the start, and nothing else', async () => {
  const [ready, failed] = [await guest.upload('plan.pptx'), await guest.upload('broken.pdf')];
  await expect.poll(() => guest.state(ready)).toBe('ready');
  await expect.poll(() => guest.state(failed)).toBe('ready');
  converter.onConvert = (document) => converter.fail(document, 'document-broken');
  const broken = await guest.upload('broken.pdf');
  await expect.poll(() => shown(broken)).toMatchObject({ state: 'failed', failure: 'document-broken' });
  await fleet.kill();
  const orphan = newId();
  mkdirSync(pathOf(orphan, 'pages'), { recursive: true });
  writeFileSync(pathOf(orphan, 'original'), 'secret');
  writeFileSync(pathOf(ready, 'original'), 'secret');
  mkdirSync(pathOf(broken, 'pages'), { recursive: true });
  // the folder may be a disk of its own
  mkdirSync(pathOf('lost+found'));
  await fleet.startServer();
  expect(readdirSync(pathOf()).sort()).toEqual([ready, failed, 'lost+found'].sort());
  expect(readdirSync(pathOf(ready))).toEqual(['pages']);
  expect((await guest.page(ready, 3, 'tv-4k')).body).toBe(pictureOf(3, 'tv-4k'));
});

test('what a power cut took from the disk: an upload begins again, and a document that cannot be made fails in words', async () => {
  const upload = await guest.announced(10);
  await guest.put(upload, 0, Buffer.from('12345'));
  const gone = await guest.announced(10);
  await guest.put(gone, 0, Buffer.from('12345'));
  converter.onConvert = () => {};
  const cut = await guest.upload('cut.pptx');
  await fleet.kill();
  truncateSync(pathOf(upload, 'original'), 3);
  rmSync(pathOf(gone), { recursive: true });
  truncateSync(pathOf(cut, 'original'), 3);
  converter.onConvert = (document) => converter.convert(document, 1);
  await fleet.startServer();
  for (const documentId of [upload, gone]) {
    expect(await shown(documentId)).toMatchObject({ state: 'uploading', receivedBytes: 0 });
    expect(await guest.put(documentId, 0, Buffer.from('1234567890'))).toMatchObject({ status: 200 });
    await expect.poll(() => guest.state(documentId)).toBe('ready');
  }
  expect(await shown(cut)).toMatchObject({ state: 'failed', failure: 'storage-failed' });
  expect(existsSync(pathOf(cut))).toBe(false);
});
