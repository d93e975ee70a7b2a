/**
 * Meetings that people have made for a room, fleet to kiosk, retained and whole: those of today and tomorrow that are not
 * over. The kiosk shows them among what its calendar has; it names one by its id where it asks for a grant.
 */
import { MEETINGS_OF_ROOM } from './limits.ts';
import { ProtocolVersion } from './protocol-version.ts';
import { BookingId } from './room-agenda.ts';
import { EpochMs, Id, ShownTitle, z } from './schema.ts';

export const MeetingOfRoom = z.object({
  /** also the UID of its entries in calendars */
  meetingId: Id,
  /** as the room's agenda calls it */
  bookingId: BookingId,
  title: ShownTitle,
  /** whose it is */
  organizer: z.string().max(80).nullable(),
  startsAtMs: EpochMs,
  endsAtMs: EpochMs,
  /** counts its changes (RFC 5545 3.8.7.4) */
  sequence: z.number().int().nonnegative(),
});
export type MeetingOfRoom = z.infer<typeof MeetingOfRoom>;

export const MeetingsOfRoom = z.object({
  protocol: ProtocolVersion,
  /** by start, the first of them where there are more */
  meetings: z.array(MeetingOfRoom).max(MEETINGS_OF_ROOM),
});
export type MeetingsOfRoom = z.infer<typeof MeetingsOfRoom>;
