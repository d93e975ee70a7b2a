/**
 * What a room remembers of its bookings over a restart: ids and times, no title, no person, no link. Where it is kept
 * is its owner's business.
 */
import { BookingId } from '#contract/room-agenda.ts';
import { EpochMs, z } from '#contract/schema.ts';

export const RememberedBooking = z.object({
  bookingId: BookingId,
  /** as it was planned: a booking that is planned anew is remembered no longer */
  startMs: EpochMs,
  /** the ends that it had in the calendar and that we know of; another one is somebody's change */
  ends: z.array(EpochMs).max(20),
  checkedIn: z.boolean(),
  /** moved here; null: as in the calendar */
  movedEndMs: EpochMs.nullable(),
  released: z
    .object({
      because: z.enum(['no-show', 'given-back']),
      /** until then it can be restored, and as what */
      endMs: EpochMs,
      /** what overlapped already, which is no conflict afterwards */
      besides: z.array(BookingId).max(20),
      wrote: z.enum(['end', 'give-back']).nullable(),
    })
    .nullable(),
  /** the calendar was told that the room gave it back, and not yet that it took it back */
  gaveBack: z.boolean(),
});
export type RememberedBooking = z.infer<typeof RememberedBooking>;

export const RememberedAgenda = z.object({ bookings: z.array(RememberedBooking) });
export type RememberedAgenda = z.infer<typeof RememberedAgenda>;

export type AgendaMemory = {
  /** empty at first */
  load(): RememberedAgenda;
  /** @throws where the disk is full or read-only: the room goes on without */
  save(remembered: RememberedAgenda): void;
};
