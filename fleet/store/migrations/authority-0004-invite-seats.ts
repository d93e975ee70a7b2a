/** Seats of invites, who holds them, and invites that a removal has closed. */
import type { Kysely } from 'kysely';

type Changed = {
  invite: { displayName: string | null; seats: number };
  guestEntry: { peerId: string; holder: string };
};
const SEATS_OF_LINK = 50;

export async function up(db: Kysely<Changed>): Promise<void> {
  await db.schema
    .alterTable('invite')
    .addColumn('seats', 'integer', (c) => c.notNull().defaultTo(SEATS_OF_LINK))
    .execute();
  await db.schema.alterTable('invite').addColumn('closedAtMs', 'bigint').execute();
  await db.schema
    .alterTable('guestEntry')
    .addColumn('holder', 'text', (c) => c.notNull().defaultTo(''))
    .execute();
  await db.schema.alterTable('guestEntry').addColumn('removedAtMs', 'bigint').execute();
  await db.schema.createIndex('guestEntryByCall').on('guestEntry').column('callId').execute();
  await db.updateTable('invite').set({ seats: 1 }).where('displayName', 'is not', null).execute();
  await db
    .updateTable('guestEntry')
    .set((eb) => ({ holder: eb.ref('peerId') }))
    .execute();
}
