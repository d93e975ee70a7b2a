/** Calls whose meeting's record was deleted: what their nodes report late of the time before is not kept. */
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('callWithoutRecord')
    .addColumn('callId', 'text', (c) => c.primaryKey().references('call.callId').onDelete('cascade'))
    .addColumn('deletedAtMs', 'bigint', (c) => c.notNull())
    .addColumn('isWhole', 'integer', (c) => c.notNull())
    .execute();
}
