/** What the fleet server keeps of documents, and where it may not stand: rights on the disk, names and tokens in logs and store. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { FleetUnderTest } from '../fleet-under-test.ts';
import type { RoomUnderTest } from '../room-under-test.ts';
import { type DocumentClient, roomWithTv } from './documents-under-test.ts';
import { ScriptedConverter } from './scripted-converter-under-test.ts';

let fleet: FleetUnderTest;
let converter: ScriptedConverter;
let room: RoomUnderTest;
let tv: DocumentClient;

beforeAll(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
  converter = await new ScriptedConverter(fleet.dataDir).start();
});
beforeEach(async () => {
  converter.onConvert = (document) => converter.convert(document, 2);
  ({ room, tv } = await roomWithTv(fleet));
});
afterEach(() => {
  room.stop();
});
afterAll(() => fleet.stop());

test('everything is readable by the server’s user alone', async () => {
  const documentId = await tv.upload('plan.pdf');
  await expect.poll(() => tv.state(documentId)).toBe('ready');
  const halfDone = await tv.announced(10);
  const modes = (folder: string): string[] =>
    readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) => {
      const mode = (statSync(join(entry.parentPath, entry.name)).mode & 0o777).toString(8);
      return `${entry.isDirectory() ? 'folder' : 'file'} ${mode}`;
    });
  const documents = join(fleet.dataDir, 'documents');
  expect((statSync(documents).mode & 0o777).toString(8)).toBe('700');
  expect(new Set(modes(documents))).toEqual(new Set(['folder 700', 'file 600']));
  await tv.delete(halfDone);
});

test('the log has no name and no token of a document', async () => {
  const documentId = await tv.upload('secret-name-7531.pdf');
  await expect.poll(() => tv.state(documentId)).toBe('ready');
  await tv.put(documentId, 3, Buffer.from('x'));
  expect(fleet.log).toContain(documentId);
  expect(fleet.log).not.toContain('secret-name-7531');
  expect(fleet.log).not.toContain(tv.token!);
  expect(readFileSync(join(fleet.dataDir, 'authority.sqlite')).includes(tv.token!)).toBe(false);
});

test('pages that are asked for while they are being made fill no log', async () => {
  converter.onConvert = (document) => converter.count(document, 2);
  const documentId = await tv.upload('plan.pdf');
  await expect.poll(async () => (await tv.one(documentId)).body.document.pageCount).toBe(2);
  expect(await tv.page(documentId, 1, 'tv')).toMatchObject({ status: 202 });
  expect(await tv.page(documentId, 3, 'tv')).toMatchObject({ code: 'not-found' });
  await expect.poll(() => fleet.log).toContain(`${documentId}/pages/3/tv`);
  expect(fleet.log).not.toContain(`${documentId}/pages/1/tv`);
  await tv.delete(documentId);
});
