/** Meetings that people have made for a room, as its kiosk gets them. */
import { MEETINGS_OF_ROOM } from '#contract/limits.ts';
import type { MeetingOfRoom } from '#contract/room-meetings.ts';
import { cutText } from '#contract/shown-text.ts';
import type { AuthorityWrite } from '../store/index.ts';
import { bookingIdOfMeeting } from './room-conflicts.ts';

/** today and tomorrow, in whatever zone the room is */
const AHEAD_MS = 48 * 3_600_000;
const MAX_ORGANIZER = { units: 80, bytes: 240 };

/** Those that are not over, by start, MEETINGS_OF_ROOM at most. */
export async function meetingsOfRoom(
  db: Pick<AuthorityWrite, 'selectFrom'>,
  roomId: string,
  nowMs: number,
): Promise<MeetingOfRoom[]> {
  const rows = await db
    .selectFrom('meetingRoom')
    .innerJoin('meeting', 'meeting.meetingId', 'meetingRoom.meetingId')
    .leftJoin('account', 'account.accountId', 'meeting.hostAccountId')
    .select(['meeting.meetingId', 'title', 'startsAtMs', 'endsAtMs', 'sequence', 'account.displayName'])
    .where('meetingRoom.roomId', '=', roomId)
    .where('meeting.endedAtMs', 'is', null)
    .where('meeting.endsAtMs', '>', nowMs)
    .where('meeting.startsAtMs', '<', nowMs + AHEAD_MS)
    .orderBy('meeting.startsAtMs')
    .orderBy('meeting.meetingId')
    .limit(MEETINGS_OF_ROOM)
    .execute();
  return rows.map(({ meetingId, title, startsAtMs, endsAtMs, sequence, displayName }) => ({
    meetingId,
    bookingId: bookingIdOfMeeting(meetingId),
    title,
    organizer: displayName === null ? null : cutText(displayName, MAX_ORGANIZER),
    startsAtMs: startsAtMs!,
    endsAtMs: endsAtMs!,
    sequence,
  }));
}
