/** Broadcasts and recordings, their chapters, what lets viewers at their media, and the groups by which a directory knows people. */
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('broadcast')
    .addColumn('broadcastId', 'text', (c) => c.primaryKey())
    .addColumn('meetingId', 'text', (c) => c.notNull().references('meeting.meetingId'))
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('title', 'text', (c) => c.notNull())
    .addColumn('phase', 'text', (c) => c.notNull())
    .addColumn('audience', 'text', (c) => c.notNull())
    .addColumn('quality', 'text', (c) => c.notNull())
    .addColumn('stage', 'text', (c) => c.notNull())
    .addColumn('createdBy', 'text', (c) => c.notNull())
    .addColumn('createdAtMs', 'bigint', (c) => c.notNull())
    .addColumn('startsAtMs', 'bigint')
    .addColumn('liveAtMs', 'bigint')
    .addColumn('greenRoomClosedAtMs', 'bigint')
    .addColumn('endedAtMs', 'bigint')
    .addColumn('peakWatching', 'integer', (c) => c.notNull().defaultTo(0))
    .addColumn('recording', 'text', (c) => c.notNull())
    .addColumn('durationMs', 'bigint')
    .addColumn('sizeBytes', 'bigint')
    .addColumn('keptSinceMs', 'bigint')
    .addColumn('deletedAtMs', 'bigint')
    .execute();
  await db.schema.createIndex('broadcastOfMeeting').on('broadcast').column('meetingId').execute();
  await db.schema.createIndex('broadcastByPhase').on('broadcast').column('phase').execute();
  await db.schema
    .createTable('chapter')
    .addColumn('broadcastId', 'text', (c) => c.notNull().references('broadcast.broadcastId'))
    .addColumn('atMs', 'bigint', (c) => c.notNull())
    .addColumn('kind', 'text', (c) => c.notNull())
    .addColumn('title', 'text', (c) => c.notNull())
    .execute();
  await db.schema.createIndex('chapterOfBroadcast').on('chapter').column('broadcastId').execute();
  await db.schema
    .createTable('viewing')
    .addColumn('viewingId', 'text', (c) => c.primaryKey())
    .addColumn('sessionId', 'text')
    .addColumn('accountId', 'text')
    .addColumn('roomId', 'text')
    .addColumn('broadcastIds', 'text', (c) => c.notNull())
    .addColumn('expiresAtMs', 'bigint', (c) => c.notNull())
    .addColumn('revokedAtMs', 'bigint')
    .execute();
  await db.schema.createIndex('viewingOfSession').on('viewing').column('sessionId').execute();
  await db.schema
    .alterTable('account')
    .addColumn('groups', 'text', (c) => c.notNull().defaultTo('[]'))
    .execute();
}
