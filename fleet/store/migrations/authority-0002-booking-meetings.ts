/** Meetings of bookings that link to none: a room's booking has one, though it is started twice at the same instant. */
import type { Kysely } from 'kysely';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('bookingMeeting')
    .addColumn('roomId', 'text', (c) => c.notNull().references('room.roomId'))
    .addColumn('bookingId', 'text', (c) => c.notNull())
    .addColumn('meetingId', 'text', (c) => c.notNull().unique().references('meeting.meetingId'))
    .addPrimaryKeyConstraint('bookingMeetingKey', ['roomId', 'bookingId'])
    .execute();
}
