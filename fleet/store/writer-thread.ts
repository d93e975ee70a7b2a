/**
 * The thread that writes one SQLite file, so that an fsync stalls nobody else. Runs statements in the order they
 * arrive and answers each; knows nothing of what they mean. After an error of the disk the file is opened anew.
 */
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { isOfTheDisk } from './storage-failure.ts';
import { BUSY_TIMEOUT_MS, type WriterData } from './writer-data.ts';

export type StatementRequest = { id: number; sql: string; parameters: readonly unknown[] };
export type StatementReply =
  | { id: number; rows: unknown[]; changes: number }
  | { id: number; error: { message: string; code: string | undefined } };
type Failure = { message: string; code: string | undefined };

const port = parentPort!;
const { path, synchronous } = workerData as WriterData;
let database: Database.Database | null = null;
/** of the transaction that runs: SQLite may have rolled it back already, and a further statement would be committed alone */
let failure: Failure | null = null;

port.on('message', (request: StatementRequest | 'close') => {
  if (request === 'close') {
    close();
    port.close();
    return;
  }
  port.postMessage(request.sql === 'rollback' ? rollBack(request.id) : run(request));
});

function run({ id, sql, parameters }: StatementRequest): StatementReply {
  if (failure) return { id, error: failure };
  const inTransaction = database?.inTransaction ?? false;
  try {
    database ??= open();
    const statement = database.prepare(sql);
    if (statement.reader) return { id, rows: statement.all(...parameters), changes: 0 };
    return { id, rows: [], changes: statement.run(...parameters).changes };
  } catch (thrown) {
    const { message, code } = thrown as Error & { code?: string };
    const error = { message, code };
    if (isOfTheDisk(error)) {
      if (inTransaction) failure = error;
      else close();
    }
    return { id, error };
  }
}

/** Always succeeds: closing a file undoes what was not committed. */
function rollBack(id: number): StatementReply {
  try {
    if (failure) close();
    else if (database?.inTransaction) database.exec('rollback');
  } catch {
    close();
  }
  failure = null;
  return { id, rows: [], changes: 0 };
}

function open(): Database.Database {
  const opened = new Database(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    opened.pragma('journal_mode = WAL');
    opened.pragma(`synchronous = ${synchronous}`);
    opened.pragma('foreign_keys = ON');
    opened.pragma('journal_size_limit = 16777216');
    // FULL is of what nobody reports again: words of people that are deleted do not stay on pages that are free
    if (synchronous === 'FULL') opened.pragma('secure_delete = ON');
    return opened;
  } catch (error) {
    opened.close();
    throw error;
  }
}

function close(): void {
  const closing = database;
  database = null;
  try {
    closing?.close();
  } catch {
    // the disk fails here too; what was committed is safe
  }
}
