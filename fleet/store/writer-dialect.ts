/**
 * Kysely over the writer thread: SQLite's SQL, sent statement by statement. One connection, used by one transaction at
 * a time, which `Store` sees to.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { CompiledQuery, DatabaseConnection, Dialect, Driver, QueryResult } from 'kysely';
import { CompiledQuery as Compiled, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import { asStorageError } from './storage-failure.ts';
import type { WriterData } from './writer-data.ts';
import type { StatementReply, StatementRequest } from './writer-thread.ts';

type Waiter = { resolve: (reply: StatementReply) => void; reject: (error: Error) => void };

class WriterConnection implements DatabaseConnection {
  readonly #worker: Worker;
  readonly #waiters = new Map<number, Waiter>();
  #nextId = 1;

  constructor(data: WriterData, onFatal: (error: Error) => void) {
    this.#worker = new Worker(new URL('./writer-thread.ts', import.meta.url), { workerData: data });
    this.#worker.on('message', (reply: StatementReply) => {
      this.#waiters.get(reply.id)?.resolve(reply);
      this.#waiters.delete(reply.id);
    });
    this.#worker.on('error', (error: Error) => {
      for (const waiter of this.#waiters.values()) waiter.reject(error);
      this.#waiters.clear();
      onFatal(error);
    });
  }

  async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    const id = this.#nextId++;
    const reply = await new Promise<StatementReply>((resolve, reject) => {
      this.#waiters.set(id, { resolve, reject });
      this.#worker.postMessage({ id, sql: query.sql, parameters: query.parameters } satisfies StatementRequest);
    });
    if ('error' in reply)
      throw asStorageError(Object.assign(new Error(reply.error.message), { code: reply.error.code }));
    return { rows: reply.rows as R[], numAffectedRows: BigInt(reply.changes) };
  }

  // biome-ignore lint/correctness/useYield: the interface wants a generator; nothing of ours streams
  async *streamQuery<R>(): AsyncIterableIterator<QueryResult<R>> {
    throw new Error('the writer does not stream');
  }

  async close(): Promise<void> {
    const exited = once(this.#worker, 'exit');
    this.#worker.postMessage('close');
    await exited;
  }
}

class WriterDriver implements Driver {
  readonly #data: WriterData;
  readonly #onFatal: (error: Error) => void;
  #connection: WriterConnection | null = null;

  constructor(data: WriterData, onFatal: (error: Error) => void) {
    this.#data = data;
    this.#onFatal = onFatal;
  }

  async init(): Promise<void> {
    this.#connection = new WriterConnection(this.#data, this.#onFatal);
  }
  async acquireConnection(): Promise<DatabaseConnection> {
    return this.#connection!;
  }
  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(Compiled.raw('begin immediate'));
  }
  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(Compiled.raw('commit'));
  }
  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(Compiled.raw('rollback'));
  }
  async savepoint(connection: DatabaseConnection, name: string): Promise<void> {
    await connection.executeQuery(Compiled.raw(`savepoint "${name}"`));
  }
  async rollbackToSavepoint(connection: DatabaseConnection, name: string): Promise<void> {
    await connection.executeQuery(Compiled.raw(`rollback to "${name}"`));
  }
  async releaseSavepoint(connection: DatabaseConnection, name: string): Promise<void> {
    await connection.executeQuery(Compiled.raw(`release "${name}"`));
  }
  async releaseConnection(): Promise<void> {}
  async destroy(): Promise<void> {
    await this.#connection?.close();
    this.#connection = null;
  }
}

/** A migration that a full disk stops half-way is undone, so that the next start can begin it again. */
class WriterAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

/** `onFatal`: the thread died; nothing can be written any more. */
export function writerDialect(data: WriterData, onFatal: (error: Error) => void): Dialect {
  return {
    createAdapter: () => new WriterAdapter(),
    createDriver: () => new WriterDriver(data, onFatal),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}
