/**
 * One database: reads at once, on a connection of their own that sees what is committed; writes as jobs that the
 * writer commits in groups, so that a hundred waiting jobs cost one fsync; what takes long ends its group. A job resolves
 * after the commit. What the disk does is `storage-failed`: such a write is undone, and once the disk is well again the
 * next one succeeds.
 */
import { existsSync, renameSync } from 'node:fs';
import { CamelCasePlugin, type ControlledTransaction, Kysely, sql, type Transaction } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import { OperationalError } from '#contract/error-codes.ts';
import { StartRefused } from '#edge/start-refused.ts';
import { appliedMigrations, copyBeforeUpgrade } from './before-upgrade.ts';
import { readerDialect } from './reader-dialect.ts';
import { isDamage, isStorageFailed } from './storage-failure.ts';
import { BUSY_TIMEOUT_MS } from './writer-data.ts';
import { writerDialect } from './writer-dialect.ts';
import { type ColumnsOf, WriteRecord } from './write-record.ts';

export type StorageState = 'working' | 'failing';
export type StoreOptions = {
  path: string;
  synchronous: 'FULL' | 'NORMAL';
  migrations: Record<string, Migration>;
  /** what it holds is reported again: a damaged file is set aside for a new one, and a late commit does no harm */
  isReplaceable: boolean;
  /** after each change */
  onStorage?: (state: StorageState, error: Error | null) => void;
  onSetAside?: (damagedPath: string) => void;
  /** the writer died, or committed what its caller believes to be undone: this process must end */
  onFatal: (error: Error) => void;
  writeDeadlineMs?: number;
  /** no job is added to a commit that has been written for so long */
  commitWithinMs?: number;
};
type Job<Tables> = {
  work: (trx: Transaction<Tables>) => Promise<unknown>;
  resolve: (value: unknown) => void;
  reject: (error: unknown) => void;
  deadline: NodeJS.Timeout;
  isLate: boolean;
};

const MAX_JOBS_IN_COMMIT = 200;
/** far below the deadline: large jobs that come together miss it one by one, not all of them and whatever came with them */
const COMMIT_WITHIN_MS = 1_000;
/** from the call to the commit */
const WRITE_DEADLINE_MS = 10_000;
const DEADLINE_GRACE_MS = 200;
const STOP_DEADLINE_MS = 2_500;
/** while the disk fails we try by ourselves, so that the state is true where nobody writes */
const PROBE_INTERVAL_MS = 2_000;
const EMPTY_AGAIN_MS = 30_000;
const SIDE_FILES = ['', '-wal', '-shm'];

export class Store<Tables> {
  readonly #options: StoreOptions;
  #reader: Kysely<Tables> | null = null;
  #writer: Kysely<Tables> | null = null;
  readonly #writes = new WriteRecord();
  #queue: Job<Tables>[] = [];
  #committing: readonly Job<Tables>[] = [];
  #draining: Promise<void> | null = null;
  #state: StorageState = 'working';
  #probe: NodeJS.Timeout | undefined;
  #closed = false;
  #emptyings: (() => void)[] = [];
  #emptyLater: NodeJS.Timeout | undefined;

  constructor(options: StoreOptions) {
    this.#options = options;
  }

  /**
   * Opens the files and brings the schema up to date. What nobody reports again is copied before that (before-upgrade.ts).
   * @throws OperationalError `storage-failed`; StartRefused: the file is damaged, and nobody reports again what it held, or a newer
   *   release has written it
   */
  async start(): Promise<void> {
    try {
      await this.#open();
    } catch (error) {
      if (!isDamage(error)) throw error;
      if (!this.#options.isReplaceable)
        throw new StartRefused(
          `${this.#options.path} is damaged: ${(error as Error).message}. Put it back from your copy of the data directory.`,
          { cause: error },
        );
      await this.#beginAnew();
    }
  }

  /** Sees what was committed before. Never write through it. Its queries throw OperationalError `storage-failed`. */
  get read(): Kysely<Tables> {
    if (!this.#reader) throw new Error('store not started');
    return this.#reader;
  }

  /** as the last write showed it */
  get state(): StorageState {
    return this.#state;
  }

  /**
   * Grows with each commit that changes a value of these columns, or deletes rows of their tables; rows that are new count nothing. What
   * was read after it was asked for holds as long as it is the same: it has grown before a write's promise resolves.
   */
  revisionOf(columns: ColumnsOf<Tables>): number {
    return this.#writes.countOf(columns);
  }

  /** The schema's steps that this release knows, the newest last. */
  get migrationNames(): readonly string[] {
    return Object.keys(this.#options.migrations);
  }

  /** A statement is with the disk: ending the process's threads would wait for it. */
  get isWriting(): boolean {
    return this.#committing.length > 0;
  }

  /**
   * `work` waits for nothing but `trx`; what it throws undoes its own statements and nobody else's.
   * @throws OperationalError `storage-failed`: nothing of it is stored; at the latest after 10 s
   */
  write<T>(work: (trx: Transaction<Tables>) => Promise<T>): Promise<T> {
    if (this.#closed || !this.#writer) return Promise.reject(new OperationalError('shutting-down', 'store not open'));
    if (this.#committing.some((job) => job.isLate)) return Promise.reject(lateError());
    return new Promise<T>((resolve, reject) => {
      const job: Job<Tables> = {
        work,
        resolve: resolve as (value: unknown) => void,
        reject,
        deadline: setTimeout(() => {
          // a process that was paused reads the writer's answer first
          job.deadline = setTimeout(() => this.#expire(job), DEADLINE_GRACE_MS);
        }, this.#options.writeDeadlineMs ?? WRITE_DEADLINE_MS),
        isLate: false,
      };
      this.#queue.push(job);
      this.#draining ??= this.#drain();
    });
  }

  /**
   * Empties the write-ahead log, in which what was deleted is still to be read. Resolves after the first try; where somebody reads at
   * that moment, as a backup does, it is tried again later.
   */
  emptyLog(): Promise<void> {
    if (this.#closed || !this.#writer) return Promise.resolve();
    return new Promise((resolve) => {
      this.#emptyings.push(resolve);
      this.#draining ??= this.#drain();
    });
  }

  /** Writes what was asked for, as far as the disk does it in time. @throws OperationalError `storage-failed` */
  async stop(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#probe);
    clearTimeout(this.#emptyLater);
    await withinMs(
      STOP_DEADLINE_MS,
      (this.#draining ?? Promise.resolve()).then(() => this.#close()),
    );
  }

  async #open(): Promise<void> {
    const { path, synchronous, isReplaceable, onFatal } = this.#options;
    const plugins = [new CamelCasePlugin()];
    this.#writer = new Kysely<Tables>({
      dialect: writerDialect({ path, synchronous }, onFatal),
      plugins: [this.#writes, ...plugins],
    });
    if (isReplaceable) await this.#check(this.#writer);
    await this.#migrate(this.#writer);
    this.#reader = new Kysely<Tables>({ dialect: readerDialect(path), plugins });
  }

  async #migrate(writer: Kysely<Tables>): Promise<void> {
    const { path, migrations, isReplaceable } = this.#options;
    const applied = await appliedMigrations(writer);
    const last = applied.at(-1);
    const unknown = applied.filter((name) => !(name in migrations)).at(-1);
    if (unknown !== undefined)
      throw new StartRefused(
        `${path} was written by a newer release (schema ${unknown}). Install that release again, or go back to the data from before it: sh install.sh --return.`,
      );
    const isBehind = last !== undefined && applied.length < Object.keys(migrations).length;
    if (isBehind && !isReplaceable) await copyBeforeUpgrade(writer, path, last);
    const migrator = new Migrator({ db: writer, provider: { getMigrations: async () => migrations } });
    const { error } = await migrator.migrateToLatest();
    if (error) throw error;
  }

  async #check(writer: Kysely<Tables>): Promise<void> {
    const { rows } = await sql<{ quickCheck: string }>`pragma quick_check(1)`.execute(writer);
    const found = rows[0]?.quickCheck;
    if (found !== 'ok')
      throw new OperationalError('storage-failed', String(found), { cause: { code: 'SQLITE_CORRUPT' } });
  }

  async #beginAnew(): Promise<void> {
    await this.#close();
    const { path, onSetAside } = this.#options;
    const damagedPath = `${path}.damaged-${Date.now()}`;
    for (const side of SIDE_FILES) if (existsSync(path + side)) renameSync(path + side, damagedPath + side);
    await this.#open();
    onSetAside?.(damagedPath);
  }

  async #close(): Promise<void> {
    await this.#reader?.destroy();
    await this.#writer?.destroy();
  }

  async #drain(): Promise<void> {
    // what is asked for in this turn of the loop shares the first commit
    await Promise.resolve();
    while (this.#queue.length > 0 || this.#emptyings.length > 0) {
      this.#committing = this.#queue.splice(0, MAX_JOBS_IN_COMMIT);
      const left: readonly Job<Tables>[] = this.#committing.length > 0 ? await this.#commit(this.#committing) : [];
      for (const job of this.#committing) if (!left.includes(job)) clearTimeout(job.deadline);
      this.#committing = [];
      this.#queue.unshift(...left);
      // also where others wait: they would keep it waiting for good
      if (this.#emptyings.length > 0) await this.#empty(this.#emptyings.splice(0));
    }
    this.#draining = null;
  }

  /** Between two transactions: SQLite refuses it within one. */
  async #empty(resolves: readonly (() => void)[]): Promise<void> {
    clearTimeout(this.#emptyLater);
    const writer = this.#writer!;
    // writes do not wait for somebody who reads
    const isDone = await sql`pragma busy_timeout = 0`
      .execute(writer)
      .then(() => sql<{ busy: number }>`pragma wal_checkpoint(TRUNCATE)`.execute(writer))
      .then(({ rows }) => rows[0]?.busy === 0)
      // a disk that fails shows with the next write
      .catch(() => false)
      .finally(() => sql`pragma busy_timeout = ${sql.lit(BUSY_TIMEOUT_MS)}`.execute(writer).catch(() => {}));
    for (const resolve of resolves) resolve();
    if (isDone || this.#closed) return;
    this.#emptyLater = setTimeout(() => void this.emptyLog(), EMPTY_AGAIN_MS);
    this.#emptyLater.unref();
  }

  /** @returns those that are left for the next commit */
  async #commit(jobs: readonly Job<Tables>[]): Promise<readonly Job<Tables>[]> {
    const settled: (() => void)[] = [];
    const areLate = (): boolean => jobs.slice(0, settled.length).some((job) => job.isLate);
    const untilMs = performance.now() + (this.#options.commitWithinMs ?? COMMIT_WITHIN_MS);
    let trx: ControlledTransaction<Tables> | null = null;
    try {
      trx = await this.#writer!.startTransaction().execute();
      for (const job of jobs) {
        settled.push(await inSavepoint(trx, job));
        if (performance.now() >= untilMs) break;
      }
      if (areLate()) throw lateError();
      await trx.commit().execute();
      this.#writes.committed();
    } catch (error) {
      // what failed late may be on the disk all the same
      this.#writes.committed();
      // the writer thread forgets the transaction whatever the disk does; only a thread that died can fail here
      await trx
        ?.rollback()
        .execute()
        .catch(() => {});
      for (const job of jobs) job.reject(error);
      await this.#onFailed(error);
      return [];
    }
    for (const settle of settled) settle();
    this.#setState('working', null);
    if (areLate() && !this.#options.isReplaceable)
      this.#options.onFatal(new Error('a write was committed after its caller was answered that it failed'));
    return jobs.slice(settled.length).filter((job) => !job.isLate);
  }

  async #onFailed(error: unknown): Promise<void> {
    if (!isStorageFailed(error)) return;
    this.#setState('failing', error as Error);
    if (!this.#options.isReplaceable || !isDamage(error)) return;
    // fails again where the disk does: the next write tries again
    await this.#beginAnew().catch((again: unknown) => this.#setState('failing', again as Error));
  }

  #expire(job: Job<Tables>): void {
    job.isLate = true;
    this.#queue = this.#queue.filter((waiting) => waiting !== job);
    const error = lateError();
    job.reject(error);
    this.#setState('failing', error);
  }

  #setState(state: StorageState, error: Error | null): void {
    if (state === 'failing') this.#probeLater();
    if (this.#state === state) return;
    this.#state = state;
    this.#options.onStorage?.(state, error);
  }

  #probeLater(): void {
    clearTimeout(this.#probe);
    if (this.#closed) return;
    this.#probe = setTimeout(() => {
      // writes the file's first page as it is; a failure comes back here by `#setState`
      void this.write((trx) => sql`pragma user_version = 0`.execute(trx)).catch(() => this.#probeLater());
    }, PROBE_INTERVAL_MS);
    this.#probe.unref();
  }
}

const lateError = (): OperationalError => new OperationalError('storage-failed', 'the disk did not write in time');

async function inSavepoint<Tables>(trx: ControlledTransaction<Tables>, job: Job<Tables>): Promise<() => void> {
  const saved = await trx.savepoint('job').execute();
  try {
    const value = await job.work(saved);
    await saved.releaseSavepoint('job').execute();
    return () => job.resolve(value);
  } catch (error) {
    // the disk's error ends the whole transaction
    if (isStorageFailed(error)) throw error;
    await saved.rollbackToSavepoint('job').execute();
    await saved.releaseSavepoint('job').execute();
    return () => job.reject(error);
  }
}

async function withinMs(limitMs: number, work: Promise<void>): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(lateError()), limitMs);
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
