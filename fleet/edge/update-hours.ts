/**
 * Hours of a day on days of the week in a named zone, as updates keep to them. A window opens once on each day that is
 * named: also where clocks are set, where its begin is skipped or comes twice. A day that a zone leaves out has none.
 */
import { Temporal } from 'temporal-polyfill';
import { type TvHours, WEEKDAYS } from '#contract/settings/tv-settings.ts';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
/** by which clocks are set at once, but for days that are left out */
const LONGEST_SKIP_MINUTES = 3 * 60;
/** every day of the week, and one that a zone may leave out */
const LOOK_AHEAD_DAYS = 9;

type Window = { fromMs: number; toMs: number };

/** @throws RangeError for a zone that this Node does not know */
export function isWithinHours(hours: TvHours | null, zone: string, atMs: number): boolean {
  if (hours === null) return true;
  const today = dateAt(zone, atMs);
  // one that began yesterday may go on past midnight, and one of nearly two days where its begin was skipped
  const isLong = hours.fromMinuteOfDay + lengthMinutesOf(hours) > 2 * DAY_MINUTES - LONGEST_SKIP_MINUTES;
  return (isLong ? [0, -1, -2] : [0, -1]).some((days) => {
    const window = windowOf(hours, zone, today.add({ days }));
    return window !== null && window.fromMs <= atMs && atMs < window.toMs;
  });
}

/**
 * When the hours begin next. null: they are now, or there are none to wait for.
 * @throws RangeError for a zone that this Node does not know
 */
export function nextOpeningMs(hours: TvHours | null, zone: string, atMs: number): number | null {
  if (hours === null || isWithinHours(hours, zone, atMs)) return null;
  const today = dateAt(zone, atMs);
  for (let days = 0; days <= LOOK_AHEAD_DAYS; days += 1) {
    const window = windowOf(hours, zone, today.add({ days }));
    if (window !== null && window.fromMs > atMs) return window.fromMs;
  }
  return null;
}

const dateAt = (zone: string, atMs: number): Temporal.PlainDate =>
  Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(zone).toPlainDate();

/** That begins on this day. null: the day is not named, or the zone has no such day. */
function windowOf(hours: TvHours, zone: string, date: Temporal.PlainDate): Window | null {
  // of the week Temporal counts Monday as 1 and Sunday as 7
  if (!hours.days.includes(WEEKDAYS[date.dayOfWeek % 7]!)) return null;
  const { fromMinuteOfDay } = hours;
  const lengthMinutes = lengthMinutesOf(hours);
  const from = atMinute(zone, date, fromMinuteOfDay);
  if (from === null) return null;
  const fromMs = from.epochMilliseconds;
  const toMs = (atMinute(zone, date, fromMinuteOfDay + lengthMinutes) ?? from).epochMilliseconds;
  // where the begin is skipped the end may lie before it: the window keeps its length
  return { fromMs, toMs: toMs > fromMs ? toMs : fromMs + lengthMinutes * MINUTE_MS };
}

const lengthMinutesOf = ({ fromMinuteOfDay, toMinuteOfDay }: TvHours): number =>
  toMinuteOfDay > fromMinuteOfDay ? toMinuteOfDay - fromMinuteOfDay : toMinuteOfDay + DAY_MINUTES - fromMinuteOfDay;

/** What is skipped comes as much later as was skipped; of what comes twice the first. null: the zone has no such day. */
function atMinute(zone: string, date: Temporal.PlainDate, minuteOfDay: number): Temporal.ZonedDateTime | null {
  const day = date.add({ days: Math.floor(minuteOfDay / DAY_MINUTES) });
  const [hour, minute] = [Math.floor((minuteOfDay % DAY_MINUTES) / 60), minuteOfDay % 60];
  const at = day.toPlainDateTime({ hour, minute }).toZonedDateTime(zone, { disambiguation: 'compatible' });
  const isThere = at.day === day.day || day.toZonedDateTime(zone).day === day.day;
  return isThere ? at : null;
}
