/** Who has read what is written in a meeting, and who was mentioned there and has not read it. */
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('chatRead')
    .addColumn('meetingId', 'text', (c) => c.notNull().references('meeting.meetingId'))
    .addColumn('person', 'text', (c) => c.notNull())
    .addColumn('displayName', 'text', (c) => c.notNull())
    .addColumn('number', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('chatReadKey', ['meetingId', 'person'])
    .execute();
  await db.schema
    .createTable('chatMention')
    .addColumn('meetingId', 'text', (c) => c.notNull().references('meeting.meetingId'))
    .addColumn('messageId', 'text', (c) => c.notNull())
    .addColumn('accountId', 'text', (c) => c.notNull())
    .addColumn('number', 'integer', (c) => c.notNull())
    .addColumn('atMs', 'bigint', (c) => c.notNull())
    .addColumn('mailedAtMs', 'bigint')
    .addPrimaryKeyConstraint('chatMentionKey', ['meetingId', 'messageId', 'accountId'])
    .execute();
  // of the staff page; null: not known yet
  await db.schema.alterTable('account').addColumn('language', 'text').execute();
  await db.schema.createIndex('chatMentionByAccount').on('chatMention').columns(['accountId', 'atMs']).execute();
}
