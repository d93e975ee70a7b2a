/** A document's way at the real fleet server, over real HTTP: announced, uploaded in parts, converted, fetched, deleted. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { MAX_DOCUMENT_BYTES } from '#contract/http/documents-api.ts';
import { topicOf } from '#contract/topics.ts';
import { FleetUnderTest, type Json } from '../fleet-under-test.ts';
import type { RoomUnderTest } from '../room-under-test.ts';
import { newId } from '../store/index.ts';
import { ScriptedConverter, pictureOf } from './scripted-converter-under-test.ts';
import { DocumentClient, roomWithTv } from './documents-under-test.ts';

let fleet: FleetUnderTest;
let converter: ScriptedConverter;
let room: RoomUnderTest;
let tv: DocumentClient;
const commands: Json[] = [];
const opened: RoomUnderTest[] = [];

beforeAll(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
  fleet.node.on('message', (topic, payload) => {
    if (topic.endsWith('/command')) commands.push(JSON.parse(payload.toString()));
  });
  await fleet.node.subscribeAsync(topicOf('nodeCommand', fleet.nodeId), { qos: 1 });
  converter = await new ScriptedConverter(fleet.dataDir).start();
});
beforeEach(async () => {
  converter.onConvert = (document) => converter.convert(document, 3);
  tv = await roomClient();
});
afterAll(async () => {
  for (const room of opened) room.stop();
  await fleet.stop();
});

/** As the TV of a room of its own comes by its grant. */
async function roomClient(): Promise<DocumentClient> {
  const opening = await roomWithTv(fleet);
  room = opening.room;
  opened.push(room);
  return opening.tv;
}
/** A guest in the meeting of the newest room; the same browser again with the same `entryId`. */
async function guest(entryId = newId(), invite?: string): Promise<DocumentClient & { invite: string }> {
  const path = `/api/v1/meetings/${room.room.meetingId}/invites`;
  const made = { displayName: null, expiresInMinutes: 60 };
  const link = invite ?? (await fleet.api('POST', path, made, fleet.admin.cookie)).body.joinUrl.split('#')[1];
  const { body } = await fleet.api('POST', '/api/v1/guest-entries', { invite: link, entryId });
  return Object.assign(new DocumentClient(fleet, body.grant.documents.token), { invite: link });
}
const onDisk = (documentId: string): string[] => {
  const folder = join(fleet.dataDir, 'documents', documentId);
  return existsSync(folder) ? (readdirSync(folder, { recursive: true }) as string[]).sort() : [];
};

test('a document goes up in parts, is converted, its pages are fetched, and it is gone when it is deleted', async () => {
  const content = Buffer.from('0123456789');
  const announced = await tv.announce('plan.pptx', content.length);
  expect(announced).toMatchObject({
    status: 200,
    body: { document: { title: 'plan.pptx', state: 'uploading', isOwn: true } },
  });
  const { documentId } = announced.body.document;
  expect((await tv.put(documentId, 0, content.subarray(0, 4))).body.document).toMatchObject({ receivedBytes: 4 });
  expect((await tv.put(documentId, 4, content.subarray(4))).body.document).toMatchObject({ receivedBytes: 10 });
  await expect.poll(() => tv.state(documentId)).toBe('ready');
  expect(converter.originals.at(-1)).toEqual(content);
  expect((await tv.one(documentId)).body.document).toMatchObject({ pageCount: 3, readyPages: 3, failure: null });
  const page = await tv.page(documentId, 2, 'laptop');
  expect([page.status, page.body]).toEqual([200, pictureOf(2, 'laptop')]);
  expect(page.headers.get('cache-control')).toBe('private, max-age=86400, immutable');
  expect((await tv.list()).map((each) => each.documentId)).toEqual([documentId]);
  await expect.poll(() => onDisk(documentId)).not.toContain('original');
  await expect.poll(() => commands).toContainEqual({ name: 'count-pages', documentId, pageCount: 3 });
  expect((await tv.delete(documentId)).status).toBe(200);
  expect(onDisk(documentId)).toEqual([]);
  expect(await tv.list()).toEqual([]);
  await expect.poll(() => commands).toContainEqual({ name: 'withdraw-document', documentId });
});

test('a document of another meeting is answered as one that does not exist', async () => {
  const documentId = await tv.upload('plan.pdf');
  await expect.poll(() => tv.state(documentId)).toBe('ready');
  const other = await roomClient();
  const absent = newId();
  for (const asked of [
    (id: string) => other.one(id),
    (id: string) => other.page(id, 1, 'tv'),
    (id: string) => other.put(id, 0, Buffer.from('x')),
    (id: string) => other.delete(id),
  ]) {
    const [theirs, nobodys] = [await asked(documentId), await asked(absent)];
    expect([theirs.status, theirs.body]).toEqual([nobodys.status, nobodys.body]);
    expect(theirs).toMatchObject({ status: 404, code: 'not-found' });
  }
  expect(await other.list()).toEqual([]);
  expect((await tv.page(documentId, 1, 'tv')).status).toBe(200);
});

test('pages that are not there: being made, beyond the last, of no size, of a document that failed', async () => {
  converter.onConvert = (document) => {
    converter.count(document, 2);
    converter.make(document, 1, 'tv');
  };
  const made = await tv.upload('half.pdf');
  await expect.poll(async () => (await tv.one(made)).body.document).toMatchObject({ readyPages: 1, pageCount: 2 });
  expect((await tv.page(made, 1, 'tv')).body).toBe(pictureOf(1, 'tv'));
  for (const [page, size, status, code] of [
    // no error: browsers would list it as one
    [1, 'tv-4k', 202, null],
    [2, 'tv', 202, null],
    [3, 'tv', 404, 'not-found'],
    [0, 'tv', 400, 'bad-message'],
    [501, 'tv', 400, 'bad-message'],
    [1, 'huge', 400, 'bad-message'],
    [1, '..%2f..%2foriginal', 400, 'bad-message'],
  ] as const)
    expect(await tv.page(made, page, size)).toMatchObject({ status, code });
  // nobody waits for a smaller one
  const early = await tv.page(made, 1, 'laptop');
  expect(early).toMatchObject({ status: 200, body: pictureOf(1, 'tv') });
  expect(early.headers.get('cache-control')).not.toContain('immutable');
  converter.make(converter.asked.at(-1)!, 1, 'laptop');
  expect((await tv.page(made, 1, 'laptop')).body).toBe(pictureOf(1, 'laptop'));
  converter.onConvert = (document) => converter.fail(document, 'document-encrypted');
  const failed = await tv.upload('locked.pdf');
  await expect
    .poll(async () => (await tv.one(failed)).body.document)
    .toMatchObject({
      state: 'failed',
      failure: 'document-encrypted',
    });
  expect(await tv.page(failed, 1, 'tv')).toMatchObject({ status: 404, code: 'not-found' });
  await expect.poll(() => onDisk(failed)).toEqual([]);
  await tv.delete(made);
  await expect.poll(() => converter.cancelled).toContain(made);
});

test('two files of one name are two documents; odd names are shown, and are no paths', async () => {
  const names = ['../../etc/passwd', '<b>x</b>.pdf', '한글.pdf'.normalize('NFD'), 'a\u202eb.pdf'];
  const ids: string[] = [];
  for (const name of ['plan.pptx', 'plan.pptx', ...names]) ids.push(await tv.upload(name));
  expect((await tv.list()).map(({ title }) => title).reverse()).toEqual([
    'plan.pptx',
    'plan (2).pptx',
    '../../etc/passwd',
    '<b>x</b>.pdf',
    '한글.pdf',
    'a b.pdf',
  ]);
  expect(readdirSync(join(fleet.dataDir, 'documents'))).toEqual(expect.arrayContaining(ids));
  const picture = join(fleet.dataDir, 'documents');
  expect(readdirSync(picture).filter((name) => !/^[0-9a-f-]{36}$/.test(name))).toEqual([]);
  await expect.poll(() => tv.state(ids.at(-1)!)).toBe('ready');
  const { headers } = await tv.page(ids.at(-1)!, 1, 'tv');
  expect(headers.get('content-disposition')).toContain('attachment;');
  expect(headers.get('x-content-type-options')).toBe('nosniff');
});

test('a guest owns what it uploaded, also when it comes again, and deletes no one else’s', async () => {
  const byRoom = await tv.upload('room.pdf');
  const entryId = newId();
  const first = await guest(entryId);
  const byGuest = await first.upload('guest.pdf');
  const [again, other] = [await guest(entryId, first.invite), await guest(newId(), first.invite)];
  const own = async (client: DocumentClient) =>
    (await client.list()).filter(({ isOwn }) => isOwn).map(({ documentId }) => documentId);
  expect([await own(again), await own(other), await own(tv)]).toEqual([[byGuest], [], [byRoom]]);
  const deletable = async (client: DocumentClient) =>
    (await client.list()).filter(({ mayDelete }) => mayDelete).map(({ documentId }) => documentId);
  expect([await deletable(again), await deletable(other)]).toEqual([[byGuest], []]);
  expect(new Set(await deletable(tv))).toEqual(new Set([byGuest, byRoom]));
  expect(await other.delete(byGuest)).toMatchObject({ status: 403, code: 'forbidden' });
  expect(await other.delete(byRoom)).toMatchObject({ status: 403, code: 'forbidden' });
  const { body } = await again.announce('more.pdf', 10);
  expect(await other.put(body.document.documentId, 0, Buffer.from('x'))).toMatchObject({ code: 'forbidden' });
  expect((await again.delete(byGuest)).status).toBe(200);
  expect((await tv.delete(body.document.documentId)).status).toBe(200);
});

test('a meeting has so much, counted as it is announced; other meetings have theirs', async () => {
  const answers = [];
  for (let n = 0; n < 6; n += 1) answers.push((await tv.announce(`${n}.pdf`, MAX_DOCUMENT_BYTES)).code);
  expect(answers).toEqual([null, null, null, null, null, 'quota-exceeded']);
  const other = await roomClient();
  expect((await other.announce('a.pdf', MAX_DOCUMENT_BYTES)).status).toBe(200);
  const [{ documentId }] = await tv.list();
  await tv.delete(documentId);
  expect((await tv.announce('again.pdf', MAX_DOCUMENT_BYTES)).status).toBe(200);
});

test('guests together, as many as come, leave half of a meeting’s room to its rooms', async () => {
  const first = await guest();
  const codes = [];
  for (const client of [first, await guest(newId(), first.invite), await guest(newId(), first.invite)])
    codes.push((await client.announce('large.pdf', MAX_DOCUMENT_BYTES)).code);
  expect(codes).toEqual([null, null, 'quota-exceeded']);
  for (let n = 2; n < 50; n += 1) expect((await first.announce('small.pdf', 1)).code).toBeNull();
  expect((await first.announce('small.pdf', 1)).code).toBe('quota-exceeded');
  for (let n = 0; n < 2; n += 1) expect((await tv.announce('room.pdf', MAX_DOCUMENT_BYTES)).code).toBeNull();
});

test('changes are sent as they happen, to the meeting alone', async () => {
  const other = await roomClient();
  const [mine, theirs] = [await tv.events(), await other.events()];
  const last = () => mine.documents.at(-1)?.map(({ title, state }: Json) => `${title} ${state}`);
  await expect.poll(last).toEqual([]);
  const documentId = await tv.upload('plan.pdf');
  await expect.poll(last).toEqual(['plan.pdf ready']);
  await tv.delete(documentId);
  await expect.poll(last).toEqual([]);
  expect(theirs.documents).toEqual([[]]);
  mine.close();
  theirs.close();
});

test('a page of another origin asks with a token, and no cookie counts', async () => {
  const origin = 'http://127.0.0.1:1';
  const preflight = await tv.ask('OPTIONS', '/api/v1/documents', undefined, {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type',
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
  expect(preflight.headers.get('access-control-allow-headers')).toContain('authorization');
  expect(preflight.headers.get('access-control-allow-credentials')).toBeNull();
  const made = await tv.ask('POST', '/api/v1/documents', { fileName: 'a.pdf', sizeBytes: 1 }, { origin });
  expect([made.status, made.headers.get('access-control-allow-origin')]).toEqual([200, '*']);
  const nobody = new DocumentClient(fleet, null);
  const byCookie = await nobody.ask('GET', '/api/v1/documents', undefined, { cookie: fleet.admin.cookie, origin });
  expect(byCookie).toMatchObject({ status: 401, code: 'token-invalid' });
  expect(byCookie.headers.get('access-control-allow-origin')).toBe('*');
  // other routes stay as they are
  const rooms = await nobody.ask('POST', '/api/v1/rooms', { roomName: 'x' }, { cookie: fleet.admin.cookie, origin });
  expect(rooms).toMatchObject({ status: 403, code: 'forbidden' });
  expect(rooms.headers.get('access-control-allow-origin')).toBeNull();
});
