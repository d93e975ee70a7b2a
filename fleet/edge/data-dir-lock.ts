/**
 * One process at a time in a data directory. SQLite's lock on an empty file: the kernel releases it when its holder ends,
 * however that happens.
 */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { StartRefused } from './start-refused.ts';

/** Open for as long as this process lives. */
const held: Database.Database[] = [];

export type DataDirLock = {
  dataDir: string;
  /** its name in the words of a refusal, and of the lock's file */
  holder: string;
  /** how long a former holder may need to end; the thread waits */
  waitMs?: number;
  onWait?: () => void;
};

const WAIT_MS = 10_000;
/** nobody is notified of less */
const SHORT_WAIT_MS = 500;

/** Holds `<dataDir>/<holder>.lock` until this process ends. @throws StartRefused */
export function lockDataDir({ dataDir, holder, waitMs = WAIT_MS, onWait }: DataDirLock): void {
  try {
    const database = new Database(join(dataDir, `${holder}.lock`), { timeout: Math.min(waitMs, SHORT_WAIT_MS) });
    held.push(database);
    try {
      database.exec('begin exclusive');
    } catch (error) {
      if (!isBusy(error)) throw error;
      onWait?.();
      database.pragma(`busy_timeout = ${waitMs}`);
      database.exec('begin exclusive');
    }
  } catch (error) {
    throw new StartRefused(
      isBusy(error)
        ? `Another ${holder} uses the data directory ${dataDir}. End that one first, or choose another --data-dir.`
        : `The data directory ${dataDir} cannot be used: ${(error as Error).message}. Check its owner and its disk.`,
      { cause: error },
    );
  }
}

const isBusy = (error: unknown): boolean => (error as { code?: unknown }).code === 'SQLITE_BUSY';
