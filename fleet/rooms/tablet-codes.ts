/**
 * Codes by which IT makes a tablet a room's for good: typed where a phone's code is, single use, ten minutes, stored
 * hashed, not many at a time. What a tablet may do afterwards is pairings.ts's.
 */
import { UserError } from '#contract/error-codes.ts';
import { PAIRING_CODE_ALPHABET, PAIRING_CODE_LENGTH, PAIRING_CODE_TTL_MS } from '#contract/limits.ts';
import { AttemptLimit } from '#edge/attempt-limit.ts';
import type { WallClock } from '#edge/wall-clock.ts';
import { appendAudit } from '../audit/index.ts';
import { type AuthorityStore, type AuthorityTables, type AuthorityWrite, hashOf, newCode } from '../store/index.ts';

export type TabletCode = AuthorityTables['tabletCode'];

export class TabletCodes {
  readonly #store: AuthorityStore;
  readonly #clock: WallClock;
  readonly #byRoom = new AttemptLimit({ burst: 10, refillPerMinute: 2 });

  constructor({ store, clock }: { store: AuthorityStore; clock: WallClock }) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Shown once and stored nowhere. @throws UserError too-many-attempts */
  async make(roomId: string, tabletName: string, actor: string): Promise<{ code: string; expiresAtMs: number }> {
    if (!this.#byRoom.take(roomId)) throw new UserError('too-many-attempts');
    const code = newCode(PAIRING_CODE_ALPHABET, PAIRING_CODE_LENGTH);
    const nowMs = await this.#clock.settledNowMs();
    const expiresAtMs = nowMs + PAIRING_CODE_TTL_MS;
    await this.#store.write(async (trx) => {
      await trx.deleteFrom('tabletCode').where('expiresAtMs', '<', nowMs).execute();
      await trx
        .insertInto('tabletCode')
        .values({ codeHash: hashOf(code), roomId, tabletName, expiresAtMs, usedAtMs: null })
        .execute();
      await appendAudit(trx, {
        kind: 'tablet-code-made',
        actor,
        subject: `room:${roomId}`,
        details: { tabletName, expiresAtMs },
      });
    });
    return { code, expiresAtMs };
  }

  async find(code: string): Promise<TabletCode | null> {
    const nowMs = await this.#clock.settledNowMs();
    return (
      (await this.#store.read
        .selectFrom('tabletCode')
        .selectAll()
        .where('codeHash', '=', hashOf(code))
        .where('usedAtMs', 'is', null)
        .where('expiresAtMs', '>', nowMs)
        .executeTakeFirst()) ?? null
    );
  }

  /** Of two at the same instant one gets true. */
  async use(trx: AuthorityWrite, { codeHash }: TabletCode): Promise<boolean> {
    const { numUpdatedRows } = await trx
      .updateTable('tabletCode')
      .set({ usedAtMs: this.#clock.nowMs() })
      .where('codeHash', '=', codeHash)
      .where('usedAtMs', 'is', null)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }
}
