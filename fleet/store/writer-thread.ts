/**
 * The thread that writes one SQLite file, so that an fsync stalls nobody else. Runs statements in the order they
 * arrive and answers each; knows nothing of what they mean.
 */
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';

export type WriterData = { path: string; synchronous: 'FULL' | 'NORMAL' };
export type StatementRequest = { id: number; sql: string; parameters: readonly unknown[] };
export type StatementReply =
  | { id: number; rows: unknown[]; changes: number }
  | { id: number; error: { message: string; code: string | undefined } };

const port = parentPort!;
const { path, synchronous } = workerData as WriterData;
const database = new Database(path);
database.pragma('journal_mode = WAL');
database.pragma(`synchronous = ${synchronous}`);
database.pragma('foreign_keys = ON');
database.pragma('journal_size_limit = 16777216');
database.pragma('busy_timeout = 5000');

port.on('message', (request: StatementRequest | 'close') => {
  if (request === 'close') {
    database.close();
    port.close();
    return;
  }
  port.postMessage(run(request));
});

function run({ id, sql, parameters }: StatementRequest): StatementReply {
  try {
    const statement = database.prepare(sql);
    if (statement.reader) return { id, rows: statement.all(...parameters), changes: 0 };
    return { id, rows: [], changes: statement.run(...parameters).changes };
  } catch (error) {
    const { message, code } = error as Error & { code?: string };
    return { id, error: { message, code } };
  }
}
