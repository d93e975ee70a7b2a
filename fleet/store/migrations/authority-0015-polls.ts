/** Polls of calls with their results, and those that hosts prepared for a meeting. */
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('poll')
    .addColumn('callId', 'text', (c) => c.notNull())
    .addColumn('pollId', 'text', (c) => c.notNull())
    .addColumn('meetingId', 'text', (c) => c.notNull().references('meeting.meetingId').onDelete('cascade'))
    .addColumn('startedAtMs', 'bigint', (c) => c.notNull())
    .addColumn('poll', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('pollKey', ['callId', 'pollId'])
    .execute();
  await db.schema.createIndex('pollOfMeeting').on('poll').columns(['meetingId', 'startedAtMs']).execute();
  await db.schema
    .createTable('preparedPoll')
    .addColumn('preparedPollId', 'text', (c) => c.primaryKey())
    .addColumn('meetingId', 'text', (c) => c.notNull().references('meeting.meetingId').onDelete('cascade'))
    .addColumn('preparedAtMs', 'bigint', (c) => c.notNull())
    .addColumn('draft', 'text', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('preparedPollOfMeeting').on('preparedPoll').column('meetingId').execute();
}
