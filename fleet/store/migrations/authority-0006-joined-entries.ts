/** Guest entries whose guest joined the call. Of entries made before, nothing else is known: they count as joined. */
import type { Kysely } from 'kysely';

type Tables = { guestEntry: { atMs: number; joinedAtMs: number | null } };

export async function up(db: Kysely<Tables>): Promise<void> {
  await db.schema.alterTable('guestEntry').addColumn('joinedAtMs', 'bigint').execute();
  await db
    .updateTable('guestEntry')
    .set((eb) => ({ joinedAtMs: eb.ref('atMs') }))
    .execute();
}
