/**
 * The cases of The Update Framework's conformance tests on downloads and delegations, as far as releases have them, and what is
 * ours: facts, manifests, the clock. See the table in README.md.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FeedKind, FEED_LIMITS } from '#contract/update-feed.ts';
import { FeedServerUnderTest, MachineUnderTest, refusalBy } from './machine-under-test.ts';
import { inDays, KeyUnderTest, RepositoryUnderTest, sha256Hex } from './repository-under-test.ts';

let server: FeedServerUnderTest;
let repository: RepositoryUnderTest;
let machine: MachineUnderTest;
const refresh = (kind: FeedKind = 'online', fleetNowMs?: number) => machine.refresh(server.feed(), kind, fleetNowMs);
const manifestOf = (target: string) => refusalBy(() => machine.feed!.manifestOf(target));
const kinds: FeedKind[] = ['online', 'medium'];

beforeAll(async () => {
  server = await FeedServerUnderTest.start();
});
afterAll(() => server.stop());
beforeEach(() => {
  repository = new RepositoryUnderTest();
  server.files = repository.files;
  machine = new MachineUnderTest(repository.pinnedRoot);
});
afterEach(() => void vi.useRealTimers());

describe.each(kinds)('releases of a feed, %s', (kind) => {
  it('offers what is signed, and gives its manifest', async () => {
    const { target, bytes, facts, manifest } = repository.addRelease({ 'bin/a.js': 'a', 'bin/b.js': 'bb' });
    repository.publishAll();
    expect(await refresh(kind)).toBe('verified');
    expect(machine.feed!.releases).toEqual([facts]);
    expect(await machine.feed!.manifestOf(target)).toEqual({ manifest, bytes, facts });
  });

  it('refuses a release that is not offered', async () => {
    await refresh(kind);
    expect(await manifestOf('kiosk-1.0.0-0123456789abcdef.json')).toBe('not-offered');
  });

  it('refuses a manifest that was replaced, and the one that was good before', async () => {
    const one = repository.addRelease({ a: 'a' });
    const two = repository.addRelease({ b: 'b' }, { version: '2.0.0' });
    repository.publishAll();
    await refresh(kind);
    expect(await manifestOf(one.target)).toBe('verified');
    const pathOf = ({ bytes, target }: typeof one) => `targets/${sha256Hex(bytes)}.${target}`;
    for (const each of [one, two]) {
      const evil = Buffer.from(each.bytes);
      evil[evil.length - 5] = 0x20;
      repository.files.set(pathOf(each), evil);
    }
    expect(await manifestOf(one.target)).toBe('damaged');
    expect(await manifestOf(two.target)).toBe('damaged');
    repository.files.set(pathOf(one), two.bytes);
    expect(await manifestOf(one.target)).not.toBe('verified');
  });

  it.each([
    ['too-large', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from('x')])],
    ['incomplete', (bytes: Buffer) => bytes.subarray(0, -1)],
    ['damaged', (bytes: Buffer) => Buffer.from(bytes.toString().replace('1.0.0', '1.0.1'))],
  ])('follows each change of a manifest, and refuses what is served as %s', async (refusal, change) => {
    for (const content of ['first', 'second', 'third']) {
      const { target, bytes } = repository.addRelease({ a: content });
      repository.publishAll();
      expect(await refresh(kind)).toBe('verified');
      expect(await manifestOf(target)).toBe('verified');
      repository.files.set(`targets/${sha256Hex(bytes)}.${target}`, change(bytes));
      expect(await manifestOf(target)).toBe(refusal);
    }
  });

  it('asks for a manifest by the name of its hash, and for it alone', async () => {
    const { target, bytes } = repository.addRelease({ a: 'a' });
    repository.publishAll();
    await refresh(kind);
    server.requests.length = 0;
    await machine.feed!.manifestOf(target);
    expect(server.requests.map(({ path }) => path)).toEqual([`targets/${sha256Hex(bytes)}.${target}`]);
  });

  it.each([
    ['a second hash', { sha512: true }, 'verified'],
    ['no hash that we know', { unknown: true }, 'malformed'],
  ] as const)(
    'with %s',
    async (_name, { sha512 = false, unknown = false }: { sha512?: boolean; unknown?: boolean }, outcome) => {
      const { target } = repository.addRelease({ a: 'a' });
      for (const list of ['targets', 'offline'] as const) {
        const { hashes } = repository.signed[list].targets[target];
        if (sha512) hashes.sha512 = 'a'.repeat(128);
        if (unknown) repository.signed[list].targets[target].hashes = { whirlpool: 'abc' };
      }
      repository.publishAll();
      expect(await refresh(kind)).toBe(outcome);
    },
  );

  it('refuses a manifest that is stated as larger than any may be', async () => {
    const { target } = repository.addRelease({ a: 'a' });
    for (const list of ['targets', 'offline'] as const)
      repository.signed[list].targets[target].length = FEED_LIMITS.manifestBytes + 1;
    repository.publishAll();
    await refresh(kind);
    expect(await manifestOf(target)).toBe('too-large');
  });

  it('leaves out targets with other names, and never asks for them', async () => {
    for (const list of ['targets', 'offline'] as const)
      for (const name of [
        'firmware-1.bin',
        'dir/kiosk.json',
        '../../etc/passwd',
        '한글.json',
        'kiosk-1.0.json?x=#',
        ' ',
      ])
        repository.signed[list].targets[name] = { length: 3, hashes: { sha256: 'a'.repeat(64) } };
    repository.publishAll();
    expect(await refresh(kind)).toBe('verified');
    expect(machine.feed!.releases).toEqual([]);
    expect(await manifestOf('../../etc/passwd')).toBe('not-offered');
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['another id', { releaseId: '1.0.0-0123456789abcdef' }, 'mixed'],
    ['another role', { role: 'server' }, 'mixed'],
    ['another version', { version: '2.0.0' }, 'mixed'],
    ['a time that is none', { madeAtMs: -1 }, 'malformed'],
    ['no facts', { releaseId: 5 }, 'malformed'],
  ])('refuses a feed in which a release has %s', async (_name, facts, outcome) => {
    const { target } = repository.addRelease({ a: 'a' });
    for (const list of ['targets', 'offline'] as const)
      Object.assign(repository.signed[list].targets[target].custom, facts);
    repository.publishAll();
    expect(await refresh(kind)).toBe(outcome);
  });

  it('refuses more releases than a machine can look through', async () => {
    for (const list of ['targets', 'offline'] as const)
      for (let n = 0; n < 1_001; n += 1)
        repository.signed[list].targets[`other-${n}`] = { length: 3, hashes: { sha256: 'a'.repeat(64) } };
    repository.publishAll();
    expect(await refresh(kind)).toBe('malformed');
  });
});

describe('the role of media', () => {
  it('asks for the next root, targets and offline, and for nothing else', async () => {
    server.requests.length = 0;
    expect(await refresh('medium')).toBe('verified');
    expect(server.requests.map(({ path }) => path)).toEqual([
      'metadata/2.root.json',
      'metadata/targets.json',
      'metadata/offline.json',
    ]);
  });

  it('is never asked for by an online feed, whatever only it offers', async () => {
    const { target } = repository.addRelease({ a: 'a' });
    delete repository.signed.targets.targets[target];
    repository.publishAll();
    server.requests.length = 0;
    await refresh('online');
    expect(server.requests.some(({ path }) => path.includes('offline'))).toBe(false);
    expect(await manifestOf(target)).toBe('not-offered');
    await refresh('medium');
    expect(await manifestOf(target)).toBe('verified');
  });

  it('offers nothing that only the targets have', async () => {
    const { target } = repository.addRelease({ a: 'a' });
    delete repository.signed.offline.targets[target];
    repository.publishAll();
    await refresh('medium');
    expect(await manifestOf(target)).toBe('not-offered');
  });

  it.each([
    ['paths', { paths: ['server-*.json'] }],
    ['no paths', { paths: [] }],
    ['a hash of the path', { path_hash_prefixes: ['zz'] }],
  ])('offers nothing outside of its delegation: %s', async (_name, delegation) => {
    const { target } = repository.addRelease({ a: 'a' });
    delete repository.offlineDelegation.paths;
    Object.assign(repository.offlineDelegation, delegation);
    repository.publishAll();
    expect(await refresh('medium')).toBe('verified');
    expect(await manifestOf(target)).toBe('not-offered');
  });

  it.each(['?', '#', '/delegated', '../delegated', 'two words', '한글', ''])(
    'refuses delegations to a role of the odd name "%s", and asks for no such file',
    async (name) => {
      repository.offlineDelegation.name = name;
      repository.publishAll();
      server.requests.length = 0;
      expect(await refresh('medium')).toBe('malformed');
      expect(server.requests.at(-1)!.path).toBe('metadata/targets.json');
    },
  );

  it('refuses targets that delegate nothing, and a delegation that is not in the list', async () => {
    const { delegations } = repository.signed.targets;
    delete repository.signed.targets.delegations;
    repository.publish('targets');
    expect(await refresh('medium')).toBe('signature');
    repository.signed.targets.delegations = { ...delegations, roles: [] };
    repository.publish('targets');
    expect(await refresh('medium')).toBe('signature');
  });

  it('believes no stored list that the keys of today did not sign', async () => {
    repository.signed.offline.version = 99;
    repository.publish('offline');
    await refresh('medium');
    expect(machine.version('medium/offline')).toBe(100);
    repository.rotateKeys('offline');
    repository.signed.offline.version = 0;
    repository.publish('targets', 'offline');
    expect(await refresh('medium')).toBe('verified');
    expect(machine.version('medium/offline')).toBe(1);
  });

  it('recovers from targets that were sped forward, by other keys for them', async () => {
    repository.signed.targets.version = 99;
    repository.publish('targets');
    await refresh('medium');
    repository.rotateKeys('targets');
    repository.signed.targets.version = 0;
    repository.publish('root', 'targets');
    expect(await refresh('medium')).toBe('verified');
    expect(machine.version('medium/targets')).toBe(1);
  });

  it.each(['targets', 'offline'] as const)('refuses older %s', async (role) => {
    repository.publishAll();
    await refresh('medium');
    repository.signed[role].version = 0;
    repository.publish(role);
    expect(await refresh('medium')).toBe('older');
    expect(machine.version(`medium/${role}`)).toBe(2);
  });

  it.each(['root', 'targets', 'offline'] as const)('refuses %s that is expired', async (role) => {
    await refresh('medium');
    repository.signed[role].expires = inDays(-1);
    repository.publish('root', 'targets', 'offline');
    expect(await refresh('medium')).toBe('expired');
    expect(machine.version('root')).toBe(2);
  });

  it('verifies when snapshot and timestamp are long expired, or not there', async () => {
    repository.signed.timestamp.expires = inDays(-100);
    repository.publish('timestamp');
    expect(await refresh('medium')).toBe('verified');
    repository.files.delete('metadata/timestamp.json');
    expect(await refresh('medium')).toBe('verified');
  });

  it.each(['targets', 'offline'] as const)('is incomplete without %s', async (role) => {
    repository.files.delete(`metadata/${role}.json`);
    expect(await refresh('medium')).toBe('incomplete');
  });

  it('refuses the list of another feed', async () => {
    const other = new RepositoryUnderTest();
    repository.files.set('metadata/offline.json', other.files.get('metadata/offline.json')!);
    expect(await refresh('medium')).toBe('signature');
  });
});

describe('the clock', () => {
  const at = (ms: number) => void vi.useFakeTimers({ toFake: ['Date'], now: ms });

  it.each([1970, 2010, 2025])('is refused in %i, before anything was verified', async (year) => {
    at(Date.UTC(year, 0, 2));
    expect(await refresh()).toBe('expired');
    expect(await refresh('medium')).toBe('expired');
  });

  it('refuses everything in 2040, and leaves no trace of it', async () => {
    at(Date.UTC(2040, 0, 1));
    expect(await refresh()).toBe('expired');
    expect(await refresh('medium')).toBe('expired');
    vi.useRealTimers();
    expect(await refresh()).toBe('verified');
  });

  it('is refused when it goes back behind the last time that was known, so that nothing expired lives again', async () => {
    expect(await refresh()).toBe('verified');
    at(Date.now() - 3 * 86_400_000);
    expect(await refresh()).toBe('expired');
    at(Date.now() + 3 * 86_400_000 - 3_600_000);
    expect(await refresh()).toBe('verified');
  });

  it('is refused when it is far from the fleet server', async () => {
    expect(await refresh('online', Date.now() - 400 * 86_400_000)).toBe('expired');
    expect(await refresh('online', Date.now() + 5 * 86_400_000)).toBe('expired');
    expect(await refresh('online', Date.now() + 5_000)).toBe('verified');
  });
});

describe('the trust store', () => {
  it.each([
    ['empty', ''],
    ['half', '{"signed": {"_type": "ro'],
    ['another one', JSON.stringify({ signed: {}, signatures: [] })],
  ])('starts again from the pinned root when a file is %s', async (_name, content) => {
    repository.publish('root');
    await refresh();
    await refresh('medium');
    for (const name of ['root', 'online/timestamp', 'online/snapshot', 'online/targets', 'medium/targets', 'clock'])
      writeFileSync(join(machine.folder, `${name}.json`), content);
    expect(await refresh()).toBe('verified');
    expect(await refresh('medium')).toBe('verified');
    expect(machine.versions).toEqual([2, 1, 1, 1]);
  });

  it('begins with the root of its installation where that one is newer', async () => {
    await refresh();
    repository.setKeys('root', { keys: [new KeyUnderTest()], threshold: 1 });
    repository.publish('root');
    const newer = new MachineUnderTest(repository.files.get('metadata/2.root.json')!);
    expect(await newer.refresh(server.feed())).toBe('verified');
  });

  it('refuses with `disk` where it cannot be written', async () => {
    writeFileSync(join(machine.folder, 'online'), 'a file where a folder should be');
    expect(await refresh()).toBe('disk');
  });

  it('verifies one feed after the other, whatever is asked at once', async () => {
    const outcomes = await Promise.all([refresh(), refresh('medium'), refresh(), refresh('medium')]);
    expect(outcomes).toEqual(Array(4).fill('verified'));
  });
});
