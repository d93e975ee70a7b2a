/** The cases of The Update Framework's conformance tests on refreshing, over HTTPS: see the table in README.md. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { FEED_LIMITS } from '#contract/update-feed.ts';
import { FeedServerUnderTest, MachineUnderTest } from './machine-under-test.ts';
import { inDays, RepositoryUnderTest, type SignedRole } from './repository-under-test.ts';

let server: FeedServerUnderTest;
let repository: RepositoryUnderTest;
let machine: MachineUnderTest;
const refresh = () => machine.refresh(server.feed());
const askedMetadata = () => server.requests.map(({ path }) => path.slice('metadata/'.length));

beforeAll(async () => {
  server = await FeedServerUnderTest.start();
});
afterAll(() => server.stop());
beforeEach(() => {
  repository = new RepositoryUnderTest();
  server.files = repository.files;
  server.requests.length = 0;
  machine = new MachineUnderTest(repository.pinnedRoot);
});
afterEach(() => void vi.useRealTimers());

describe('basic', () => {
  it('asks for the next root, timestamp, snapshot and targets, in this order, and trusts what it read', async () => {
    expect(await refresh()).toBe('verified');
    expect(askedMetadata()).toEqual(['2.root.json', 'timestamp.json', '1.snapshot.json', '1.targets.json']);
    expect(machine.versions).toEqual([1, 1, 1, 1]);
  });

  it('asks for no snapshot and no targets again that it has', async () => {
    await refresh();
    server.requests.length = 0;
    expect(await refresh()).toBe('verified');
    expect(askedMetadata()).toEqual(['2.root.json', 'timestamp.json']);
  });

  it('has nothing to offer before it was verified: a release comes of a refresh alone', async () => {
    server.handler = (_request, response) => void response.writeHead(404).end();
    expect(await refresh()).toBe('incomplete');
    server.handler = null;
    expect(machine.feed).toBe(null);
  });

  it('refuses a first root that is no root', async () => {
    machine = new MachineUnderTest(Buffer.from('"not a root"'));
    expect(await refresh()).toBe('malformed');
    expect(server.requests).toEqual([]);
  });

  it('refuses a first root that is not signed by itself', async () => {
    const root = JSON.parse(repository.pinnedRoot.toString());
    machine = new MachineUnderTest(Buffer.from(JSON.stringify({ ...root, signatures: [] })));
    expect(await refresh()).toBe('signature');
    expect(server.requests).toEqual([]);
  });

  it.each<[SignedRole, (number | null)[]]>([
    ['root', [1, null, null, null]],
    ['timestamp', [2, null, null, null]],
    ['snapshot', [2, 2, null, null]],
    ['targets', [2, 2, 2, null]],
  ])('refuses %s without its signature, and keeps what came before it', async (role, versions) => {
    repository.signers[role] = [];
    repository.publish('root', 'targets', 'offline', 'snapshot', 'timestamp');
    expect(await refresh()).toBe('signature');
    expect(machine.versions).toEqual(versions);
  });

  it.each<[SignedRole, (number | null)[]]>([
    ['root', [1, null, null, null]],
    ['snapshot', [2, 2, null, null]],
    ['targets', [2, 2, 2, null]],
  ])('refuses %s with another version than its name', async (role, versions) => {
    repository.publish('root', 'targets', 'offline');
    repository.hasHashes = false;
    if (role !== 'snapshot') misname(role);
    repository.publish('snapshot');
    if (role === 'snapshot') misname(role);
    repository.publish('timestamp');
    expect(await refresh()).toBe('mixed');
    expect(machine.versions).toEqual(versions);

    function misname(one: SignedRole): void {
      const path = repository.pathOf(one);
      repository.signed[one].version += 1;
      repository.write(one);
      repository.files.set(path, repository.files.get(repository.pathOf(one))!);
      repository.files.delete(repository.pathOf(one));
      repository.signed[one].version -= 1;
    }
  });

  it('keeps its timestamp when the content changed and the version did not', async () => {
    await refresh();
    repository.signed.timestamp.meta['snapshot.json'].version = 100;
    repository.write('timestamp');
    expect(await refresh()).toBe('verified');
    expect(askedMetadata().at(-1)).toBe('timestamp.json');
    const kept = JSON.parse(readFileSync(join(machine.folder, 'online/timestamp.json'), 'utf8'));
    expect(kept.signed.meta['snapshot.json'].version).toBe(1);
  });

  it.each([true, false])('reads metadata with hashes in timestamp and snapshot: %s', async (hasHashes) => {
    repository.hasHashes = hasHashes;
    repository.publishAll();
    expect(await refresh()).toBe('verified');
  });

  it('refuses targets with another hash than the snapshot names', async () => {
    await refresh();
    repository.publish('targets', 'snapshot');
    repository.signed.snapshot.meta['targets.json'].hashes.sha256 = '0'.repeat(64);
    repository.write('snapshot');
    repository.publish('timestamp');
    expect(await refresh()).toBe('mixed');
    expect(machine.versions).toEqual([1, 2, 2, 1]);
  });

  it('refuses targets with another length than the snapshot names', async () => {
    repository.publish('targets', 'snapshot');
    repository.signed.snapshot.meta['targets.json'].length += 1;
    repository.write('snapshot');
    repository.publish('timestamp');
    expect(await refresh()).toBe('mixed');
  });

  it('refuses a snapshot with another hash than the timestamp names, and keeps that timestamp', async () => {
    await refresh();
    repository.publish('snapshot', 'timestamp');
    repository.signed.timestamp.meta['snapshot.json'].hashes.sha256 = '0'.repeat(64);
    repository.write('timestamp');
    expect(await refresh()).toBe('mixed');
    expect(machine.versions).toEqual([1, 2, 1, 1]);
  });

  it('stores the bytes that were published', async () => {
    const bytes = Buffer.concat([repository.files.get('metadata/timestamp.json')!, Buffer.from(' ')]);
    repository.files.set('metadata/timestamp.json', bytes);
    expect(await refresh()).toBe('verified');
    expect(readFileSync(join(machine.folder, 'online/timestamp.json'))).toEqual(bytes);
  });

  it('verifies with fields that it does not know, at every level', async () => {
    for (const role of ['root', 'targets', 'snapshot', 'timestamp'] as const)
      repository.signed[role]['x-new'] = { a: [1, '한글', null] };
    repository.signed.root.roles.timestamp['x-new'] = 'a "quoted" \\ word';
    repository.publish('root', 'targets', 'snapshot');
    repository.signed.snapshot.meta['targets.json']['x-new'] = true;
    repository.write('snapshot');
    repository.publish('timestamp');
    expect(await refresh()).toBe('verified');
    expect(machine.versions).toEqual([2, 2, 2, 2]);
  });

  it.each<[SignedRole, (number | null)[]]>([
    ['timestamp', [1, null, null, null]],
    ['snapshot', [1, 2, null, null]],
    ['targets', [1, 2, 2, null]],
  ])('is incomplete without %s', async (role, versions) => {
    repository.publishAll();
    repository.files.delete(repository.pathOf(role));
    expect(await refresh()).toBe('incomplete');
    expect(machine.versions).toEqual(versions);
  });

  it('refuses metadata of another type that is signed by the right key', async () => {
    const snapshotRole = { ...repository.signed.root.roles.timestamp };
    repository.signed.root.roles.snapshot = snapshotRole;
    repository.signers.snapshot = repository.signers.timestamp;
    repository.publish('root', 'snapshot', 'timestamp');
    repository.files.set('metadata/timestamp.json', repository.files.get(repository.pathOf('snapshot'))!);
    expect(await refresh()).toBe('malformed');
    expect(machine.versions).toEqual([2, null, null, null]);
  });

  it.each([
    ['root', 'metadata/2.root.json', FEED_LIMITS.rootBytes],
    ['timestamp', 'metadata/timestamp.json', FEED_LIMITS.timestampBytes],
    ['snapshot', 'metadata/1.snapshot.json', FEED_LIMITS.snapshotBytes],
    ['targets', 'metadata/1.targets.json', FEED_LIMITS.targetsBytes],
  ])('refuses %s that is larger than its limit', async (role, path, limit) => {
    if (role === 'root') repository.publish('root');
    repository.hasHashes = false;
    repository.publish('snapshot', 'timestamp');
    repository.files.set('metadata/1.snapshot.json', repository.files.get('metadata/2.snapshot.json')!);
    const large = path.replace('1.snapshot', '2.snapshot');
    repository.files.set(large, Buffer.concat([repository.files.get(large)!, Buffer.alloc(limit, ' ')]));
    expect(await refresh()).toBe('too-large');
  });
});

describe('expiry', () => {
  it('refuses a root that is expired, but keeps it', async () => {
    await refresh();
    repository.signed.root.expires = inDays(-1);
    repository.publish('root', 'targets', 'snapshot', 'timestamp');
    expect(await refresh()).toBe('expired');
    expect(machine.versions).toEqual([2, 1, 1, 1]);
  });

  it.each<[SignedRole, (number | null)[]]>([
    ['timestamp', [1, 1, 1, 1]],
    ['snapshot', [1, 2, 1, 1]],
    ['targets', [1, 2, 2, 1]],
  ])('refuses %s that is expired', async (role, versions) => {
    await refresh();
    repository.signed[role].expires = inDays(-5);
    repository.publishAll();
    expect(await refresh()).toBe('expired');
    expect(machine.versions).toEqual(versions);
  });

  it.each<SignedRole>(['timestamp', 'snapshot', 'targets'])(
    'refuses a feed that is frozen until %s expires',
    async (role) => {
      repository.signed[role].expires = inDays(7);
      repository.publishAll();
      expect(await refresh()).toBe('verified');
      later(8);
      expect(await refresh()).toBe('expired');
    },
  );

  it('comes from a root that is expired meanwhile to the newest one', async () => {
    repository.signed.root.expires = inDays(7);
    repository.publish('root');
    await refresh();
    repository.signed.root.expires = inDays(21);
    repository.publish('root');
    later(18);
    expect(await refresh()).toBe('verified');
    expect(machine.version('root')).toBe(3);
  });

  it('comes from a timestamp that is expired meanwhile to the newest one', async () => {
    repository.signed.timestamp.expires = inDays(7);
    repository.publish('timestamp');
    await refresh();
    repository.signed.timestamp.expires = inDays(21);
    repository.publishAll();
    later(18);
    expect(await refresh()).toBe('verified');
    expect(machine.versions).toEqual([1, 3, 2, 2]);
  });

  function later(days: number): void {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + days * 86_400_000 });
  }
});

describe('rollback', () => {
  it('refuses an older timestamp', async () => {
    repository.publish('timestamp');
    await refresh();
    repository.signed.timestamp.version = 0;
    repository.publish('timestamp');
    expect(await refresh()).toBe('older');
    expect(machine.version('online/timestamp')).toBe(2);
    expect(askedMetadata().at(-1)).toBe('timestamp.json');
  });

  it.each([true, false])('refuses a timestamp that names an older snapshot, with hashes: %s', async (hasHashes) => {
    repository.hasHashes = hasHashes;
    repository.publish('snapshot', 'timestamp');
    await refresh();
    repository.signed.snapshot.version = 0;
    repository.publish('snapshot', 'timestamp');
    expect(await refresh()).toBe('older');
    expect(machine.versions).toEqual([1, 2, 2, 1]);
  });

  it.each([true, false])('refuses a snapshot that names older targets, with hashes: %s', async (hasHashes) => {
    repository.hasHashes = hasHashes;
    repository.publishAll();
    await refresh();
    repository.signed.targets.version = 0;
    repository.publish('targets', 'snapshot', 'timestamp');
    expect(await refresh()).toBe('older');
    expect(machine.versions).toEqual([1, 3, 2, 2]);
  });

  it('refuses a snapshot that lost a role', async () => {
    await refresh();
    delete repository.signed.snapshot.meta['offline.json'];
    repository.nameInSnapshot = () => {};
    repository.publish('snapshot', 'timestamp');
    expect(await refresh()).toBe('mixed');
    expect(machine.version('online/snapshot')).toBe(1);
  });

  it('recovers from targets that were sped forward, by other keys for the snapshot', async () => {
    repository.signed.targets.version = 99;
    repository.publish('targets', 'snapshot', 'timestamp');
    await refresh();
    expect(machine.version('online/targets')).toBe(100);
    repository.rotateKeys('snapshot');
    repository.signed.targets.version = 0;
    repository.publish('root', 'targets', 'snapshot', 'timestamp');
    expect(await refresh()).toBe('verified');
    expect(machine.version('online/targets')).toBe(1);
  });

  it('recovers from a snapshot that was sped forward, by other keys for snapshot and timestamp', async () => {
    repository.signed.snapshot.version = 99;
    repository.publish('snapshot', 'timestamp');
    await refresh();
    repository.rotateKeys('snapshot');
    repository.rotateKeys('timestamp');
    repository.signed.snapshot.version = 0;
    repository.publish('root', 'snapshot', 'timestamp');
    expect(await refresh()).toBe('verified');
    expect(machine.version('online/snapshot')).toBe(1);
  });

  it('recovers from a timestamp that was sped forward, by other keys for it', async () => {
    repository.signed.timestamp.version = 99;
    repository.publish('timestamp');
    await refresh();
    repository.rotateKeys('timestamp');
    repository.signed.timestamp.version = 0;
    repository.publish('root', 'timestamp');
    expect(await refresh()).toBe('verified');
    expect(machine.version('online/timestamp')).toBe(1);
  });
});
