/**
 * The room's one SQLite file: opened, brought up to date, written in whole transactions, each synced (FULL) before it
 * counts. A file that is damaged is put aside and begun anew. Whatever the disk does comes out as `storage-failed`.
 */
import { closeSync, existsSync, openSync, renameSync } from 'node:fs';
import Database from 'better-sqlite3';
import { OperationalError } from '#contract/error-codes.ts';
import { migrations } from './migrations.ts';

export type Statement = { sql: string; parameters: readonly (string | number | null)[] };

const BUSY_TIMEOUT_MS = 1_000;
const WAL_SIDE_FILES = ['', '-wal', '-shm'];

export class RoomDatabase {
  readonly #path: string;
  #database: Database.Database | null = null;

  constructor({ path }: { path: string }) {
    this.#path = path;
  }

  get isOpen(): boolean {
    return this.#database !== null;
  }

  /**
   * @returns where a damaged file was put; null: the file was good, or there was none
   * @throws OperationalError `storage-failed`
   */
  open(): { damagedPath: string | null } {
    return failing(() => {
      try {
        this.#database = openSound(this.#path);
        return { damagedPath: null };
      } catch (error) {
        if (!isDamage(error)) throw error;
        return { damagedPath: this.#beginAnew() };
      }
    });
  }

  /** @throws OperationalError `storage-failed` */
  read<Row>(sql: string): Row[] {
    return failing(() => this.#opened.prepare(sql).all() as Row[]);
  }

  /** All of them or none. @throws OperationalError `storage-failed` */
  write(statements: Iterable<Statement>): void {
    failing(() => {
      const database = this.#opened;
      database.exec('begin immediate');
      try {
        for (const { sql, parameters } of statements) database.prepare(sql).run(...parameters);
        database.exec('commit');
      } catch (error) {
        if (database.inTransaction) database.exec('rollback');
        throw error;
      }
    });
  }

  /** Twice is harmless. The next `open` begins where the disk stands. */
  close(): void {
    const database = this.#database;
    this.#database = null;
    try {
      database?.close();
    } catch {
      // a disk that fails at the end, too
    }
  }

  get #opened(): Database.Database {
    if (this.#database === null) throw new OperationalError('storage-failed', 'the file is not open');
    return this.#database;
  }

  #beginAnew(): string {
    this.close();
    const damagedPath = `${this.#path}.damaged-${Date.now()}`;
    for (const side of WAL_SIDE_FILES) {
      if (existsSync(this.#path + side)) renameSync(this.#path + side, damagedPath + side);
    }
    this.#database = openSound(this.#path);
    return damagedPath;
  }
}

/** A page of the file is not what it should be; trying again does not mend it. */
function isDamage(error: unknown): boolean {
  return /^SQLITE_(CORRUPT|NOTADB)/.test(String((error as { code?: unknown }).code));
}

function openSound(path: string): Database.Database {
  // token hashes and a delegation: for us alone; SQLite gives its side files the same mode
  closeSync(openSync(path, 'a', 0o600));
  const database = new Database(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = FULL');
    database.pragma('journal_size_limit = 4194304');
    const found = database.pragma('quick_check(1)', { simple: true });
    if (found !== 'ok') throw Object.assign(new Error(String(found)), { code: 'SQLITE_CORRUPT' });
    migrate(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function migrate(database: Database.Database): void {
  const done = database.pragma('user_version', { simple: true }) as number;
  for (const [index, sql] of migrations.entries()) {
    if (index < done) continue;
    database.transaction(() => {
      database.exec(sql);
      database.pragma(`user_version = ${index + 1}`);
    })();
  }
}

function failing<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof OperationalError) throw error;
    throw new OperationalError('storage-failed', (error as Error).message, { cause: error });
  }
}
