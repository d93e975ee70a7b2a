/**
 * The age format around a backup (age-encryption.org/v1): for recipients, whose keys lie elsewhere, or by a passphrase. What is
 * sealed and opened passes through; nothing holds the whole of it. Debian's `age` opens the same files.
 */
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { Decrypter, Encrypter } from 'age-encryption';
import { BackupFault } from './backup-fault.ts';

/** Public keys (`age1…`), or a passphrase. */
export type SealFor = { recipients: string[] } | { passphrase: string };
/** Secret keys (`AGE-SECRET-KEY-…`), or a passphrase. */
export type OpenBy = { identities: string[] } | { passphrase: string };
export type SealKind = 'recipients' | 'passphrase';

/** age's own recommendation for files: a second or two, and 256 MB while it lasts */
const SCRYPT_WORK_FACTOR = 18;
/** of a header; ours have a few hundred bytes */
const MAX_HEADER_BYTES = 64 * 1024;
const VERSION_LINE = 'age-encryption.org/v1\n';
const ARMOR_LINE = '-----BEGIN AGE ENCRYPTED FILE-----';

/** @param plain is read as fast as the result is */
export async function seal(plain: AsyncIterable<Uint8Array>, sealFor: SealFor): Promise<AsyncIterable<Uint8Array>> {
  const encrypter = new Encrypter();
  if ('passphrase' in sealFor) {
    encrypter.setScryptWorkFactor(SCRYPT_WORK_FACTOR);
    encrypter.setPassphrase(sealFor.passphrase);
  } else for (const recipient of sealFor.recipients) encrypter.addRecipient(recipient);
  // both run in Node, whose web streams are async iterables
  const stream = Readable.toWeb(Readable.from(plain, { objectMode: false })) as ReadableStream<Uint8Array>;
  return (await encrypter.encrypt(stream)) as unknown as AsyncIterable<Uint8Array>;
}

/** @throws BackupFault backup-unreadable, not-a-backup */
export async function sealKindOf(path: string): Promise<SealKind> {
  const start = await startOf(path);
  if (start.startsWith(ARMOR_LINE))
    throw new BackupFault(
      'not-a-backup',
      `${path} is armored text. Make it binary first: age --decrypt and --encrypt.`,
    );
  if (!start.startsWith(VERSION_LINE))
    throw new BackupFault('not-a-backup', `${path} is not a backup: it is no age file.`);
  // a line without an end would be gathered for ever
  if (!/\n--- [^\n]*\n/.test(start))
    throw new BackupFault('backup-damaged', 'The backup is damaged: its header has no end.');
  return start.startsWith('-> scrypt ', VERSION_LINE.length) ? 'passphrase' : 'recipients';
}

/**
 * Its content. What comes was verified, chunk by chunk; that nothing is missing shows at the end alone.
 * @throws BackupFault backup-unreadable, not-a-backup, key-wrong, backup-damaged, also while it is read
 */
export async function openSealed(path: string, openBy: OpenBy): Promise<AsyncIterable<Uint8Array>> {
  const kind = await sealKindOf(path);
  if (kind !== ('passphrase' in openBy ? 'passphrase' : 'recipients'))
    throw new BackupFault(
      'key-wrong',
      kind === 'passphrase'
        ? 'This backup is opened by a passphrase.'
        : 'This backup is opened by a key: --identity FILE.',
    );
  const decrypter = new Decrypter();
  if ('passphrase' in openBy) decrypter.addPassphrase(openBy.passphrase);
  else for (const identity of openBy.identities) decrypter.addIdentity(identity);
  const sealed = createReadStream(path, { highWaterMark: 1024 * 1024 });
  let diskError: Error | null = null;
  sealed.once('error', (error) => {
    diskError = error;
  });
  const orFault = (error: unknown): never => {
    sealed.destroy();
    if (diskError) throw unreadable(path, diskError);
    if ((error as Error).message.startsWith('no identity matched'))
      throw new BackupFault(
        'key-wrong',
        kind === 'passphrase'
          ? 'The passphrase is wrong.'
          : 'None of these keys opens this backup: it was made for another one.',
      );
    throw new BackupFault('backup-damaged', 'The backup is damaged: a part of it was changed, or its end is missing.', {
      cause: error,
    });
  };
  const web = Readable.toWeb(sealed) as ReadableStream<Uint8Array<ArrayBuffer>>;
  const opened = await decrypter.decrypt(web).catch(orFault);
  return (async function* () {
    const reader = opened.getReader();
    try {
      for (;;) {
        const { done, value } = await reader.read().catch(orFault);
        if (done) return;
        yield value;
      }
    } finally {
      sealed.destroy();
    }
  })();
}

async function startOf(path: string): Promise<string> {
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(MAX_HEADER_BYTES), 0, MAX_HEADER_BYTES, 0);
      return buffer.toString('latin1', 0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    throw unreadable(path, error as Error);
  }
}

const unreadable = (path: string, error: Error): BackupFault =>
  new BackupFault('backup-unreadable', `${path} cannot be read: ${error.message}`, { cause: error });
