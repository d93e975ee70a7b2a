/** Rollouts with where each of their rooms is, what happened to each room's software, and why a feed was refused. */
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('rollout')
    .addColumn('rolloutId', 'text', (c) => c.primaryKey())
    .addColumn('startedAtMs', 'bigint', (c) => c.notNull())
    .addColumn('endedAtMs', 'bigint')
    .addColumn('head', 'text', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('rolloutRoom')
    .addColumn('rolloutId', 'text', (c) => c.notNull().references('rollout.rolloutId').onDelete('cascade'))
    .addColumn('roomId', 'text', (c) => c.notNull())
    .addColumn('kept', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('rolloutRoomKey', ['rolloutId', 'roomId'])
    .execute();
  await db.schema
    .createTable('updateHistory')
    .addColumn('entryId', 'text', (c) => c.primaryKey())
    .addColumn('roomId', 'text', (c) => c.notNull())
    .addColumn('atMs', 'bigint', (c) => c.notNull())
    .addColumn('releaseId', 'text', (c) => c.notNull())
    .addColumn('version', 'text', (c) => c.notNull())
    .addColumn('outcome', 'text', (c) => c.notNull())
    .addColumn('detail', 'text', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('updateHistoryOfRoom').on('updateHistory').columns(['roomId', 'atMs']).execute();
  await db.schema
    .createTable('feedFault')
    .addColumn('source', 'text', (c) => c.primaryKey())
    .addColumn('stamp', 'text', (c) => c.notNull())
    .addColumn('refusal', 'text', (c) => c.notNull())
    .addColumn('detail', 'text', (c) => c.notNull())
    .addColumn('atMs', 'bigint', (c) => c.notNull())
    .execute();
}
