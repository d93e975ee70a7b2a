/** How boxes and calls were over time: a point each half minute, thinned after an hour; and how long rooms were in trouble, by day. */
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('healthPoint')
    .addColumn('roomId', 'text', (c) => c.notNull())
    /** milliseconds that the point stands for */
    .addColumn('spanMs', 'integer', (c) => c.notNull())
    .addColumn('atMs', 'bigint', (c) => c.notNull())
    .addColumn('value', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('healthPointKey', ['roomId', 'spanMs', 'atMs'])
    .execute();
  await db.schema
    .createTable('roomHealth')
    .addColumn('roomId', 'text', (c) => c.primaryKey())
    .addColumn('health', 'text', (c) => c.notNull())
    .addColumn('sinceMs', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('callQuality')
    .addColumn('roomId', 'text', (c) => c.notNull())
    .addColumn('callId', 'text', (c) => c.notNull())
    .addColumn('atMs', 'bigint', (c) => c.notNull())
    .addColumn('end', 'text', (c) => c.notNull())
    .addColumn('value', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('callQualityKey', ['roomId', 'callId', 'end', 'atMs'])
    .execute();
  await db.schema
    .createTable('roomDay')
    .addColumn('roomId', 'text', (c) => c.notNull())
    /** of UTC, since 1970 */
    .addColumn('day', 'integer', (c) => c.notNull())
    .addColumn('callCount', 'integer', (c) => c.notNull())
    .addColumn('callMs', 'bigint', (c) => c.notNull())
    .addColumn('bookedMs', 'bigint', (c) => c.notNull())
    .addColumn('noShowCount', 'integer', (c) => c.notNull())
    .addColumn('faultMs', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('roomDayKey', ['roomId', 'day'])
    .execute();
}
