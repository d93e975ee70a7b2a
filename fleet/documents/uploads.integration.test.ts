/** Uploads at the real fleet server when they do not go well: cut off, doubled, too long, restarted; with bytes on a socket. */
import { existsSync, statSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { MAX_DOCUMENT_BYTES, MAX_UPLOAD_PART_BYTES } from '#contract/http/documents-api.ts';
import { FleetUnderTest, type Json } from '../fleet-under-test.ts';
import type { RoomUnderTest } from '../room-under-test.ts';
import { type DocumentClient, roomWithTv } from './documents-under-test.ts';
import { ScriptedConverter } from './scripted-converter-under-test.ts';

let fleet: FleetUnderTest;
let converter: ScriptedConverter;
let room: RoomUnderTest;
let tv: DocumentClient;
const sockets: Socket[] = [];

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
  for (const socket of sockets.splice(0)) socket.destroy();
});
afterAll(() => fleet.stop());

const original = (documentId: string): string => join(fleet.dataDir, 'documents', documentId, 'original');

/** A request whose body comes when the test writes it. */
class RawPart {
  readonly socket: Socket;
  answer = '';

  constructor(documentId: string, offset: number, headers: readonly string[]) {
    const { hostname, port, host } = new URL(fleet.ready.fleetUrl);
    this.socket = connect({ host: hostname, port: Number(port) });
    sockets.push(this.socket);
    this.socket.on('data', (chunk: Buffer) => {
      this.answer += chunk.toString();
    });
    this.socket.on('error', () => {});
    const head = [
      `PUT /api/v1/documents/${documentId}/content?offset=${offset} HTTP/1.1`,
      `Host: ${host}`,
      `Authorization: Bearer ${tv.token}`,
      'Content-Type: application/octet-stream',
      ...headers,
    ];
    this.socket.write(`${head.join('\r\n')}\r\n\r\n`);
  }
  write(content: Buffer | string): void {
    this.socket.write(content);
  }
  async status(): Promise<number> {
    await expect.poll(() => this.answer).toMatch(/^HTTP\/1\.1 \d{3} [\s\S]*\r\n\r\n./);
    return Number(this.answer.slice(9, 12));
  }
}
const received = async (documentId: string): Promise<number> => (await tv.one(documentId)).body.document.receivedBytes;

test('an upload that is cut off goes on from the bytes that came', async () => {
  const content = Buffer.from('0123456789'.repeat(1_000));
  const documentId = await tv.announced(content.length);
  const cut = new RawPart(documentId, 0, [`Content-Length: ${content.length}`]);
  cut.write(content.subarray(0, 4_000));
  await expect.poll(() => statSync(original(documentId)).size).toBe(4_000);
  cut.socket.resetAndDestroy();
  await expect.poll(() => received(documentId)).toBe(4_000);
  expect((await tv.put(documentId, 4_000, content.subarray(4_000))).body.document.receivedBytes).toBe(content.length);
  await expect.poll(() => tv.state(documentId)).toBe('ready');
  expect(converter.originals.at(-1)).toEqual(content);
});

test('a part in chunks, byte by byte, is a part', async () => {
  const documentId = await tv.announced(3);
  const part = new RawPart(documentId, 0, ['Transfer-Encoding: chunked']);
  for (const letter of 'abc') part.write(`1\r\n${letter}\r\n`);
  part.write('0\r\n\r\n');
  expect(await part.status()).toBe(200);
  await expect.poll(() => tv.state(documentId)).toBe('ready');
  expect(converter.originals.at(-1)).toEqual(Buffer.from('abc'));
});

test('a newer part ends one whose sender is gone and does not close', async () => {
  const documentId = await tv.announced(10);
  const hangs = new RawPart(documentId, 0, ['Content-Length: 10']);
  hangs.write('01234');
  await expect.poll(() => statSync(original(documentId)).size).toBe(5);
  // by what the server said when it was asked last
  const again = await tv.put(documentId, 0, Buffer.from('0123456789'));
  expect([again.status, again.code]).toEqual([409, 'upload-offset']);
  expect(await hangs.status()).toBe(409);
  expect(await received(documentId)).toBe(5);
  expect((await tv.put(documentId, 5, Buffer.from('56789'))).status).toBe(200);
  await expect.poll(() => tv.state(documentId)).toBe('ready');
  expect(converter.originals.at(-1)!.toString()).toBe('0123456789');
});

test('parts that do not fit are refused, and what was there stays', async () => {
  const documentId = await tv.announced(10);
  await tv.put(documentId, 0, Buffer.from('0123'));
  for (const offset of [0, 3, 5, 10])
    expect(await tv.put(documentId, offset, Buffer.from('x'))).toMatchObject({ status: 409, code: 'upload-offset' });
  expect(await tv.put(documentId, 4, Buffer.from('456789a'))).toMatchObject({ status: 400, code: 'bad-message' });
  expect(await received(documentId)).toBe(4);
  for (const offset of ['-1', '1.5', 'x', ''])
    expect(
      await tv.ask('PUT', `/api/v1/documents/${documentId}/content?offset=${offset}`, Buffer.from('x')),
    ).toMatchObject({ status: offset === '' ? 409 : 400 });
  const large = new RawPart(documentId, 4, [`Content-Length: ${MAX_UPLOAD_PART_BYTES + 1}`]);
  expect(await large.status()).toBe(413);
  const wrongType = await tv.ask('PUT', `/api/v1/documents/${documentId}/content?offset=4`, { a: 1 });
  expect(wrongType).toMatchObject({ status: 400, code: 'bad-message' });
  expect((await tv.put(documentId, 4, Buffer.from('456789'))).status).toBe(200);
  await expect.poll(() => tv.state(documentId)).toBe('ready');
  expect(converter.originals.at(-1)!.toString()).toBe('0123456789');
  // it is complete
  expect(await tv.put(documentId, 10, Buffer.from('x'))).toMatchObject({ code: 'upload-offset' });
});

test('what is too large or empty is refused when it is announced', async () => {
  expect(await tv.announce('a.pdf', MAX_DOCUMENT_BYTES + 1)).toMatchObject({ status: 413, code: 'document-too-large' });
  expect(await tv.announce('a.pdf', 0)).toMatchObject({ status: 422, code: 'document-empty' });
  expect(await tv.announce('', 1)).toMatchObject({ status: 400, code: 'bad-message' });
  expect(await tv.announce('a'.repeat(1_001), 1)).toMatchObject({ status: 400, code: 'bad-message' });
  expect(await tv.list()).toEqual([]);
});

test('an upload that is cancelled in the middle leaves nothing, and its sender is answered', async () => {
  const documentId = await tv.announced(10);
  const part = new RawPart(documentId, 0, ['Content-Length: 10']);
  part.write('01234');
  await expect.poll(() => statSync(original(documentId)).size).toBe(5);
  expect((await tv.delete(documentId)).status).toBe(200);
  expect(await part.status()).toBe(404);
  expect(existsSync(join(fleet.dataDir, 'documents', documentId))).toBe(false);
  expect(await tv.one(documentId)).toMatchObject({ status: 404, code: 'not-found' });
});

test('a restart in the middle of an upload, and in the middle of a conversion', async () => {
  const content = Buffer.from('0123456789');
  const uploading = await tv.announced(content.length, 'half.pdf');
  await tv.put(uploading, 0, content.subarray(0, 3));
  const hangs = new RawPart(uploading, 3, ['Content-Length: 7']);
  hangs.write('34');
  await expect.poll(() => statSync(original(uploading)).size).toBe(5);
  converter.onConvert = (document) => {
    converter.count(document, 3);
    for (const page of [1, 2]) converter.make(document, page, 'tv');
  };
  const converting = await tv.upload('converting.pdf', content);
  await expect.poll(() => tv.state(converting)).toBe('converting');
  await fleet.kill();
  const asked = converter.asked.length;
  const halves: Json[] = [];
  converter.onConvert = (document) => {
    halves.push(document);
  };
  await fleet.startServer();
  await expect.poll(() => converter.asked.length).toBe(asked + 1);
  expect(converter.asked.at(-1)!.documentId).toBe(converting);
  // pages that are there can be shown while it goes on
  expect((await tv.one(converting)).body.document).toMatchObject({ state: 'converting', pageCount: 3, readyPages: 2 });
  expect((await tv.page(converting, 2, 'tv')).status).toBe(200);
  expect(await tv.page(converting, 3, 'tv')).toMatchObject({ status: 202 });
  converter.convert(halves[0], 3);
  await expect.poll(() => tv.state(converting)).toBe('ready');
  // what was not synced before the end does not count
  expect(await received(uploading)).toBe(3);
  converter.onConvert = (document) => converter.convert(document, 1);
  expect((await tv.put(uploading, 3, content.subarray(3))).status).toBe(200);
  await expect.poll(() => tv.state(uploading)).toBe('ready');
  expect(converter.originals.at(-1)).toEqual(content);
});
