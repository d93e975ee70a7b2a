/**
 * One database: reads at once, on a connection of their own that sees what is committed; writes as jobs that the
 * writer commits in groups, so that a hundred waiting jobs cost one fsync. A job resolves after the commit.
 */
import SqliteDatabase from 'better-sqlite3';
import { CamelCasePlugin, type ControlledTransaction, Kysely, SqliteDialect, type Transaction } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { writerDialect } from './writer-dialect.ts';

type Options = {
  path: string;
  synchronous: 'FULL' | 'NORMAL';
  migrations: Record<string, Migration>;
  /** the writer died */
  onFatal: (error: Error) => void;
};
type Job<Tables> = {
  work: (trx: Transaction<Tables>) => Promise<unknown>;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
};

const MAX_JOBS_IN_COMMIT = 200;

export class Store<Tables> {
  readonly #options: Options;
  #reader: Kysely<Tables> | null = null;
  #writer: Kysely<Tables> | null = null;
  #queue: Job<Tables>[] = [];
  #draining: Promise<void> | null = null;
  #closed = false;

  constructor(options: Options) {
    this.#options = options;
  }

  /** Opens the files and brings the schema up to date. */
  async start(): Promise<void> {
    const { path, synchronous, migrations, onFatal } = this.#options;
    const plugins = [new CamelCasePlugin()];
    this.#writer = new Kysely<Tables>({ dialect: writerDialect({ path, synchronous }, onFatal), plugins });
    const migrator = new Migrator({ db: this.#writer, provider: { getMigrations: async () => migrations } });
    const { error } = await migrator.migrateToLatest();
    if (error) throw error;
    const database = new SqliteDatabase(path, { readonly: true, fileMustExist: true });
    this.#reader = new Kysely<Tables>({ dialect: new SqliteDialect({ database }), plugins });
  }

  /** Sees what was committed before. Never write through it. */
  get read(): Kysely<Tables> {
    if (!this.#reader) throw new Error('store not started');
    return this.#reader;
  }

  /** `work` waits for nothing but `trx`; what it throws undoes its own statements and nobody else's. */
  write<T>(work: (trx: Transaction<Tables>) => Promise<T>): Promise<T> {
    if (this.#closed || !this.#writer) return Promise.reject(new Error('store not open'));
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ work, resolve: resolve as (value: unknown) => void, reject });
      this.#draining ??= this.#drain();
    });
  }

  async stop(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#draining;
    await this.#reader?.destroy();
    await this.#writer?.destroy();
  }

  async #drain(): Promise<void> {
    // what is asked for in this turn of the loop shares the first commit
    await Promise.resolve();
    while (this.#queue.length > 0) await this.#commit(this.#queue.splice(0, MAX_JOBS_IN_COMMIT));
    this.#draining = null;
  }

  async #commit(jobs: Job<Tables>[]): Promise<void> {
    const settled: (() => void)[] = [];
    try {
      const trx = await this.#writer!.startTransaction().execute();
      for (const job of jobs) settled.push(await inSavepoint(trx, job));
      await trx.commit().execute();
    } catch (error) {
      for (const job of jobs) job.reject(error);
      return;
    }
    for (const settle of settled) settle();
  }
}

async function inSavepoint<Tables>(trx: ControlledTransaction<Tables>, job: Job<Tables>): Promise<() => void> {
  const saved = await trx.savepoint('job').execute();
  try {
    const value = await job.work(saved);
    await saved.releaseSavepoint('job').execute();
    return () => job.resolve(value);
  } catch (error) {
    await saved.rollbackToSavepoint('job').execute();
    await saved.releaseSavepoint('job').execute();
    return () => job.reject(error);
  }
}
