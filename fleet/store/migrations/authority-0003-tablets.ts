/** Room tablets: pairings that stay, and the codes by which they are made. */
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .alterTable('pairing')
    .addColumn('kind', 'text', (c) => c.notNull().defaultTo('phone'))
    .execute();
  await db.schema.alterTable('pairing').addColumn('tabletName', 'text').execute();
  await db.schema
    .createTable('tabletCode')
    .addColumn('codeHash', 'text', (c) => c.primaryKey())
    .addColumn('roomId', 'text', (c) => c.notNull().references('room.roomId'))
    .addColumn('tabletName', 'text', (c) => c.notNull())
    .addColumn('expiresAtMs', 'bigint', (c) => c.notNull())
    .addColumn('usedAtMs', 'bigint')
    .execute();
}
