/** What the TV of an idle room shows, and when that ends by itself. Pure, but for the schema of what is remembered. */
import type { Booking } from '#contract/room-agenda.ts';
import { EpochMs, Id, z } from '#contract/schema.ts';
import { SharedDocument } from '#contract/shared-document.ts';

/** Remembered over restarts of the agent. The token to its pages is not: it is asked for again. */
export const TvDocument = z.object({
  document: SharedDocument,
  meetingId: Id,
  shownAtMs: EpochMs,
  /** when somebody last did something with it */
  touchedAtMs: EpochMs,
});
export type TvDocument = z.infer<typeof TvDocument>;

/** Forgotten on a TV that nobody looks at any more. */
export const UNTOUCHED_MS = 60 * 60_000;

/**
 * When it ends by itself: an hour after the last act, or where a booking begins that began later than it was shown. Those
 * who come then are others.
 */
export function endsAtMs({ shownAtMs, touchedAtMs }: TvDocument, bookings: readonly Booking[]): number {
  const starts = bookings
    .filter(({ state, isAllDay, startMs }) => state !== 'released' && !isAllDay && startMs > shownAtMs)
    .map(({ startMs }) => startMs);
  return Math.min(touchedAtMs + UNTOUCHED_MS, ...starts);
}
