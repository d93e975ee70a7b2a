/** Passwords of local accounts (argon2id). sign-in.ts limits the guesses. */
import { hash, verify } from '@node-rs/argon2';
import { UserError } from '#contract/error-codes.ts';
import type { Account } from '#contract/http/people-api.ts';
import { appendAudit } from '../audit/index.ts';
import { type AuthorityStore, type AuthorityWrite, newId } from '../store/index.ts';

const MIN_PASSWORD_LENGTH = 10;

export class Passwords {
  readonly #store: AuthorityStore;
  /** verified against where there is no such account, so that both answers need the same time */
  readonly #decoyHash: Promise<string>;

  constructor({ store }: { store: AuthorityStore }) {
    this.#store = store;
    this.#decoyHash = hash(newId());
  }

  /** The hash that it was verified against, for `holds`; null: it is wrong. An unknown account needs the same time. */
  async prove(accountId: string | null, password: string): Promise<string | null> {
    const row =
      accountId === null
        ? undefined
        : await this.#store.read
            .selectFrom('password')
            .select('passwordHash')
            .where('accountId', '=', accountId)
            .executeTakeFirst();
    const matches = await verify(row?.passwordHash ?? (await this.#decoyHash), password);
    return matches && row ? row.passwordHash : null;
  }

  /** Verifying is slow: whether the password is still the one that was proven, in the transaction that acts upon it. */
  async holds(trx: AuthorityWrite, accountId: string, provenHash: string): Promise<boolean> {
    const row = await trx
      .selectFrom('password')
      .innerJoin('account', 'account.accountId', 'password.accountId')
      .select('password.accountId')
      .where('password.accountId', '=', accountId)
      .where('passwordHash', '=', provenHash)
      .where('disabledAtMs', 'is', null)
      .executeTakeFirst();
    return row !== undefined;
  }

  /**
   * `within`: what belongs to the same act.
   * @throws UserError password-too-weak; credentials-invalid where it was changed since it was proven
   */
  async change(
    account: Account,
    newPassword: string,
    { provenHash, within }: { provenHash: string; within: (trx: AuthorityWrite) => Promise<void> },
  ): Promise<void> {
    const passwordHash = await hashOfGood(newPassword, account.userName);
    await this.#store.write(async (trx) => {
      if (!(await this.holds(trx, account.accountId, provenHash))) throw new UserError('credentials-invalid');
      await setPassword(trx, account.accountId, { passwordHash, mustChange: false });
      await appendAudit(trx, {
        kind: 'password-changed',
        actor: `account:${account.accountId}`,
        subject: `account:${account.accountId}`,
      });
      await within(trx);
    });
  }
}

/** @throws UserError password-too-weak */
export async function hashOfGood(password: string, userName: string): Promise<string> {
  if (isWeak(password, userName)) throw new UserError('password-too-weak');
  return hash(password);
}

export async function setPassword(
  trx: AuthorityWrite,
  accountId: string,
  { passwordHash, mustChange }: { passwordHash: string; mustChange: boolean },
): Promise<void> {
  const values = { passwordHash, mustChange: mustChange ? 1 : 0 } as const;
  await trx
    .insertInto('password')
    .values({ accountId, ...values })
    .onConflict((c) => c.column('accountId').doUpdateSet(values))
    .execute();
}

/** Length is what counts (NIST SP 800-63B); beyond it only what nobody should choose. */
function isWeak(password: string, userName: string): boolean {
  if (password.length < MIN_PASSWORD_LENGTH) return true;
  if (new Set(password).size < 5) return true;
  return password.toLowerCase().includes(userName.toLowerCase());
}
