/** Guests whom somebody has declined: known after the knock itself, with its name, is deleted. */
import type { Kysely } from 'kysely';
import type { AuthorityTables } from '../schema.ts';

export async function up(db: Kysely<AuthorityTables>): Promise<void> {
  await db.schema
    .createTable('refusedGuest')
    .addColumn('meetingId', 'text', (c) => c.notNull())
    .addColumn('person', 'text', (c) => c.notNull())
    .addPrimaryKeyConstraint('refusedGuestKey', ['meetingId', 'person'])
    .execute();
  const declined = await db
    .selectFrom('ticket')
    .select(['meetingId', 'person'])
    .where('accountId', 'is', null)
    .where('person', 'like', 'invite:%')
    .where('state', '<>', 'admitted')
    .where('decidedBy', 'is not', null)
    .execute();
  for (const guest of declined) await db.insertInto('refusedGuest').values(guest).execute();
}
