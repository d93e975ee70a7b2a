/** What was deleted for good, so that it is deleted again after an older copy of this database has come back; whose names IT's acts have. */
import { type Kysely, sql } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('erasure')
    .addColumn('subject', 'text', (c) => c.primaryKey())
    .addColumn('atMs', 'bigint', (c) => c.notNull())
    .addColumn('stillDue', 'text')
    .addColumn('isListed', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
  // names that stand where accounts were not known: so that a person who is forgotten is found, also after a change of the name
  for (const [table, column] of [
    ['roomAction', 'askedByAccountId'],
    ['helpRequest', 'seenByAccountId'],
    ['helpMessage', 'authorAccountId'],
  ] as const)
    await db.schema.alterTable(table).addColumn(column, 'text').execute();
  // what earlier releases deleted is in the audit log alone
  await sql`
    insert into erasure (subject, at_ms)
    select subject, max(at_ms) from audit where kind in ('record-deleted', 'person-forgotten') group by subject
  `.execute(db);
}
