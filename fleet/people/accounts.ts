/** Accounts, their passwords (argon2id) and the roles they are granted. sessions.ts knows who is signed in. */
import { hash, verify } from '@node-rs/argon2';
import { UserError } from '#contract/error-codes.ts';
import type { Account } from '#contract/http/people-api.ts';
import type { RoleGrant, Scope } from '#contract/http/permissions.ts';
import { appendAudit } from '../audit/index.ts';
import { type AuthorityStore, type AuthorityTables, type AuthorityWrite, newCode, newId } from '../store/index.ts';

const ORGANISATION: Scope = { kind: 'organisation' };
const FIRST_ADMIN = 'admin';
const ONE_TIME_ALPHABET = '23456789abcdefghjkmnpqrstuvwxyz';
const ONE_TIME_LENGTH = 16;
const MIN_PASSWORD_LENGTH = 10;

export class Accounts {
  readonly #store: AuthorityStore;
  /** verified against when there is no such account, so that both answers need the same time */
  readonly #decoyHash: Promise<string>;

  constructor({ store }: { store: AuthorityStore }) {
    this.#store = store;
    this.#decoyHash = hash(newId());
  }

  /** The first administrator with a password that works until it is changed; null when there is an account already. */
  async createFirstAdmin(): Promise<{ userName: string; oneTimePassword: string } | null> {
    if (await this.#store.read.selectFrom('account').select('accountId').limit(1).executeTakeFirst()) return null;
    const oneTimePassword = newCode(ONE_TIME_ALPHABET, ONE_TIME_LENGTH);
    const grants: RoleGrant[] = [{ role: 'admin', scope: ORGANISATION }];
    await this.create({ userName: FIRST_ADMIN, password: oneTimePassword, grants, mustChangePassword: true });
    return { userName: FIRST_ADMIN, oneTimePassword };
  }

  async create(account: {
    userName: string;
    password: string;
    grants: RoleGrant[];
    mustChangePassword: boolean;
  }): Promise<Account> {
    const { userName, password, grants, mustChangePassword } = account;
    const accountId = newId();
    const passwordHash = await hash(password);
    await this.#store.write(async (trx) => {
      await trx
        .insertInto('account')
        .values({
          accountId,
          userName: userName.toLowerCase(),
          passwordHash,
          mustChangePassword: mustChangePassword ? 1 : 0,
          createdAtMs: Date.now(),
        })
        .execute();
      for (const { role, scope } of grants)
        await trx
          .insertInto('roleGrant')
          .values({
            accountId,
            role,
            scopeKind: scope.kind,
            scopeId: scope.kind === 'room' ? scope.roomId : '',
            grantedAtMs: Date.now(),
          })
          .execute();
      await appendAudit(trx, {
        kind: 'account-created',
        actor: 'fleet',
        subject: `account:${accountId}`,
        details: { grants: JSON.stringify(grants) },
      });
    });
    return { accountId, userName, grants, mustChangePassword };
  }

  async byId(accountId: string): Promise<Account | null> {
    const { read } = this.#store;
    const row = await read
      .selectFrom('account')
      .select(['accountId', 'userName', 'mustChangePassword'])
      .where('accountId', '=', accountId)
      .executeTakeFirst();
    if (!row) return null;
    const grants = await read.selectFrom('roleGrant').selectAll().where('accountId', '=', accountId).execute();
    return { ...row, mustChangePassword: row.mustChangePassword === 1, grants: grants.map(grantOf) };
  }

  async idOf(userName: string): Promise<string | null> {
    const row = await this.#store.read
      .selectFrom('account')
      .select('accountId')
      .where('userName', '=', userName.toLowerCase())
      .executeTakeFirst();
    return row?.accountId ?? null;
  }

  /** The hash that it was verified against, for `holds`; null: it is wrong. An unknown account needs the same time. */
  async provePassword(accountId: string | null, password: string): Promise<string | null> {
    const row =
      accountId === null
        ? undefined
        : await this.#store.read
            .selectFrom('account')
            .select('passwordHash')
            .where('accountId', '=', accountId)
            .executeTakeFirst();
    const matches = await verify(row?.passwordHash ?? (await this.#decoyHash), password);
    return matches && row ? row.passwordHash : null;
  }

  /** Verifying is slow: whether the password is still the one that was proven, in the transaction that acts upon it. */
  async holds(trx: AuthorityWrite, accountId: string, provenHash: string): Promise<boolean> {
    const row = await trx
      .selectFrom('account')
      .select('accountId')
      .where('accountId', '=', accountId)
      .where('passwordHash', '=', provenHash)
      .executeTakeFirst();
    return row !== undefined;
  }

  /**
   * `within`: what belongs to the same act.
   * @throws UserError password-too-weak; credentials-invalid where it was changed since it was proven
   */
  async changePassword(
    account: Account,
    newPassword: string,
    { provenHash, within }: { provenHash: string; within: (trx: AuthorityWrite) => Promise<void> },
  ): Promise<void> {
    if (isWeak(newPassword, account.userName)) throw new UserError('password-too-weak');
    const passwordHash = await hash(newPassword);
    await this.#store.write(async (trx) => {
      if (!(await this.holds(trx, account.accountId, provenHash))) throw new UserError('credentials-invalid');
      await trx
        .updateTable('account')
        .set({ passwordHash, mustChangePassword: 0 })
        .where('accountId', '=', account.accountId)
        .execute();
      await appendAudit(trx, {
        kind: 'password-changed',
        actor: `account:${account.accountId}`,
        subject: `account:${account.accountId}`,
      });
      await within(trx);
    });
  }
}

function grantOf({ role, scopeKind, scopeId }: AuthorityTables['roleGrant']): RoleGrant {
  return { role, scope: scopeKind === 'room' ? { kind: 'room', roomId: scopeId } : ORGANISATION };
}

/** Length is what counts (NIST SP 800-63B); beyond it only what nobody should choose. */
function isWeak(password: string, userName: string): boolean {
  if (password.length < MIN_PASSWORD_LENGTH) return true;
  if (new Set(password).size < 5) return true;
  return password.toLowerCase().includes(userName.toLowerCase());
}
