/** One change for a request to change a meeting and those that follow, also where it is sent again. */
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('meeting').addColumn('changeRequestId', 'text').execute();
}
