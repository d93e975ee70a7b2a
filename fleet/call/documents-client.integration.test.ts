/** A page's half of documents at the real fleet server: the list followed, uploads through cuts, pages as they are made. */
import { afterAll, beforeAll, beforeEach, afterEach, expect, test, vi } from 'vitest';
import { DocumentPages } from './document-pages.ts';
import { DocumentsClient } from './documents-client.ts';
import type { DocumentAccess } from '#contract/grants.ts';
import { FleetUnderTest } from '../fleet-under-test.ts';
import { RoomUnderTest } from '../room-under-test.ts';
import { grantOf } from '../documents/documents-under-test.ts';
import { pictureOf, ScriptedConverter } from '../documents/scripted-converter-under-test.ts';

let fleet: FleetUnderTest;
let converter: ScriptedConverter;
let room: RoomUnderTest;
let access: DocumentAccess;
let documents: DocumentsClient;
/** PUTs break off half way while it returns true */
let isCut: () => boolean;
let puts: number;

async function fetchOrCut(url: string, init: RequestInit): Promise<Response> {
  if (init.method !== 'PUT') return fetch(url, init);
  puts += 1;
  if (!isCut()) return fetch(url, init);
  const whole = new Uint8Array(await (init.body as Blob).arrayBuffer());
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(whole.subarray(0, whole.length / 2)),
    pull: async (controller) => {
      await new Promise((resolve) => setTimeout(resolve, 50));
      controller.error(new Error('cut'));
    },
  });
  return fetch(url, { ...init, body, duplex: 'half' } as RequestInit);
}

beforeAll(async () => {
  fleet = new FleetUnderTest();
  await fleet.start();
  converter = await new ScriptedConverter(fleet.dataDir).start();
});
beforeEach(async () => {
  converter.onConvert = (document) => converter.convert(document, 3);
  isCut = () => false;
  puts = 0;
  room = new RoomUnderTest(await fleet.enrolRoom(`Room ${Math.random()}`));
  await room.start(fleet);
  access = (await grantOf(room)).documents as DocumentAccess;
  documents = new DocumentsClient({ fetch: fetchOrCut });
  documents.setAccess(access);
});
afterEach(() => {
  documents.close();
  room.stop();
});
afterAll(() => fleet.stop());

const listed = () => documents.getSnapshot().documents?.map(({ title, state }) => `${title} ${state}`);

test('the list follows an upload to its pages, and loses what is deleted', async () => {
  await expect.poll(listed).toEqual([]);
  const { documentId } = await documents.upload(new Blob(['%PDF-1.7 a plan']), 'Plan.pdf');
  await expect.poll(listed).toEqual(['Plan.pdf ready']);
  expect(documents.getSnapshot()).toMatchObject({ isConnected: true, documents: [{ pageCount: 3, isOwn: true }] });
  await documents.delete(documentId);
  await expect.poll(listed).toEqual([]);
});

test('an upload arrives whole although each second part of it breaks off', async () => {
  const content = '0123456789abcdef'.repeat(100_000);
  isCut = () => puts % 2 === 0;
  await documents.upload(new Blob([content]), 'Long.pdf');
  expect(puts).toBeGreaterThan(3);
  await vi.waitFor(() => expect(converter.originals.at(-1)?.toString()).toBe(content));
});

test('an upload, the list and pages go on by themselves after the server was killed', async () => {
  vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:1');
  const pages = new DocumentPages({ decode: async () => ({ widthPx: 1, heightPx: 1 }) });
  pages.setAccess(access);
  const first = await documents.upload(new Blob(['%PDF-1.7 a plan']), 'First.pdf');
  await expect.poll(listed).toEqual(['First.pdf ready']);
  const page = (number: number) => ({ documentId: first.documentId, page: number, size: 'tv' as const });
  pages.want({ ...page(1), pageCount: 3 });
  await expect.poll(() => pages.pictureOf(page(1)).status).toBe('ready');

  const content = '0123456789abcdef'.repeat(100_000);
  let killed: Promise<void> | null = null;
  isCut = () => {
    if (puts === 3) killed ??= fleet.kill();
    return false;
  };
  const uploading = documents.upload(new Blob([content]), 'Long.pdf');
  await expect.poll(() => documents.getSnapshot().isConnected, { timeout: 3_000 }).toBe(false);
  await killed;
  pages.want({ ...page(2), pageCount: 3 });
  await expect.poll(() => pages.pictureOf(page(2)).status).toBe('no-server');
  expect([pages.pictureOf(page(1)).status, documents.getSnapshot().documents?.length]).toEqual(['ready', 2]);
  await fleet.startServer();
  await uploading;
  await vi.waitFor(() => expect(converter.originals.at(-1)?.toString()).toBe(content), { timeout: 5_000 });
  await expect.poll(listed, { timeout: 5_000 }).toEqual(['Long.pdf ready', 'First.pdf ready']);
  await expect.poll(() => pages.pictureOf(page(2)).status, { timeout: 5_000 }).toBe('ready');
  pages.close();
  vi.restoreAllMocks();
});

test('what the server refuses is refused with its code', async () => {
  const refused = documents.upload(new Blob([new Uint8Array(201 * 1024 * 1024)]), 'Film.pdf');
  await expect(refused).rejects.toMatchObject({ code: 'document-too-large' });
  expect(documents.getSnapshot().uploads).toMatchObject([{ phase: 'failed', failure: 'document-too-large' }]);
});

test('pages come as they are made; a token that is no good waits for a good one', async () => {
  const texts = new Map<string, string>();
  vi.spyOn(URL, 'createObjectURL').mockImplementation((blob) => {
    const url = `blob:${texts.size}`;
    texts.set(url, '');
    void (blob as Blob).text().then((text) => texts.set(url, text));
    return url;
  });
  const pages = new DocumentPages({ decode: async () => ({ widthPx: 1, heightPx: 1 }) });
  try {
    let make = (): void => {};
    converter.onConvert = (document) => {
      converter.count(document, 2);
      converter.make(document, 1, 'tv');
      make = () => converter.make(document, 2, 'tv');
    };
    const { documentId } = await documents.upload(new Blob(['%PDF-1.7 a plan']), 'Plan.pdf');
    pages.setAccess({ ...access, token: 'made-up' });
    const page = (number: number) => ({ documentId, page: number, size: 'tv' as const });
    pages.want({ ...page(1), pageCount: 2, withNeighbours: true });
    await expect.poll(() => pages.pictureOf(page(1)).status).toBe('refused');
    pages.setAccess(access);
    await expect.poll(() => texts.get(pages.pictureOf(page(1)).url ?? '')).toBe(pictureOf(1, 'tv'));
    await expect.poll(() => pages.pictureOf(page(2)).status).toBe('not-ready');
    make();
    await expect.poll(() => texts.get(pages.pictureOf(page(2)).url ?? ''), { timeout: 3_000 }).toBe(pictureOf(2, 'tv'));
  } finally {
    pages.close();
    vi.restoreAllMocks();
  }
});
