/** For unit tests that share a store: its start costs a thread and all migrations, many times the test itself. */
import { sql } from 'kysely';
import type { AuthorityStore, AuthorityTables } from './index.ts';

/** Without a row, as a new one is: the migrations write none into an empty database. */
export async function emptied(store: AuthorityStore): Promise<void> {
  const tables = await sql<{ name: keyof AuthorityTables }>`
    select name from sqlite_master where type = 'table' and name not like 'sqlite_%' and name not like 'kysely_%'
  `.execute(store.read);
  await store.write(async (trx) => {
    // a row that another refers to may go first
    await sql`pragma defer_foreign_keys = on`.execute(trx);
    for (const { name } of tables.rows) await sql`delete from ${sql.table(name)}`.execute(trx);
  });
}
