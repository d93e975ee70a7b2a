/**
 * What administrators do to accounts: make, change, disable, sign out. Each act is one transaction with its entries in the
 * audit log, and the rule that one local administrator who can sign in is left is checked within it.
 */
import { InvalidStateError, ProtocolError, UserError } from '#contract/error-codes.ts';
import { LOCAL_ISSUER, type peopleApi } from '#contract/http/people-api.ts';
import type { RoleGrant } from '#contract/http/permissions.ts';
import type { RouteOutput } from '#contract/http/route.ts';
import type { Language } from '#contract/schema.ts';
import { appendAudit } from '../audit/index.ts';
import { recordErasure } from '../erasures/index.ts';
import type { AuthorityStore, AuthorityTables, AuthorityWrite } from '../store/index.ts';
import type { AccountInvites, MadeInvite } from './account-invites.ts';
import { insertAccount, type NewAccount } from './accounts.ts';
import { revokeTokensOf } from './api-tokens.ts';
import { forgetAccount, isForgottenAccount } from './forgotten-accounts.ts';
import { addGrants, distinct, grantKey, grantsOfAccount, scopeIdOf } from './grants.ts';
import type { Selectable } from 'kysely';
import { endSessionsOf } from './sessions.ts';

export type AccountChange = RouteOutput<typeof peopleApi.changeAccount, 'body'>;
/** In each transaction that forgets a person, with the name as it was. `language`: of who forgets them, for what has none of its own */
export type ForgetsPerson = (
  trx: AuthorityWrite,
  person: { accountId: string; displayName: string; language: Language },
) => Promise<void>;
type Dependencies = { store: AuthorityStore; invites: AccountInvites };
type Row = Selectable<AuthorityTables['account']>;

export class AccountChanges {
  readonly #store: AuthorityStore;
  readonly #invites: AccountInvites;
  readonly #shutOutHandlers: ((accountId: string) => void)[] = [];

  constructor({ store, invites }: Dependencies) {
    this.#store = store;
    this.#invites = invites;
  }

  /** After an account was disabled or signed out everywhere: its live connections end. */
  onShutOut(handler: (accountId: string) => void): void {
    this.#shutOutHandlers.push(handler);
  }

  /** A local one, with the one-time link by which its person chooses a password. @throws UserError user-name-taken */
  async create(account: NewAccount, actor: string): Promise<MadeInvite & { accountId: string }> {
    const nowMs = await this.#invites.nowMs();
    return this.#store.write(async (trx) => {
      await checkPlaces(trx, account.placeId ?? null, account.grants);
      const accountId = await insertAccount(trx, account, actor);
      return { accountId, ...(await this.#invites.make(trx, accountId, { actor, nowMs })) };
    });
  }

  /** @throws ProtocolError not-found; InvalidStateError account-forgotten: for good; UserError last-administrator */
  async change(accountId: string, to: AccountChange, actor: string): Promise<void> {
    const isShutOut = await this.#store.write(async (trx) => {
      const before = await accountIn(trx, accountId);
      if (isForgottenAccount(before)) throw new InvalidStateError('account-forgotten', 'it is forgotten for good');
      await checkPlaces(trx, to.placeId, to.grants);
      const isDisabled = before.disabledAtMs !== null;
      const administrated = await hasLocalAdministrator(trx);
      await trx
        .updateTable('account')
        .set({
          displayName: to.displayName,
          email: to.email,
          placeId: to.placeId,
          ...(to.isDisabled !== isDisabled && { disabledAtMs: to.isDisabled ? Date.now() : null }),
        })
        .where('accountId', '=', accountId)
        .execute();
      await auditDetails(trx, before, to, actor);
      await changeGrants(trx, accountId, to.grants, actor);
      if (to.isDisabled !== isDisabled) await switchAccount(trx, accountId, to.isDisabled, actor);
      if (administrated && !(await hasLocalAdministrator(trx))) throw new UserError('last-administrator');
      return to.isDisabled && !isDisabled;
    });
    if (isShutOut) this.#shutOut(accountId);
  }

  /**
   * Disabled for good, without name, address, roles and sign-ins.
   * @param also in the same transaction, before the name is gone: what else knows the person
   * @throws ProtocolError not-found; UserError last-administrator; InvalidStateError not-possible-now: the own account; what `also` throws
   */
  async forget(
    accountId: string,
    { language, actor, also }: { language: Language; actor: string; also: ForgetsPerson },
  ): Promise<void> {
    if (actor === `account:${accountId}`) throw new InvalidStateError('not-possible-now', 'the own account');
    await this.#store.write(async (trx) => {
      const { displayName, disabledAtMs } = await accountIn(trx, accountId);
      const administrated = await hasLocalAdministrator(trx);
      if (disabledAtMs === null) {
        await trx.updateTable('account').set({ disabledAtMs: Date.now() }).where('accountId', '=', accountId).execute();
        await switchAccount(trx, accountId, true, actor);
      }
      await also(trx, { accountId, displayName, language });
      await forgetAccount(trx, accountId, language);
      if (administrated && !(await hasLocalAdministrator(trx))) throw new UserError('last-administrator');
      const subject = `account:${accountId}`;
      await recordErasure(trx, { subject, atMs: Date.now() });
      await appendAudit(trx, { kind: 'person-forgotten', actor, subject });
    });
    this.#shutOut(accountId);
  }

  /**
   * A person whom an older copy of the database brought back. Nothing refuses it, but for a local administrator who is the only one in
   * that copy: then records alone forget them.
   * @throws ProtocolError not-found; UserError last-administrator: the account itself is still to be forgotten
   */
  async forgetAgain(accountId: string, also: ForgetsPerson): Promise<void> {
    const { language } = await this.#store.read
      .selectFrom('account')
      .select('language')
      .where('accountId', '=', accountId)
      .executeTakeFirstOrThrow(() => new ProtocolError('not-found', 'no such account'));
    try {
      await this.forget(accountId, { language: language ?? 'en', actor: 'fleet', also });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      await this.#store.write(async (trx) => {
        const { displayName } = await accountIn(trx, accountId);
        await also(trx, { accountId, displayName, language: language ?? 'en' });
      });
      throw error;
    }
  }

  /** How many sessions were ended. @throws ProtocolError not-found */
  async endSessions(accountId: string, actor: string): Promise<number> {
    const endedCount = await this.#store.write(async (trx) => {
      await accountIn(trx, accountId);
      const count = await endSessionsOf(trx, accountId);
      const subject = `account:${accountId}`;
      if (count > 0) await appendAudit(trx, { kind: 'session-ended', actor, subject, details: { count } });
      return count;
    });
    this.#shutOut(accountId);
    return endedCount;
  }

  #shutOut(accountId: string): void {
    for (const handler of this.#shutOutHandlers) handler(accountId);
  }
}

/** Who can sign in without any directory, and may do everything. */
async function hasLocalAdministrator(trx: AuthorityWrite): Promise<boolean> {
  const row = await trx
    .selectFrom('account')
    .innerJoin('password', 'password.accountId', 'account.accountId')
    .innerJoin('roleGrant', 'roleGrant.accountId', 'account.accountId')
    .select('account.accountId')
    .where('issuer', '=', LOCAL_ISSUER)
    .where('disabledAtMs', 'is', null)
    .where('role', '=', 'administrator')
    .where('scopeKind', '=', 'organisation')
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

async function accountIn(trx: AuthorityWrite, accountId: string): Promise<Row> {
  const row = await trx.selectFrom('account').selectAll().where('accountId', '=', accountId).executeTakeFirst();
  if (!row) throw new ProtocolError('not-found', 'no such account');
  return row;
}

/** A role or an account in a place or room that there is not would be kept without effect. @throws ProtocolError not-found */
export async function checkPlaces(
  trx: AuthorityWrite,
  placeId: string | null,
  grants: readonly RoleGrant[],
): Promise<void> {
  const places = new Set(placeId === null ? [] : [placeId]);
  const rooms = new Set<string>();
  for (const { scope } of grants) {
    if (scope.kind === 'place') places.add(scope.placeId);
    if (scope.kind === 'room') rooms.add(scope.roomId);
  }
  for (const each of places)
    if (!(await trx.selectFrom('place').select('placeId').where('placeId', '=', each).executeTakeFirst()))
      throw new ProtocolError('not-found', 'no such place');
  for (const each of rooms) {
    const room = trx.selectFrom('room').select('roomId').where('roomId', '=', each).where('removedAtMs', 'is', null);
    if (!(await room.executeTakeFirst())) throw new ProtocolError('not-found', 'no such room');
  }
}

async function auditDetails(trx: AuthorityWrite, before: Row, to: AccountChange, actor: string): Promise<void> {
  const fields = ['displayName', 'email', 'placeId'] as const;
  const changed = fields.filter((field) => before[field] !== to[field]);
  if (changed.length === 0) return;
  const subject = `account:${before.accountId}`;
  await appendAudit(trx, { kind: 'account-changed', actor, subject, details: { fields: changed.join() } });
}

async function changeGrants(
  trx: AuthorityWrite,
  accountId: string,
  to: readonly RoleGrant[],
  actor: string,
): Promise<void> {
  const before = await grantsOfAccount(trx, accountId);
  const [had, has] = [new Set(before.map(grantKey)), new Set(to.map(grantKey))];
  const revoked = before.filter((grant) => !has.has(grantKey(grant)));
  const granted = distinct(to).filter((grant) => !had.has(grantKey(grant)));
  for (const { role, scope } of revoked)
    await trx
      .deleteFrom('roleGrant')
      .where('accountId', '=', accountId)
      .where('role', '=', role)
      .where('scopeKind', '=', scope.kind)
      .where('scopeId', '=', scopeIdOf(scope))
      .execute();
  await addGrants(trx, accountId, granted);
  const audit = (kind: 'role-granted' | 'role-revoked') => async (grant: RoleGrant) =>
    appendAudit(trx, { kind, actor, subject: `account:${accountId}`, details: { grant: grantKey(grant) } });
  for (const grant of revoked) await audit('role-revoked')(grant);
  for (const grant of granted) await audit('role-granted')(grant);
}

/** What a disabled account has left open ends for good: it does not come back with the account. */
async function switchAccount(
  trx: AuthorityWrite,
  accountId: string,
  isDisabled: boolean,
  actor: string,
): Promise<void> {
  const subject = `account:${accountId}`;
  await appendAudit(trx, { kind: isDisabled ? 'account-disabled' : 'account-enabled', actor, subject });
  if (!isDisabled) return;
  await endSessionsOf(trx, accountId);
  await revokeTokensOf(trx, accountId, actor);
  await trx.deleteFrom('accountInvite').where('accountId', '=', accountId).where('usedAtMs', 'is', null).execute();
}
