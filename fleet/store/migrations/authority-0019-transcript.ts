/** What was spoken in a meeting's calls, as text. */
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('transcript')
    .addColumn('callId', 'text', (c) => c.notNull().references('call.callId'))
    .addColumn('segmentId', 'text', (c) => c.notNull())
    .addColumn('meetingId', 'text', (c) => c.notNull().references('meeting.meetingId'))
    .addColumn('number', 'integer', (c) => c.notNull())
    .addColumn('revision', 'integer', (c) => c.notNull())
    .addColumn('person', 'text')
    .addColumn('displayName', 'text', (c) => c.notNull())
    .addColumn('text', 'text', (c) => c.notNull())
    .addColumn('fromMs', 'bigint', (c) => c.notNull())
    .addColumn('untilMs', 'bigint', (c) => c.notNull())
    .addColumn('deletedAtMs', 'bigint')
    .addPrimaryKeyConstraint('transcriptKey', ['callId', 'segmentId'])
    .execute();
  await db.schema
    .createIndex('transcriptByNumber')
    .unique()
    .on('transcript')
    .columns(['meetingId', 'number'])
    .execute();
  await db.schema.createIndex('transcriptByRevision').on('transcript').columns(['meetingId', 'revision']).execute();
}
