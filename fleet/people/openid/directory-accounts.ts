/** Accounts that the organisation's directory vouches for: made at their first sign-in, and as the directory has them each time. */
import { UserError } from '#contract/error-codes.ts';
import type { RoleGrant } from '#contract/http/permissions.ts';
import { cutText, shownText } from '#contract/shown-text.ts';
import { appendAudit } from '../../audit/index.ts';
import { type AuthorityWrite, newId } from '../../store/index.ts';
import type { OpenidIdentity } from './openid-provider.ts';
import type { OpenidSettings } from './openid-settings.ts';

const NAME_LIMITS = { units: 160, bytes: 400 };
const USER_NAME_UNITS = 80;

/** What the directory's groups give, without repetition. */
export function grantsOf({ roles, everyoneIs }: OpenidSettings, groups: readonly string[]): RoleGrant[] {
  const given = roles.filter(({ group }) => groups.includes(group)).map(({ role, scope }) => ({ role, scope }));
  const all: RoleGrant[] =
    everyoneIs === null ? given : [...given, { role: everyoneIs, scope: { kind: 'organisation' } }];
  return [...new Map(all.map((grant) => [keyOf(grant), grant])).values()];
}

/**
 * The account as its directory has it now: name, address, groups, roles.
 * @throws UserError forbidden: in none of the groups; account-disabled
 */
export async function keepDirectoryAccount(
  trx: AuthorityWrite,
  identity: OpenidIdentity,
  { settings, nowMs }: { settings: OpenidSettings; nowMs: number },
): Promise<string> {
  const { issuer, subject, email } = identity;
  const grants = grantsOf(settings, identity.groups);
  if (grants.length === 0) throw new UserError('forbidden', 'in none of the groups that have a role');
  const known = await trx
    .selectFrom('account')
    .select(['accountId', 'disabledAtMs'])
    .where('issuer', '=', issuer)
    .where('subject', '=', subject)
    .executeTakeFirst();
  if (known && known.disabledAtMs !== null) throw new UserError('account-disabled');
  const displayName = cutText(shownText(identity.displayName) || shownText(identity.userName) || subject, NAME_LIMITS);
  if (known)
    await trx
      .updateTable('account')
      .set({ displayName, email, checkedAtMs: nowMs, groups: JSON.stringify(identity.groups) })
      .where('accountId', '=', known.accountId)
      .execute();
  const accountId = known?.accountId ?? (await insertAccount(trx, { ...identity, displayName }, nowMs));
  await keepGrants(trx, accountId, grants, nowMs);
  return accountId;
}

async function insertAccount(trx: AuthorityWrite, identity: OpenidIdentity, nowMs: number): Promise<string> {
  const { issuer, subject, displayName, email } = identity;
  const accountId = newId();
  const userName = await freeUserName(trx, identity.userName);
  await trx
    .insertInto('account')
    .values({
      accountId,
      issuer,
      subject,
      userName,
      displayName,
      email,
      placeId: null,
      createdAtMs: nowMs,
      checkedAtMs: nowMs,
      groups: JSON.stringify(identity.groups),
    })
    .execute();
  await appendAudit(trx, { kind: 'account-created', actor: `openid:${issuer}`, subject: `account:${accountId}` });
  return accountId;
}

/** Names are unique among all issuers, because people read them; a local account keeps its own. */
async function freeUserName(trx: AuthorityWrite, wanted: string): Promise<string> {
  const base = shownText(wanted).toLowerCase().slice(0, USER_NAME_UNITS) || 'person';
  for (let number = 1; ; number += 1) {
    const userName = number === 1 ? base : `${base}-${number}`;
    const taken = await trx
      .selectFrom('account')
      .select('accountId')
      .where('userName', '=', userName)
      .executeTakeFirst();
    if (!taken) return userName;
  }
}

async function keepGrants(trx: AuthorityWrite, accountId: string, grants: RoleGrant[], nowMs: number): Promise<void> {
  const rows = await trx.selectFrom('roleGrant').selectAll().where('accountId', '=', accountId).execute();
  const had = new Map(rows.map((row) => [`${row.role} ${row.scopeKind} ${row.scopeId}`, row]));
  const has = new Map(grants.map((grant) => [keyOf(grant), grant]));
  for (const [key, row] of had) {
    if (has.has(key)) continue;
    await trx
      .deleteFrom('roleGrant')
      .where('accountId', '=', accountId)
      .where('role', '=', row.role)
      .where('scopeKind', '=', row.scopeKind)
      .where('scopeId', '=', row.scopeId)
      .execute();
    await appendAudit(trx, roleChange('role-revoked', accountId, key));
  }
  for (const [key, grant] of has) {
    if (had.has(key)) continue;
    await trx
      .insertInto('roleGrant')
      .values({
        accountId,
        role: grant.role,
        scopeKind: grant.scope.kind,
        scopeId: scopeIdOf(grant),
        grantedAtMs: nowMs,
      })
      .execute();
    await appendAudit(trx, roleChange('role-granted', accountId, key));
  }
}

const roleChange = (kind: 'role-granted' | 'role-revoked', accountId: string, grant: string) => ({
  kind,
  actor: 'directory',
  subject: `account:${accountId}`,
  details: { grant },
});
const scopeIdOf = ({ scope }: RoleGrant): string =>
  scope.kind === 'room' ? scope.roomId : scope.kind === 'place' ? scope.placeId : '';
const keyOf = (grant: RoleGrant): string => `${grant.role} ${grant.scope.kind} ${scopeIdOf(grant)}`;
