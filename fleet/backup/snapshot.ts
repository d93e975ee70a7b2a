/** Consistent copies of the fleet's databases while the server runs and writes, and what the copy shows of itself. */
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { BackupFault } from './backup-fault.ts';
import type { SnapshotData } from './snapshot-thread.ts';

const LOOK_MS = 200;

/**
 * Everything that was committed before the call is in the copy.
 * @throws BackupFault data-incomplete: the database is damaged
 */
export async function copyDatabase(data: SnapshotData, onProgress: (doneBytes: number) => void): Promise<void> {
  const worker = new Worker(new URL('./snapshot-thread.ts', import.meta.url), { workerData: data });
  const looking = setInterval(() => onProgress(sizeOf(data.to)), LOOK_MS);
  try {
    const [code] = (await once(worker, 'exit')) as [number];
    if (code !== 0) throw new Error(`exit code ${code}`);
  } catch (error) {
    throw new BackupFault('data-incomplete', `${data.from} cannot be copied: ${(error as Error).message}`, {
      cause: error,
    });
  } finally {
    clearInterval(looking);
  }
}

export type Snapshot = {
  /** the last migration */
  schema: string;
  /** ids whose files do not change any more; asked for where they are wanted */
  readyDocuments: () => string[];
  readyRecordings: () => string[];
  close: () => void;
};

/** Of a copy that nobody else has open. @throws BackupFault data-incomplete: it is no database of a fleet */
export function openSnapshot(path: string): Snapshot {
  let database: Database.Database;
  try {
    database = new Database(path, { readonly: true, fileMustExist: true });
    const row = database.prepare('select name from kysely_migration order by name desc limit 1').get() as
      | { name: string }
      | undefined;
    if (!row) throw new Error('it has no schema');
    const ids = (sql: string) => () => database.prepare(sql).pluck().all() as string[];
    return {
      schema: row.name,
      readyDocuments: ids("select document_id from document where state = 'ready'"),
      readyRecordings: ids("select broadcast_id from broadcast where recording = 'ready'"),
      close: () => database.close(),
    };
  } catch (error) {
    throw new BackupFault('data-incomplete', `${path} is no database of a fleet: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

export const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0;
