/**
 * One-time links by which the person of a local account chooses a password and is signed in: 72 hours, single use, of which
 * the store has the hash. A newer one makes the earlier ones void.
 */
import { ProtocolError, InvalidStateError, UserError } from '#contract/error-codes.ts';
import { accountInviteUrl } from '#contract/http/page-paths.ts';
import { type Account, LOCAL_ISSUER } from '#contract/http/people-api.ts';
import { AttemptLimit } from '#edge/attempt-limit.ts';
import { appendAudit } from '../audit/index.ts';
import { type AuthorityStore, type AuthorityWrite, hashOf, newToken } from '../store/index.ts';
import type { Accounts } from './accounts.ts';
import { hashOfGood, setPassword } from './passwords.ts';
import { endSessionsOf, type Sessions } from './sessions.ts';

const ACCOUNT_INVITE_TTL_MS = 72 * 3_600_000;

/** `isMailed`: a mail with the link is queued. */
export type MadeInvite = { inviteUrl: string; isMailed: boolean };
/** `actor`: who made the link, as the audit log names them. */
export type InviteMail = { accountId: string; email: string; displayName: string; inviteUrl: string; actor: string };
export type AccountInvitesDependencies = {
  store: AuthorityStore;
  accounts: Accounts;
  sessions: Sessions;
  fleetUrl: string;
  /** In the transaction that makes the link. False: no mail is sent here. */
  queueMail: (trx: AuthorityWrite, mail: InviteMail) => Promise<boolean>;
};

export class AccountInvites {
  readonly #deps: AccountInvitesDependencies;
  /** who has a good link is not counted */
  readonly #refusedByNetwork = new AttemptLimit({ burst: 20, refillPerMinute: 6 });

  constructor(deps: AccountInvitesDependencies) {
    this.#deps = deps;
  }

  /** @throws ProtocolError not-found; InvalidStateError not-possible-now: a directory vouches for it, or it is disabled */
  async makeAgain(accountId: string, actor: string): Promise<MadeInvite> {
    const nowMs = await this.nowMs();
    return this.#deps.store.write((trx) => this.make(trx, accountId, { actor, nowMs }));
  }

  /** Asked before the transaction: a clock that was set moves stored times in one of its own. */
  nowMs(): Promise<number> {
    return this.#deps.sessions.nowMs();
  }

  /** @throws as `makeAgain` */
  async make(
    trx: AuthorityWrite,
    accountId: string,
    { actor, nowMs }: { actor: string; nowMs: number },
  ): Promise<MadeInvite> {
    const { fleetUrl, queueMail } = this.#deps;
    const account = await trx
      .selectFrom('account')
      .select(['issuer', 'disabledAtMs', 'email', 'displayName'])
      .where('accountId', '=', accountId)
      .executeTakeFirst();
    if (!account) throw new ProtocolError('not-found', 'no such account');
    if (account.issuer !== LOCAL_ISSUER || account.disabledAtMs !== null)
      throw new InvalidStateError('not-possible-now', 'a password opens nothing here');
    await voidInvites(trx, accountId);
    const code = newToken();
    const expiresAtMs = nowMs + ACCOUNT_INVITE_TTL_MS;
    await trx
      .insertInto('accountInvite')
      .values({ codeHash: hashOf(code), accountId, expiresAtMs })
      .execute();
    await appendAudit(trx, { kind: 'account-invited', actor, subject: `account:${accountId}` });
    const inviteUrl = accountInviteUrl(fleetUrl, code);
    const { email, displayName } = account;
    const isMailed = email !== null && (await queueMail(trx, { accountId, email, displayName, inviteUrl, actor }));
    return { inviteUrl, isMailed };
  }

  /**
   * The account with its new password, and the token of a session; its other sessions end.
   * @throws UserError invite-invalid: unknown, expired, used, or its account is disabled; password-too-weak; too-many-attempts
   */
  async use(
    code: string,
    newPassword: string,
    by: { browser: string; network: string },
  ): Promise<{ account: Account; token: string }> {
    const { store, accounts, sessions } = this.#deps;
    const codeHash = hashOf(code);
    const found = await store.read
      .selectFrom('accountInvite')
      .select(['accountId', 'expiresAtMs', 'usedAtMs'])
      .where('codeHash', '=', codeHash)
      .executeTakeFirst();
    const nowMs = await this.nowMs();
    const account = found ? await accounts.byId(found.accountId) : null;
    if (!found || !account || found.usedAtMs !== null || found.expiresAtMs <= nowMs) throw this.#refusal(by.network);
    const { accountId } = account;
    const passwordHash = await hashOfGood(newPassword, account.userName);
    const token = await sessions.open(accountId, { method: 'link', ...by }, async (trx) => {
      const { numUpdatedRows } = await trx
        .updateTable('accountInvite')
        .set({ usedAtMs: nowMs })
        .where('codeHash', '=', codeHash)
        .where('usedAtMs', 'is', null)
        .executeTakeFirst();
      const isEnabled = await trx
        .selectFrom('account')
        .select('accountId')
        .where('accountId', '=', accountId)
        .where('disabledAtMs', 'is', null)
        .executeTakeFirst();
      if (numUpdatedRows === 0n || !isEnabled) throw new UserError('invite-invalid');
      await setPassword(trx, accountId, { passwordHash, mustChange: false });
      await voidInvites(trx, accountId);
      await endSessionsOf(trx, accountId);
      const actor = `account:${accountId}`;
      await appendAudit(trx, { kind: 'account-invite-used', actor, subject: `network:${by.network}` });
    });
    return { account: { ...account, mustChangePassword: false }, token };
  }

  /** Right codes have 256 bits and are looked at first: only wrong ones are counted. */
  #refusal(network: string): UserError {
    return new UserError(this.#refusedByNetwork.take(network) ? 'invite-invalid' : 'too-many-attempts');
  }
}

/** Voids the account's links that nobody has used, in the transaction of the password or link that replaces them. */
export async function voidInvites(trx: AuthorityWrite, accountId: string): Promise<void> {
  await trx.deleteFrom('accountInvite').where('accountId', '=', accountId).where('usedAtMs', 'is', null).execute();
}
