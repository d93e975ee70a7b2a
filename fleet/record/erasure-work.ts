/**
 * Deletions that are still due: files that the end of this process left behind, and what an older copy of the database brought back.
 * The latter is gone before anybody can read it; what cannot be deleted now is tried again.
 */
import type { Logger } from 'pino';
import { appendAudit } from '../audit/index.ts';
import { recallPost } from '../chat/index.ts';
import { accountOf, type Erasure, finishErasure, leaveFilesDue, meetingOf, messageOf } from '../erasures/index.ts';
import { withdrawMinutes } from '../mail/index.ts';
import { keepNothingLate } from '../meetings/index.ts';
import { type Notes, notesBeganAfter } from '../notes/index.ts';
import type { AccountChanges } from '../people/index.ts';
import type { AuthorityStore, AuthorityWrite } from '../store/index.ts';
import { recordKinds } from './kinds/kinds.ts';
import { forgetInAllRecords } from './person-record.ts';
import type { RemoveFiles } from './whole-record.ts';

export type ErasureWorkDependencies = {
  store: AuthorityStore;
  notes: Pick<Notes, 'erase'>;
  accounts: Pick<AccountChanges, 'forgetAgain'>;
  removeFiles: RemoveFiles;
  /** what this meeting left behind is not as it was */
  onChanged: (meetingId: string) => void;
  logger: Pick<Logger, 'info' | 'error'>;
};
type DueErasure = Erasure & { stillDue: 'everything' | 'files' };

const AGAIN_AFTER_MS = 60_000;
/** clocks of media nodes differ, and no call runs while a record is deleted */
const CLOCKS_DIFFER_MS = 60_000;

export class ErasureWork {
  readonly #deps: ErasureWorkDependencies;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | null = null;
  #isWantedAgain = false;

  constructor(deps: ErasureWorkDependencies) {
    this.#deps = deps;
  }

  /** Documents and recordings are known, and nobody can read yet. */
  async start(): Promise<void> {
    await this.look();
    this.#timer = setInterval(() => {
      if (this.#looking === null) void this.look();
    }, AGAIN_AFTER_MS);
    this.#timer.unref();
  }
  stop(): void {
    clearInterval(this.#timer);
  }

  /** All that is due. One look at a time: one that is under way looks once more for a second one. Never throws. */
  look(): Promise<void> {
    this.#isWantedAgain = this.#looking !== null;
    this.#looking ??= this.#lookWhileWanted()
      .catch((error: unknown) => this.#deps.logger.error({ err: error }, 'deletions that are due cannot be read'))
      .finally(() => {
        this.#looking = null;
      });
    return this.#looking;
  }

  /** What became due since one has read it is not in it. */
  async #lookWhileWanted(): Promise<void> {
    do {
      this.#isWantedAgain = false;
      await this.#look();
    } while (this.#isWantedAgain);
  }

  async #look(): Promise<void> {
    const { store, logger } = this.#deps;
    const due = await store.read
      .selectFrom('erasure')
      .select(['subject', 'atMs', 'stillDue'])
      .where('stillDue', 'is not', null)
      .orderBy('atMs')
      .$narrowType<{ stillDue: 'everything' | 'files' }>()
      .execute();
    if (due.length === 0) return;
    // words of records before their files: these may take longer
    for (const each of due.toSorted((a, b) => a.stillDue.localeCompare(b.stillDue)))
      await this.#finish(each).catch((error: unknown) =>
        logger.error({ err: error, subject: each.subject }, 'a deletion is not done, and is tried again'),
      );
    await store.emptyLog();
  }

  async #finish(erasure: DueErasure): Promise<void> {
    const meetingId = meetingOf(erasure.subject);
    if (meetingId !== null) return this.#finishRecord(meetingId, erasure);
    const accountId = accountOf(erasure.subject);
    if (accountId !== null) return this.#forget(accountId, erasure);
    const message = messageOf(erasure.subject);
    // of a newer release, which comes back and goes on
    if (message === null) return;
    await this.#deps.store.write(async (trx) => {
      await recallPost(trx, message);
      await finishErasure(trx, erasure);
    });
  }

  async #finishRecord(meetingId: string, { subject, atMs, stillDue }: DueErasure): Promise<void> {
    const { store, notes, removeFiles, onChanged, logger } = this.#deps;
    if (stillDue === 'everything' && (await this.#isKnown('meeting', meetingId))) {
      const removeOlder = async (trx: AuthorityWrite): Promise<void> => {
        await removeRows(trx, meetingId, atMs + CLOCKS_DIFFER_MS);
        await keepNothingLate(trx, meetingId, atMs, atMs + CLOCKS_DIFFER_MS);
        await leaveFilesDue(trx, { subject, atMs });
        await appendAudit(trx, { kind: 'record-deleted-again', actor: 'fleet', subject });
      };
      // they are one document: where only some of it is newer, nothing stays
      if (await notesBeganAfter(store.read, meetingId, atMs)) await store.write(removeOlder);
      else await notes.erase(meetingId, removeOlder);
    }
    await removeFiles(meetingId, 'fleet', atMs);
    await store.write((trx) => finishErasure(trx, { subject, atMs }));
    logger.info({ subject }, 'a deletion is done');
    onChanged(meetingId);
  }

  async #forget(accountId: string, erasure: Erasure): Promise<void> {
    const { store, accounts, logger } = this.#deps;
    if (await this.#isKnown('account', accountId)) await accounts.forgetAgain(accountId, forgetInAllRecords);
    await store.write((trx) => finishErasure(trx, erasure));
    logger.info({ subject: erasure.subject }, 'a person is forgotten again');
  }

  async #isKnown(table: 'meeting' | 'account', id: string): Promise<boolean> {
    const { read } = this.#deps.store;
    const found =
      table === 'meeting'
        ? read.selectFrom('meeting').select('meetingId').where('meetingId', '=', id)
        : read.selectFrom('account').select('accountId').where('accountId', '=', id);
    return (await found.executeTakeFirst()) !== undefined;
  }
}

/** What was there when the record was deleted. Calls that ran when the copy was made were over by then. */
async function removeRows(trx: AuthorityWrite, meetingId: string, upToMs: number): Promise<void> {
  for (const kind of recordKinds) await kind.remove(trx, meetingId, upToMs);
  await withdrawMinutes(trx, meetingId);
  const calls = trx.selectFrom('call').select('callId').where('meetingId', '=', meetingId);
  await trx
    .updateTable('entry')
    .set({ displayName: null })
    .where('callId', 'in', calls)
    .where('atMs', '<=', upToMs)
    .execute();
  await trx.deleteFrom('ticket').where('meetingId', '=', meetingId).where('seenAtMs', '<=', upToMs).execute();
}
