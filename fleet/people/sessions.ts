/** Who is signed in: an opaque token in a cookie, of which the store has the hash. */
import { UserError } from '#contract/error-codes.ts';
import type { WallClock } from '#edge/wall-clock.ts';
import { type AuthorityStore, type AuthorityWrite, hashOf, newToken } from '../store/index.ts';

export const SESSION_TTL_MS = 12 * 3_600_000;
const SESSION_IDLE_TTL_MS = 2 * 3_600_000;
/** so that a busy page does not write at each request */
const TOUCH_INTERVAL_MS = 5 * 60_000;

export class Sessions {
  readonly #store: AuthorityStore;
  readonly #clock: WallClock;

  constructor({ store, clock }: { store: AuthorityStore; clock: WallClock }) {
    this.#store = store;
    this.#clock = clock;
  }

  /** `allow`: the last check, in the transaction that opens it. */
  async open(accountId: string, allow: (trx: AuthorityWrite) => Promise<void> = async () => {}): Promise<string> {
    const token = newToken();
    const nowMs = await this.#clock.settledNowMs();
    await this.#store.write(async (trx) => {
      await allow(trx);
      await trx.deleteFrom('session').where('expiresAtMs', '<', nowMs).execute();
      await trx
        .insertInto('session')
        .values({
          tokenHash: hashOf(token),
          accountId,
          createdAtMs: nowMs,
          lastUsedAtMs: nowMs,
          expiresAtMs: nowMs + SESSION_TTL_MS,
        })
        .execute();
    });
    return token;
  }

  /** accountId, or null: unknown, expired or left alone too long. */
  async accountOf(token: string): Promise<string | null> {
    const tokenHash = hashOf(token);
    const nowMs = await this.#clock.settledNowMs();
    const row = await this.#store.read
      .selectFrom('session')
      .selectAll()
      .where('tokenHash', '=', tokenHash)
      .executeTakeFirst();
    if (!row || row.expiresAtMs <= nowMs || row.lastUsedAtMs + SESSION_IDLE_TTL_MS <= nowMs) return null;
    if (row.lastUsedAtMs + TOUCH_INTERVAL_MS <= nowMs) {
      // a disk that fails signs nobody out; the next request tries again
      await this.#store
        .write((trx) =>
          trx.updateTable('session').set({ lastUsedAtMs: nowMs }).where('tokenHash', '=', tokenHash).execute(),
        )
        .catch(() => {});
    }
    return row.accountId;
  }

  async close(token: string): Promise<void> {
    await this.#store.write((trx) => trx.deleteFrom('session').where('tokenHash', '=', hashOf(token)).execute());
  }

  /** All of an account but the one that asks. @throws UserError not-signed-in where that one was closed meanwhile */
  async closeOthers(trx: AuthorityWrite, accountId: string, keptToken: string): Promise<void> {
    const tokenHash = hashOf(keptToken);
    const kept = await trx
      .selectFrom('session')
      .select('tokenHash')
      .where('tokenHash', '=', tokenHash)
      .executeTakeFirst();
    if (!kept) throw new UserError('not-signed-in');
    await trx.deleteFrom('session').where('accountId', '=', accountId).where('tokenHash', '!=', tokenHash).execute();
  }
}
