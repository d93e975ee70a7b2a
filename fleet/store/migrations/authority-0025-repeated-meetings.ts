/** One meeting for a request that is sent again; meetings that were made together because they repeat. */
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('meeting').addColumn('requestId', 'text').execute();
  await db.schema.alterTable('meeting').addColumn('repetitionId', 'text').execute();
  await db.schema.alterTable('meeting').addColumn('occurrenceAtMs', 'bigint').execute();
  await db.schema.alterTable('meetingPerson').addColumn('invitedAs', 'text').execute();
  await db.schema
    .createIndex('meetingByRequest')
    .unique()
    .on('meeting')
    .columns(['hostAccountId', 'requestId'])
    .execute();
  await db.schema.createIndex('meetingOfRepetition').on('meeting').column('repetitionId').execute();
  await db.schema.createIndex('personInvitedAs').on('meetingPerson').column('invitedAs').execute();
  await db.schema
    .createTable('repetition')
    .addColumn('repetitionId', 'text', (c) => c.primaryKey())
    .addColumn('every', 'text', (c) => c.notNull())
    .addColumn('timeZone', 'text', (c) => c.notNull())
    .addColumn('durationMinutes', 'integer', (c) => c.notNull())
    .addColumn('sequence', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
}
