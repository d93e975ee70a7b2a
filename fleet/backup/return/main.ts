/** `npm run return`: a backup becomes the data directory of a fleet server again, or is only verified. */
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readCommandLine } from '#edge/command-line.ts';
import { askPassphrase, readPassphrase } from '#edge/passphrase.ts';
import { readIdentities } from '../keys.ts';
import { RECORDINGS_FOLDER } from '../kept-files.ts';
import { ShownProgress } from '../shown-progress.ts';
import { runToEnd } from '../run-to-end.ts';
import { type OpenBy, sealKindOf } from '../sealing.ts';
import { checkReport, returnReport } from './report.ts';
import { checkBackup, returnBackup } from './return-backup.ts';

const usage = `npm run return -- [options]: the data directory of a fleet server from a backup

  --from FILE          the backup
  --data DIR           an empty folder (.maru/fleet)
  --identity F         the secret keys (AGE-SECRET-KEY-…), one a line; - is standard input
  --passphrase-file F  its first line; - is standard input. Without it the passphrase is asked for
  --check              only verifies, and writes nothing
  --erasures FILE      the erasures.jsonl of the lost machine, as you carried it along: what was deleted since the backup is
                       deleted again. One that lies in the folder is used anyway. May be given more than once
  --strict             also ends tablets, API tokens and links of guests: some may have been revoked since the backup`;

type ReturnOptions = {
  from: string;
  dataDir: string;
  isCheck: boolean;
  isStrict: boolean;
  erasuresFrom: string[];
  /** null: the passphrase is asked for */
  openBy: OpenBy | null;
};

/** @throws Error naming what is wrong, without the text that was given: it may be a passphrase */
function parseOptions(args: string[]): ReturnOptions {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      from: { type: 'string' },
      data: { type: 'string', default: '.maru/fleet' },
      identity: { type: 'string' },
      'passphrase-file': { type: 'string' },
      check: { type: 'boolean', default: false },
      strict: { type: 'boolean', default: false },
      erasures: { type: 'string', multiple: true, default: [] },
    },
  });
  if (positionals.length > 0) throw new Error('every argument belongs to an option; a passphrase is never one');
  const { from, identity, 'passphrase-file': passphraseFile } = values;
  if (from === undefined) throw new Error('which backup? --from FILE');
  if (identity !== undefined && passphraseFile !== undefined) throw new Error('a key or a passphrase, not both');
  const passphrase = passphraseFile === undefined ? null : { passphrase: readPassphrase(passphraseFile) };
  return {
    from: resolve(from),
    dataDir: resolve(values.data),
    isCheck: values.check,
    isStrict: values.strict,
    erasuresFrom: values.erasures.map((path) => resolve(path)),
    openBy: identity === undefined ? passphrase : { identities: readIdentities(identity) },
  };
}

const { from, dataDir, isCheck, isStrict, erasuresFrom, openBy } = readCommandLine(usage, parseOptions);
process.umask(0o077);
await runToEnd(async (signal) => {
  const key = openBy ?? (await askedFor());
  const progress = new ShownProgress();
  try {
    if (isCheck) {
      const manifest = await checkBackup({ from, openBy: key, progress, signal });
      progress.end();
      process.stdout.write(checkReport(from, manifest));
      return;
    }
    const returned = await returnBackup({ from, openBy: key, dataDir, isStrict, erasuresFrom, progress, signal });
    progress.end();
    process.stdout.write(returnReport(dataDir, returned, Date.now(), recordingFolders()));
  } finally {
    progress.end();
  }
});

async function askedFor(): Promise<OpenBy> {
  if ((await sealKindOf(from)) === 'recipients') throw new Error('this backup is opened by a key: --identity FILE');
  return { passphrase: await askPassphrase('Passphrase of the backup: ') };
}

/** How many there are on the disk, also of another time. */
function recordingFolders(): string[] {
  const folder = join(dataDir, RECORDINGS_FOLDER);
  return existsSync(folder) ? readdirSync(folder).filter((name) => name !== 'lost+found') : [];
}
