/** Who is signed in: an opaque token in a cookie, of which the store has the hash. */
import { UserError } from '#contract/error-codes.ts';
import type { AccountSession, SignInMethod } from '#contract/http/people-api.ts';
import { FRESH_SIGN_IN_MS } from '#contract/http/route.ts';
import type { WallClock } from '#edge/wall-clock.ts';
import type { OpenSession } from '../http/route.ts';
import { appendAudit } from '../audit/index.ts';
import {
  type AuthorityStore,
  type AuthorityTables,
  type AuthorityWrite,
  hashOf,
  newId,
  newToken,
} from '../store/index.ts';

export const SESSION_TTL_MS = 12 * 3_600_000;
const SESSION_IDLE_TTL_MS = 2 * 3_600_000;
/** so that a busy page does not write at each request */
const TOUCH_INTERVAL_MS = 5 * 60_000;
const MAX_BROWSER_LENGTH = 200;
const IDS_IN_QUERY = 500;

/**
 * `browser`: its own words. `openidSid`: the provider's name for its own session. `authenticatedAtMs`: when the person proved to be
 * themselves, where that was not at this moment.
 */
export type SignInBy = {
  method: SignInMethod;
  browser: string;
  network: string;
  openidSid?: string | null;
  authenticatedAtMs?: number;
};
type Row = AuthorityTables['session'];

export class Sessions {
  readonly #store: AuthorityStore;
  readonly #clock: WallClock;
  readonly #endedHandlers: (() => void)[] = [];

  constructor({ store, clock }: { store: AuthorityStore; clock: WallClock }) {
    this.#store = store;
    this.#clock = clock;
  }

  /** After a person signed out, or ended another session of theirs or an administrator did. */
  onEnded(handler: () => void): void {
    this.#endedHandlers.push(handler);
  }

  /** `within`: the last check and what belongs to it, in the transaction that opens it. Answers the session's token. */
  async open(
    accountId: string,
    { method, browser, network, openidSid, authenticatedAtMs }: SignInBy,
    within: (trx: AuthorityWrite) => Promise<void> = async () => {},
  ): Promise<string> {
    const token = newToken();
    const nowMs = await this.#clock.settledNowMs();
    await this.#store.write(async (trx) => {
      await within(trx);
      await trx.deleteFrom('session').where('expiresAtMs', '<', nowMs).execute();
      await trx
        .insertInto('session')
        .values({
          sessionId: newId(),
          tokenHash: hashOf(token),
          accountId,
          method,
          authenticatedAtMs: Math.min(authenticatedAtMs ?? nowMs, nowMs),
          createdAtMs: nowMs,
          lastUsedAtMs: nowMs,
          expiresAtMs: nowMs + SESSION_TTL_MS,
          browser: browser.slice(0, MAX_BROWSER_LENGTH),
          network,
          openidSid: openidSid ?? null,
        })
        .execute();
      await trx.updateTable('account').set({ lastSignedInAtMs: nowMs }).where('accountId', '=', accountId).execute();
      await appendAudit(trx, {
        kind: 'signed-in',
        actor: `account:${accountId}`,
        subject: `network:${network}`,
        details: { method },
      });
    });
    return token;
  }

  /** null: unknown, expired or left alone too long */
  async of(token: string): Promise<(OpenSession & { expiresAtMs: number }) | null> {
    const nowMs = await this.#clock.settledNowMs();
    const row = await this.#store.read
      .selectFrom('session')
      .selectAll()
      .where('tokenHash', '=', hashOf(token))
      .executeTakeFirst();
    if (!row || !isOpen(row, nowMs)) return null;
    const { sessionId, accountId, authenticatedAtMs, expiresAtMs } = row;
    if (row.lastUsedAtMs + TOUCH_INTERVAL_MS <= nowMs) {
      // a disk that fails signs nobody out; the next request tries again
      await this.#store
        .write((trx) =>
          trx.updateTable('session').set({ lastUsedAtMs: nowMs }).where('sessionId', '=', sessionId).execute(),
        )
        .catch(() => {});
    }
    return { sessionId, accountId, isFresh: nowMs < authenticatedAtMs + FRESH_SIGN_IN_MS, expiresAtMs };
  }

  /** Of these, those that are open. */
  async openAmong(sessionIds: readonly string[]): Promise<Set<string>> {
    const nowMs = await this.#clock.settledNowMs();
    const open = new Set<string>();
    for (let from = 0; from < sessionIds.length; from += IDS_IN_QUERY) {
      const rows = await this.#store.read
        .selectFrom('session')
        .selectAll()
        .where('sessionId', 'in', sessionIds.slice(from, from + IDS_IN_QUERY))
        .execute();
      for (const row of rows) if (isOpen(row, nowMs)) open.add(row.sessionId);
    }
    return open;
  }

  /** `currentId`: the session that asks; null: another's are listed */
  async listOf(accountId: string, currentId: string | null): Promise<AccountSession[]> {
    const nowMs = await this.#clock.settledNowMs();
    const rows = await this.#store.read
      .selectFrom('session')
      .selectAll()
      .where('accountId', '=', accountId)
      .orderBy('lastUsedAtMs', 'desc')
      .execute();
    return rows
      .filter((row) => isOpen(row, nowMs))
      .map(({ sessionId, method, createdAtMs, lastUsedAtMs, browser, network }) => ({
        sessionId,
        method,
        createdAtMs,
        lastUsedAtMs,
        browser,
        network,
        isCurrent: sessionId === currentId,
      }));
  }

  /** Its person has just proven again who they are. @throws UserError not-signed-in where it was ended meanwhile */
  async confirm(trx: AuthorityWrite, sessionId: string, nowMs: number): Promise<void> {
    const { numUpdatedRows } = await trx
      .updateTable('session')
      .set({ authenticatedAtMs: nowMs })
      .where('sessionId', '=', sessionId)
      .executeTakeFirst();
    if (numUpdatedRows === 0n) throw new UserError('not-signed-in');
  }

  nowMs(): Promise<number> {
    return this.#clock.settledNowMs();
  }

  /** The own one: signing out. */
  async close({ sessionId, accountId }: OpenSession): Promise<void> {
    await this.#store.write(async (trx) => {
      const actor = `account:${accountId}`;
      if (await endSession(trx, sessionId, accountId))
        await appendAudit(trx, { kind: 'signed-out', actor, subject: actor });
    });
    this.#ended();
  }

  /** False: the account has no such session. */
  async end(sessionId: string, accountId: string, actor: string): Promise<boolean> {
    const isEnded = await this.#store.write(async (trx) => {
      if (!(await endSession(trx, sessionId, accountId))) return false;
      const subject = `account:${accountId}`;
      await appendAudit(trx, { kind: 'session-ended', actor, subject, details: { sessionId } });
      return true;
    });
    if (isEnded) this.#ended();
    return isEnded;
  }

  /** All of an account but the one that asks. @throws UserError not-signed-in where that one was closed meanwhile */
  async closeOthers(trx: AuthorityWrite, { sessionId, accountId }: OpenSession): Promise<void> {
    const kept = await trx
      .selectFrom('session')
      .select('sessionId')
      .where('sessionId', '=', sessionId)
      .executeTakeFirst();
    if (!kept) throw new UserError('not-signed-in');
    await trx.deleteFrom('session').where('accountId', '=', accountId).where('sessionId', '!=', sessionId).execute();
    await voidTickets(trx, accountId);
  }

  #ended(): void {
    for (const handler of this.#endedHandlers) handler();
  }
}

/** All of an account, in the transaction of what ends them. */
export async function endSessionsOf(trx: AuthorityWrite, accountId: string): Promise<number> {
  const { numDeletedRows } = await trx.deleteFrom('session').where('accountId', '=', accountId).executeTakeFirst();
  await voidTickets(trx, accountId);
  return Number(numDeletedRows);
}

/** A person who waits keeps the place, and one who was let in the admission: by a session they get another ticket. */
async function voidTickets(trx: AuthorityWrite, accountId: string): Promise<void> {
  const tickets = await trx.selectFrom('ticket').select('ticketId').where('accountId', '=', accountId).execute();
  for (const { ticketId } of tickets)
    await trx
      .updateTable('ticket')
      .set({ ticketHash: hashOf(newToken()) })
      .where('ticketId', '=', ticketId)
      .execute();
}

/** And with it what its person waits by: a ticket outlives no sign-out. False: the account has no such session. */
export async function endSession(trx: AuthorityWrite, sessionId: string, accountId: string): Promise<boolean> {
  const { numDeletedRows } = await trx
    .deleteFrom('session')
    .where('sessionId', '=', sessionId)
    .where('accountId', '=', accountId)
    .executeTakeFirst();
  if (numDeletedRows > 0n) await voidTickets(trx, accountId);
  return numDeletedRows > 0n;
}

const isOpen = ({ expiresAtMs, lastUsedAtMs }: Row, nowMs: number): boolean =>
  expiresAtMs > nowMs && lastUsedAtMs + SESSION_IDLE_TTL_MS > nowMs;
