/** Meetings that belong together: each next one of a series is planned from one before. */
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('meeting').addColumn('seriesId', 'text').execute();
  await db.schema.createIndex('meetingOfSeries').on('meeting').column('seriesId').execute();
}
