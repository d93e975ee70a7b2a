/** What is written in a meeting, before, during and after its calls. */
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('chatPost')
    .addColumn('meetingId', 'text', (c) => c.notNull().references('meeting.meetingId'))
    .addColumn('messageId', 'text', (c) => c.notNull())
    .addColumn('number', 'integer', (c) => c.notNull())
    .addColumn('revision', 'integer', (c) => c.notNull())
    .addColumn('callId', 'text')
    .addColumn('person', 'text', (c) => c.notNull())
    .addColumn('displayName', 'text', (c) => c.notNull())
    .addColumn('isGuest', 'integer', (c) => c.notNull())
    .addColumn('text', 'text', (c) => c.notNull())
    .addColumn('atMs', 'bigint', (c) => c.notNull())
    .addColumn('recalledAtMs', 'bigint')
    .addColumn('replyTo', 'text')
    .addColumn('mentioned', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('chatPostKey', ['meetingId', 'messageId'])
    .execute();
  await db.schema.createIndex('chatPostByNumber').unique().on('chatPost').columns(['meetingId', 'number']).execute();
  await db.schema.createIndex('chatPostByRevision').on('chatPost').columns(['meetingId', 'revision']).execute();
}
