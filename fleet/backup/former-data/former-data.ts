/**
 * The way back from a newer release: its databases are set aside, and the copy from before the upgrade takes their place. Run by the
 * release that comes back, which holds the data directory's locks. Whatever ends it, a second run goes on.
 */
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { renameDurably } from '#edge/durable-file.ts';
import { authorityStore, telemetryStore, type UpgradeCopy, upgradeCopies } from '../../store/index.ts';
import { BackupFault } from '../backup-fault.ts';
import {
  AFTER_UPGRADE_FOLDER,
  AUTHORITY_FILE,
  RECORDINGS_FOLDER,
  SCRATCH_FOLDER,
  TELEMETRY_FILE,
} from '../kept-files.ts';
import { AUDIT_HEAD_FILE } from '../../audit/index.ts';
import { type Ended, endWhatACopyCannotVouchFor, type GoodAgain, goodAgain } from '../return/after-return.ts';

const SIDE_FILES = ['', '-wal', '-shm'];
const fail = (error: Error): never => {
  throw error;
};

export type FormerData = {
  copy: UpgradeCopy;
  ended: Ended;
  goodAgain: GoodAgain;
  /** where what the newer release wrote lies */
  setAside: string;
  /** what rooms reported since was of the newer release, too; they report their state again */
  isTelemetrySetAside: boolean;
};

/**
 * @returns null: this release reads what is there, and nothing was changed
 * @throws BackupFault data-incomplete: there is no copy that this release reads. What the disk does
 */
export async function takeFormerData(dataDir: string, nowMs: number): Promise<FormerData | null> {
  const place = { dataDir, onFatal: fail };
  const known = { authority: authorityStore(place).migrationNames, telemetry: telemetryStore(place).migrationNames };
  const isTelemetrySetAside = !isReadable(join(dataDir, TELEMETRY_FILE), known.telemetry);
  // a run that was cut off has set it aside, and not come to the copy
  if (existsSync(join(dataDir, AUTHORITY_FILE)) && isReadable(join(dataDir, AUTHORITY_FILE), known.authority)) {
    if (isTelemetrySetAside) setAside(dataDir, [TELEMETRY_FILE], nowMs);
    return null;
  }
  const copy = upgradeCopies(dataDir).find(({ schema }) => known.authority.includes(schema));
  if (!copy)
    throw new BackupFault(
      'data-incomplete',
      `${dataDir} was written by a newer release, and holds no copy from before it that this one reads. Install the newer release again, or return a backup.`,
    );
  const outcome = await prepare(dataDir, copy, nowMs);
  const folder = setAside(dataDir, isTelemetrySetAside ? [TELEMETRY_FILE, AUTHORITY_FILE] : [AUTHORITY_FILE], nowMs);
  // the chain goes on from where the copy ends
  await rm(join(dataDir, AUDIT_HEAD_FILE), { force: true });
  await renameDurably(join(dataDir, SCRATCH_FOLDER, AUTHORITY_FILE), join(dataDir, AUTHORITY_FILE));
  await rm(join(dataDir, SCRATCH_FOLDER), { recursive: true, force: true });
  return { copy, ...outcome, setAside: folder, isTelemetrySetAside };
}

/** One that is missing is: a new one is made. */
function isReadable(path: string, known: readonly string[]): boolean {
  if (!existsSync(path)) return true;
  const database = new Database(path, { readonly: true });
  try {
    const names = database.prepare('select name from kysely_migration').pluck().all() as string[];
    return names.every((name) => known.includes(name));
  } catch (error) {
    throw new BackupFault('data-incomplete', `${path} is no database of a fleet: ${(error as Error).message}`, {
      cause: error,
    });
  } finally {
    database.close();
  }
}

/** The copy beside what it will replace, without what it cannot vouch for. */
async function prepare(
  dataDir: string,
  copy: UpgradeCopy,
  nowMs: number,
): Promise<{ ended: Ended; goodAgain: GoodAgain }> {
  const scratch = join(dataDir, SCRATCH_FOLDER);
  await rm(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { mode: 0o700 });
  copyFileSync(copy.path, join(scratch, AUTHORITY_FILE));
  const store = authorityStore({ dataDir: scratch, onFatal: fail });
  await store.start();
  try {
    const folder = join(dataDir, RECORDINGS_FOLDER);
    const recordings = new Set(existsSync(folder) ? readdirSync(folder) : []);
    const facts = { takenAtMs: copy.madeAtMs, nowMs, isStrict: false, recordings };
    return {
      ended: await endWhatACopyCannotVouchFor(store, facts),
      goodAgain: await goodAgain(store, nowMs),
    };
  } finally {
    await store.stop();
  }
}

/** @returns the folder */
function setAside(dataDir: string, files: readonly string[], nowMs: number): string {
  const folder = join(dataDir, AFTER_UPGRADE_FOLDER, new Date(nowMs).toISOString().replaceAll(':', '-'));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const file of files)
    for (const side of SIDE_FILES)
      if (existsSync(join(dataDir, file + side))) renameSync(join(dataDir, file + side), join(folder, file + side));
  return folder;
}
