/** Whether a room can be had now and until when that stays so: from its agenda, our meetings in it, and its call. Pure. */
import type { Booking } from '#contract/room-agenda.ts';
import type { RoomAvailability } from '#contract/http/meetings-api.ts';

export type TimeSpan = { startMs: number; endMs: number };
type Known = { spans: readonly TimeSpan[]; isInCall: boolean };
type Day = { nowMs: number; endOfDayMs: number };

/** Of a room's agenda: when the room is busy. A booking of the whole day announces something, and leaves the room free. */
export const busySpans = (bookings: readonly Booking[]): TimeSpan[] =>
  bookings
    .filter(({ isAllDay, state }) => !isAllDay && state !== 'released' && state !== 'over')
    .map(({ startMs, endMs }) => ({ startMs, endMs }));

/** A call without a booking has no end that is known. */
export function availabilityOf(
  { spans, isInCall }: Known,
  { nowMs, endOfDayMs }: Day,
): Pick<RoomAvailability, 'isFree' | 'untilMs'> {
  const inOrder = spans.filter(({ endMs }) => endMs > nowMs).sort((a, b) => a.startMs - b.startMs);
  let busyUntilMs = nowMs;
  for (const { startMs, endMs } of inOrder) if (startMs <= busyUntilMs) busyUntilMs = Math.max(busyUntilMs, endMs);
  if (busyUntilMs > nowMs) return { isFree: false, untilMs: busyUntilMs < endOfDayMs ? busyUntilMs : null };
  if (isInCall) return { isFree: false, untilMs: null };
  const nextMs = inOrder[0]?.startMs ?? Number.POSITIVE_INFINITY;
  return { isFree: true, untilMs: nextMs < endOfDayMs ? nextMs : null };
}

/** For all of a time: until when a room stays free after it, or is busy from its first meeting in it on. */
export function freeThroughout(
  spans: readonly TimeSpan[],
  { startsAtMs, endsAtMs, endOfDayMs }: { startsAtMs: number; endsAtMs: number; endOfDayMs: number },
): Pick<RoomAvailability, 'isFree' | 'untilMs'> {
  const atStart = availabilityOf({ spans, isInCall: false }, { nowMs: startsAtMs, endOfDayMs });
  const nextMs = spans.map(({ startMs }) => startMs).filter((startMs) => startMs > startsAtMs && startMs < endsAtMs);
  if (!atStart.isFree || nextMs.length === 0) return atStart;
  return availabilityOf({ spans, isInCall: false }, { nowMs: Math.min(...nextMs), endOfDayMs });
}
