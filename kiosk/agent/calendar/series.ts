/** The starts of a series within a window: its rules, its extra dates, less its exceptions, with its overrides. */
import ICAL from 'ical.js';
import type { CalendarWindow } from './calendar-source.ts';
import { parameter } from './event-fields.ts';
import {
  type Duration,
  durationOfIcal,
  keyOf,
  type ZonedTime,
  zonedTime,
  zonedTimeOf,
  zonedTimeOfIcal,
} from './event-times.ts';
import { icalTime, type WallMs, wallOfIcal, type Zone, type ZoneFinder } from './zones.ts';

export type Override = { key: string; component: ICAL.Component };
export type SeriesStart = {
  key: string;
  start: ZonedTime;
  duration: Duration;
  /** this occurrence has a VEVENT of its own */
  override: ICAL.Component | null;
  /** changed by one that holds for all that follow it */
  from: ICAL.Component | null;
};
type Series = {
  start: ZonedTime;
  duration: Duration;
  window: CalendarWindow;
  overrides: ReadonlyMap<string, Override>;
  zones: ZoneFinder;
  room: Zone;
};

/** A daily one of fifty years, counted, or an hourly one of three months; who counts further does not book a room. */
const MAX_STEPS = 20_000;
const MAX_STEPS_WITHIN_DAY = 2_000;
/** An hourly one of the whole window. */
const MAX_IN_WINDOW = 300;
const DAY_MS = 86_400_000;

/** Is it more than one? */
export const inTurn = (event: ICAL.Component): boolean => event.hasProperty('rrule') || event.hasProperty('rdate');

/** @throws where a rule is broken or goes beyond all bounds */
export function* seriesStarts(event: ICAL.Component, series: Series): Generator<SeriesStart> {
  const { start, duration, overrides, zones, room } = series;
  const changes = changesFor(series);
  const shiftMs = Math.max(0, ...changes.map((change) => Math.abs(change.shiftMs)));
  const planned = new Map<string, { start: ZonedTime; duration: Duration }>();
  const add = (each: ZonedTime, length: Duration): void => {
    planned.set(keyOf(each), { start: each, duration: length });
    if (planned.size > MAX_IN_WINDOW) throw new Error('too many at once');
  };
  if (isNear(start.wallMs, series, shiftMs)) add(start, duration);
  for (const property of event.getAllProperties('rrule'))
    for (const wallMs of ruleStarts(property, series, shiftMs))
      add(zonedTime(wallMs, start.zone, start.isDate), duration);
  for (const property of event.getAllProperties('rdate')) {
    for (const value of property.getValues() as unknown[]) {
      const time = value instanceof ICAL.Period ? value.start : value;
      if (!(time instanceof ICAL.Time)) throw new Error('RDATE is not a time');
      const each = zonedTimeOfIcal(time, property, zones, room);
      const length = value instanceof ICAL.Period ? durationOfIcal(value.getDuration()) : duration;
      if (isNear(each.wallMs, series, shiftMs)) add(each, length);
    }
  }
  const isExcluded = exclusionOf(event, series);
  for (const [key, each] of planned) {
    if (isExcluded(each.start) || overrides.has(key)) continue;
    const change = changes.findLast(({ fromMs }) => fromMs <= each.start.atMs);
    if (!change) yield { key, ...each, override: null, from: null };
    else
      yield {
        key,
        start: zonedTime(each.start.wallMs + change.shiftMs, change.zone, each.start.isDate),
        duration: change.duration,
        override: null,
        from: change.component,
      };
  }
  // from wherever they were moved: each says its own time
  for (const { key, component } of overrides.values()) yield { key, start, duration, override: component, from: null };
}

function* ruleStarts(property: ICAL.Property, series: Series, shiftMs: number): Generator<WallMs> {
  const { start, window } = series;
  const value: unknown = property.getFirstValue();
  if (!(value instanceof ICAL.Recur)) throw new Error('RRULE is not a rule');
  const rule = value.clone();
  if (rule.until) {
    const untilMs = untilWall(rule.until, start);
    if (!reaches(untilMs, series, shiftMs)) return;
    rule.until = icalTime(untilMs, start.isDate);
  }
  const lastMs = start.zone.toWall(window.toMs) + shiftMs;
  const iterator = rule.iterator(icalTime(closeStart(rule, series, shiftMs), start.isDate));
  const maxSteps = (periods[rule.freq] ?? DAY_MS) < DAY_MS ? MAX_STEPS_WITHIN_DAY : MAX_STEPS;
  let steps = 0;
  for (let time = iterator.next(); time; time = iterator.next()) {
    const wallMs = wallOfIcal(time);
    if (!Number.isFinite(wallMs)) throw new Error('not a time');
    if (wallMs > lastMs) return;
    steps += 1;
    if (steps > maxSteps) throw new Error('too many steps');
    if (isNear(wallMs, series, shiftMs)) yield wallMs;
  }
}

const periods: Partial<Record<string, number>> = {
  WEEKLY: 7 * DAY_MS,
  DAILY: DAY_MS,
  HOURLY: DAY_MS / 24,
  MINUTELY: 60_000,
  SECONDLY: 1000,
};

/**
 * A start from which the rule gives the same within the window: whole intervals later. A series of years costs no more
 * than one of weeks. Not where occurrences are counted; months and years are few.
 */
function closeStart(rule: ICAL.Recur, { start, duration, window }: Series, shiftMs: number): WallMs {
  const periodMs = periods[rule.freq];
  if (rule.count || periodMs === undefined) return start.wallMs;
  const lengthMs = duration.days * DAY_MS + duration.ms;
  const behindMs = start.zone.toWall(window.fromMs) - lengthMs - shiftMs - DAY_MS - start.wallMs;
  const intervalMs = periodMs * Math.max(1, rule.interval);
  return start.wallMs + Math.max(0, Math.floor(behindMs / intervalMs)) * intervalMs;
}

/** RFC 5545 wants UTC for a start with a zone; programs write all kinds. On the wall of the start's zone. */
function untilWall(until: ICAL.Time, start: ZonedTime): WallMs {
  const wallMs = wallOfIcal(until);
  if (until.isDate) return start.isDate ? wallMs : wallMs + DAY_MS - 1000;
  const local = until.zone === ICAL.Timezone.utcTimezone ? start.zone.toWall(wallMs) : wallMs;
  return start.isDate ? Math.floor(local / DAY_MS) * DAY_MS : local;
}

/** Whether it can touch the window: a day's slack for changes of the clock, all exactness comes later. */
function isNear(wallMs: WallMs, series: Series, shiftMs: number): boolean {
  const { start, window } = series;
  return reaches(wallMs, series, shiftMs) && wallMs <= start.zone.toWall(window.toMs) + shiftMs + DAY_MS;
}
function reaches(wallMs: WallMs, { start, duration, window }: Series, shiftMs: number): boolean {
  const lengthMs = duration.days * DAY_MS + duration.ms;
  return wallMs + lengthMs + shiftMs + DAY_MS >= start.zone.toWall(window.fromMs);
}

/** EXDATE by the instant; a bare date takes the whole day, which some programs write for series of times. */
function exclusionOf(event: ICAL.Component, { start, zones, room }: Series): (each: ZonedTime) => boolean {
  const keys = new Set<string>();
  const days = new Set<number>();
  for (const property of event.getAllProperties('exdate')) {
    for (const value of property.getValues() as unknown[]) {
      if (!(value instanceof ICAL.Time)) throw new Error('EXDATE is not a time');
      const each = zonedTimeOfIcal(value, property, zones, room);
      if (each.isDate && !start.isDate) days.add(Math.floor(each.wallMs / DAY_MS));
      else if (start.isDate) keys.add(String(Math.floor(each.wallMs / DAY_MS) * DAY_MS));
      else keys.add(keyOf(each));
    }
  }
  return (each) => keys.has(keyOf(each)) || days.has(Math.floor(each.wallMs / DAY_MS));
}

type Change = { fromMs: number; shiftMs: number; zone: Zone; duration: Duration; component: ICAL.Component };

/** Overrides that hold for all that follow (RANGE=THISANDFUTURE): how far they move them. */
function changesFor({ overrides, zones, room, duration, start }: Series): Change[] {
  const changes: Change[] = [];
  for (const { component } of overrides.values()) {
    const id = component.getFirstProperty('recurrence-id');
    if (!id || !/^THISANDFUTURE$/i.test(parameter(id, 'range'))) continue;
    const planned = zonedTimeOf(component, 'recurrence-id', zones, room)!;
    const moved = zonedTimeOf(component, 'dtstart', zones, room) ?? planned;
    const end = zonedTimeOf(component, 'dtend', zones, room);
    changes.push({
      fromMs: planned.atMs,
      shiftMs: moved.wallMs - start.zone.toWall(planned.atMs),
      zone: moved.zone,
      duration: end ? { days: 0, ms: end.atMs - moved.atMs } : duration,
      component,
    });
  }
  return changes.sort((a, b) => a.fromMs - b.fromMs);
}
