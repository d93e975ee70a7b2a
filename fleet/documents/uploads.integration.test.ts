/** Uploads at the real fleet server as bytes on the wire: cut, resumed, in each other's way, under odd names. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { MAX_UPLOAD_PART_BYTES } from '#contract/http/documents-api.ts';
import { FleetUnderTest } from '../fleet-under-test.ts';
import { newId } from '../store/index.ts';
import type { DocumentClient } from './documents-under-test.ts';
import { contentPath, guestOf, RawPart } from './guests-under-test.ts';
import { ScriptedConverter } from './scripted-converter-under-test.ts';

let fleet: FleetUnderTest;
let converter: ScriptedConverter;
let meetingId: string;
let guest: DocumentClient;
let names = 0;
const parts: RawPart[] = [];

beforeAll(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
  converter = await new ScriptedConverter(fleet.dataDir).start();
});
beforeEach(async () => {
  names += 1;
  ({ meetingId } = await fleet.enrolRoom(`Room ${names}`));
  guest = await guestOf(fleet, meetingId);
});
afterAll(async () => {
  for (const part of parts) part.cut();
  await fleet.stop();
});

const announced = async (sizeBytes: number, fileName = 'plan.pptx'): Promise<string> =>
  (await guest.announce(fileName, sizeBytes)).body.document.documentId;
function rawPart(documentId: string, offset: number | string, ...headers: string[]): RawPart {
  const part = new RawPart(fleet, guest.token, contentPath(documentId, offset), headers);
  parts.push(part);
  return part;
}
const receivedBytes = async (documentId: string): Promise<number> =>
  (await guest.one(documentId)).body.document.receivedBytes;
const folderOf = (documentId: string): string => join(fleet.dataDir, 'documents', documentId);
/** No two bytes beside each other are the same: a part at a wrong place shows. */
const content = (sizeBytes: number): Buffer => Buffer.from(Array.from({ length: sizeBytes }, (_, at) => at % 251));

test('a part that breaks off counts as far as it came, and the upload goes on from there', async () => {
  const whole = content(300_000);
  const documentId = await announced(whole.length);
  const part = rawPart(documentId, 0, `Content-Length: ${whole.length}`);
  part.write(whole.subarray(0, 120_001));
  await expect.poll(() => statSync(join(folderOf(documentId), 'original')).size).toBe(120_001);
  part.cut();
  await expect.poll(() => receivedBytes(documentId)).toBe(120_001);
  expect(await guest.put(documentId, 0, whole)).toMatchObject({ status: 409, code: 'upload-offset' });
  const last = await guest.put(documentId, 120_001, whole.subarray(120_001));
  expect(last.body.document).toMatchObject({ receivedBytes: whole.length, state: 'waiting' });
  await expect.poll(() => guest.state(documentId)).toBe('ready');
  expect(converter.originals.at(-1)!.equals(whole)).toBe(true);
});

test('a part byte by byte and in chunks, as RFC 9112 has them, is what was sent', async () => {
  const documentId = await announced(5);
  const part = rawPart(documentId, 0, 'Transfer-Encoding: chunked', 'Origin: http://127.0.0.1:1');
  for (const bytes of ['1', '\r\n', 'P', '\r\n4\r', '\nD', 'F-1', '\r\n0\r\n', '\r\n']) {
    part.write(bytes);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await expect.poll(() => part.status).toBe(200);
  expect(part.received).toMatch(/^access-control-allow-origin: \*\r$/m);
  expect(JSON.parse(part.received.split('\r\n\r\n')[1]!).document).toMatchObject({ documentId, receivedBytes: 5 });
  await expect.poll(() => guest.state(documentId)).toBe('ready');
  expect(converter.originals.at(-1)!.toString()).toBe('PDF-1');
});

test('a part whose place is no place is refused', async () => {
  const documentId = await announced(10);
  for (const offset of ['-1', '1.5', 'x', '0&offset=1']) {
    const part = rawPart(documentId, offset, 'Content-Length: 1');
    part.write('x');
    await expect.poll(() => [part.status, part.code]).toEqual([400, 'bad-message']);
  }
  expect(await receivedBytes(documentId)).toBe(0);
});

test('a part of another type, too large or without a token is refused before it is read', async () => {
  const documentId = await announced(10);
  const path = contentPath(documentId, 0);
  const refusals = [
    [new RawPart(fleet, guest.token, path, ['Content-Length: 10'], 'text/html'), 400, 'bad-message'],
    [new RawPart(fleet, guest.token, path, [`Content-Length: ${MAX_UPLOAD_PART_BYTES + 1}`]), 413, 'too-large'],
    [new RawPart(fleet, null, path, ['Content-Length: 10']), 401, 'token-invalid'],
    [new RawPart(fleet, `${guest.token}x`, path, ['Content-Length: 10']), 401, 'token-invalid'],
  ] as const;
  for (const [part, status, code] of refusals) {
    parts.push(part);
    await expect.poll(() => [part.status, part.code]).toEqual([status, code]);
    await expect.poll(() => part.isClosed).toBe(true);
  }
  expect(await receivedBytes(documentId)).toBe(0);
});

test('more bytes than were announced make no document', async () => {
  const documentId = await announced(10);
  expect(await guest.put(documentId, 0, content(11))).toMatchObject({ status: 400, code: 'bad-message' });
  expect(await guest.put(documentId, 3, content(3))).toMatchObject({ status: 409, code: 'upload-offset' });
  expect((await guest.one(documentId)).body.document).toMatchObject({ state: 'uploading', receivedBytes: 0 });
});

test('a sender that is back ends its former part, which has stopped', async () => {
  const whole = content(1_000);
  const documentId = await announced(whole.length);
  const former = rawPart(documentId, 0, `Content-Length: ${whole.length}`);
  former.write(whole.subarray(0, 100));
  await expect.poll(() => statSync(join(folderOf(documentId), 'original')).size).toBe(100);
  // it cannot know yet how much has arrived
  expect(await guest.put(documentId, 0, whole)).toMatchObject({ status: 409, code: 'upload-offset' });
  await expect.poll(() => [former.status, former.code]).toEqual([409, 'upload-offset']);
  expect(await receivedBytes(documentId)).toBe(100);
  expect(await guest.put(documentId, 100, whole.subarray(100))).toMatchObject({ status: 200 });
});

test('an upload that is cancelled ends its part, and nothing of it stays on the disk', async () => {
  const documentId = await announced(1_000);
  const part = rawPart(documentId, 0, 'Content-Length: 1000');
  part.write(content(100));
  await expect.poll(() => statSync(join(folderOf(documentId), 'original')).size).toBe(100);
  expect(await guest.delete(documentId)).toMatchObject({ status: 200 });
  await expect.poll(() => [part.status, part.code]).toEqual([404, 'not-found']);
  expect(existsSync(folderOf(documentId))).toBe(false);
  expect(await guest.put(documentId, 100, content(900))).toMatchObject({ status: 404, code: 'not-found' });
});

test('somebody else of the meeting cannot go on with an upload, nor delete it', async () => {
  const documentId = await announced(10);
  const other = await guestOf(fleet, meetingId);
  expect(await other.put(documentId, 0, content(10))).toMatchObject({ status: 403, code: 'forbidden' });
  expect(await other.delete(documentId)).toMatchObject({ status: 403, code: 'forbidden' });
  expect((await other.one(documentId)).body.document).toMatchObject({ isOwn: false, receivedBytes: 0 });
});

test('to another meeting’s token each document is one that does not exist', async () => {
  const documentId = await guest.upload('secret.pdf');
  await expect.poll(() => guest.state(documentId)).toBe('ready');
  names += 1;
  const stranger = await guestOf(fleet, (await fleet.enrolRoom(`Room ${names}`)).meetingId);
  const asks = (id: string) => [
    stranger.one(id),
    stranger.page(id, 1, 'tv'),
    stranger.put(id, 0, content(1)),
    stranger.delete(id),
  ];
  const [theirs, none] = await Promise.all([Promise.all(asks(documentId)), Promise.all(asks(newId()))]);
  expect(theirs.map(({ status, body }) => ({ status, body }))).toEqual(
    none.map(({ status, body }) => ({ status, body })),
  );
  expect(theirs.map(({ status, code }) => [status, code])).toEqual(theirs.map(() => [404, 'not-found']));
  expect(await stranger.list()).toEqual([]);
  expect(await guest.state(documentId)).toBe('ready');
});

test('two uploads under one name at the same time are two documents', async () => {
  const other = await guestOf(fleet, meetingId);
  const ids = await Promise.all([
    guest.upload('plan.pptx', Buffer.from('mine')),
    other.upload('plan.pptx', Buffer.from('theirs')),
  ]);
  await expect.poll(async () => Promise.all(ids.map((id) => guest.state(id)))).toEqual(['ready', 'ready']);
  expect((await guest.list()).map(({ title }) => title).sort()).toEqual(['plan (2).pptx', 'plan.pptx']);
  const originals = converter.originals.slice(-2).map(String).sort();
  expect(originals).toEqual(['mine', 'theirs']);
});

test.each([
  ['../../../etc/passwd', '../../../etc/passwd'],
  ['C:\\Users\\kim\\plan.pptx', 'C:\\Users\\kim\\plan.pptx'],
  ['<img src=x onerror=alert(1)>.pdf', '<img src=x onerror=alert(1)>.pdf'],
  ['invoice\u202efdp.exe', 'invoice fdp.exe'],
  ['회의 자료.pptx'.normalize('NFD'), '회의 자료.pptx'.normalize('NFC')],
  ['👩‍👩‍👧‍👦 family.pdf', '👩‍👩‍👧‍👦 family.pdf'],
  ['two\r\nlines\0.pdf', 'two lines .pdf'],
  ['\u200b\u2060', 'Document'],
  [`${'가'.repeat(900)}.docx`, `${'가'.repeat(224)}….docx`],
])('a document called %j is shown as %j, and no path has its name', async (fileName, title) => {
  const { status, body } = await guest.announce(fileName, 3);
  expect([status, body.document.title]).toEqual([200, title]);
  const { documentId } = body.document;
  expect(readdirSync(join(fleet.dataDir, 'documents'))).toContain(documentId);
  expect(readdirSync(folderOf(documentId)).sort()).toEqual(['original', 'pages']);
  expect(statSync(folderOf(documentId)).mode & 0o777).toBe(0o700);
  expect(statSync(join(folderOf(documentId), 'original')).mode & 0o777).toBe(0o600);
});

test('documents that are empty, too large or without a name are refused before anything is uploaded', async () => {
  expect(await guest.announce('a.pdf', 0)).toMatchObject({ status: 422, code: 'document-empty' });
  expect(await guest.announce('a.pdf', 1_000_000_000)).toMatchObject({ status: 413, code: 'document-too-large' });
  for (const [fileName, sizeBytes] of [
    ['', 1],
    ['a'.repeat(1_001), 1],
    ['a.pdf', -1],
    ['a.pdf', 1.5],
  ] as const)
    expect(await guest.announce(fileName, sizeBytes)).toMatchObject({ status: 400, code: 'bad-message' });
  expect(await guest.list()).toEqual([]);
});
