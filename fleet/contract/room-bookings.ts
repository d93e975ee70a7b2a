/**
 * The people of a room's bookings, and which bookings repeat. A room sends it to the fleet server alone, which shows it to nobody
 * as it is. Mail addresses do not leave the room: they are sent as their hashes, in which the fleet finds
 * those of its own accounts. A private booking names nobody.
 */
import { PEOPLE_OF_BOOKING } from './limits.ts';
import { ProjectionHeading } from './projection-heading.ts';
import { BookingId } from './room-agenda.ts';
import { EpochMs, Id, z } from './schema.ts';
import { shownText } from './shown-text.ts';

/** See `addressHash` of edge/address-hash.ts. */
const AddressHash = z.string().regex(/^[A-Za-z0-9_-]{22}$/);

export const InvitedToBooking = z.object({
  bookingId: BookingId,
  /** empty where the calendar says that it is private */
  title: z.string().max(120).overwrite(shownText),
  startMs: EpochMs,
  endMs: EpochMs,
  /** its UID where that could be the id of a meeting that people made at the fleet server */
  uid: Id.nullable().default(null),
  /** hex SHA-256 over calendar and UID: the same of all that repeat together, also of one that was moved; null: by itself */
  seriesKey: BookingId.nullable().default(null),
  organizer: AddressHash.nullable().default(null),
  /** without those who declined, rooms and things */
  attendees: z.array(AddressHash).max(PEOPLE_OF_BOOKING).default([]),
});
export type InvitedToBooking = z.infer<typeof InvitedToBooking>;

export const RoomBookings = ProjectionHeading.extend({
  /** all that are not over and begin before this are in the list */
  untilMs: EpochMs,
  /** by start; without those that lead to a meeting that people made at the fleet server */
  bookings: z.array(InvitedToBooking).max(1_000),
});
export type RoomBookings = z.infer<typeof RoomBookings>;
