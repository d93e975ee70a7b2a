/** The shared notes of each meeting: its updates in their order, one snapshot of those before, and which lines of phones are in them. */
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('notesUpdate')
    .addColumn('meetingId', 'text', (c) => c.notNull().references('meeting.meetingId').onDelete('cascade'))
    .addColumn('position', 'bigint', (c) => c.notNull())
    .addColumn('content', 'text', (c) => c.notNull())
    .addColumn('atMs', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('notesUpdateKey', ['meetingId', 'position'])
    .execute();
  await db.schema
    .createTable('notesLine')
    .addColumn('meetingId', 'text', (c) => c.notNull().references('meeting.meetingId').onDelete('cascade'))
    .addColumn('lineId', 'text', (c) => c.notNull())
    .addColumn('atMs', 'bigint', (c) => c.notNull())
    .addPrimaryKeyConstraint('notesLineKey', ['meetingId', 'lineId'])
    .execute();
  await db.schema.createIndex('notesLineByAge').on('notesLine').column('atMs').execute();
  await db.schema
    .createTable('notesSnapshot')
    .addColumn('meetingId', 'text', (c) => c.primaryKey().references('meeting.meetingId').onDelete('cascade'))
    .addColumn('upToPosition', 'bigint', (c) => c.notNull())
    .addColumn('content', 'text', (c) => c.notNull())
    .addColumn('atMs', 'bigint', (c) => c.notNull())
    .execute();
}
