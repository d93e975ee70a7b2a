/** An account may have several roles, each within a scope; what it had before holds for the whole organisation. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('roleGrant')
    .addColumn('accountId', 'text', (c) => c.notNull().references('account.accountId'))
    .addColumn('role', 'text', (c) => c.notNull())
    .addColumn('scopeKind', 'text', (c) => c.notNull())
    // empty for the organisation: a key has no null
    .addColumn('scopeId', 'text', (c) => c.notNull())
    .addColumn('grantedAtMs', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('roleGrantKey', ['accountId', 'role', 'scopeKind', 'scopeId'])
    .execute();
  const tables = db as Kysely<{
    account: { accountId: string; role: string; createdAtMs: number };
    roleGrant: { accountId: string; role: string; scopeKind: string; scopeId: string; grantedAtMs: number };
  }>;
  await tables
    .insertInto('roleGrant')
    .columns(['accountId', 'role', 'scopeKind', 'scopeId', 'grantedAtMs'])
    .expression((e) =>
      e
        .selectFrom('account')
        .select([
          'accountId',
          'role',
          sql.lit('organisation').as('scopeKind'),
          sql.lit('').as('scopeId'),
          'createdAtMs',
        ]),
    )
    .execute();
  await db.schema.alterTable('account').dropColumn('role').execute();
}
