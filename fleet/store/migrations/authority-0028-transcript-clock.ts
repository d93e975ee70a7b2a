/** By how much the times of what was spoken may be off. Of what earlier releases kept nobody knows: the node's clock was not measured. */
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('transcript').addColumn('offMs', 'integer').execute();
}
