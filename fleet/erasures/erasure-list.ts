/**
 * Keeps table and file the same: what the database deletes goes to the file, and what the file has and the database lacks, because an
 * older copy of it came back, is due again.
 */
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { AuthorityStore } from '../store/index.ts';
import { appendErasures, ERASURES_FILE, readErasures, writeErasures } from './erasure-file.ts';
import type { Erasure } from './erasures.ts';

export type ErasureListDependencies = {
  store: Pick<AuthorityStore, 'read' | 'write'>;
  dataDir: string;
  logger: Pick<Logger, 'error' | 'warn'>;
};

/** deletions that nobody waits for, as a message that was recalled in a call */
const LOOK_EVERY_MS = 5_000;
const WRITTEN_AT_ONCE = 500;

export class ErasureList {
  readonly #deps: ErasureListDependencies;
  readonly #path: string;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | null = null;
  /** nothing is appended to a list that was never read: what it has and the database lacks is still due */
  #isRead = false;
  /** lines that the last reading left out */
  #unreadable = 0;
  /** the database, not the file */
  #isFailing = false;
  #problem: string | null = null;
  #problemHandler: (code: string | null) => void = () => {};
  #dueHandler: () => void = () => {};

  constructor(deps: ErasureListDependencies) {
    this.#deps = deps;
    this.#path = join(deps.dataDir, ERASURES_FILE);
  }

  /** What came back with an older copy of the database is due when this resolves. @throws OperationalError storage-failed */
  async start(): Promise<void> {
    await this.#read();
    this.#timer = setInterval(() => void this.write(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /** Node's code of why the file cannot be read or written; null: it can, as far as is known. */
  get problem(): string | null {
    return this.#problem;
  }
  /** Now, and whenever it is another one. */
  onProblem(handler: (code: string | null) => void): void {
    this.#problemHandler = handler;
    handler(this.#problem);
  }
  /** What the file had and the database lacked is due now. */
  onDue(handler: () => void): void {
    this.#dueHandler = handler;
  }

  /** @throws OperationalError storage-failed */
  async #read(): Promise<void> {
    const { store, logger } = this.#deps;
    try {
      const { erasures, unreadable } = readErasures(this.#path);
      if (unreadable > 0 && unreadable !== this.#unreadable)
        logger.warn({ path: this.#path, unreadable }, 'lines of the list of deletions are left out');
      this.#unreadable = unreadable;
      const rows = await store.read.selectFrom('erasure').select(['subject', 'atMs']).execute();
      const known = new Map(rows.map(({ subject, atMs }) => [subject, atMs]));
      const lacking = erasures.filter(({ subject, atMs }) => (known.get(subject) ?? -1) < atMs);
      await this.#addDue(lacking);
      // before the file is written: where that fails, it is not lacking any more at the next time
      if (lacking.length > 0) this.#dueHandler();
      const all = await store.read.selectFrom('erasure').select(['subject', 'atMs']).orderBy('atMs').execute();
      // shorter than what was appended, and nothing of it where there is nothing
      if (all.length > 0) writeErasures(this.#path, all);
      await store.write((trx) => trx.updateTable('erasure').set({ isListed: 1 }).where('isListed', '=', 0).execute());
      this.#isRead = true;
    } catch (error) {
      if (!isOfFile(error)) throw error;
      // what is in the database is deleted; the file is tried again
      this.#failed(error);
    }
  }

  #failed(error: unknown): void {
    const code = String((error as NodeJS.ErrnoException).code ?? 'unknown');
    if (code === this.#problem) return;
    this.#deps.logger.error({ err: error, path: this.#path }, 'the list of deletions cannot be used');
    this.#become(code);
  }

  #become(problem: string | null): void {
    if (this.#problem === problem) return;
    this.#problem = problem;
    this.#problemHandler(problem);
  }

  /** A write has seconds: an old copy lacks very many. */
  async #addDue(lacking: readonly Erasure[]): Promise<void> {
    for (let at = 0; at < lacking.length; at += WRITTEN_AT_ONCE) {
      const rows = lacking
        .slice(at, at + WRITTEN_AT_ONCE)
        .map(({ subject, atMs }) => ({ subject, atMs, stillDue: 'everything' as const, isListed: 1 as const }));
      await this.#deps.store.write((trx) =>
        trx
          .insertInto('erasure')
          .values(rows)
          .onConflict((conflict) =>
            conflict.column('subject').doUpdateSet((e) => ({
              atMs: e.ref('excluded.atMs'),
              stillDue: e.ref('excluded.stillDue'),
              isListed: e.ref('excluded.isListed'),
            })),
          )
          .execute(),
      );
    }
  }

  /** All are in the file when it resolves, unless its disk fails. The table has that at the next start: its disk may hang. Never throws. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    try {
      const rows = await this.#unlisted(Number.MAX_SAFE_INTEGER);
      if (rows.length > 0) appendErasures(this.#path, rows);
    } catch (error) {
      this.#deps.logger.error({ err: error, path: this.#path }, 'deletions are not in the list');
    }
  }

  /** What was deleted until now is in the file when this resolves, unless its disk fails: then it is tried again. Never throws. */
  async write(): Promise<void> {
    // one that began before may have read before
    await this.#writing;
    this.#writing ??= this.#write()
      .then(
        (isWritten) => {
          this.#isFailing = false;
          if (isWritten) this.#become(null);
        },
        (error: unknown) => {
          if (isOfFile(error)) return this.#failed(error);
          if (!this.#isFailing)
            this.#deps.logger.error({ err: error, path: this.#path }, 'deletions are not in the list');
          this.#isFailing = true;
        },
      )
      .finally(() => {
        this.#writing = null;
      });
    await this.#writing;
  }

  /** @returns false: the file cannot be read, and is tried again */
  async #write(): Promise<boolean> {
    if (!this.#isRead) {
      await this.#read();
      if (!this.#isRead) return false;
    }
    for (;;) {
      const rows = await this.#unlisted(WRITTEN_AT_ONCE);
      if (rows.length === 0) return true;
      appendErasures(this.#path, rows);
      await this.#deps.store.write(async (trx) => {
        for (const { subject, atMs } of rows)
          await trx
            .updateTable('erasure')
            .set({ isListed: 1 })
            .where('subject', '=', subject)
            .where('atMs', '=', atMs)
            .execute();
      });
    }
  }

  #unlisted(most: number): Promise<Erasure[]> {
    return this.#deps.store.read
      .selectFrom('erasure')
      .select(['subject', 'atMs'])
      .where('isListed', '=', 0)
      .orderBy('atMs')
      .limit(most)
      .execute();
  }
}

/** Node's error of a file, not the store's. */
const isOfFile = (error: unknown): boolean => (error as NodeJS.ErrnoException).syscall !== undefined;
