// A feed of ours as a client of somebody else reads it: tuf-js over HTTP.
import { createServer, type Server } from 'node:http';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Updater } from 'tuf-js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FeedUnderTest, keysUnderTest } from './feed-under-test.ts';

let work: string;
let server: Server;
let feed: FeedUnderTest;

beforeEach(async () => {
  work = mkdtempSync(join(tmpdir(), 'maru-feed-'));
  feed = new FeedUnderTest(join(work, 'feed'));
  server = createServer((request, response) => {
    const path = join(work, 'feed', new URL(request.url!, 'http://feed').pathname);
    if (!existsSync(path)) return void response.writeHead(404).end();
    response.end(readFileSync(path));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
});
afterEach(() => {
  server.close();
  rmSync(work, { recursive: true });
});

/** As a machine that has nothing but the pinned root; `name` keeps what it trusts between two looks. */
function client(name: string): Updater {
  const trust = join(work, name);
  if (!existsSync(trust)) {
    mkdirSync(join(trust, 'targets'), { recursive: true });
    writeFileSync(join(trust, 'root.json'), feed.pinnedRoot);
  }
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return new Updater({
    metadataDir: trust,
    metadataBaseUrl: `${base}/metadata`,
    targetDir: join(trust, 'targets'),
    targetBaseUrl: `${base}/targets`,
    config: { fetchRetries: 0 },
  });
}

describe('a feed', () => {
  it('is believed by tuf-js, with the facts of its releases', async () => {
    const release = feed.addRelease({ 'dist/a.js': 'a', 'bin/run': { content: '#!/bin/sh\n', mode: '0755' } });
    feed.publish([release]);
    const updater = client('box');
    const target = await updater.getTargetInfo(release.target);
    expect(target!.custom).toEqual({ ...release.facts });
    expect(readFileSync(await updater.downloadTarget(target!))).toEqual(release.bytes);
  });

  it('is believed across three roots with other keys', async () => {
    const first = feed.addRelease({ a: 'a' });
    feed.publish([first]);
    await client('old box').refresh();
    feed.rotateRoot({ root: keysUnderTest().root });
    feed.rotateRoot(keysUnderTest());
    const second = feed.addRelease({ a: 'b' }, { version: '1.1.0' });
    feed.publish([second]);
    for (const box of ['old box', 'new box']) {
      const updater = client(box);
      expect((await updater.getTargetInfo(second.target))!.custom).toMatchObject({ version: '1.1.0' });
      expect(await updater.getTargetInfo(first.target)).toBeDefined();
    }
  });

  it('is refused with a root that too few of the former keys signed', async () => {
    feed.publish([feed.addRelease({ a: 'a' })]);
    const next = keysUnderTest().root;
    feed.rotateRoot({ root: next }, { signers: [feed.keys.root[0]!, ...next] });
    await expect(client('box').refresh()).rejects.toThrow(/root was signed by 1\/2 keys/);
  });
});
