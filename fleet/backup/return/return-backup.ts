/** A backup becomes a data directory: verified as a whole, tried as a database and a CA, then put in place. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { verifyAudit } from '../../audit/index.ts';
import { type AuthorityStore, authorityStore, telemetryStore } from '../../store/index.ts';
import { BackupFault } from '../backup-fault.ts';
import type { Manifest } from '../manifest.ts';
import type { ShownProgress } from '../shown-progress.ts';
import { readBackup } from '../read-backup.ts';
import type { OpenBy } from '../sealing.ts';
import { type Ended, endWhatACopyCannotVouchFor, type GoodAgain, goodAgain } from './after-return.ts';
import { ReturnFolder } from './place-files.ts';

export type ReturnOrder = {
  from: string;
  openBy: OpenBy;
  dataDir: string;
  isStrict: boolean;
  progress: ShownProgress;
  signal: AbortSignal;
};
export type Returned = {
  manifest: Manifest;
  removedMeanwhile: string[];
  ended: Ended;
  goodAgain: GoodAgain;
  /** entries of the audit log; null: its chain was broken when the backup was made */
  auditEntries: number | null;
};

/** Reads all of it, and writes nothing anywhere. @throws BackupFault */
export async function checkBackup({
  from,
  openBy,
  progress,
  signal,
}: Omit<ReturnOrder, 'dataDir' | 'isStrict'>): Promise<Manifest> {
  const onManifest = async (manifest: Manifest): Promise<void> => requireKnownSchemas(manifest);
  return (await readBackup({ from, openBy, onManifest, place: null, progress, signal })).manifest;
}

/** @throws BackupFault, StartRefused: the folder is as it was then */
export async function returnBackup({
  from,
  openBy,
  dataDir,
  isStrict,
  progress,
  signal,
}: ReturnOrder): Promise<Returned> {
  const folder = new ReturnFolder(dataDir);
  folder.claim();
  try {
    const { manifest, removedMeanwhile } = await readBackup({
      from,
      openBy,
      async onManifest(manifest) {
        requireKnownSchemas(manifest);
        await folder.prepare(manifest);
      },
      place: (file) => folder.place(file),
      progress,
      signal,
    });
    progress.step('trying the database');
    requireCa(folder.staging);
    const facts = { takenAtMs: manifest.createdAtMs, nowMs: Date.now(), isStrict, recordings: folder.recordings() };
    const outcome = await withStore(folder.staging, async (store) => {
      const verdict = await verifyAudit(store);
      const ended = await endWhatACopyCannotVouchFor(store, facts);
      const auditEntries = verdict.intact ? verdict.entries : null;
      return { ended, goodAgain: await goodAgain(store, facts.nowMs), auditEntries };
    });
    signal.throwIfAborted();
    await folder.finish();
    return { manifest, removedMeanwhile, ...outcome };
  } catch (error) {
    await folder.abandon();
    throw error;
  }
}

/** @throws BackupFault backup-newer */
function requireKnownSchemas({ schemas, serverVersion }: Manifest): void {
  const place = { dataDir: '', onFatal: () => {} };
  const known = { authority: authorityStore(place).migrationNames, telemetry: telemetryStore(place).migrationNames };
  for (const name of ['authority', 'telemetry'] as const) {
    const schema = schemas[name];
    if (schema !== null && !known[name].includes(schema))
      throw new BackupFault(
        'backup-newer',
        `The backup is of a newer release (${serverVersion}, schema ${schema}) than this one. Install that release first.`,
      );
  }
}

/** @throws BackupFault backup-damaged */
function requireCa(folder: string): void {
  try {
    const certificate = new X509Certificate(readFileSync(join(folder, 'ca/ca.crt.pem')));
    if (certificate.checkPrivateKey(createPrivateKey(readFileSync(join(folder, 'ca/ca.key.pem'))))) return;
  } catch (error) {
    throw new BackupFault('backup-damaged', `The CA in the backup cannot be used: ${(error as Error).message}`);
  }
  throw new BackupFault('backup-damaged', 'The CA in the backup cannot be used: its key is of another certificate.');
}

/** Its schema becomes this release's, as at a start. */
async function withStore<T>(dataDir: string, work: (store: AuthorityStore) => Promise<T>): Promise<T> {
  let fatal: Error | null = null;
  const store = authorityStore({
    dataDir,
    onFatal: (error) => {
      fatal = error;
    },
  });
  try {
    await store.start();
    const { rows } = await sql<{ quickCheck: string }>`pragma quick_check(1)`.execute(store.read);
    if (rows[0]?.quickCheck !== 'ok') throw new Error(String(rows[0]?.quickCheck));
    return await work(store);
  } catch (error) {
    throw new BackupFault(
      'backup-damaged',
      `The database in the backup cannot be used: ${(fatal ?? (error as Error)).message}`,
      {
        cause: error,
      },
    );
  } finally {
    await store.stop().catch(() => {
      // what went wrong is on its way already
    });
  }
}
