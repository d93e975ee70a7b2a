/**
 * What is booked in a room today: written by the kiosk's agent alone, from its calendar and from what people tapped,
 * retained by the broker, projected by TV, phones, tablets and console. Carries no link and no secret: whoever joins a
 * booking names its id, and the agent knows the rest.
 */
import { ReportedErrorCode } from './error-codes.ts';
import { BOOKINGS_IN_AGENDA } from './limits.ts';
import { openWord } from './open-words.ts';
import { ProjectionHeading } from './projection-heading.ts';
import { EpochMs, z } from './schema.ts';

/** Hex SHA-256 over calendar, UID and occurrence: the same booking has the same id after each reading. */
export const BookingId = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * `upcoming`, then `check-in-open` from CHECK_IN_OPENS_MS before the start, `in-use` once somebody is there, `released`
 * when nobody came or somebody gave it back, `over` after its end.
 */
export const BookingState = z.enum(['upcoming', 'check-in-open', 'in-use', 'released', 'over']);
export type BookingState = z.infer<typeof BookingState>;

export const Booking = z.object({
  bookingId: BookingId,
  /** empty where the calendar says that it is private */
  title: z.string().max(120),
  isPrivate: z.boolean(),
  organizer: z.string().max(80).nullable(),
  startMs: EpochMs,
  endMs: EpochMs,
  isAllDay: z.boolean(),
  /** `ours`: one touch joins the meeting it links to. `none`: one touch starts a meeting of its own. `foreign`: another system's */
  link: openWord(z.enum(['ours', 'none', 'foreign']), 'foreign'),
  state: openWord(BookingState),
  releasedBecause: openWord(z.enum(['no-show', 'given-back'])).nullable(),
  /** check-in is awaited until then, after that the room is released; null: not awaited */
  checkInUntilMs: EpochMs.nullable(),
});
export type Booking = z.infer<typeof Booking>;

/** `stale`: the last reading is kept, newer ones fail by `code`. `none`: no calendar is set up. */
export const CalendarHealth = z.object({
  state: openWord(z.enum(['none', 'loading', 'fresh', 'stale', 'faulty'])),
  code: ReportedErrorCode.nullable(),
  freshAsOfMs: EpochMs.nullable(),
  /** of the last reading: entries that nobody can read, or whose time is in a zone that nobody knows. The room may be taken by one */
  unreadCount: z.number().int().nonnegative().default(0),
});
export type CalendarHealth = z.infer<typeof CalendarHealth>;

export const RoomAgenda = ProjectionHeading.extend({
  /** IANA name: what "today" means */
  timeZone: z.string().max(64),
  calendar: CalendarHealth,
  /** today's that are not over, by start; and one that is, while its call still runs */
  bookings: z.array(Booking).max(BOOKINGS_IN_AGENDA),
  /** today's that did not fit */
  moreCount: z.number().int().nonnegative(),
});
export type RoomAgenda = z.infer<typeof RoomAgenda>;
