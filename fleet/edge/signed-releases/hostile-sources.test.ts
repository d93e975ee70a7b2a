/** Servers and media that want to hold, fill or fool the reader: nothing is waited for without an end. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readWhole } from './feed-source.ts';
import { FolderFeed } from './folder-feed.ts';
import { HttpFeed, type HttpFeedOptions } from './http-feed.ts';
import { FeedServerUnderTest, MachineUnderTest, refusalBy } from './machine-under-test.ts';
import { RepositoryUnderTest } from './repository-under-test.ts';

type ReadOptions = { fromByte?: number; maxBytes?: number } & Partial<HttpFeedOptions>;
const impatient: Partial<HttpFeedOptions> = {
  idleTimeoutMs: 300,
  totalTimeoutMs: 900,
  leastBytesPerSecond: 1_000,
  rateWindowMs: 400,
};

describe('a server', () => {
  let server: FeedServerUnderTest;
  /** `unreachable` by time needs a reader without patience; with it, a busy machine makes everything unreachable. */
  const read = (path: string, { fromByte = 0, maxBytes = 1_000, ...options }: ReadOptions = {}) =>
    refusalBy(async () => {
      const parts: Buffer[] = [];
      const feed = server.feed(options);
      for await (const part of await feed.read(path, { maxBytes, fromByte })) parts.push(part);
      return Buffer.concat(parts);
    });
  const object = `objects/${'a'.repeat(64)}`;

  beforeAll(async () => {
    server = await FeedServerUnderTest.start();
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    server.handler = null;
    server.files = new Map([[object, Buffer.alloc(1_000, 'x')]]);
  });

  it('answers, and from a byte on', async () => {
    expect(await readWhole(server.feed(), object, 1_000)).toHaveLength(1_000);
    expect(await read(object, { fromByte: 400 })).toBe('verified');
    expect(server.requests.at(-1)!.range).toBe('bytes=400-');
  });

  it.each<[string, (response: ServerResponse) => void, string]>([
    ['endless', (response) => endless(response), 'too-large'],
    [
      'stated as too large',
      (response) => void response.writeHead(200, { 'content-length': 5_000 }).write('x'),
      'too-large',
    ],
    ['silent', () => {}, 'unreachable'],
    ['silent after its begin', (response) => void response.writeHead(200).write('x'), 'unreachable'],
    ['a trickle', (response) => every(100, response, 'x'), 'unreachable'],
    ['500', (response) => void response.writeHead(500).end('x'), 'unreachable'],
    ['429', (response) => void response.writeHead(429).end('x'), 'unreachable'],
    ['403', (response) => void response.writeHead(403).end('x'), 'unreachable'],
    ['404', (response) => void response.writeHead(404).end('x'), 'incomplete'],
    ['204', (response) => void response.writeHead(204).end(), 'unreachable'],
    ['a redirect', (response) => void response.writeHead(302, { location: '/objects/other' }).end(), 'unreachable'],
    [
      'a range that nobody asked for',
      (response) => void response.writeHead(206, { 'content-range': 'bytes 0-2/3' }).end('xxx'),
      'unreachable',
    ],
    [
      'closed half way',
      (response) => void response.writeHead(200, { 'content-length': 900 }).write('x', () => response.destroy()),
      'unreachable',
    ],
    ['closed before it answers', (response) => void response.destroy(), 'unreachable'],
    ['encoded', (response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'), 'unreachable'],
    ['no HTTP', (response) => void response.socket!.write('SSH-2.0-x\r\n\r\n'), 'unreachable'],
    [
      'longer than its stated length',
      (response) => void response.socket!.end('HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nxyz'),
      'unreachable',
    ],
    ['endless headers', (response) => everyRaw(response, 'x-a: b\r\n'), 'unreachable'],
  ])('that is %s', async (_name, handler, outcome) => {
    server.handler = (_request, response) => handler(response);
    const options = outcome === 'unreachable' ? impatient : {};
    const outcomes = [await read(object, options), await read('metadata/timestamp.json', options)];
    // a body that ends at the stated length is whole by HTTP: its hash decides
    if (_name === 'longer than its stated length') expect(['verified', outcome]).toContain(outcomes[0]);
    else expect(outcomes).toEqual([outcome, outcome]);
  });

  it('does not hold a reader of metadata by a steady trickle that is fast enough for objects', async () => {
    server.handler = (_request, response) => every(50, response, 'x'.repeat(100));
    expect(await read('metadata/timestamp.json', { ...impatient, maxBytes: 1e6 })).toBe('unreachable');
    expect(await read(object, { maxBytes: 3_000 })).toBe('too-large');
  });

  it('that has no ranges answers from the start, and the begin is left out', async () => {
    server.handler = (_request, response) => void response.writeHead(200).end(`${'a'.repeat(400)}bcd`);
    const parts: Buffer[] = [];
    for await (const part of await server.feed().read(object, { maxBytes: 1_000, fromByte: 400 })) parts.push(part);
    expect(Buffer.concat(parts).toString()).toBe('bcd');
  });

  it('that answers another range is refused', async () => {
    server.handler = (_request, response) => void response.writeHead(206, { 'content-range': 'bytes 1-2/3' }).end('xx');
    expect(await read(object, { fromByte: 400 })).toBe('mixed');
    server.handler = (_request, response) => void response.writeHead(416).end();
    expect(await read(object, { fromByte: 400 })).toBe('mixed');
  });

  it('that has another certificate is not spoken with', async () => {
    expect(await read(object, { https: {} } as never)).toBe('unreachable');
  });

  it('is not asked for a path that no feed has, nor without TLS', async () => {
    for (const path of [
      '../secret',
      'metadata/../x',
      'objects/',
      'other/x',
      'objects/a/b',
      'objects/.part',
      'objects/%2e%2e',
    ])
      expect(await read(path)).toBe('malformed');
    expect(() => new HttpFeed({ url: 'http://127.0.0.1:1/' })).toThrow(TypeError);
  });

  it('is left at once when the signal ends', async () => {
    const control = new AbortController();
    server.handler = (_request, response) => {
      response.writeHead(200).write('x');
      setTimeout(() => control.abort(new Error('enough')), 20);
    };
    const feed = server.feed({ signal: control.signal });
    await expect(readWhole(feed, object, 1_000)).rejects.toThrow('enough');
    await expect(readWhole(feed, object, 1_000)).rejects.toThrow('enough');
  });

  it('is read no faster than the limit, and a limit of our own is no slowness of the server', async () => {
    server.files = new Map([[object, Buffer.alloc(100_000, 'x')]]);
    const beganMs = performance.now();
    // 100 kB at 1 megabit a second
    expect(await read(object, { maxBytes: 100_000, rateLimit: () => 1, leastBytesPerSecond: 150_000 })).toBe(
      'verified',
    );
    expect(performance.now() - beganMs).toBeGreaterThan(700);
  });

  const endless = (response: ServerResponse): void => {
    const timer = setInterval(() => response.write('x'.repeat(10_000)), 1);
    response.on('close', () => clearInterval(timer));
  };
  const every = (ms: number, response: ServerResponse, text: string): void => {
    response.writeHead(200).flushHeaders();
    const timer = setInterval(() => response.write(text), ms);
    response.on('close', () => clearInterval(timer));
  };
  const everyRaw = (response: ServerResponse, text: string): void => {
    const socket = response.socket!;
    socket.write('HTTP/1.1 200 OK\r\n');
    const timer = setInterval(() => socket.write(text), 10);
    socket.on('close', () => clearInterval(timer));
  };
});

describe('a medium', () => {
  let folder: string;
  let repository: RepositoryUnderTest;
  let machine: MachineUnderTest;
  const place = (path: string) => join(folder, path);
  const refresh = () => machine.refresh(new FolderFeed(folder), 'medium');

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'maru-medium-'));
    repository = new RepositoryUnderTest();
    repository.addRelease({ a: 'a' });
    repository.publishAll();
    machine = new MachineUnderTest(repository.pinnedRoot);
    for (const [path, bytes] of repository.files) {
      mkdirSync(dirname(place(path)), { recursive: true });
      writeFileSync(place(path), bytes);
    }
  });

  it('is verified as it is, as a medium and as a feed', async () => {
    expect(await refresh()).toBe('verified');
    expect(await machine.refresh(new FolderFeed(folder), 'online')).toBe('verified');
  });

  it.each<[string, () => unknown, string]>([
    [
      'a link instead of a file',
      () => [
        renameSync(place('metadata/offline.json'), place('x')),
        symlinkSync(place('x'), place('metadata/offline.json')),
      ],
      'malformed',
    ],
    [
      'a link instead of a folder',
      () => [renameSync(place('metadata'), place('x')), symlinkSync(place('x'), place('metadata'))],
      'malformed',
    ],
    [
      'a link that leads round',
      () => [rmSync(place('metadata/offline.json')), symlinkSync('offline.json', place('metadata/offline.json'))],
      'malformed',
    ],
    [
      'a FIFO that nobody writes to',
      () => [rmSync(place('metadata/offline.json')), execFileSync('mkfifo', [place('metadata/offline.json')])],
      'malformed',
    ],
    [
      'a folder instead of a file',
      () => [rmSync(place('metadata/offline.json')), mkdirSync(place('metadata/offline.json'))],
      'malformed',
    ],
    [
      'a file instead of a folder',
      () => [rmSync(place('metadata'), { recursive: true }), writeFileSync(place('metadata'), '')],
      'malformed',
    ],
    [
      'a link to a device',
      () => [rmSync(place('metadata/offline.json')), symlinkSync('/dev/zero', place('metadata/offline.json'))],
      'malformed',
    ],
    ['nothing', () => rmSync(place('metadata'), { recursive: true }), 'incomplete'],
    ['an empty file', () => truncateSync(place('metadata/offline.json')), 'malformed'],
    ['half a file', () => truncateSync(place('metadata/offline.json'), 400), 'malformed'],
    ['a file of many gigabytes', () => truncateSync(place('metadata/offline.json'), 40e9), 'too-large'],
  ])('with %s', async (_name, spoil, outcome) => {
    spoil();
    expect(await refresh()).toBe(outcome);
  });

  it.runIf(process.getuid?.() === 0)('with a device', async () => {
    rmSync(place('metadata/offline.json'));
    try {
      execFileSync('mknod', [place('metadata/offline.json'), 'c', '1', '5'], { stdio: 'ignore' });
    } catch {
      // a container without the right to make devices
      return;
    }
    expect(await refresh()).toBe('malformed');
  });

  it('itself no link, and not pulled out', async () => {
    cpSync(folder, `${folder}-2`, { recursive: true });
    rmSync(folder, { recursive: true });
    expect(await refresh()).toBe('incomplete');
    symlinkSync(`${folder}-2`, folder);
    expect(await refresh()).toBe('malformed');
  });
});
