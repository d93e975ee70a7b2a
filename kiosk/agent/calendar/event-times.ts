/** The times of a VEVENT: where they stand on the wall, in which zone, and for how long. */
import ICAL from 'ical.js';
import { parameter } from './event-fields.ts';
import { type WallMs, wallOfIcal, utc, type Zone, type ZoneFinder } from './zones.ts';

export type ZonedTime = {
  wallMs: WallMs;
  zone: Zone;
  /** a day, not a time: begins at the room's midnight */
  isDate: boolean;
  atMs: number;
};
/** Days by the calendar (a day may have 23 hours), the rest exactly. */
export type Duration = { days: number; ms: number };

const DAY_MS = 86_400_000;

export function zonedTime(wallMs: WallMs, zone: Zone, isDate: boolean): ZonedTime {
  const atMs = zone.toInstant(wallMs);
  if (!Number.isFinite(atMs)) throw new Error('not a time');
  return { wallMs, zone, isDate, atMs };
}

export function zonedTimeOf(event: ICAL.Component, name: string, zones: ZoneFinder, room: Zone): ZonedTime | null {
  const property = event.getFirstProperty(name);
  if (!property) return null;
  const value: unknown = property.getFirstValue();
  if (!(value instanceof ICAL.Time)) throw new Error(`${name} is not a time`);
  return zonedTimeOfIcal(value, property, zones, room);
}

export function zonedTimeOfIcal(time: ICAL.Time, property: ICAL.Property, zones: ZoneFinder, room: Zone): ZonedTime {
  return zonedTime(wallOfIcal(time), zoneOf(time, property, zones, room), time.isDate);
}

function zoneOf(time: ICAL.Time, property: ICAL.Property, zones: ZoneFinder, room: Zone): Zone {
  if (time.isDate) return room;
  if (time.zone === ICAL.Timezone.utcTimezone) return utc;
  const tzid = parameter(property, 'tzid');
  return tzid === '' ? zoneOfStart(property, zones, room) : zones.find(tzid);
}

/** Of a time without a zone: that of its event's start, which programs do not repeat; the room's where that has none either. */
function zoneOfStart(property: ICAL.Property, zones: ZoneFinder, room: Zone): Zone {
  const start = property.parent?.getFirstProperty('dtstart');
  const value: unknown = start?.getFirstValue();
  if (!start || !(value instanceof ICAL.Time) || value.isDate) return room;
  if (value.zone === ICAL.Timezone.utcTimezone) return utc;
  const tzid = parameter(start, 'tzid');
  return tzid === '' ? room : zones.find(tzid);
}

/** Occurrences of their own whose start has no zone are in that of their series. */
export function inSeriesZone(components: readonly ICAL.Component[]): void {
  const series = components.find((each) => !each.hasProperty('recurrence-id'))?.getFirstProperty('dtstart');
  const tzid = series ? parameter(series, 'tzid') : '';
  if (tzid === '') return;
  for (const component of components) {
    const start = component.getFirstProperty('dtstart');
    const value: unknown = start?.getFirstValue();
    if (!start || !(value instanceof ICAL.Time) || value.isDate || value.zone === ICAL.Timezone.utcTimezone) continue;
    if (parameter(start, 'tzid') === '') start.setParameter('tzid', tzid);
  }
}

/** By DTEND, DURATION, or what RFC 5545 3.6.1 says where there is neither. */
export function durationOf(event: ICAL.Component, zones: ZoneFinder, room: Zone): Duration {
  const start = zonedTimeOf(event, 'dtstart', zones, room);
  if (!start) throw new Error('no start');
  const end = zonedTimeOf(event, 'dtend', zones, room);
  if (end) {
    if (end.atMs < start.atMs) throw new Error('ends before it begins');
    // a day that ends when it begins is that day, to the programs that write it
    if (start.isDate && end.isDate) return { days: Math.max(1, (end.wallMs - start.wallMs) / DAY_MS), ms: 0 };
    return { days: 0, ms: end.atMs - start.atMs };
  }
  const value: unknown = event.getFirstPropertyValue('duration');
  if (value instanceof ICAL.Duration) return durationOfIcal(value);
  return { days: start.isDate ? 1 : 0, ms: 0 };
}

export function durationOfIcal({ weeks, days, hours, minutes, seconds, isNegative }: ICAL.Duration): Duration {
  if (isNegative) throw new Error('a duration below zero');
  return { days: weeks * 7 + days, ms: ((hours * 60 + minutes) * 60 + seconds) * 1000 };
}

export function endOf({ wallMs, zone, atMs }: ZonedTime, { days, ms }: Duration): number {
  return (days === 0 ? atMs : zone.toInstant(wallMs + days * DAY_MS)) + ms;
}

/** Which occurrence of a series: its planned start; days by their date, so that the room's zone does not matter. */
export const keyOf = ({ isDate, wallMs, atMs }: ZonedTime): string => String(isDate ? wallMs : atMs);

/** Null: not one occurrence of a series. */
export function recurrenceKeyOf(event: ICAL.Component, zones: ZoneFinder, room: Zone): string | null {
  const id = zonedTimeOf(event, 'recurrence-id', zones, room);
  if (id === null) return null;
  const start = zonedTimeOf(event, 'dtstart', zones, room);
  // a day for a series of times: the occurrence of that day, at the override's own time of day
  if (id.isDate && start && !start.isDate) {
    const ofDay = (start.wallMs % DAY_MS) + Math.floor(id.wallMs / DAY_MS) * DAY_MS;
    return keyOf(zonedTime(ofDay, start.zone, false));
  }
  return keyOf(id);
}
