/** The hours in which a TV may stay on: where a moment lies among them. Days are the box's own, of 23 or 25 hours too. */
import { type TvHours, WEEKDAYS } from '#contract/settings/tv-settings.ts';

/** Times by the same clock as the moment that was asked for. Without hours it is always inside. */
export type HoursNow = { inside: boolean; sinceMs: number; untilMs: number };

export const ALWAYS_INSIDE: HoursNow = {
  inside: true,
  sinceMs: Number.NEGATIVE_INFINITY,
  untilMs: Number.POSITIVE_INFINITY,
};
const MINUTES_OF_DAY = 24 * 60;

export function hoursAt(hours: TvHours | null, nowMs: number): HoursNow {
  if (hours === null) return ALWAYS_INSIDE;
  const spans = spansAround(hours, nowMs);
  const current = spans.find(({ fromMs, toMs }) => fromMs <= nowMs && nowMs < toMs);
  if (current) return { inside: true, sinceMs: current.fromMs, untilMs: current.toMs };
  const before = spans.filter(({ toMs }) => toMs <= nowMs).at(-1);
  const after = spans.find(({ fromMs }) => fromMs > nowMs);
  return {
    inside: false,
    sinceMs: before?.toMs ?? Number.NEGATIVE_INFINITY,
    untilMs: after?.fromMs ?? Number.POSITIVE_INFINITY,
  };
}

/** From a week ago to a week ahead, in order; those that touch or overlap are one. */
function spansAround(hours: TvHours, nowMs: number): { fromMs: number; toMs: number }[] {
  const { fromMinuteOfDay, toMinuteOfDay, days } = hours;
  const now = new Date(nowMs);
  const at = (day: number, minute: number): number =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() + day, 0, minute).getTime();
  const untilMinute = toMinuteOfDay > fromMinuteOfDay ? toMinuteOfDay : toMinuteOfDay + MINUTES_OF_DAY;
  const spans: { fromMs: number; toMs: number }[] = [];
  for (let day = -8; day <= 8; day += 1) {
    const weekday = WEEKDAYS[new Date(at(day, 12 * 60)).getDay()] as (typeof WEEKDAYS)[number];
    if (!days.includes(weekday)) continue;
    const span = { fromMs: at(day, fromMinuteOfDay), toMs: at(day, untilMinute) };
    const last = spans.at(-1);
    if (last && last.toMs >= span.fromMs) last.toMs = Math.max(last.toMs, span.toMs);
    else spans.push(span);
  }
  return spans;
}
