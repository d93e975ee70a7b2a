/**
 * Accounts: who somebody is, by issuer and subject, and the roles they are granted. passwords.ts knows how local ones
 * prove it, sessions.ts who is signed in, account-changes.ts what administrators do to them.
 */
import { hash } from '@node-rs/argon2';
import type { FirstAdministrator } from '#contract/process-ready.ts';
import { UserError } from '#contract/error-codes.ts';
import { type Account, LOCAL_ISSUER } from '#contract/http/people-api.ts';
import type { RoleGrant } from '#contract/http/permissions.ts';
import { appendAudit } from '../audit/index.ts';
import { type AuthorityStore, type AuthorityWrite, newCode, newId } from '../store/index.ts';
import { addGrants, grantsOfAccount, ORGANISATION } from './grants.ts';
import { setPassword } from './passwords.ts';

const FIRST_ADMIN = 'admin';
const ONE_TIME_ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';
const ONE_TIME_LENGTH = 16;

/** Good until it is changed, which the first sign-in asks for. */
export const newOneTimePassword = (): string => newCode(ONE_TIME_ALPHABET, ONE_TIME_LENGTH);

export type NewAccount = {
  userName: string;
  /** left out: as the user name */
  displayName?: string;
  email?: string | null;
  placeId?: string | null;
  grants: readonly RoleGrant[];
};

export class Accounts {
  readonly #store: AuthorityStore;

  constructor({ store }: { store: AuthorityStore }) {
    this.#store = store;
  }

  /**
   * The first administrator with a password that works until it is changed; null when there is an account already.
   * @param keep called before the account is made: a power cut in between leaves no account whose password nobody knows
   */
  async createFirstAdmin(keep: (made: FirstAdministrator) => void = () => {}): Promise<FirstAdministrator | null> {
    if (await this.#store.read.selectFrom('account').select('accountId').limit(1).executeTakeFirst()) return null;
    const oneTimePassword = newOneTimePassword();
    keep({ userName: FIRST_ADMIN, oneTimePassword });
    await this.create({
      userName: FIRST_ADMIN,
      password: oneTimePassword,
      grants: [{ role: 'administrator', scope: ORGANISATION }],
      mustChangePassword: true,
    });
    return { userName: FIRST_ADMIN, oneTimePassword };
  }

  /** A local account with a password. Those that people get choose their own: account-invites.ts. */
  async create({
    password,
    mustChangePassword,
    ...account
  }: NewAccount & { password: string; mustChangePassword: boolean }): Promise<Account> {
    const passwordHash = await hash(password);
    const accountId = await this.#store.write(async (trx) => {
      const id = await insertAccount(trx, account, 'fleet');
      await setPassword(trx, id, { passwordHash, mustChange: mustChangePassword });
      return id;
    });
    return (await this.byId(accountId))!;
  }

  /** null: there is none, or it is disabled */
  async byId(accountId: string): Promise<Account | null> {
    const { read } = this.#store;
    const row = await read
      .selectFrom('account')
      .leftJoin('password', 'password.accountId', 'account.accountId')
      .select(['account.accountId', 'userName', 'displayName', 'email', 'placeId', 'issuer', 'mustChange'])
      .where('account.accountId', '=', accountId)
      .where('disabledAtMs', 'is', null)
      .executeTakeFirst();
    if (!row) return null;
    const { mustChange, ...account } = row;
    return { ...account, mustChangePassword: mustChange === 1, grants: await grantsOfAccount(read, accountId) };
  }

  /** Of a local account that is not disabled. */
  async idOf(userName: string): Promise<string | null> {
    const row = await this.#store.read
      .selectFrom('account')
      .select('accountId')
      .where('issuer', '=', LOCAL_ISSUER)
      .where('userName', '=', userName.toLowerCase())
      .where('disabledAtMs', 'is', null)
      .executeTakeFirst();
    return row?.accountId ?? null;
  }
}

/** A local account without a password yet. `actor`: for the audit log. @throws UserError user-name-taken */
export async function insertAccount(trx: AuthorityWrite, account: NewAccount, actor: string): Promise<string> {
  const { displayName, email = null, placeId = null, grants } = account;
  const accountId = newId();
  const userName = account.userName.toLowerCase();
  const taken = trx.selectFrom('account').select('accountId').where('issuer', '=', LOCAL_ISSUER);
  if (await taken.where('userName', '=', userName).executeTakeFirst()) throw new UserError('user-name-taken');
  await trx
    .insertInto('account')
    .values({
      accountId,
      issuer: LOCAL_ISSUER,
      subject: accountId,
      userName,
      displayName: displayName ?? account.userName,
      email,
      placeId,
      createdAtMs: Date.now(),
    })
    .execute();
  await addGrants(trx, accountId, grants);
  await appendAudit(trx, {
    kind: 'account-created',
    actor,
    subject: `account:${accountId}`,
    details: { userName, grants: JSON.stringify(grants) },
  });
  return accountId;
}
