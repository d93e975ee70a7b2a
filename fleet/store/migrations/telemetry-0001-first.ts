/** The telemetry's first schema. */
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('roomReport')
    .addColumn('roomId', 'text', (c) => c.primaryKey())
    .addColumn('state', 'text')
    .addColumn('epoch', 'bigint', (c) => c.notNull())
    .addColumn('revision', 'bigint', (c) => c.notNull())
    .addColumn('lastSeenMs', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('nodeReport')
    .addColumn('nodeId', 'text', (c) => c.primaryKey())
    .addColumn('instanceId', 'text', (c) => c.notNull())
    .addColumn('signalingUrl', 'text', (c) => c.notNull())
    .addColumn('lastSeenMs', 'bigint', (c) => c.notNull())
    .execute();
}
