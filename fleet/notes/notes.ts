/** The aggregate: which meetings' notes are in memory, for how long, and what other parts of the server add. */
import type { Logger } from 'pino';
import { InvalidStateError, OperationalError, ProtocolError } from '#contract/error-codes.ts';
import type { NoteLine } from '#contract/note-line.ts';
import type { AuthorityStore, AuthorityWrite } from '../store/index.ts';
import { appendLine, markTaskIn, MOST_BYTES_OF_LINE, MOST_BYTES_OF_MARK, type OpenTask } from './note-lines.ts';
import { deleteNotes, hasLine } from './notes-rows.ts';
import { OpenNotes, SNAPSHOT_IDLE_MS } from './open-notes.ts';

const LOOK_MS = 5_000;
/**
 * What decides who may read and write notes (`http/notes-rights.ts`, `isWritable`). New rows give nobody less: a person who is added
 * opens a link anew.
 */
const RIGHTS_COLUMNS = {
  session: ['accountId', 'tokenHash', 'expiresAtMs'],
  account: ['disabledAtMs'],
  password: ['mustChange'],
  meeting: ['hostAccountId', 'endedAtMs', 'cancelledAtMs'],
  meetingPerson: ['accountId', 'meetingId', 'role'],
} as const;

type Entry = { notes: Promise<OpenNotes>; opened: OpenNotes | null; usedAtMs: number };

export class Notes {
  readonly #store: AuthorityStore;
  readonly #logger: Logger;
  readonly #entries = new Map<string, Entry>();
  /** lines of phones that are on their way to the disk */
  readonly #lines = new Map<string, Promise<void>>();
  #looks: NodeJS.Timeout | undefined;

  constructor({ store, logger }: { store: AuthorityStore; logger: Logger }) {
    this.#store = store;
    this.#logger = logger;
  }

  start(): void {
    this.#looks = setInterval(() => this.#look(), LOOK_MS);
    this.#looks.unref();
  }
  /** All is on the disk already. */
  stop(): void {
    clearInterval(this.#looks);
  }

  /** In memory from now on. Follow them in the same turn: unused ones are dropped. @throws OperationalError storage-failed */
  async open(meetingId: string): Promise<OpenNotes> {
    const entry = this.#entries.get(meetingId) ?? this.#read(meetingId);
    entry.usedAtMs = performance.now();
    return entry.notes;
  }

  /** Grows with whatever may change who may do what with any notes: a right that was read after it was asked for holds while it is the same. */
  get rightsRevision(): number {
    return this.#store.revisionOf(RIGHTS_COLUMNS);
  }

  /**
   * Before, during and after the meeting; one that was cancelled, or whose room was removed, is read only.
   * @throws ProtocolError not-found
   */
  async isWritable(meetingId: string): Promise<boolean> {
    const row = await this.#store.read
      .selectFrom('meeting')
      .select(['endedAtMs', 'cancelledAtMs'])
      .where('meetingId', '=', meetingId)
      .executeTakeFirst();
    if (!row) throw new ProtocolError('not-found', 'no such meeting');
    return row.endedAtMs === null && row.cancelledAtMs === null;
  }

  /**
   * At the end of the notes, saved when it is answered.
   * @param lineId of the request: the same one again adds nothing, also after a restart
   * @throws UserError notes-too-large; OperationalError storage-failed
   */
  async append(meetingId: string, lineId: string, line: NoteLine): Promise<void> {
    const key = `${meetingId}/${lineId}`;
    const known = this.#lines.get(key);
    if (known) return known;
    const adding = this.#append(meetingId, lineId, line).finally(() => this.#lines.delete(key));
    this.#lines.set(key, adding);
    return adding;
  }

  /**
   * Marks a task as done, or as open again; saved when it is answered. The same again changes nothing.
   * @throws InvalidStateError meeting-changed: the task is not there any more, or another one is in its place; not-possible-now: the
   *   notes can be read only; UserError notes-too-large; OperationalError storage-failed
   */
  async markTask(meetingId: string, task: Pick<OpenTask, 'taskId' | 'text'> & { isDone: boolean }): Promise<void> {
    if (!(await this.isWritable(meetingId))) throw new InvalidStateError('not-possible-now', 'read only');
    const notes = await this.open(meetingId);
    let isFound = false;
    await notes.change(
      (fragment) => {
        isFound = markTaskIn(fragment, task);
      },
      MOST_BYTES_OF_MARK,
      null,
    );
    if (!isFound) throw new InvalidStateError('meeting-changed', 'no such task');
  }

  /**
   * Deletes what is in the notes of a meeting, for good: who has them open sees them empty.
   * @param also in the same transaction, while the notes are there; where it throws, they stay
   * @throws what `also` throws; OperationalError storage-failed
   */
  async erase(meetingId: string, also: (trx: AuthorityWrite) => Promise<void>): Promise<void> {
    const opened = await this.open(meetingId).catch((error: unknown) => {
      if (error instanceof OperationalError) throw error;
      this.#logger.warn({ err: error, meetingId }, 'damaged notes are deleted');
      return null;
    });
    if (opened !== null) return opened.erase(also);
    await this.#store.write(async (trx) => {
      await also(trx);
      await deleteNotes(trx, meetingId);
    });
  }

  async #append(meetingId: string, lineId: string, line: NoteLine): Promise<void> {
    if (await hasLine(this.#store.read, meetingId, lineId)) return;
    const notes = await this.open(meetingId);
    await notes.change((fragment) => appendLine(fragment, line), MOST_BYTES_OF_LINE, lineId);
  }

  #read(meetingId: string): Entry {
    const forget = (): void => {
      if (this.#entries.get(meetingId) === entry) this.#entries.delete(meetingId);
    };
    const notes = OpenNotes.read(this.#store, meetingId, (error) => {
      this.#logger.error({ err: error, meetingId }, 'notes are given up and read from the disk again');
      forget();
    });
    const entry: Entry = { notes, opened: null, usedAtMs: performance.now() };
    this.#entries.set(meetingId, entry);
    notes.then(
      (opened) => {
        entry.opened = opened;
      },
      // the next one who asks tries again
      forget,
    );
    return entry;
  }

  #look(): void {
    const nowMs = performance.now();
    for (const [meetingId, entry] of this.#entries) {
      const { opened } = entry;
      if (!opened) continue;
      if (opened.isBusySince(nowMs - SNAPSHOT_IDLE_MS)) continue;
      void opened.snapshot();
      if (opened.isUsed || nowMs - entry.usedAtMs < SNAPSHOT_IDLE_MS) continue;
      this.#entries.delete(meetingId);
      opened.doc.destroy();
    }
  }
}
