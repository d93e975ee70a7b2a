/** For tests: a small data directory as a fleet server leaves it, keys, and backups that no release would make. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { newAuthority } from '../devices/issuing.ts';
import { type AuthorityStore, authorityStore } from '../store/index.ts';
import { BackupBytes } from './backup-bytes.ts';
import type { BackupPart, Manifest } from './manifest.ts';
import { seal } from './sealing.ts';
import { paddingBytes, TAR_END, tarHeader } from './tar.ts';
import { writeWholeFile } from './whole-file.ts';

export const noProgress = { step: () => {}, bytes: () => {} };
export const neverAborted = new AbortController().signal;

export class BackupFolders {
  readonly root = mkdtempSync(join(tmpdir(), 'maru-backup-'));
  readonly dataDir = join(this.root, 'data');
  identity!: string;
  recipient!: string;
  #files = 0;

  /** A database of this release, a CA and a signing key. `fill` writes into the database. */
  async make(fill: (store: AuthorityStore) => Promise<void> = async () => {}): Promise<void> {
    this.identity = await generateX25519Identity();
    this.recipient = await identityToRecipient(this.identity);
    const { certificatePem, keyPem } = await newAuthority();
    this.write('data/ca/ca.crt.pem', certificatePem);
    this.write('data/ca/ca.key.pem', keyPem);
    this.write('data/keys/signing-key.json', '{}');
    await this.withStore(this.dataDir, fill);
  }
  async withStore<T>(dataDir: string, work: (store: AuthorityStore) => Promise<T>): Promise<T> {
    const store = authorityStore({
      dataDir,
      onFatal: (error) => {
        throw error;
      },
    });
    await store.start();
    try {
      return await work(store);
    } finally {
      await store.stop();
    }
  }

  /** @returns the path */
  write(path: string, content: string | Uint8Array): string {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  }
  newPath(): string {
    this.#files += 1;
    return join(this.root, `backup-${this.#files}.age`);
  }

  gathering(parts: BackupPart[] = [], also: string[] = []): BackupBytes {
    const { dataDir } = this;
    return new BackupBytes({ dataDir, parts: new Set(parts), also, progress: noProgress, signal: neverAborted });
  }
  /** @returns its path */
  async backUp(parts: BackupPart[] = [], also: string[] = []): Promise<string> {
    const backup = this.gathering(parts, also);
    await backup.gather();
    const path = this.newPath();
    await writeWholeFile(path, await seal(backup.bytes(), { recipients: [this.recipient] }));
    await backup.dispose();
    return path;
  }
  /** Any bytes, sealed for our key. @returns the path */
  async sealed(...parts: Uint8Array[]): Promise<string> {
    const encrypter = new Encrypter();
    encrypter.addRecipient(this.recipient);
    return this.write(this.newPath().slice(this.root.length + 1), await encrypter.encrypt(Buffer.concat(parts)));
  }
  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** One file of an archive, whatever its name. */
export function entry(path: string, content: string | Uint8Array): Buffer {
  const bytes = Buffer.from(content);
  const padding = Buffer.alloc(paddingBytes(bytes.length));
  return Buffer.concat([tarHeader({ path, sizeBytes: bytes.length }, 0), bytes, padding]);
}

/** A header with another field, and the checksum that belongs to it. */
export function changedHeader(header: Buffer, at: number, text: string): Buffer {
  const changed = Buffer.from(header);
  changed.write(text, at, 'latin1');
  changed.fill(' ', 148, 156);
  const sum = changed.subarray(0, 512).reduce((all, byte) => all + byte, 0);
  changed.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return changed;
}

export const anyManifest = (changes: object = {}): Buffer =>
  Buffer.from(
    JSON.stringify({
      format: 'maru-backup',
      formatVersion: 1,
      serverVersion: '0.1.0',
      createdAtMs: 1,
      schemas: { authority: '0001-first', telemetry: null },
      parts: [],
      files: [],
      ...changes,
    } satisfies Partial<Manifest> & object),
  );

/** Of this content, as its manifest names it. */
export const archive = (manifest: Buffer, ...entries: Buffer[]): Buffer =>
  Buffer.concat([
    entry('manifest.json', manifest),
    ...entries,
    entry('end.json', JSON.stringify({ removedMeanwhile: [] })),
    TAR_END,
  ]);
