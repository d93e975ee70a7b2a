/** Differences and compression on the wire, over HTTPS: fewer bytes, the same content, and no way to get other content in. */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { deltaBases } from './delta-bases.ts';
import { FeedEncoder } from './feed-encoder.ts';
import { DCZ_MAGIC } from './feed-encoding.ts';
import { readWhole } from './feed-source.ts';
import { fetchObjects } from './fetch-objects.ts';
import { FeedServerUnderTest, MachineUnderTest, refusalBy } from './machine-under-test.ts';
import { RepositoryUnderTest, sha256Hex } from './repository-under-test.ts';

/** Words that do not compress to nothing by themselves. */
const program = (seed: number) =>
  Buffer.from(Array.from({ length: 4_000 }, (_, n) => sha256Hex(`${seed} ${n}`)).join('\n'));
const FORMER = program(1);
const LATTER = Buffer.concat([FORMER.subarray(0, 90_000), Buffer.from('one line of change'), FORMER.subarray(90_100)]);
const former = sha256Hex(FORMER);
const latter = sha256Hex(LATTER);

let server: FeedServerUnderTest;
let repository: RepositoryUnderTest;
let encoder: FeedEncoder;
const objects = () => new Map([...repository.files].filter(([path]) => path.startsWith('objects/')));
const asBase = { sha256: former, bytes: FORMER };

/** As a fleet server answers. */
const encoding = async (request: IncomingMessage, response: ServerResponse, path: string): Promise<void> => {
  const bytes = repository.files.get(path);
  if (bytes === undefined || request.headers.range) return server.answer(request, response, path);
  const { body, encoding } = await encoder.encode(sha256Hex(bytes), bytes, request.headers as never);
  response.writeHead(200, encoding === null ? {} : { 'content-encoding': encoding }).end(body);
};

beforeAll(async () => {
  server = await FeedServerUnderTest.start();
});
afterAll(() => server.stop());
beforeEach(() => {
  repository = new RepositoryUnderTest();
  repository.addRelease({ 'dist/program-AAAAAAAA.js': FORMER }, { version: '1.0.0' });
  repository.files.set(`objects/${latter}`, LATTER);
  const readBase = async (sha256: string) => repository.files.get(`objects/${sha256}`) ?? null;
  encoder = new FeedEncoder({ readBase });
  server.files = repository.files;
  server.handler = (request, response, path) => void encoding(request, response, path);
});

describe('an object', () => {
  it('comes as the difference from what the client has', async () => {
    const feed = server.feed();
    expect(await readWhole(feed, `objects/${latter}`, LATTER.length, asBase)).toEqual(LATTER);
    expect(feed.receivedBytes).toBeLessThan(2_000);
  });

  it('comes compressed where the client has no former version, or the server has it not', async () => {
    const compressed = zstdCompressSync(LATTER).length;
    for (const base of [undefined, { sha256: sha256Hex('else'), bytes: Buffer.from('else') }]) {
      const feed = server.feed();
      expect(await readWhole(feed, `objects/${latter}`, LATTER.length, base)).toEqual(LATTER);
      expect(feed.receivedBytes).toBeLessThan(compressed * 1.1);
    }
  });

  it('comes as it is where that is smaller, and for a client that asks for it', async () => {
    repository.files.set('objects/aa', Buffer.from('x'));
    const feed = server.feed();
    expect((await readWhole(feed, 'objects/aa', 1)).toString()).toBe('x');
    expect(feed.receivedBytes).toBe(1);
    expect(await encoder.encode(latter, LATTER, {})).toEqual({ body: LATTER, encoding: null });
  });

  it('is encoded once for all who ask for the same', async () => {
    const headers = { 'accept-encoding': 'zstd' };
    const both = await Promise.all([encoder.encode(latter, LATTER, headers), encoder.encode(latter, LATTER, headers)]);
    expect(both[0]).toBe(both[1]);
  });

  it('forgets what it made where it is too much', async () => {
    const small = new FeedEncoder({ readBase: async () => null, keptBytes: 10 });
    const headers = { 'accept-encoding': 'zstd' };
    const first = await small.encode(latter, LATTER, headers);
    expect(await small.encode(latter, LATTER, headers)).not.toBe(first);
  });
});

describe('a server that encodes', () => {
  const answer = (encoding: string, body: Buffer) => {
    server.handler = (_request, response) => void response.writeHead(200, { 'content-encoding': encoding }).end(body);
  };
  const read = (base: typeof asBase | undefined = asBase) =>
    refusalBy(() => readWhole(server.feed(), `objects/${latter}`, LATTER.length, base));
  const header = Buffer.concat([DCZ_MAGIC, Buffer.from(former, 'hex')]);

  it('without end in few bytes is stopped at the limit', async () => {
    answer('zstd', zstdCompressSync(Buffer.alloc(200_000_000)));
    expect(await read()).toBe('too-large');
  });

  it.each<[string, string, Buffer, string]>([
    ['garbage', 'zstd', Buffer.from('garbage'), 'damaged'],
    ['half of it', 'zstd', zstdCompressSync(LATTER).subarray(0, 900), 'damaged'],
    ['nothing, as a difference', 'dcz', Buffer.alloc(0), 'damaged'],
    ['a difference from something else', 'dcz', Buffer.concat([DCZ_MAGIC, Buffer.alloc(32)]), 'damaged'],
    ['a difference that is garbage', 'dcz', Buffer.concat([header, Buffer.from('garbage')]), 'damaged'],
    ['what nobody asked for', 'br', Buffer.from('x'), 'unreachable'],
  ])('%s', async (_name, encoding, body, outcome) => {
    answer(encoding, body);
    expect(await read()).toBe(outcome);
  });

  it('a difference for a client that named no base, or metadata, is not read', async () => {
    answer('dcz', header);
    expect(await refusalBy(() => readWhole(server.feed(), `objects/${latter}`, LATTER.length))).toBe('unreachable');
    answer('zstd', zstdCompressSync(Buffer.from('{}')));
    expect(await refusalBy(() => readWhole(server.feed(), 'metadata/timestamp.json', 100))).toBe('unreachable');
  });
});

describe('a release', () => {
  it('comes as differences from the one that runs; a difference that is wrong is fetched again, whole', async () => {
    const first = repository.addRelease({ 'dist/program-AAAAAAAA.js': FORMER, same: 'same' }, { version: '1.0.0' });
    const second = repository.addRelease({ 'dist/program-BBBBBBBB.js': LATTER, same: 'same' }, { version: '2.0.0' });
    repository.publishAll();
    const runs = mkdtempSync(join(tmpdir(), 'maru-slot-'));
    for (const file of first.manifest.files) {
      mkdirSync(dirname(join(runs, file.path)), { recursive: true });
      writeFileSync(join(runs, file.path), objects().get(`objects/${file.sha256}`)!);
    }
    const fetchInto = async (feed = server.feed()) => {
      const folder = mkdtempSync(join(tmpdir(), 'maru-objects-'));
      const have = async (sha256: string) => first.manifest.files.some((file) => file.sha256 === sha256);
      const machine = new MachineUnderTest(repository.pinnedRoot);
      expect(await machine.refresh(feed)).toBe('verified');
      const base = { sha256: sha256Hex(first.bytes), bytes: first.bytes };
      const { manifest } = await machine.feed!.manifestOf(second.target, base);
      await fetchObjects({ manifest, source: feed, folder, have, baseOf: deltaBases(first.manifest, runs) });
      return readFileSync(join(folder, latter));
    };
    const feed = server.feed();
    expect(await fetchInto(feed)).toEqual(LATTER);
    expect(feed.receivedBytes).toBeLessThan(10_000);

    let asked = 0;
    server.handler = (request, response, path) => {
      if (!path.endsWith(latter)) return server.answer(request, response, path);
      asked += 1;
      if (request.headers['available-dictionary'] === undefined) return server.answer(request, response, path);
      const wrong = zstdCompressSync(Buffer.from('evil'), { dictionary: FORMER });
      const header = Buffer.concat([DCZ_MAGIC, Buffer.from(former, 'hex')]);
      response.writeHead(200, { 'content-encoding': 'dcz' }).end(Buffer.concat([header, wrong]));
    };
    expect(await fetchInto()).toEqual(LATTER);
    expect(asked).toBe(2);
  });

  it('has no base in a file that is not what the manifest says', async () => {
    const { manifest } = repository.addRelease({ 'a.js': 'as it was' });
    const runs = mkdtempSync(join(tmpdir(), 'maru-slot-'));
    writeFileSync(join(runs, 'a.js'), 'as it was');
    expect(await deltaBases(manifest, runs)({ path: 'a.js' })).toMatchObject({ sha256: sha256Hex('as it was') });
    expect(await deltaBases(manifest, runs)({ path: 'b.js' })).toBe(null);
    writeFileSync(join(runs, 'a.js'), 'as it is!');
    expect(await deltaBases(manifest, runs)({ path: 'a.js' })).toBe(null);
  });
});
