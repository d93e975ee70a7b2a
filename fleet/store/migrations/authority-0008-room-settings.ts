/** Settings of each room. The language of its TV was the first of them, and had a column of its own. */
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('roomSettings')
    .addColumn('roomId', 'text', (c) => c.primaryKey().references('room.roomId'))
    .addColumn('revision', 'integer', (c) => c.notNull())
    .addColumn('settings', 'text', (c) => c.notNull())
    .addColumn('report', 'text')
    .execute();
  const tables = db as Kysely<{
    room: { roomId: string; language: string };
    roomSettings: { roomId: string; revision: number; settings: string };
  }>;
  const others = await tables.selectFrom('room').select(['roomId', 'language']).where('language', '!=', 'en').execute();
  for (const { roomId, language } of others) {
    const settings = JSON.stringify({ values: { screen: { language } }, secrets: {} });
    await tables.insertInto('roomSettings').values({ roomId, revision: 1, settings }).execute();
  }
  await db.schema.alterTable('room').dropColumn('language').execute();
}
