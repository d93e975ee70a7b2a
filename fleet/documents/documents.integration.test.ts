/** A document's way at the real fleet server, over real HTTP: announced, uploaded in parts, converted, fetched, deleted. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { topicOf } from '#contract/topics.ts';
import { FleetUnderTest, type Json } from '../fleet-under-test.ts';
import { RoomUnderTest } from '../room-under-test.ts';
import { ScriptedConverter, pictureOf } from './scripted-converter-under-test.ts';
import { DocumentClient, grantOf } from './documents-under-test.ts';

let fleet: FleetUnderTest;
let converter: ScriptedConverter;
let tv: DocumentClient;
let rooms = 0;
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
  rooms += 1;
  const room = new RoomUnderTest(await fleet.enrolRoom(`Room ${rooms}`));
  opened.push(room);
  await room.start(fleet);
  const { documents } = await grantOf(room);
  return new DocumentClient(fleet, documents.token);
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
