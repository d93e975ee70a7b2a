/** A thread that copies one database while others write it: one read transaction, so the copy is of one moment. */
import { workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';

export type SnapshotData = { from: string; to: string };

const BUSY_TIMEOUT_MS = 30_000;

const { from, to } = workerData as SnapshotData;
const database = new Database(from, { readonly: true, fileMustExist: true, timeout: BUSY_TIMEOUT_MS });
try {
  // writers go on beside a reader (WAL), and what was deleted does not come along, as it would page by page
  database.prepare('vacuum into ?').run(to);
} finally {
  database.close();
}
