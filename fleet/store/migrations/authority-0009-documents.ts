/** Documents of meetings, what a meeting permits with them, and the name by which a guest joined. */
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('document')
    .addColumn('documentId', 'text', (c) => c.primaryKey())
    .addColumn('meetingId', 'text', (c) => c.notNull().references('meeting.meetingId'))
    .addColumn('uploader', 'text', (c) => c.notNull())
    .addColumn('title', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('sizeBytes', 'bigint', (c) => c.notNull())
    .addColumn('receivedBytes', 'bigint', (c) => c.notNull())
    .addColumn('heldBytes', 'bigint', (c) => c.notNull())
    .addColumn('pageCount', 'integer')
    .addColumn('failure', 'text')
    .addColumn('createdAtMs', 'bigint', (c) => c.notNull())
    .addColumn('usedAtMs', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('documentOfMeeting').on('document').column('meetingId').execute();
  await db.schema.alterTable('meeting').addColumn('documentPolicy', 'text').execute();
  await db.schema.alterTable('guestEntry').addColumn('displayName', 'text').execute();
}
