/** Rooms of a meeting that are busy at its time: by their calendar, as they report today's, or by another meeting of ours. */
import { createHash } from 'node:crypto';
import type { MeetingDetail, MeetingSummary } from '#contract/http/meetings-api.ts';
import type { Booking } from '#contract/room-agenda.ts';
import type { AuthorityWrite } from '../store/index.ts';
import { roleIn } from './meeting-people.ts';

type Reader = Pick<AuthorityWrite, 'selectFrom'>;
type Meeting = Pick<MeetingSummary, 'meetingId' | 'startsAtMs' | 'endsAtMs' | 'rooms'>;
type Context = { accountId: string; bookingsOf: (roomId: string) => readonly Booking[] };

/** As a meeting of ours is called in its rooms' agendas. */
export const bookingIdOfMeeting = (meetingId: string): string =>
  createHash('sha256')
    .update(JSON.stringify(['maru', meetingId]))
    .digest('hex');

/** Titles of meetings that are not the caller's are left empty. Without a time nothing is in the way. */
export async function conflictsOf(
  db: Reader,
  { meetingId, startsAtMs, endsAtMs, rooms }: Meeting,
  { accountId, bookingsOf }: Context,
): Promise<MeetingDetail['conflicts']> {
  if (startsAtMs === null || endsAtMs === null || rooms.length === 0) return [];
  const others = await db
    .selectFrom('meetingRoom')
    .innerJoin('meeting', 'meeting.meetingId', 'meetingRoom.meetingId')
    .select(['meeting.meetingId', 'meeting.title', 'meetingRoom.roomId'])
    .where(
      'meetingRoom.roomId',
      'in',
      rooms.map(({ roomId }) => roomId),
    )
    .where('meeting.endedAtMs', 'is', null)
    .where('meeting.startsAtMs', '<', endsAtMs)
    .where('meeting.endsAtMs', '>', startsAtMs)
    .orderBy('meeting.startsAtMs')
    .execute();
  // the meeting of a booking is not in its own way
  const booked = await db.selectFrom('bookingMeeting').select('bookingId').where('meetingId', '=', meetingId).execute();
  const own = booked.map(({ bookingId }) => bookingId);
  const conflicts: MeetingDetail['conflicts'] = [];
  for (const room of rooms) {
    const meetings = others.filter(({ roomId }) => roomId === room.roomId);
    for (const other of meetings) {
      if (other.meetingId === meetingId) continue;
      const isTheirs = (await roleIn(db, other.meetingId, accountId)) !== null;
      conflicts.push({ ...room, title: isTheirs ? other.title : '' });
    }
    // the room reports ours with its others
    const ours = new Set([...own, ...meetings.map((each) => bookingIdOfMeeting(each.meetingId))]);
    for (const { bookingId, title, startMs, endMs, state } of bookingsOf(room.roomId))
      if (startMs < endsAtMs && endMs > startsAtMs && state !== 'released' && state !== 'over' && !ours.has(bookingId))
        conflicts.push({ ...room, title });
  }
  return conflicts;
}
