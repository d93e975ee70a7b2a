/** Rooms that were removed and meetings that are over for good: their rows stay, because what happened refers to them. */
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('room').addColumn('removedAtMs', 'bigint').execute();
  await db.schema.alterTable('meeting').addColumn('endedAtMs', 'bigint').execute();
}
