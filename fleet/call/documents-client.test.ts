/** The list of a meeting's documents as it is followed, and uploads through every kind of cut. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FIRST_PART_BYTES } from './document-upload.ts';
import { DocumentsClient } from './documents-client.ts';
import { FakeDocuments } from './testing/fake-documents.ts';

let server: FakeDocuments;
let client: DocumentsClient;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  server = new FakeDocuments();
  client = new DocumentsClient({ fetch: server.fetch });
});
afterEach(async () => {
  client.close();
  await pass(10_000);
  expect(vi.getTimerCount()).toBe(0);
  expect(server.streams).toEqual([]);
  vi.useRealTimers();
  vi.restoreAllMocks();
});
/** Streams and blobs settle by the real clock, pauses by the one that is moved. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left >= 0; left -= 50) {
    await new Promise((resolve) => setImmediate(resolve));
    await vi.advanceTimersByTimeAsync(Math.min(50, left));
  }
}
const state = () => client.getSnapshot();
const titles = () => state().documents?.map(({ title }) => title) ?? null;
const content = (bytes: number): string =>
  Array.from({ length: bytes / 8 }, (_, i) => String(i).padStart(8, ' ')).join('');
const file = (bytes: number) => new Blob([content(bytes)]);
const outcome = (uploading: Promise<unknown>) =>
  uploading.then(
    () => 'done',
    ({ code }: { code: string }) => code,
  );
const parts = () => server.paths().filter((path) => path.startsWith('PUT')).length;

describe('the list', () => {
  it('is followed, with the token in a header alone', async () => {
    client.setAccess(server.access);
    await pass(50);
    expect(state()).toMatchObject({ documents: [], isConnected: true, refusal: null });
    await client.upload(file(8), 'Plan.pdf');
    server.publish();
    await pass(50);
    expect(titles()).toEqual(['Plan.pdf']);
    expect(server.asked.every(({ token, path }) => token === 'secret-1' && !path.includes('secret'))).toBe(true);
  });

  it.each(['ends', 'stays silent'])('is asked for again where the stream %s, and stays meanwhile', async (how) => {
    client.setAccess(server.access);
    await pass(50);
    await client.upload(file(8), 'Plan.pdf');
    server.publish();
    await pass(50);
    const [stream] = server.streams;
    server.network = 'cut';
    if (how === 'ends') stream!.end();
    await pass(how === 'ends' ? 100 : 16_000);
    expect([state().isConnected, titles()]).toEqual([false, ['Plan.pdf']]);
    server.network = 'up';
    await pass(3_000);
    expect(state().isConnected).toBe(true);
    expect(server.streams).toHaveLength(1);
  });

  it('is asked for again after pauses that grow to two seconds while the server is away', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(1);
    server.network = 'cut';
    const askedAtMs: number[] = [];
    server.onAsked = () => askedAtMs.push(performance.now());
    client.setAccess(server.access);
    await pass(12_000);
    const pauses = askedAtMs.slice(1).map((atMs, index) => atMs - askedAtMs[index]!);
    for (const [index, leastMs] of [250, 500, 1_000, 2_000, 2_000, 2_000].entries()) {
      expect(pauses[index]).toBeGreaterThanOrEqual(leastMs);
      expect(pauses[index]).toBeLessThan(leastMs + 100);
    }
  });

  it('does not come back while beats come', async () => {
    client.setAccess(server.access);
    for (let beats = 0; beats < 8; beats++) {
      await pass(5_000);
      server.streams[0]!.send('event: beat\ndata: {}\n\n');
    }
    expect(server.asked).toHaveLength(1);
    expect(state().isConnected).toBe(true);
  });

  it.each(['as an answer', 'on the stream'])('refused %s is asked for again with a newer token only', async (how) => {
    if (how === 'as an answer') server.validToken = 'secret-2';
    client.setAccess(server.access);
    await pass(50);
    if (how === 'on the stream') {
      server.streams[0]!.send('event: refused\ndata: {"error":{"code":"token-expired","message":""}}\n\n');
      server.validToken = 'secret-2';
    }
    await pass(60_000);
    expect(state()).toMatchObject({ refusal: 'token-expired', isConnected: false });
    const { length } = server.asked;
    expect(length).toBe(1);
    client.setAccess({ ...server.access, token: 'secret-2' });
    await pass(50);
    expect(state()).toMatchObject({ documents: [], refusal: null, isConnected: true });
  });

  it('of another meeting starts anew', async () => {
    client.setAccess(server.access);
    await pass(50);
    client.setAccess({ ...server.access, token: 'secret-2', meetingId: '0193a0b0-0000-7000-8000-00000000000e' });
    expect(titles()).toBeNull();
  });

  it('loses what is deleted at once, also where it is deleted already', async () => {
    client.setAccess(server.access);
    await pass(50);
    const [one, two] = [await client.upload(file(8), 'One'), await client.upload(file(8), 'Two')];
    expect(titles()).toEqual(['Two', 'One']);
    await client.delete(one.documentId);
    server.documents.delete(two.documentId);
    await client.delete(two.documentId);
    expect(titles()).toEqual([]);
    server.refusals = [{ path: 'documents/', code: 'forbidden', status: 403 }];
    await expect(client.delete(one.documentId)).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('an upload', () => {
  const SIZE = FIRST_PART_BYTES * 8;
  const SMALLEST_PART_BYTES = 64 * 1024;
  const uploads = () => state().uploads.map(({ phase, sentBytes }) => ({ phase, sentBytes }));

  it('goes in parts that grow, with its progress, and arrives whole', async () => {
    client.setAccess(server.access);
    const seen = new Set<number>();
    client.subscribe(() => seen.add(state().uploads[0]?.sentBytes ?? -1));
    const document = await client.upload(file(SIZE), 'Plan.pdf');
    expect(server.contentOf(document.documentId)).toBe(content(SIZE));
    expect([...seen].filter((bytes) => bytes >= 0)).toEqual(
      [1, 3, 7, 8].map((n) => n * FIRST_PART_BYTES).toSpliced(0, 0, 0),
    );
    expect(state().uploads).toEqual([]);
  });

  it.each(['cut', 'lost'] as const)('goes on from where the server has it after the line was %s', async (how) => {
    client.setAccess(server.access);
    server.onAsked = () => {
      if (parts() === 2) server.network = how;
    };
    const uploading = client.upload(file(SIZE), 'Plan.pdf');
    await pass(2_000);
    server.onAsked = () => {};
    expect(uploads()).toMatchObject([{ phase: 'waiting' }]);
    server.network = 'up';
    await pass(10_000);
    const document = await uploading;
    expect(server.contentOf(document.documentId)).toBe(content(SIZE));
  });

  it('goes on where the server has another number of bytes than it thought', async () => {
    client.setAccess(server.access);
    server.refusals = [{ path: 'content', code: 'upload-offset', status: 409 }];
    const uploading = client.upload(file(SIZE), 'Plan.pdf');
    await pass(1_000);
    const document = await uploading;
    expect(server.contentOf(document.documentId)).toBe(content(SIZE));
  });

  it.each([
    ['converter-unavailable', 503, SMALLEST_PART_BYTES],
    ['upload-offset', 409, FIRST_PART_BYTES],
  ] as const)(
    'whose parts are all answered with %s, though the server is there, is sent at growing pauses of five seconds at most',
    async (code, status, nextPartBytes) => {
      vi.spyOn(Math, 'random').mockReturnValue(1);
      client.setAccess(server.access);
      server.refusals = Array.from({ length: 9 }, () => ({ path: 'content', code, status }));
      const askedAtMs: number[] = [];
      server.onAsked = () => {
        if (server.paths().at(-1)!.startsWith('PUT')) askedAtMs.push(performance.now());
      };
      const uploading = client.upload(file(SIZE), 'Plan.pdf');
      await pass(40_000);
      expect(await outcome(uploading)).toBe('done');
      const [{ content: kept }] = [...server.documents.values()] as unknown as [{ content: Uint8Array[] }];
      expect(kept[0]!.length).toBe(nextPartBytes);
      const pauses = askedAtMs.slice(1, 10).map((atMs, index) => atMs - askedAtMs[index]!);
      // answers take a moment
      for (const [index, leastMs] of [250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000, 5_000].entries()) {
        expect(pauses[index]).toBeGreaterThanOrEqual(leastMs);
        expect(pauses[index]).toBeLessThan(leastMs + 500);
      }
    },
  );

  it('waits for a newer token, and for any at all', async () => {
    const uploading = client.upload(file(SIZE), 'Plan.pdf');
    await pass(1_000);
    expect(uploads()).toMatchObject([{ phase: 'waiting', sentBytes: 0 }]);
    client.setAccess({ ...server.access, token: 'old' });
    await pass(1_000);
    expect(server.documents.size).toBe(0);
    client.setAccess(server.access);
    await pass(1_000);
    expect(await outcome(uploading)).toBe('done');
  });

  it.each([
    ['quota-exceeded', 413],
    ['document-too-large', 413],
    ['storage-failed', 507],
  ] as const)('that is refused with %s fails at once, and stays listed until it is dismissed', async (code, status) => {
    client.setAccess(server.access);
    server.refusals = [{ path: 'content', code, status }];
    expect(await outcome(client.upload(file(SIZE), 'Plan.pdf'))).toBe(code);
    expect(state().uploads).toMatchObject([{ phase: 'failed', failure: code }]);
    client.dismissUpload(state().uploads[0]!.uploadId);
    expect(state().uploads).toEqual([]);
  });

  it('that is cancelled ends, and is deleted at the server', async () => {
    client.setAccess(server.access);
    server.onAsked = () => {
      if (parts() === 2) client.cancelUpload(state().uploads[0]!.uploadId);
    };
    const uploading = outcome(client.upload(file(SIZE), 'Plan.pdf'));
    expect(await uploading).toBe('not-possible-now');
    await pass(100);
    expect([server.documents.size, state().uploads]).toEqual([0, []]);
  });

  it('that is cancelled while it waits ends at once', async () => {
    client.setAccess(server.access);
    server.network = 'cut';
    const uploading = outcome(client.upload(file(SIZE), 'Plan.pdf'));
    await pass(3_000);
    client.cancelUpload(state().uploads[0]!.uploadId);
    expect(await uploading).toBe('not-possible-now');
  });

  it('two of one name are two documents', async () => {
    client.setAccess(server.access);
    const [one, two] = await Promise.all([client.upload(file(8), 'Plan.pdf'), client.upload(file(16), 'Plan.pdf')]);
    expect(one.documentId).not.toBe(two.documentId);
    expect(server.documents.size).toBe(2);
  });

  it('of nothing is left to the server to refuse', async () => {
    client.setAccess(server.access);
    await pass(50);
    server.refusals = [{ path: '/documents', code: 'document-empty', status: 422 }];
    expect(await outcome(client.upload(new Blob([]), 'Empty.pdf'))).toBe('document-empty');
  });
});
