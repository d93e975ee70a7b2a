/**
 * The calendar's bookings together with the meetings that people have made for the room at the fleet server. One that is in
 * both shows once: as the fleet has it, with the place that the calendar gives it for the room's own changes. Pure.
 */
import type { MeetingOfRoom } from '#contract/room-meetings.ts';
import type { PlannedBooking } from './agenda-state.ts';
import type { EntryInCalendar } from './meeting-entries.ts';
import { entryNameOf } from './meeting-entry.ts';
import { meetingLinkOf } from './meeting-link.ts';

export function withOurMeetings(
  fromCalendar: readonly PlannedBooking[],
  meetings: readonly MeetingOfRoom[],
  fleetOrigin: string | null,
): PlannedBooking[] {
  const left = new Set(fromCalendar);
  const ours = meetings.map((meeting): PlannedBooking => {
    const same = [...left].filter((booking) => isOf(booking, meeting, fleetOrigin));
    for (const booking of same) left.delete(booking);
    const { meetingId, bookingId, title, organizer, startsAtMs, endsAtMs } = meeting;
    const entry = same.find(({ startMs }) => startMs === startsAtMs);
    return {
      bookingId,
      meetingId,
      uid: entry?.uid ?? meetingId,
      recurrenceId: entry?.recurrenceId ?? '',
      title,
      organizer,
      startMs: startsAtMs,
      endMs: endsAtMs,
      isAllDay: false,
      isPrivate: false,
      isGone: false,
      links: [],
      place: entry?.place ?? null,
    };
  });
  return [...left, ...ours];
}

/** Whether the calendar has it already, and whether by an entry that we wrote. */
export function entryInCalendar(
  fromCalendar: readonly PlannedBooking[],
  meeting: MeetingOfRoom,
  fleetOrigin: string | null,
): EntryInCalendar {
  const same = fromCalendar.filter((booking) => isOf(booking, meeting, fleetOrigin));
  if (same.length === 0) return 'none';
  const name = entryNameOf(meeting.meetingId);
  return same.some(({ place }) => place?.endsWith(`/${name}`)) ? 'ours' : 'theirs';
}

/** By its UID, else by an invite to it in an entry of that time. */
function isOf(booking: PlannedBooking, { meetingId, startsAtMs, endsAtMs }: MeetingOfRoom, fleetOrigin: string | null) {
  if (booking.uid === meetingId) return true;
  if (booking.startMs >= endsAtMs || booking.endMs <= startsAtMs) return false;
  const { invite } = meetingLinkOf(booking.links, fleetOrigin);
  return invite !== null && meetingIn(invite) === meetingId;
}

/** As the invite says, unverified: the fleet alone decides whom it lets in. */
function meetingIn(invite: string): unknown {
  try {
    return (JSON.parse(Buffer.from(invite.split('.')[1]!, 'base64url').toString()) as { meetingId?: unknown })
      .meetingId;
  } catch {
    return null;
  }
}
