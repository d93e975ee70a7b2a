/** How long somebody was in meetings on each day and in each week of this device's time zone. Pure. */
export type TimeInMeeting = { fromMs: number; untilMs: number };
/** `startMs`: its first moment */
export type TimeSlot = { startMs: number; ms: number };

const DAYS_SHOWN = 7;
const WEEKS_SHOWN = 8;

/** The last seven days, today first. */
export const byDayOf = (spans: readonly TimeInMeeting[], nowMs: number): TimeSlot[] =>
  slots(spans, (n) => dayBefore(nowMs, n), DAYS_SHOWN);

/** The last eight weeks from Monday on, this one first. */
export function byWeekOf(spans: readonly TimeInMeeting[], nowMs: number): TimeSlot[] {
  const sinceMonday = (new Date(nowMs).getDay() + 6) % 7;
  return slots(spans, (n) => dayBefore(nowMs, sinceMonday + 7 * n), WEEKS_SHOWN);
}

/** @param startOf of the slot so many before the present one; -1: of the next */
function slots(spans: readonly TimeInMeeting[], startOf: (n: number) => number, count: number): TimeSlot[] {
  return Array.from({ length: count }, (_, n) => {
    const [startMs, endMs] = [startOf(n), startOf(n - 1)];
    const ms = spans.reduce(
      (sum, { fromMs, untilMs }) => sum + Math.max(0, Math.min(untilMs, endMs) - Math.max(fromMs, startMs)),
      0,
    );
    return { startMs, ms };
  });
}

/** Days have 23 to 25 hours. */
function dayBefore(nowMs: number, days: number): number {
  const at = new Date(nowMs);
  return new Date(at.getFullYear(), at.getMonth(), at.getDate() - days).getTime();
}
