/** What a meeting leaves behind: its agenda, and who was in its calls from when to when. */
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('meeting')
    .addColumn('agenda', 'text', (c) => c.notNull().defaultTo(''))
    .execute();
  await db.schema
    .alterTable('meeting')
    .addColumn('language', 'text', (c) => c.notNull().defaultTo('ko'))
    .execute();
  await db.schema
    .createTable('stay')
    .addColumn('stayId', 'text', (c) => c.primaryKey())
    .addColumn('meetingId', 'text', (c) => c.notNull().references('meeting.meetingId'))
    .addColumn('callId', 'text', (c) => c.notNull().references('call.callId'))
    .addColumn('peerId', 'text', (c) => c.notNull())
    .addColumn('person', 'text', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('accountId', 'text')
    .addColumn('displayName', 'text', (c) => c.notNull())
    .addColumn('joinedAtMs', 'bigint', (c) => c.notNull())
    .addColumn('leftAtMs', 'bigint')
    .addColumn('seenAtMs', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('stayOfMeeting').on('stay').columns(['meetingId', 'joinedAtMs']).execute();
  await db.schema.createIndex('stayOfCall').on('stay').column('callId').execute();
  await db.schema.createIndex('stayOfAccount').on('stay').columns(['accountId', 'joinedAtMs']).execute();
  // for the look that finds minutes which are due: each half minute, among all calls there ever were
  await db.schema.createIndex('callByEnd').on('call').column('endedAtMs').execute();
  await db.schema.createIndex('callOfMeetingByEnd').on('call').columns(['meetingId', 'endedAtMs']).execute();
  await db.schema
    .createTable('pageShown')
    .addColumn('shownId', 'text', (c) => c.primaryKey())
    .addColumn('meetingId', 'text', (c) => c.notNull().references('meeting.meetingId'))
    .addColumn('documentId', 'text', (c) => c.notNull())
    .addColumn('title', 'text', (c) => c.notNull())
    .addColumn('page', 'integer', (c) => c.notNull())
    .addColumn('fromMs', 'bigint', (c) => c.notNull())
    .addColumn('untilMs', 'bigint', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('pageShownInMeeting').on('pageShown').columns(['meetingId', 'fromMs']).execute();
  await db.schema
    .createTable('minutes')
    .addColumn('minutesId', 'text', (c) => c.primaryKey())
    .addColumn('meetingId', 'text', (c) => c.notNull().references('meeting.meetingId'))
    .addColumn('startedAtMs', 'bigint', (c) => c.notNull())
    .addColumn('endedAtMs', 'bigint', (c) => c.notNull())
    .addColumn('language', 'text', (c) => c.notNull())
    .addColumn('facts', 'text', (c) => c.notNull())
    .addColumn('text', 'text', (c) => c.notNull())
    .addColumn('revision', 'integer', (c) => c.notNull().defaultTo(1))
    .addColumn('sentAtMs', 'bigint')
    .execute();
  await db.schema.createIndex('minutesOfMeeting').on('minutes').columns(['meetingId', 'endedAtMs']).execute();
}
