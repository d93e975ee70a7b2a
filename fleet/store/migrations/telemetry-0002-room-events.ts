/** What rooms tell of themselves beside their state: events, and the last agenda and equipment. */
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('roomEvent')
    .addColumn('roomId', 'text', (c) => c.notNull())
    .addColumn('position', 'bigint', (c) => c.notNull())
    .addColumn('eventId', 'text', (c) => c.notNull())
    .addColumn('sequence', 'bigint', (c) => c.notNull())
    .addColumn('receivedAtMs', 'bigint', (c) => c.notNull())
    .addColumn('event', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('roomEventKey', ['roomId', 'position'])
    .addUniqueConstraint('roomEventOnce', ['roomId', 'eventId'])
    .execute();
  await db.schema
    .createTable('roomEventReceipt')
    .addColumn('roomId', 'text', (c) => c.primaryKey())
    .addColumn('upToSequence', 'bigint', (c) => c.notNull())
    .addColumn('lastPosition', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema
    .createTable('roomDetail')
    .addColumn('roomId', 'text', (c) => c.primaryKey())
    .addColumn('agenda', 'text')
    .addColumn('equipment', 'text')
    .execute();
}
