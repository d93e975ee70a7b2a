/**
 * One process at a time in a data directory. SQLite's lock on an empty file: the kernel releases it when its holder ends,
 * however that happens.
 */
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { StartRefused } from './start-refused.ts';

/** Open for as long as this process lives. */
const held: Database.Database[] = [];

/**
 * Holds `<dataDir>/<holder>.lock` until this process ends.
 * @param waitMs how long a former holder may take to end; the thread waits
 * @throws StartRefused
 */
export function lockDataDir(dataDir: string, holder: string, waitMs: number): void {
  try {
    const database = new Database(join(dataDir, `${holder}.lock`), { timeout: waitMs });
    database.exec('begin exclusive');
    held.push(database);
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    throw new StartRefused(
      code === 'SQLITE_BUSY'
        ? `Another ${holder} uses the data directory ${dataDir}. End that one first, or choose another --data-dir.`
        : `The data directory ${dataDir} cannot be used: ${message}. Check its owner and its disk.`,
      { cause: error },
    );
  }
}
