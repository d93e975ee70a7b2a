/** One row for each projection of a room, whatever there are. What was kept until now, rooms publish again by themselves. */
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('roomProjection')
    .addColumn('roomId', 'text', (c) => c.notNull())
    .addColumn('name', 'text', (c) => c.notNull())
    .addColumn('value', 'text', (c) => c.notNull())
    .addColumn('receivedAtMs', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('roomProjectionKey', ['roomId', 'name'])
    .execute();
  await db.schema.dropTable('roomDetail').execute();
  for (const column of ['state', 'epoch', 'revision'])
    await db.schema.alterTable('roomReport').dropColumn(column).execute();
}
