/** A backup becomes a data directory: verified as a whole, tried as a database and a CA, then put in place. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { verifyAudit } from '../../audit/index.ts';
import { type Erasure, ERASURES_FILE, mergedErasures, readErasures, writeErasures } from '../../erasures/index.ts';
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
  /** lists of deletions that IT carried along, beside the one that lies in the folder */
  erasuresFrom: readonly string[];
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
  /** what was deleted after the backup was made, and is deleted again by the server's start; null: no list was there */
  erasedAgain: number | null;
  /** lines of lists of deletions that cannot be read */
  unreadableErasures: number;
};

/** Reads all of it, and writes nothing anywhere. @throws BackupFault */
export async function checkBackup({
  from,
  openBy,
  progress,
  signal,
}: Omit<ReturnOrder, 'dataDir' | 'isStrict' | 'erasuresFrom'>): Promise<Manifest> {
  const onManifest = async (manifest: Manifest): Promise<void> => requireKnownSchemas(manifest);
  return (await readBackup({ from, openBy, onManifest, place: null, progress, signal })).manifest;
}

/** @throws BackupFault, StartRefused: the folder is as it was then */
export async function returnBackup({
  from,
  openBy,
  dataDir,
  isStrict,
  erasuresFrom,
  progress,
  signal,
}: ReturnOrder): Promise<Returned> {
  const { erasures, unreadable } = erasuresIn([join(dataDir, ERASURES_FILE), ...erasuresFrom.map(requireList)]);
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
      const erasedAgain = erasures && (await unknownErasures(store, erasures));
      return { ended, goodAgain: await goodAgain(store, facts.nowMs), auditEntries, erasedAgain };
    });
    if (erasures) writeErasures(join(folder.staging, ERASURES_FILE), erasures);
    signal.throwIfAborted();
    await folder.finish();
    return { manifest, removedMeanwhile, ...outcome, unreadableErasures: unreadable };
  } catch (error) {
    await folder.abandon();
    throw error;
  }
}

/** @throws BackupFault data-incomplete: it is not there, or holds no line of such a list */
function requireList(path: string): string {
  try {
    const { erasures, unreadable } = readErasures(path);
    if (existsSync(path) && (erasures.length > 0 || unreadable === 0)) return path;
  } catch (error) {
    throw new BackupFault('data-incomplete', `${path} cannot be read: ${(error as Error).message}`, { cause: error });
  }
  throw new BackupFault('data-incomplete', `${path} is no list of deletions (${ERASURES_FILE}).`);
}

/** All of them together; null: there is none. @throws Node's error */
function erasuresIn(paths: readonly string[]): { erasures: Erasure[] | null; unreadable: number } {
  const lists = paths.filter((path) => existsSync(path)).map(readErasures);
  return {
    erasures: lists.length === 0 ? null : mergedErasures(lists.flatMap(({ erasures }) => erasures)),
    unreadable: lists.reduce((sum, { unreadable }) => sum + unreadable, 0),
  };
}

async function unknownErasures(store: AuthorityStore, erasures: readonly Erasure[]): Promise<number> {
  const known = new Map(
    (await store.read.selectFrom('erasure').select(['subject', 'atMs']).execute()).map((row) => [row.subject, row]),
  );
  return erasures.filter(({ subject, atMs }) => (known.get(subject)?.atMs ?? -1) < atMs).length;
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
