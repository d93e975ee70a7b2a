/** What is wrong with a file is found before any of it counts, and named with its code. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { Encrypter, generateX25519Identity } from 'age-encryption';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { BackupFault, BackupFaultCode } from './backup-fault.ts';
import {
  anyManifest,
  archive,
  BackupFolders,
  changedHeader,
  entry,
  neverAborted,
  noProgress,
} from './backup-under-test.ts';
import { ByteSource } from './byte-source.ts';
import { readBackup } from './read-backup.ts';
import { checkBackup } from './return/return-backup.ts';
import type { OpenBy } from './sealing.ts';
import { fitsTar, readTarHeader, TAR_END, tarHeader } from './tar.ts';

const folders = new BackupFolders();
let whole: string;
beforeAll(async () => {
  await folders.make();
  whole = await folders.backUp();
});
afterAll(() => folders.remove());

const check = (from: string, openBy: OpenBy = { identities: [folders.identity] }) =>
  checkBackup({ from, openBy, progress: noProgress as never, signal: neverAborted });
async function faultOf(from: string, openBy?: OpenBy): Promise<BackupFault> {
  return check(from, openBy).then(
    () => expect.unreachable('it was found whole'),
    (error: unknown) => error as BackupFault,
  );
}
const codeOf = async (from: string, openBy?: OpenBy): Promise<BackupFaultCode> => (await faultOf(from, openBy)).code;

const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');
const named = (path: string, content = 'x') => ({ path, sizeBytes: content.length, sha256: sha256(content) });

/** the same places in each run */
const places = (length: number, from: number): number[] =>
  Array.from({ length: 24 }, (_, n) => from + Math.floor(((length - from) * (n * 7919 + 13)) / (24 * 7919)));

describe('a backup', () => {
  test('is whole as it was made', async () => {
    const manifest = await check(whole);
    expect(manifest.files.map(({ path }) => path)).toEqual([
      'authority.sqlite',
      'ca/ca.crt.pem',
      'ca/ca.key.pem',
      'keys/signing-key.json',
    ]);
  });

  test('with one byte changed is damaged, wherever that is', async () => {
    const bytes = readFileSync(whole);
    for (const at of places(bytes.length, 200)) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 0x10;
      const path = folders.newPath();
      writeFileSync(path, changed);
      expect(await codeOf(path), `byte ${at}`).toBe('backup-damaged');
    }
  });

  test('with a byte of its header changed opens for nobody', async () => {
    const bytes = readFileSync(whole);
    for (const at of places(180, 0)) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 0x01;
      const path = folders.newPath();
      writeFileSync(path, changed);
      expect(['not-a-backup', 'backup-damaged', 'key-wrong'], `byte ${at}`).toContain(await codeOf(path));
    }
  });

  test('with its tail cut off is damaged, also where the cut is between two chunks', async () => {
    const bytes = readFileSync(whole);
    const headerBytes = bytes.indexOf('\n', bytes.indexOf('\n---') + 1) + 1 + 16;
    const chunk = 64 * 1024 + 16;
    const betweenChunks = [1, 2, 3].map((chunks) => headerBytes + chunks * chunk);
    for (const length of [...places(bytes.length, 250), ...betweenChunks, bytes.length - 1]) {
      const path = folders.newPath();
      writeFileSync(path, bytes.subarray(0, length));
      expect(await codeOf(path), `${length} bytes`).toBe('backup-damaged');
    }
  });

  test('is refused to another key, and to a passphrase', async () => {
    const other = { identities: [await generateX25519Identity()] };
    expect(await faultOf(whole, other)).toMatchObject({ code: 'key-wrong', exitCode: 77 });
    expect(await codeOf(whole, { passphrase: 'correct horse battery' })).toBe('key-wrong');
  });

  test('made by a passphrase opens by it alone', async () => {
    const encrypter = new Encrypter();
    encrypter.setScryptWorkFactor(10);
    encrypter.setPassphrase('correct horse battery');
    const path = folders.newPath();
    writeFileSync(path, await encrypter.encrypt(archive(anyManifest())));
    expect((await check(path, { passphrase: 'correct horse battery' })).files).toEqual([]);
    expect((await faultOf(path, { passphrase: 'correct horse batterz' })).message).toBe('The passphrase is wrong.');
    expect(await codeOf(path)).toBe('key-wrong');
  });

  test('that is no backup is named so', async () => {
    const write = (content: string): string => folders.write(folders.newPath().slice(folders.root.length), content);
    expect(await codeOf(write('hello'))).toBe('not-a-backup');
    expect(await codeOf(write(''))).toBe('not-a-backup');
    const endless = await faultOf(write(`age-encryption.org/v1\n${'-'.repeat(200_000)}`));
    expect(endless).toMatchObject({ code: 'backup-damaged', message: expect.stringContaining('header has no end') });
    expect(await codeOf(write('-----BEGIN AGE ENCRYPTED FILE-----\n'))).toBe('not-a-backup');
    expect(await codeOf(await folders.sealed(Buffer.from('no archive')))).toBe('not-a-backup');
    expect(await codeOf(await folders.sealed(entry('readme.txt', 'an archive of somebody else'), TAR_END))).toBe(
      'not-a-backup',
    );
    expect(await codeOf(`${folders.root}/nowhere.age`)).toBe('backup-unreadable');
  });
});

describe('a manifest', () => {
  const codeOfManifest = async (changes: object, ...entries: Buffer[]): Promise<BackupFaultCode> =>
    codeOf(await folders.sealed(archive(anyManifest(changes), ...entries)));

  test('of a newer format or schema is refused, with the release that reads it', async () => {
    expect(await codeOfManifest({ formatVersion: 2, everything: 'else' })).toBe('backup-newer');
    const schemas = { authority: '9999-of-another-year', telemetry: null };
    const fault = await faultOf(await folders.sealed(archive(anyManifest({ schemas, serverVersion: '9.9.9' }))));
    expect(fault).toMatchObject({ code: 'backup-newer', exitCode: 76 });
    expect(fault.message).toContain('9.9.9');
    expect(await codeOfManifest({ schemas: { authority: '0001-first', telemetry: '9999-x' } })).toBe('backup-newer');
  });

  test.each([
    '../outside',
    '/etc/passwd',
    'documents/../../outside',
    './a',
    'a//b',
    'a/',
    '',
    'a\\b',
    'a\nb',
    'a\u0000b',
    'fleet.lock',
    'fleet-server.pid',
    'converter.sock',
    'authority.sqlite-wal',
    'returning/authority.sqlite',
    'backup-scratch/authority.sqlite',
    `${'long/'.repeat(60)}name`,
  ])('that names %j is damaged, though the archive has it', async (path) => {
    const content = fitsTar(path) ? [entry(path, 'x')] : [];
    expect(await codeOfManifest({ files: [named(path)] }, ...content)).toBe('backup-damaged');
  });

  test('that contradicts itself is damaged', async () => {
    expect(await codeOfManifest({ files: [named('a'), named('a')] }, entry('a', 'x'), entry('a', 'x'))).toBe(
      'backup-damaged',
    );
    expect(await codeOfManifest({ files: [named('a'), named('a/b')] }, entry('a', 'x'), entry('a/b', 'x'))).toBe(
      'backup-damaged',
    );
    expect(await codeOfManifest({ more: 1 })).toBe('backup-damaged');
    expect(await codeOfManifest({ files: 'all' })).toBe('backup-damaged');
  });

  test('is held against what follows', async () => {
    const files = [named('a', 'one'), named('b', 'two')];
    const both = [entry('a', 'one'), entry('b', 'two')];
    expect((await check(await folders.sealed(archive(anyManifest({ files }), ...both)))).files).toHaveLength(2);
    const wrong: Record<string, Buffer[]> = {
      'a file is missing': [both[0]!],
      'another content': [both[0]!, entry('b', 'tw0')],
      'another size': [both[0]!, entry('b', 'twoo')],
      'another order': [both[1]!, both[0]!],
      'one more': [...both, entry('c', 'three')],
      'another name': [both[0]!, entry('../b', 'two')],
      'a link': [both[0]!, changedHeader(entry('b', 'two'), 156, '2')],
      'a folder': [both[0]!, changedHeader(entry('b', 'two'), 156, '5')],
      'a checksum that is wrong': [both[0]!, Buffer.from(entry('b', 'two')).fill('7', 100, 101)],
    };
    for (const [what, entries] of Object.entries(wrong))
      expect(await codeOfManifest({ files }, ...entries), what).toBe('backup-damaged');
  });

  test('excuses no file but those that its end names, of documents and recordings', async () => {
    const files = [named('a'), named('documents/d/pages/1'), named('b')];
    const withEnd = (removedMeanwhile: string[], ...entries: Buffer[]) =>
      folders.sealed(
        entry('manifest.json', anyManifest({ files })),
        ...entries,
        entry('end.json', JSON.stringify({ removedMeanwhile })),
        TAR_END,
      );
    const rest = [entry('a', 'x'), entry('b', 'x')];
    expect((await check(await withEnd(['documents/d/pages/1'], ...rest))).files).toHaveLength(3);
    expect(await codeOf(await withEnd([], ...rest))).toBe('backup-damaged');
    expect(await codeOf(await withEnd(['a', 'documents/d/pages/1'], entry('b', 'x')))).toBe('backup-damaged');
    expect(
      await codeOf(await withEnd(['b'], entry('a', 'x'), entry('documents/d/pages/1', 'x'), entry('b', 'x'))),
    ).toBe('backup-damaged');
  });

  test('ends where its archive ends', async () => {
    const sound = archive(anyManifest());
    expect(await codeOf(await folders.sealed(sound, Buffer.from('more')))).toBe('backup-damaged');
    expect(await codeOf(await folders.sealed(sound.subarray(0, -1)))).toBe('backup-damaged');
    expect(await codeOf(await folders.sealed(sound.subarray(0, -1024)))).toBe('backup-damaged');
    expect(await codeOf(await folders.sealed(entry('manifest.json', anyManifest()), TAR_END))).toBe('backup-damaged');
  });
});

test('an archive keeps sizes beyond 8 GB and paths beyond 100 bytes', async () => {
  const long = `${'folder-of-some-length/'.repeat(6)}파일-${'n'.repeat(60)}`;
  const large = tarHeader({ path: long, sizeBytes: 12_345_678_901 }, 0);
  const source = new ByteSource(
    (async function* () {
      // one byte at a time, as a slow pipe may bring it
      for (const byte of large) yield Uint8Array.of(byte);
    })(),
  );
  expect(await readTarHeader(source)).toEqual({ path: long, sizeBytes: 12_345_678_901 });
});

test('a reader that is stopped stops, and names no damage', async () => {
  const controller = new AbortController();
  const reading = readBackup({
    from: whole,
    openBy: { identities: [folders.identity] },
    onManifest: async () => controller.abort(new Error('stopped by hand')),
    place: null,
    progress: noProgress,
    signal: controller.signal,
  });
  await expect(reading).rejects.toThrow('stopped by hand');
});
