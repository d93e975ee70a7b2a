/**
 * The notes of one meeting while somebody uses them: the document in memory, and the order in which its updates reach the disk. An
 * update is passed on and acknowledged after its commit. Where a commit fails, the document in memory is given up: the pages keep
 * what was not acknowledged, and send it again to one that is read from the disk. Where yjs breaks off in one page's update, the
 * document is read again while the other pages stay.
 */
import * as Y from 'yjs';
import { OperationalError, ProtocolError, UserError } from '#contract/error-codes.ts';
import { MAX_NOTES_BYTES, MAX_NOTES_UPDATE_BYTES, NOTES_FRAGMENT } from '#contract/notes-link.ts';
import type { AuthorityStore, AuthorityWrite } from '../store/index.ts';
import { checkUpdate } from './note-update.ts';
import { addUpdates, documentOf, type NewUpdate, readNotes, type StoredNotes, writeSnapshot } from './notes-rows.ts';

/** A page that has the notes open. */
export type NotesFollower = {
  onUpdate: (update: Uint8Array) => void;
  /** what is in memory is given up */
  onFailed: (error: unknown) => void;
};
type Waiting = NewUpdate & { from: NotesFollower | null; settle: (error: unknown) => void };

/** a snapshot is written after this long without an update, and at the latest after so many updates */
export const SNAPSHOT_IDLE_MS = 20_000;
const SNAPSHOT_AFTER_UPDATES = 2_000;
/** what deleting may add to notes that are full */
const DELETING_SLACK_BYTES = 256 * 1024;

export class OpenNotes {
  readonly meetingId: string;
  readonly #store: AuthorityStore;
  readonly #onFailed: (error: unknown) => void;
  readonly #followers = new Set<NotesFollower>();
  #doc: Y.Doc;
  #rereading: Promise<void> | null = null;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | null = null;
  #lastPosition: number;
  #looseCount: number;
  /** at most: what the updates came to, counted from the last time the whole was measured */
  #sizeBytes: number;
  #changedAtMs = performance.now();
  #isGivenUp = false;

  /** `onFailed`: a write failed, and this object is of no use any more */
  constructor({
    store,
    meetingId,
    stored,
    onFailed,
  }: {
    store: AuthorityStore;
    meetingId: string;
    stored: StoredNotes;
    onFailed: (error: unknown) => void;
  }) {
    this.#store = store;
    this.meetingId = meetingId;
    this.#onFailed = onFailed;
    this.#doc = wholeDocument(stored);
    this.#lastPosition = stored.lastPosition;
    this.#looseCount = stored.looseCount;
    this.#sizeBytes = stored.updates.reduce((sum, { length }) => sum + length, 0);
  }

  static async read(store: AuthorityStore, meetingId: string, onFailed: (error: unknown) => void): Promise<OpenNotes> {
    return new OpenNotes({ store, meetingId, stored: await readNotes(store.read, meetingId), onFailed });
  }

  /** Not one that is kept: another may be read in its place. */
  get doc(): Y.Doc {
    return this.#doc;
  }

  /** null: the document is whole. Wait for it, and ask again, before each use. It does not reject. */
  get rereading(): Promise<void> | null {
    return this.#rereading;
  }

  get isUsed(): boolean {
    return this.#followers.size > 0 || this.#writing !== null || this.#rereading !== null;
  }

  /** An update came after this moment, by the monotonic clock. */
  isBusySince(atMs: number): boolean {
    return this.#changedAtMs > atMs;
  }

  /** @returns ends it */
  follow(follower: NotesFollower): () => void {
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  /**
   * Settles after the commit; the other pages have it then. Not while `rereading`.
   * @throws ProtocolError bad-message; UserError notes-too-large; OperationalError storage-failed
   */
  async apply(update: Uint8Array, from: NotesFollower | null): Promise<void> {
    this.#checkUsable();
    if (this.#rereading !== null) throw new OperationalError('storage-failed', 'it is read again');
    const { isOnlyDeleting } = checkUpdate(update, this.doc);
    this.#checkSize(update.length, isOnlyDeleting);
    let isNew = false;
    const notice = (): void => {
      isNew = true;
    };
    this.doc.on('update', notice);
    try {
      Y.applyUpdate(this.doc, update);
    } catch (error) {
      // what was checked broke off: half of it may be in memory
      this.#reread();
      throw new ProtocolError('bad-message', 'an update that cannot be applied', { cause: error });
    } finally {
      this.doc.off('update', notice);
    }
    // what came before may still be on its way to the disk
    if (isNew) return this.#write({ update, lineId: null }, from);
    await this.#writing;
    this.#checkUsable();
  }

  /**
   * A change by this server, saved and passed on as one of a page is.
   * @param lineId kept in the transaction of the change; null: it is no line of a phone
   * @throws as `apply`
   */
  async change(change: (notes: Y.XmlFragment) => void, sizeBytes: number, lineId: string | null): Promise<void> {
    while (this.#rereading !== null) await this.#rereading;
    this.#checkUsable();
    this.#checkSize(sizeBytes, false);
    const made: Uint8Array[] = [];
    const keep = (update: Uint8Array): void => void made.push(update);
    this.doc.on('update', keep);
    try {
      this.doc.transact(() => change(this.doc.getXmlFragment(NOTES_FRAGMENT)));
    } finally {
      this.doc.off('update', keep);
    }
    await Promise.all(made.map((update) => this.#write({ update, lineId }, null)));
  }

  /** Puts one snapshot in place of the updates; nothing where there are none. */
  async snapshot(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
    if (this.#looseCount === 0 || this.#isGivenUp || this.#rereading !== null) return;
    this.#writing = this.#writeSnapshot().finally(() => {
      this.#writing = null;
      this.#drainSoon();
    });
    await this.#writing;
  }

  /**
   * Empties them, on the open pages too. A document without its past would get all of it back from the next page that has it: this
   * one knows what is deleted, and keeps none of its words.
   * @param also in the same transaction; where it throws, the notes stay
   * @throws what `also` throws; OperationalError storage-failed
   */
  async erase(also: (trx: AuthorityWrite) => Promise<void>): Promise<void> {
    while (this.#rereading !== null || this.#writing !== null) await (this.#rereading ?? this.#writing);
    this.#checkUsable();
    const erasing = this.#erase(also);
    this.#writing = erasing
      .catch(() => {})
      .finally(() => {
        this.#writing = null;
        this.#drainSoon();
      });
    await erasing;
  }

  /** @throws OperationalError storage-failed */
  #checkUsable(): void {
    if (this.#isGivenUp) throw new OperationalError('storage-failed', 'given up');
  }

  /** @throws UserError notes-too-large */
  #checkSize(addedBytes: number, isOnlyDeleting: boolean): void {
    if (addedBytes > MAX_NOTES_UPDATE_BYTES) throw new UserError('notes-too-large', 'one update');
    const most = MAX_NOTES_BYTES + (isOnlyDeleting ? DELETING_SLACK_BYTES : 0);
    if (this.#sizeBytes + addedBytes > most) this.#sizeBytes = Y.encodeStateAsUpdate(this.doc).length;
    if (this.#sizeBytes + addedBytes > most) throw new UserError('notes-too-large', 'all of it');
  }

  #write(added: NewUpdate, from: NotesFollower | null): Promise<void> {
    this.#sizeBytes += added.update.length;
    this.#changedAtMs = performance.now();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const settle = (error: unknown): void => (error === null ? resolve() : reject(error));
    this.#waiting.push({ ...added, from, settle });
    this.#drainSoon();
    return promise;
  }

  #drainSoon(): void {
    if (this.#writing !== null || this.#waiting.length === 0) return;
    this.#writing = this.#drain().finally(() => {
      this.#writing = null;
      this.#drainSoon();
    });
  }

  async #drain(): Promise<void> {
    // what comes in this turn of the loop shares the first write
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0);
      try {
        await this.#store.write((trx) => addUpdates(trx, this.meetingId, this.#lastPosition + 1, batch));
      } catch (error) {
        this.#giveUp(error, batch);
        return;
      }
      this.#lastPosition += batch.length;
      this.#looseCount += batch.length;
      for (const { update, from, settle } of batch) {
        for (const follower of this.#followers) if (follower !== from) follower.onUpdate(update);
        settle(null);
      }
      if (this.#looseCount >= SNAPSHOT_AFTER_UPDATES) await this.#writeSnapshot();
    }
  }

  async #writeSnapshot(): Promise<void> {
    if (this.#rereading !== null) return;
    const upTo = this.#lastPosition;
    const whole = Y.encodeStateAsUpdate(this.doc);
    try {
      await this.#store.write((trx) => writeSnapshot(trx, this.meetingId, upTo, whole));
    } catch {
      // the updates are there still; the next time it is tried again
      return;
    }
    this.#looseCount = 0;
    this.#sizeBytes = whole.length;
  }

  async #erase(also: (trx: AuthorityWrite) => Promise<void>): Promise<void> {
    const upTo = this.#lastPosition;
    const emptied = new Y.Doc();
    Y.applyUpdate(emptied, Y.encodeStateAsUpdate(this.doc));
    const deletions: Uint8Array[] = [];
    emptied.on('update', (update: Uint8Array) => void deletions.push(update));
    emptyFromWithin(emptied.getXmlFragment(NOTES_FRAGMENT));
    const whole = Y.encodeStateAsUpdate(emptied);
    emptied.destroy();
    await this.#store.write(async (trx) => {
      await also(trx);
      if (upTo > 0) await writeSnapshot(trx, this.meetingId, upTo, whole, true);
    });
    this.#looseCount = 0;
    this.#sizeBytes = whole.length;
    for (const update of deletions) {
      Y.applyUpdate(this.doc, update);
      for (const follower of this.#followers) follower.onUpdate(update);
    }
  }

  /** What was applied before is written first, so that the disk has all that the pages have. */
  #reread(): void {
    const read = async (): Promise<void> => {
      while (this.#writing !== null) await this.#writing;
      if (this.#isGivenUp) return;
      const former = this.#doc;
      this.#doc = wholeDocument(await readNotes(this.#store.read, this.meetingId));
      former.destroy();
    };
    this.#rereading = read()
      .catch((error: unknown) => this.#giveUp(error, []))
      .finally(() => {
        this.#rereading = null;
      });
  }

  #giveUp(error: unknown, batch: readonly Waiting[]): void {
    this.#isGivenUp = true;
    const lost = [...batch, ...this.#waiting.splice(0)];
    // none of those that come later is written over what is missing
    this.#onFailed(error);
    for (const { settle } of lost) settle(error);
    for (const follower of [...this.#followers]) follower.onFailed(error);
  }
}

function wholeDocument(stored: StoredNotes): Y.Doc {
  const doc = documentOf(stored);
  doc.getXmlFragment(NOTES_FRAGMENT);
  return doc;
}

const DELETED_LEVELS = 500;

/** yjs calls itself for each element that stands in one that it deletes: what is very deep goes in parts, the innermost first. */
function emptyFromWithin(notes: Y.XmlFragment): void {
  const roots: Y.XmlFragment[] = [];
  let level: Y.XmlFragment[] = [notes];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth % DELETED_LEVELS === 0) for (const each of level) roots.push(each);
    level = level.flatMap((each) =>
      each.toArray().filter((child): child is Y.XmlElement => child instanceof Y.XmlElement),
    );
  }
  for (const root of roots.reverse()) if (root.length > 0) root.delete(0, root.length);
}
