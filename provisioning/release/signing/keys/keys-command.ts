/** Makes keys as files, and the first root of them. */
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { OFFLINE_ROLE } from '#contract/update-feed.ts';
import { wholeNumber } from '#edge/command-line.ts';
import { askPassphrase, readPassphrase, requireStrong } from '#edge/passphrase.ts';
import { daysOf, msOfDays, say } from '../command.ts';
import { versionedName, writeFeedFile } from '../feed-folder.ts';
import { type KeyFiles, makeKeyFiles } from '../key-files.ts';
import { ROOT_ROLES, unsignedRoot } from '../root-metadata.ts';
import { metadataBytes, signMetadata } from '../signed-metadata.ts';
import { SigningError } from '../signing-error.ts';

const ROLES = [...ROOT_ROLES, OFFLINE_ROLE] as const;
type KeyRole = (typeof ROLES)[number];
const MAX_KEYS = 20;

export const keysUsage = `npm run release:keys -- --out DIR [options]: makes the keys that releases are signed with, and the first root

  --out DIR            where they are made: a private key (NAME.key.pem, encrypted) and a public one (NAME.pub.pem) each
  --count N            keys of the root (3), or of the role that --role names (1)
  --threshold N        how many keys of the root must sign a root (2)
  --role ROLE          keys of one role alone, and no root: for a person who brings a key of their own, or for an exchange.
                       root, targets, snapshot, timestamp or offline
  --days N             how long the first root is good (365)
  --passphrase-file F  its first line, for all keys that are made now; - is standard input. Without it, it is asked for`;

type KeysOptions = {
  out: string;
  role: KeyRole | null;
  count: number;
  threshold: number;
  days: number;
  passphraseFile: string | undefined;
};

/** @throws Error naming what is wrong */
export function parseKeysOptions(args: string[]): KeysOptions {
  const { values } = parseArgs({
    args,
    options: {
      out: { type: 'string' },
      count: { type: 'string' },
      threshold: { type: 'string' },
      role: { type: 'string' },
      days: { type: 'string' },
      'passphrase-file': { type: 'string' },
    },
  });
  if (values.out === undefined) throw new Error('--out names the folder for the keys');
  const role = ROLES.find((name) => name === values.role) ?? null;
  if (values.role !== undefined && role === null) throw new Error(`--role is one of ${ROLES.join(', ')}`);
  if (role !== null && (values.threshold !== undefined || values.days !== undefined))
    throw new Error(
      '--threshold and --days are of a root: npm run release:root makes it of the keys that people bring',
    );
  const count = wholeNumber('count', values.count ?? (role === null ? '3' : '1'), 1, MAX_KEYS);
  const threshold = wholeNumber('threshold', values.threshold ?? String(Math.min(2, count)), 1, count);
  const days = daysOf('days', values.days ?? '365');
  return { out: resolve(values.out), role, count, threshold, days, passphraseFile: values['passphrase-file'] };
}

export async function makeKeys({ out, role, count, threshold, days, passphraseFile }: KeysOptions): Promise<void> {
  if (role === null && existsSync(out) && readdirSync(out).length > 0)
    throw new SigningError(`${out} is not empty: the first keys and the first root are made in a folder of their own`);
  const passphrase = requireStrong(passphraseFile === undefined ? await askTwice() : readPassphrase(passphraseFile));
  const make = (of: KeyRole, keys: number): KeyFiles[] =>
    Array.from({ length: keys }, () => {
      const made = makeKeyFiles(out, of, passphrase);
      say(`${made.privateFile}`);
      return made;
    });
  if (role !== null) {
    make(role, count);
    say(`\nKeep the .key.pem; give the .pub.pem to the person who makes the next root (npm run release:root).`);
    return;
  }
  const root = make('root', count);
  const only = (of: KeyRole) => ({ keys: make(of, 1).map(({ key }) => key), threshold: 1 });
  const roles = {
    root: { keys: root.map(({ key }) => key), threshold },
    targets: only('targets'),
    snapshot: only('snapshot'),
    timestamp: only('timestamp'),
  };
  make(OFFLINE_ROLE, 1);
  const first = unsignedRoot({ version: 1, expiresAtMs: Date.now() + msOfDays(days), roles });
  signMetadata(
    first,
    root.map(({ signer }) => signer),
  );
  const file = join(out, versionedName('root', 1));
  writeFeedFile(file, metadataBytes(first));
  say(`${file}

1. Take the ${count} keys of the root away from this machine, each to another place: ${threshold} of them sign the next root.
2. Keep those of targets and offline where releases are signed, and nowhere else.
3. Put those of snapshot and timestamp on the machine that renews the feed each day.
4. Sign a release: npm run release:sign -- --feed FEED --root ${file} --release RELEASE/kiosk --keys ${out}`);
}

async function askTwice(): Promise<string> {
  const passphrase = await askPassphrase('A passphrase for these keys: ');
  if ((await askPassphrase('Once more: ')) !== passphrase) throw new SigningError('these are two passphrases');
  return passphrase;
}
