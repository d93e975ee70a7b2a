/** Fetching over HTTPS: what is missing alone, resumed, checked, and never more than stated. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FetchObjectsOptions, fetchObjects } from './fetch-objects.ts';
import { FolderFeed } from './folder-feed.ts';
import { FeedServerUnderTest, refusalBy } from './machine-under-test.ts';
import { type ReleaseInRepository, RepositoryUnderTest, sha256Hex } from './repository-under-test.ts';

let server: FeedServerUnderTest;
let repository: RepositoryUnderTest;
let release: ReleaseInRepository;
let folder: string;
const LARGE = Buffer.alloc(300_000, 'large');
const large = sha256Hex(LARGE);
const place = (name: string) => join(folder, name);
const fetchAll = (options: Partial<FetchObjectsOptions> = {}) =>
  fetchObjects({ manifest: release.manifest, source: server.feed(), folder, retryDelaysMs: [1, 1], ...options });
const outcome = (options: Partial<FetchObjectsOptions> = {}) => refusalBy(() => fetchAll(options));
const askedObjects = () =>
  server.requests.map(({ path, range }) =>
    `${path.slice('objects/'.length, 'objects/'.length + 4)} ${range ?? ''}`.trim(),
  );

beforeAll(async () => {
  server = await FeedServerUnderTest.start();
});
afterAll(() => server.stop());
beforeEach(() => {
  repository = new RepositoryUnderTest();
  release = repository.addRelease({ a: 'small', b: LARGE, c: 'small', d: 'other', e: '' });
  server.files = repository.files;
  server.handler = null;
  server.requests.length = 0;
  folder = join(mkdtempSync(join(tmpdir(), 'maru-objects-')), 'objects');
});

describe('a whole fetch', () => {
  it('brings each content once, under its hash, and nothing else', async () => {
    const bytes = 5 + 300_000 + 5;
    expect(await fetchAll()).toEqual({ fetchedObjects: 4, fetchedBytes: bytes });
    const names = readdirSync(folder).sort();
    expect(names).toEqual([...new Set(release.manifest.files.map(({ sha256 }) => sha256))].sort());
    for (const name of names) expect(sha256Hex(readFileSync(place(name)))).toBe(name);
    expect(server.requests).toHaveLength(3);
  });

  it('asks for nothing that is there, and again for what rotted', async () => {
    await fetchAll();
    server.requests.length = 0;
    expect(await fetchAll()).toEqual({ fetchedObjects: 0, fetchedBytes: 0 });
    const rotten = Buffer.from(LARGE);
    rotten[5] = 0;
    writeFileSync(place(large), rotten);
    expect(await fetchAll()).toEqual({ fetchedObjects: 1, fetchedBytes: 300_000 });
    expect(askedObjects()).toEqual([large.slice(0, 4)]);
    expect(sha256Hex(readFileSync(place(large)))).toBe(large);
  });

  it('leaves out what the caller has, and copies from where the caller has it', async () => {
    const elsewhere = join(folder, '..', 'elsewhere');
    writeFileSync(elsewhere, LARGE);
    const small = sha256Hex('small');
    const have = async (sha256: string) => (sha256 === large ? elsewhere : sha256 === small);
    expect(await fetchAll({ have })).toMatchObject({ fetchedBytes: 5 });
    expect(existsSync(place(small))).toBe(false);
    expect(readFileSync(place(large))).toEqual(LARGE);
  });

  it('fetches what the caller has wrong, or only believes to have', async () => {
    const elsewhere = join(folder, '..', 'elsewhere');
    writeFileSync(elsewhere, 'not that');
    const have = async (sha256: string) => (sha256 === large ? elsewhere : '/nowhere/at/all');
    expect(await fetchAll({ have })).toMatchObject({ fetchedObjects: 4 });
    expect(readdirSync(folder).filter((name) => name.includes('.'))).toEqual([]);
  });

  it('comes from a folder too, two at once', async () => {
    const medium = mkdtempSync(join(tmpdir(), 'maru-medium-'));
    mkdirSync(join(medium, 'objects'));
    for (const [path, bytes] of repository.files)
      if (path.startsWith('objects/')) writeFileSync(join(medium, path), bytes);
    expect(await outcome({ source: new FolderFeed(medium), concurrency: 2 })).toBe('verified');
    rmSync(join(medium, 'objects', large));
    rmSync(place(large));
    expect(await outcome({ source: new FolderFeed(medium), concurrency: 2 })).toBe('incomplete');
  });

  it('reports its progress up to all of it', async () => {
    const reports: number[] = [];
    let total = 0;
    await fetchAll({
      onProgress: ({ doneBytes, totalBytes }) => {
        reports.push(doneBytes);
        total = totalBytes;
      },
    });
    expect(total).toBe(300_010);
    expect(reports[0]).toBe(0);
    expect(reports.at(-1)).toBe(total);
    expect(reports.toSorted((a, b) => a - b)).toEqual(reports);
  });
});

describe('a fetch that was interrupted', () => {
  it('goes on where it was, and asks for the rest alone', async () => {
    mkdirSync(folder);
    writeFileSync(place(`${large}.part`), LARGE.subarray(0, 200_000));
    expect(await fetchAll()).toMatchObject({ fetchedBytes: 100_010 });
    expect(askedObjects()).toContain(`${large.slice(0, 4)} bytes=200000-`);
    expect(readFileSync(place(large))).toEqual(LARGE);
  });

  it('goes on within one fetch, when the line breaks again and again', async () => {
    server.handler = (request, response, path) => {
      if (!path.endsWith(large)) return server.answer(request, response, path);
      const from = Number(/\d+/.exec(request.headers.range ?? '0')![0]);
      const part = LARGE.subarray(from, from + 60_000);
      response.writeHead(from > 0 ? 206 : 200, {
        'content-length': LARGE.length - from,
        ...(from > 0 ? { 'content-range': `bytes ${from}-${LARGE.length - 1}/${LARGE.length}` } : {}),
      });
      if (from + part.length === LARGE.length) response.end(part);
      else response.write(part, () => response.destroy());
    };
    expect(await outcome()).toBe('verified');
    expect(server.requests.filter(({ path }) => path.endsWith(large)).length).toBeGreaterThan(3);
    expect(readFileSync(place(large))).toEqual(LARGE);
  });

  it('gives up when nothing comes any more, and keeps the part', async () => {
    let answered = 0;
    server.handler = (request, response, path) => {
      if (!path.endsWith(large)) return server.answer(request, response, path);
      answered += 1;
      if (answered > 1) return void response.destroy();
      response
        .writeHead(200, { 'content-length': LARGE.length })
        .write(LARGE.subarray(0, 90_000), () => response.destroy());
    };
    expect(await outcome()).toBe('unreachable');
    expect(answered).toBe(3);
    expect(readFileSync(place(`${large}.part`)).length).toBeGreaterThan(0);
    expect(existsSync(place(large))).toBe(false);
  });

  it.each([
    ['damaged', Buffer.alloc(200_000, 'wrong')],
    ['longer than the whole', Buffer.alloc(300_001, 'large')],
    ['whole and damaged', Buffer.alloc(300_000, 'wrong')],
  ])('begins a part anew that is %s', async (_name, part) => {
    mkdirSync(folder);
    writeFileSync(place(`${large}.part`), part);
    expect(await outcome()).toBe('verified');
    expect(readFileSync(place(large))).toEqual(LARGE);
  });

  it('places a part that is whole already, without a request for it', async () => {
    mkdirSync(folder);
    writeFileSync(place(`${large}.part`), LARGE);
    expect(await outcome()).toBe('verified');
    expect(server.requests.some(({ path }) => path.endsWith(large))).toBe(false);
  });

  it('ends at once with the signal, and keeps the part', async () => {
    const control = new AbortController();
    server.handler = (_request, response) => {
      response.writeHead(200, { 'content-length': LARGE.length }).write(LARGE.subarray(0, 50_000));
    };
    const have = async (sha256: string) => sha256 !== large;
    const onProgress = ({ doneBytes }: { doneBytes: number }) => doneBytes > 0 && control.abort(new Error('enough'));
    const source = server.feed({ signal: control.signal });
    await expect(fetchAll({ have, source, signal: control.signal, onProgress })).rejects.toThrow('enough');
    expect(readFileSync(place(`${large}.part`)).length).toBeGreaterThan(0);
  });
});

describe('a server', () => {
  const answerLarge = (answer: (response: ServerResponse) => void) => {
    server.handler = (request, response, path) =>
      path.endsWith(large) ? answer(response) : server.answer(request, response, path);
  };

  it.each<[string, (response: ServerResponse) => void, string]>([
    ['answers another object', (response) => void response.end(Buffer.alloc(300_000, 'other')), 'damaged'],
    ['answers a longer one', (response) => void response.end(Buffer.alloc(300_001, 'large')), 'too-large'],
    ['answers a shorter one', (response) => void response.end(LARGE.subarray(1)), 'incomplete'],
    ['answers nothing', (response) => void response.end(), 'incomplete'],
    ['has it not', (response) => void response.writeHead(404).end(), 'incomplete'],
    ['is broken', (response) => void response.writeHead(503).end(), 'unreachable'],
  ])('that %s: refused, and nothing of it is left', async (_name, answer, refusal) => {
    answerLarge(answer);
    expect(await outcome()).toBe(refusal);
    expect(existsSync(place(large))).toBe(false);
    if (refusal !== 'unreachable') expect(existsSync(place(`${large}.part`))).toBe(false);
  });

  it('that comes back is gone on with', async () => {
    let tries = 0;
    answerLarge((response) => {
      tries += 1;
      if (tries < 3) response.writeHead(503).end();
      else response.end(LARGE);
    });
    expect(await outcome()).toBe('verified');
  });
});

describe('a disk', () => {
  it('without room is noticed before a byte is fetched', async () => {
    const [file] = release.manifest.files;
    const files = Array.from({ length: 20_000 }, (_, n) => ({
      ...file!,
      path: `${n}`,
      sizeBytes: 4e12,
      sha256: sha256Hex(`${n}`),
    }));
    expect(await outcome({ manifest: { ...release.manifest, files } })).toBe('disk');
    expect(server.requests).toEqual([]);
  });

  it('that cannot be written is `disk`', async () => {
    writeFileSync(folder, 'a file where the folder should be');
    expect(await outcome()).toBe('disk');
  });
});
