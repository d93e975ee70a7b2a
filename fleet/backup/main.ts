/**
 * `npm run backup`: one encrypted file of everything that makes this fleet server itself, made while it runs. Standard output is
 * the backup where no file is named; what a person reads goes to standard error then.
 */
import { existsSync, statSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { readCommandLine, wholeNumber } from '#edge/command-line.ts';
import { lockDataDir } from '#edge/data-dir-lock.ts';
import { askPassphrase, readPassphrase, requireStrong } from '#edge/passphrase.ts';
import { BackupBytes, requireFleet } from './backup-bytes.ts';
import { BackupFault } from './backup-fault.ts';
import { makeKeyFile, readRecipients } from './keys.ts';
import type { BackupPart } from './manifest.ts';
import { ShownProgress, sizeText } from './shown-progress.ts';
import { requireOwner, runToEnd } from './run-to-end.ts';
import { isScheduledName, keepNewest, scheduledName } from './scheduled-backups.ts';
import { seal, type SealFor } from './sealing.ts';
import { removeUnfinished, writeWholeFile } from './whole-file.ts';

const usage = `npm run backup -- [options]: one encrypted file of a fleet server, made while it runs

  --data DIR                the fleet's data directory (.maru/fleet)
  --to FILE                 the backup; without it, to standard output: npm run --silent backup -- … | ssh …
  --to-folder DIR --keep N  a file named by the time in this folder, of which the newest N stay
  --recipient age1…         a public key of age; its secret key alone opens the backup (may be repeated)
  --recipients-file F       public keys, one a line
  --passphrase              in place of keys: asks for a passphrase
  --passphrase-file F       its first line; - is standard input
  --also F                  a file outside of the data directory that comes along, such as /etc/maru/fleet.env (may be repeated)
  --with-telemetry          what rooms reported: events, the last state
  --with-documents          the pages of documents that are shared now
  --with-recordings         recordings of meetings and broadcasts
  --new-key F               makes a pair of keys and nothing else: the secret key into F, the public key to standard output`;

type To = { file: string } | { folder: string; keep: number } | 'stdout';
type BackupOptions = {
  dataDir: string;
  to: To;
  parts: Set<BackupPart>;
  also: string[];
  /** null: the passphrase is asked for */
  sealFor: SealFor | null;
};

/** @throws Error naming what is wrong, without the text that was given: it may be a passphrase */
function parseOptions(args: string[]): BackupOptions | { newKey: string } {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      data: { type: 'string', default: '.maru/fleet' },
      to: { type: 'string' },
      'to-folder': { type: 'string' },
      keep: { type: 'string' },
      recipient: { type: 'string', multiple: true, default: [] },
      'recipients-file': { type: 'string' },
      passphrase: { type: 'boolean', default: false },
      'passphrase-file': { type: 'string' },
      also: { type: 'string', multiple: true, default: [] },
      'with-telemetry': { type: 'boolean', default: false },
      'with-documents': { type: 'boolean', default: false },
      'with-recordings': { type: 'boolean', default: false },
      'new-key': { type: 'string' },
    },
  });
  if (positionals.length > 0) throw new Error('every argument belongs to an option; a passphrase is never one');
  if (values['new-key'] !== undefined) return { newKey: resolve(values['new-key']) };
  const parts = new Set<BackupPart>();
  if (values['with-telemetry']) parts.add('telemetry');
  if (values['with-documents']) parts.add('documents');
  if (values['with-recordings']) parts.add('recordings');
  return {
    dataDir: resolve(values.data),
    to: readTo(values.to, values['to-folder'], values.keep),
    parts,
    also: values.also.map((path) => resolve(path)),
    sealFor: readSealFor(values),
  };
}

function readTo(file: string | undefined, folder: string | undefined, keep: string | undefined): To {
  if (file !== undefined && folder !== undefined) throw new Error('--to or --to-folder, not both');
  if ((folder === undefined) !== (keep === undefined)) throw new Error('--to-folder and --keep go together');
  if (folder !== undefined && keep !== undefined)
    return { folder: resolve(folder), keep: wholeNumber('keep', keep, 1, 100_000) };
  return file === undefined ? 'stdout' : { file: resolve(file) };
}

type SealOptions = {
  recipient: string[];
  'recipients-file'?: string | undefined;
  passphrase: boolean;
  'passphrase-file'?: string | undefined;
};
function readSealFor(values: SealOptions): SealFor | null {
  const file = values['passphrase-file'];
  const recipients = readRecipients(values.recipient, values['recipients-file']);
  const ways = [recipients.length > 0, values.passphrase, file !== undefined].filter(Boolean).length;
  if (ways === 0) throw new Error('who may open it? --recipients-file, --recipient, --passphrase or --passphrase-file');
  if (ways > 1) throw new Error('public keys or one passphrase, not both');
  if (recipients.length > 0) return { recipients };
  return file === undefined ? null : { passphrase: requireStrong(readPassphrase(file)) };
}

const options = readCommandLine(usage, parseOptions);
// the copies of the databases, and the backup
process.umask(0o077);

if ('newKey' in options) {
  await runToEnd(async () => {
    process.stdout.write(`${await makeKeyFile(options.newKey)}\n`);
    process.stderr.write(
      `The secret key is in ${options.newKey}. Keep it where it outlives this machine, and not on it: it alone opens the backups.\n`,
    );
  });
} else await runToEnd((signal) => backUp(options, signal));

async function backUp({ dataDir, to, parts, also, sealFor }: BackupOptions, signal: AbortSignal): Promise<void> {
  if (to === 'stdout' && process.stdout.isTTY)
    throw new BackupFault('cannot-write', 'A backup is no text for a terminal: name a file with --to.');
  if (existsSync(dataDir)) requireOwner(dataDir);
  requireFleet(dataDir);
  const target = to === 'stdout' ? null : await targetOf(to, dataDir);
  const secret = sealFor ?? { passphrase: await newPassphrase() };
  lockDataDir({ dataDir, holder: 'backup', waitMs: 0 });
  const progress = new ShownProgress();
  const backup = new BackupBytes({ dataDir, parts, also, progress, signal });
  try {
    await backup.gather();
    const sealed = await seal(backup.bytes(), secret);
    const sizeBytes = target === null ? await writeToStdout(sealed) : await writeWholeFile(target.path, sealed);
    progress.end();
    const report = target === null ? process.stderr : process.stdout;
    report.write(reportOf(backup, parts, target?.path ?? 'standard output', sizeBytes));
    if (target?.folder && typeof to === 'object' && 'keep' in to)
      for (const name of await keepNewest(target.folder, to.keep, target.name)) report.write(`removed ${name}\n`);
  } finally {
    progress.end();
    await backup.dispose();
  }
}

/** Where the file will be; a folder for scheduled ones is made clean of what was killed. */
async function targetOf(to: Exclude<To, 'stdout'>, dataDir: string) {
  const folder = 'folder' in to ? to.folder : dirname(to.file);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new BackupFault('cannot-write', `There is no folder ${folder}.`);
  if (`${await realpath(folder)}${sep}`.startsWith(`${await realpath(dataDir)}${sep}`))
    throw new BackupFault(
      'cannot-write',
      'A backup inside of the data directory would be lost with it: choose another disk.',
    );
  if ('file' in to) return { path: to.file, folder: null, name: '' };
  await removeUnfinished(folder, isScheduledName);
  const name = scheduledName(Date.now());
  return { path: join(folder, name), folder, name };
}

async function newPassphrase(): Promise<string> {
  const passphrase = requireStrong(await askPassphrase('Passphrase for the backup: '));
  if ((await askPassphrase('The same again: ')) !== passphrase) throw new Error('the two are not the same');
  return passphrase;
}

async function writeToStdout(sealed: AsyncIterable<Uint8Array>): Promise<number> {
  let sizeBytes = 0;
  for await (const chunk of sealed) {
    await new Promise<void>((done, reject) =>
      process.stdout.write(chunk, (error) => (error ? reject(error) : done())),
    ).catch((error: unknown) => {
      throw new BackupFault('cannot-write', `standard output was closed: ${(error as Error).message}`);
    });
    sizeBytes += chunk.length;
  }
  return sizeBytes;
}

function reportOf(backup: BackupBytes, parts: Set<BackupPart>, where: string, sizeBytes: number): string {
  const absent = (['documents', 'recordings', 'telemetry'] as const).filter((part) => !parts.has(part));
  return [
    `${where}: ${sizeText(sizeBytes)}, ${backup.manifest.files.length - backup.removedMeanwhile.length} files, of ${new Date(backup.manifest.createdAtMs).toISOString()}`,
    ...absent.map((part) => `not in it: ${part} (--with-${part})`),
    ...backup.leftOut.map(
      (path) => `not in it: ${JSON.stringify(path)}, which is no file, or has a name that is too long or unusual`,
    ),
    ...backup.removedMeanwhile.map((path) => `not in it: ${path}, which was deleted meanwhile`),
    '',
  ].join('\n');
}
