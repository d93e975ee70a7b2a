/** Minutes: which wait for a summary, and what of the chat a host puts into them. */
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('minutes')
    .addColumn('summaryDue', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema
    .createTable('markedMessage')
    .addColumn('meetingId', 'text', (c) => c.notNull().references('meeting.meetingId'))
    .addColumn('messageId', 'text', (c) => c.notNull())
    .addColumn('markedAtMs', 'bigint', (c) => c.notNull())
    .addColumn('minutesId', 'text')
    .addPrimaryKeyConstraint('markedMessageKey', ['meetingId', 'messageId'])
    .execute();
}
