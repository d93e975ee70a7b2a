/** Whom a room's calendar names for the meeting of a booking, and which bookings repeat. */
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  const booking = db.schema.alterTable('bookingMeeting');
  await booking.addColumn('seriesKey', 'text').execute();
  await booking.addColumn('invited', 'text', (c) => c.notNull().defaultTo('[]')).execute();
  await booking.addColumn('reported', 'text', (c) => c.notNull().defaultTo('')).execute();
  await db.schema.createIndex('bookingOfSeries').on('bookingMeeting').columns(['roomId', 'seriesKey']).execute();
  await db.schema
    .alterTable('meetingPerson')
    .addColumn('isOfCalendar', 'integer', (c) => c.notNull().defaultTo(0))
    .execute();
}
