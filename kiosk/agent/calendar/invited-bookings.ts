/** Who is invited to the calendar's bookings, as the room reports it to the fleet server, bounded in bytes. Pure. */
import { createHash } from 'node:crypto';
import { projections } from '#contract/projections.ts';
import type { ProjectionContent } from '#contract/relayed-projections.ts';
import { Id } from '#contract/schema.ts';
import { cutText } from '#contract/shown-text.ts';
import type { PlannedBooking } from './agenda-state.ts';
import { MAX_TITLE } from './agenda-view.ts';
import { meetingLinkOf } from './meeting-link.ts';

export type BookingsContent = ProjectionContent<'bookings'>;
type Reported = BookingsContent['bookings'][number];
/**
 * `calendar`: kind and address, hashed into the keys of series. `toMs`: so far the calendar was read, null: parts of it could not
 * be read, or it is empty and not believed. `namesPeople`: false where the room's settings keep them here.
 */
export type InvitedView = {
  calendar: string;
  nowMs: number;
  toMs: number | null;
  fleetOrigin: string;
  namesPeople: boolean;
};

/** the heading, and the fields around the list */
const HEADING_BYTES = 700;

/** @param planned the calendar's together with the meetings that people made for the room, which are left out */
export function invitedBookings(planned: readonly PlannedBooking[], view: InvitedView): BookingsContent {
  const { nowMs, toMs, fleetOrigin } = view;
  const reported = planned
    .filter((each) => !each.isGone && each.meetingId === undefined && each.endMs > nowMs)
    .filter(({ links }) => meetingLinkOf(links, fleetOrigin).invite === null)
    .sort((a, b) => a.startMs - b.startMs);
  const bookings: Reported[] = [];
  let leftBytes = projections.bookings.maxBytes - HEADING_BYTES;
  for (const each of reported) {
    const booking = reportedOf(each, view);
    leftBytes -= Buffer.byteLength(JSON.stringify(booking)) + 1;
    if (leftBytes < 0) return { untilMs: toMs === null ? 0 : Math.min(toMs, each.startMs), bookings };
    bookings.push(booking);
  }
  return { untilMs: toMs ?? 0, bookings };
}

function reportedOf(booking: PlannedBooking, { calendar, namesPeople }: InvitedView): Reported {
  const { bookingId, uid, recurrenceId, title, startMs, endMs, invited } = booking;
  return {
    bookingId,
    title: cutText(title, MAX_TITLE),
    startMs,
    endMs,
    uid: Id.safeParse(uid).data ?? null,
    seriesKey: recurrenceId === '' ? null : seriesKeyOf(calendar, uid),
    organizer: (namesPeople && invited?.organizer) || null,
    attendees: namesPeople && invited ? [...invited.attendees] : [],
  };
}

const seriesKeyOf = (calendar: string, uid: string): string =>
  createHash('sha256')
    .update(JSON.stringify(['series', calendar, uid]))
    .digest('hex');
