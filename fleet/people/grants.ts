/** Roles as the store keeps them: one row per role and scope. */
import type { RoleGrant, Scope } from '#contract/http/permissions.ts';
import type { AuthorityStore, AuthorityTables, AuthorityWrite } from '../store/index.ts';

type Row = AuthorityTables['roleGrant'];

export const ORGANISATION: Scope = { kind: 'organisation' };

export const scopeIdOf = (scope: Scope): string =>
  scope.kind === 'organisation' ? '' : scope.kind === 'place' ? scope.placeId : scope.roomId;

export function scopeOf({ scopeKind, scopeId }: Pick<Row, 'scopeKind' | 'scopeId'>): Scope {
  if (scopeKind === 'room') return { kind: 'room', roomId: scopeId };
  return scopeKind === 'place' ? { kind: 'place', placeId: scopeId } : ORGANISATION;
}

export const grantKey = ({ role, scope }: RoleGrant): string => `${role} ${scope.kind} ${scopeIdOf(scope)}`;

export const distinct = (grants: readonly RoleGrant[]): RoleGrant[] => [
  ...new Map(grants.map((grant) => [grantKey(grant), grant])).values(),
];

export async function grantsOfAccount(
  db: AuthorityStore['read'] | AuthorityWrite,
  accountId: string,
): Promise<RoleGrant[]> {
  const rows = await db.selectFrom('roleGrant').selectAll().where('accountId', '=', accountId).execute();
  return rows.map((row) => ({ role: row.role, scope: scopeOf(row) }));
}

export async function addGrants(trx: AuthorityWrite, accountId: string, grants: readonly RoleGrant[]): Promise<void> {
  for (const { role, scope } of distinct(grants))
    await trx
      .insertInto('roleGrant')
      .values({ accountId, role, scopeKind: scope.kind, scopeId: scopeIdOf(scope), grantedAtMs: Date.now() })
      .execute();
}
