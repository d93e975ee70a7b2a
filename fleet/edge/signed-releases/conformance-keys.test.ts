/** The cases of The Update Framework's conformance tests on keys, signatures and their rotation: see the table in README.md. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FeedKind } from '#contract/update-feed.ts';
import { FeedServerUnderTest, MachineUnderTest } from './machine-under-test.ts';
import { KeyUnderTest, RepositoryUnderTest, type SignedRole } from './repository-under-test.ts';

let server: FeedServerUnderTest;
let repository: RepositoryUnderTest;
let machine: MachineUnderTest;
const refresh = (kind: FeedKind = 'online') => machine.refresh(server.feed(), kind);
const keys = Array.from({ length: 10 }, () => new KeyUnderTest());
const pick = (indexes: number[]) => indexes.map((index) => keys[index]!);

beforeAll(async () => {
  server = await FeedServerUnderTest.start();
});
afterAll(() => server.stop());
beforeEach(() => {
  repository = new RepositoryUnderTest();
  server.files = repository.files;
  machine = new MachineUnderTest(repository.pinnedRoot);
});

type Version = { of: number[]; threshold: number; signedBy: number[] };
const version = (of: number[], threshold: number, signedBy: number[]): Version => ({ of, threshold, signedBy });
const five = [0, 1, 2, 3, 4];

/** The roots one after the other; the last one is the newest good one, unless `fails`. */
const rootRotations: [string, Version[], 'verified' | 'signature'][] = [
  ['one key, signed again', [version([1], 1, [1]), version([1], 1, [1])], 'verified'],
  ['one key for another', [version([1], 1, [1]), version([2], 1, [2, 1]), version([2], 1, [2])], 'verified'],
  [
    'one key for another, with signatures of strangers',
    [version([1], 1, [3, 1, 4]), version([2], 1, [3, 2, 1, 4]), version([2], 1, [3, 2, 4])],
    'verified',
  ],
  [
    'three of five, signed by others each time',
    [
      version(five, 3, [0, 2, 4]),
      version(five, 3, [0, 4, 1]),
      version(five, 3, [0, 1, 3]),
      version(five, 3, [0, 1, 3]),
    ],
    'verified',
  ],
  [
    'three of five, one key replaced',
    [version(five, 3, [0, 2, 4]), version([0, 1, 3, 4, 5], 3, [0, 4, 1])],
    'verified',
  ],
  [
    'three of five, one key replaced by steps',
    [version(five, 3, [0, 2, 4]), version([0, 1, 3, 4, 5], 3, [0, 2, 4, 5]), version([0, 1, 3, 4, 5], 3, [0, 4, 5])],
    'verified',
  ],
  [
    'three of five, all keys replaced by steps',
    [
      version(five, 3, [0, 2, 4]),
      version([5, 6, 7, 8, 9], 3, [0, 2, 4, 5, 6, 7]),
      version([5, 6, 7, 8, 9], 3, [5, 6, 7]),
    ],
    'verified',
  ],
  ['from one of three to two', [version([1, 2, 3], 1, [1]), version([1, 2, 3], 2, [1, 2])], 'verified'],
  [
    'from two of three to one',
    [version([1, 2, 3], 2, [1, 2]), version([1, 2, 3], 1, [1, 2]), version([1, 2, 3], 1, [1])],
    'verified',
  ],
  ['from one of one to two of two', [version([1], 1, [1]), version([1, 2], 2, [1, 2])], 'verified'],
  ['not signed by the former key', [version([1], 1, [1]), version([2], 1, [2, 3, 4])], 'signature'],
  ['not signed by its own key', [version([1], 1, [1]), version([2], 1, [1, 3, 4])], 'signature'],
  ['too few of its own keys', [version(five, 3, [0, 2, 4]), version([0, 1, 3, 4, 5], 3, [0, 2, 4])], 'signature'],
  ['too few of the former keys', [version(five, 3, [0, 2, 4]), version([0, 1, 3, 4, 5], 3, [0, 4, 5])], 'signature'],
  ['a raised threshold is not reached', [version([1, 2, 3], 1, [1]), version([1, 2, 3], 2, [2])], 'signature'],
  ['a former threshold is not reached', [version([1, 2, 3], 2, [1, 2]), version([1, 2, 3], 1, [1])], 'signature'],
];

describe.each<FeedKind>(['online', 'medium'])('rotation of the root, %s', (kind) => {
  it.each(rootRotations)('%s', async (_name, versions, outcome) => {
    repository.signed.root.version = 0;
    repository.files.delete('metadata/1.root.json');
    for (const { of, threshold, signedBy } of versions) {
      repository.setKeys('root', { keys: pick(of), threshold, signers: pick(signedBy) });
      repository.publish('root');
    }
    machine = new MachineUnderTest(repository.pinnedRoot);
    expect(await refresh(kind)).toBe(outcome);
    expect(machine.version('root') ?? 1).toBe(versions.length - (outcome === 'verified' ? 0 : 1));
  });

  it('does not go on from a root that skips a version', async () => {
    repository.signed.root.version = 3;
    repository.write('root');
    expect(await refresh(kind)).toBe('verified');
    expect(machine.version('root') ?? 1).toBe(1);
  });
});

const rotations: [string, Version, 'verified' | 'signature'][] = [
  ['one key for another', version([2], 1, [2]), 'verified'],
  ['with signatures of strangers', version([1], 1, [3, 1, 4]), 'verified'],
  ['not signed by its key', version([2], 1, [1, 3, 4]), 'signature'],
  ['signed by a former key instead of its own', version([0, 1, 3, 4, 5], 3, [0, 2, 4]), 'signature'],
  ['a signature is missing', version([0, 1, 3, 4, 5], 3, [0, 4]), 'signature'],
  ...[
    [0, 2, 4],
    [0, 4, 1],
    [0, 1, 3],
    [1, 2, 3],
    [2, 3, 4],
  ].map((signedBy): [string, Version, 'verified'] => [
    `three of five: ${signedBy}`,
    version(five, 3, signedBy),
    'verified',
  ]),
];
describe.each<[SignedRole, FeedKind]>([
  ['timestamp', 'online'],
  ['snapshot', 'online'],
  ['targets', 'online'],
  ['targets', 'medium'],
  ['offline', 'medium'],
])('rotation of %s, %s', (role, kind) => {
  it.each(rotations)('%s', async (_name, { of, threshold, signedBy }, outcome) => {
    repository.setKeys(role, { keys: pick(of), threshold, signers: pick(signedBy) });
    repository.publish('root', 'targets', 'offline', 'snapshot', 'timestamp');
    expect(await refresh(kind)).toBe(outcome);
    expect(machine.version(`${kind}/${role}`)).toBe(outcome === 'verified' ? 2 : null);
  });
});

describe('signatures', () => {
  it('refuses a snapshot with two of three signatures', async () => {
    repository.signed.root.roles.snapshot.threshold = 3;
    repository.addKey('snapshot');
    repository.addKey('snapshot');
    repository.publish('root', 'snapshot', 'timestamp');
    expect(await refresh()).toBe('verified');
    repository.signers.snapshot.pop();
    repository.publish('snapshot', 'timestamp');
    expect(await refresh()).toBe('signature');
    expect(machine.version('online/snapshot')).toBe(2);
  });

  it('refuses a role with fewer keys than its threshold', async () => {
    for (let n = 0; n < 4; n += 1) repository.addKey('snapshot');
    repository.signed.root.roles.snapshot.threshold = 6;
    repository.publish('root', 'snapshot', 'timestamp');
    expect(await refresh()).toBe('signature');
    expect(machine.version('root')).toBe(2);
    expect(machine.version('online/snapshot')).toBe(null);
  });

  it('refuses a role that names a key twice', async () => {
    const key = new KeyUnderTest();
    for (let n = 0; n < 6; n += 1) repository.addKey('snapshot', key, n === 0);
    repository.signed.root.roles.snapshot.threshold = 6;
    repository.publish('root', 'snapshot', 'timestamp');
    expect(await refresh()).not.toBe('verified');
    expect(machine.version('online/snapshot')).toBe(null);
  });

  it.each<FeedKind>(['online', 'medium'])('refuses one key under two names, %s', async (kind) => {
    const key = new KeyUnderTest();
    const again = Object.assign(Object.create(Object.getPrototypeOf(key)), key, { id: 'another-name' });
    repository.setKeys('targets', { keys: [key, again], threshold: 2, signers: [key] });
    repository.publish('root', 'targets');
    const signed = repository.signed.targets;
    const { sig } = key.sign(signed);
    repository.write('targets', [
      { keyid: key.id, sig },
      { keyid: 'another-name', sig },
    ]);
    repository.publish('offline', 'snapshot', 'timestamp');
    expect(await refresh(kind)).toBe('signature');
    expect(machine.version(`${kind}/targets`)).toBe(null);
  });

  it('refuses a delegation that has one key under two names', async () => {
    const [key] = repository.signers.offline;
    repository.signed.targets.delegations.keys['another-name'] = key!.json;
    repository.offlineDelegation.keyids.push('another-name');
    repository.offlineDelegation.threshold = 2;
    repository.publish('targets', 'offline');
    const { sig } = key!.sign(repository.signed.offline);
    repository.write('offline', [
      { keyid: key!.id, sig },
      { keyid: 'another-name', sig },
    ]);
    expect(await refresh('medium')).toBe('signature');
  });

  it.each<[SignedRole, FeedKind]>([
    ['root', 'online'],
    ['timestamp', 'online'],
    ['snapshot', 'online'],
    ['targets', 'online'],
    ['targets', 'medium'],
    ['offline', 'medium'],
  ])('refuses %s with a signature twice, %s', async (role, kind) => {
    repository.hasHashes = false;
    repository.publish('root', 'targets', 'offline', 'snapshot', 'timestamp');
    const signature = repository.signers[role][0]!.sign(repository.signed[role]);
    repository.write(role, [signature, signature]);
    expect(await refresh(kind)).toBe('signature');
  });

  it.each(['ed25519', 'rsa', 'ecdsa'] as const)(
    'reads keys of the type %s, and refuses a wrong signature',
    async (type) => {
      repository.addKey('root', new KeyUnderTest(type));
      repository.signed.root.roles.root.threshold = 2;
      // the former root's threshold is one: its key signs, and the new one too
      repository.publish('root');
      expect(await refresh()).toBe('verified');
      expect(machine.version('root')).toBe(2);
      repository.publish('root');
      const [first, second] = repository.signers.root.map((key) => key.sign(repository.signed.root));
      const wrong = `${second!.sig.slice(0, -2)}${second!.sig.endsWith('00') ? '01' : '00'}`;
      repository.write('root', [first, { ...second, sig: wrong }]);
      expect(await refresh()).toBe('signature');
      expect(machine.version('root')).toBe(2);
    },
  );

  it('takes metadata with enough good signatures and a bad one besides', async () => {
    repository.addKey('timestamp');
    repository.publish('root', 'timestamp');
    const [first, second] = repository.signers.timestamp.map((key) => key.sign(repository.signed.timestamp));
    repository.write('timestamp', [{ ...first, sig: second!.sig }, second]);
    expect(await refresh()).toBe('verified');
    repository.publish('timestamp');
    const [again, good] = repository.signers.timestamp.map((key) => key.sign(repository.signed.timestamp));
    repository.write('timestamp', [{ ...again, sig: '' }, good]);
    expect(await refresh()).toBe('verified');
    expect(machine.version('online/timestamp')).toBe(3);
  });

  it.each([
    ['a name that is no hash', new KeyUnderTest('ed25519', {}, 'the key of 2026')],
    ['fields of the key that are not known', new KeyUnderTest('ed25519', { 'x-extra': { a: 1, b: 2 } })],
    [
      'hash algorithms for the name, which have no meaning',
      new KeyUnderTest('ed25519', { keyid_hash_algorithms: ['md5'] }),
    ],
  ])('takes a key with %s', async (_name, key) => {
    repository.setKeys('timestamp', { keys: [key], threshold: 1 });
    repository.publish('root', 'timestamp');
    expect(await refresh()).toBe('verified');
    expect(machine.version('root')).toBe(2);
  });

  it('refuses a signature that one role made for another', async () => {
    const targets = repository.signed.targets;
    repository.publish('targets');
    repository.write(
      'targets',
      repository.signers.snapshot.map((key) => key.sign(targets)),
    );
    repository.publish('snapshot', 'timestamp');
    expect(await refresh()).toBe('signature');
  });

  it('refuses what a revoked key signed', async () => {
    await refresh('medium');
    const revoked = repository.signers.targets;
    repository.rotateKeys('targets');
    repository.publish('root');
    repository.signers.targets = revoked;
    repository.publish('targets', 'offline', 'snapshot', 'timestamp');
    expect(await refresh('online')).toBe('signature');
    expect(await refresh('medium')).toBe('signature');
  });
});
