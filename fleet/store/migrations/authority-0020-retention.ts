/** How long what meetings leave behind is kept, by place and meeting; what of it was deleted when its time was over. */
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('place').addColumn('recordPolicy', 'text').execute();
  await db.schema.alterTable('meeting').addColumn('recordKeptDays', 'integer').execute();
  await db.schema
    .alterTable('meeting')
    .addColumn('minutesUpToMs', 'bigint', (c) => c.notNull().defaultTo(0))
    .execute();
  await db.schema.alterTable('notesSnapshot').addColumn('erasedAtMs', 'bigint').execute();
  await db.schema
    .createTable('clockJump')
    .addColumn('fromMs', 'bigint', (c) => c.notNull())
    .addColumn('byMs', 'bigint', (c) => c.notNull())
    .execute();
}
