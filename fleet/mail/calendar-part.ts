/**
 * The calendar part of an invitation (RFC 5545, RFC 5546), as Outlook and Google accept it: the organizer is the address that
 * sends it, the recipient is its only attendee, and times are in UTC, since Outlook refuses zones in a CANCEL. Meetings that repeat are one
 * entry with a rule, in the time of their zone, so that they stay at their hour when its clocks change. Pure.
 */
import ICAL from 'ical.js';
import { Temporal } from 'temporal-polyfill';
import type { RepetitionRhythm } from '#contract/meeting-repetition.ts';

type Party = { name: string; address: string };
export type CalendarFacts = {
  method: 'REQUEST' | 'CANCEL';
  /** the same for all mails of a meeting */
  uid: string;
  sequence: number;
  title: string;
  startsAtMs: number;
  endsAtMs: number;
  /** empty: no room */
  location: string;
  url: string | null;
  organizer: Party;
  attendee: Party;
  /** one of an entry that repeats; its times are in UTC where it is cancelled */
  occurrence?: { atMs: number; timeZone: string };
};
/** `url` null: each occurrence has its own */
export type RepeatedCalendarFacts = Omit<CalendarFacts, 'method' | 'startsAtMs' | 'endsAtMs' | 'occurrence' | 'url'> & {
  every: RepetitionRhythm;
  /** IANA name */
  timeZone: string;
  durationMinutes: number;
  /** all that the rule makes, by start; at least one */
  plannedMs: readonly number[];
  /** those that there are; the others are taken out. What one does not have of its own is as all of them have it */
  occurrences: readonly ({ plannedMs: number; startsAtMs: number; endsAtMs: number } & Partial<
    Pick<CalendarFacts, 'sequence' | 'title' | 'location'>
  >)[];
  /** its links */
  description: string;
};

export function calendarOf(facts: CalendarFacts): string {
  const { method, startsAtMs, endsAtMs, url, occurrence } = facts;
  const calendar = newCalendar(method);
  const zone = occurrence && method === 'REQUEST' ? occurrence.timeZone : null;
  if (zone !== null) calendar.addSubcomponent(zoneOf(zone, startsAtMs, endsAtMs));
  const event = newEvent(facts, method);
  if (occurrence) addTime(event, 'recurrence-id', occurrence.atMs, zone);
  addTime(event, 'dtstart', startsAtMs, zone);
  addTime(event, 'dtend', endsAtMs, zone);
  if (url !== null) {
    event.addPropertyWithValue('url', url);
    event.addPropertyWithValue('description', url);
  }
  calendar.addSubcomponent(event);
  return `${calendar.toString()}\r\n`;
}

export function repeatedCalendarOf(facts: RepeatedCalendarFacts): string {
  const { every, timeZone, durationMinutes, plannedMs, occurrences, description } = facts;
  const [firstMs, lastMs] = [plannedMs[0]!, plannedMs.at(-1)!];
  const durationMs = durationMinutes * 60_000;
  const calendar = newCalendar('REQUEST');
  const ends = occurrences.map(({ endsAtMs }) => endsAtMs);
  const starts = occurrences.map(({ startsAtMs }) => startsAtMs);
  calendar.addSubcomponent(zoneOf(timeZone, Math.min(firstMs, ...starts), Math.max(lastMs + durationMs, ...ends)));
  const event = newEvent(facts, 'REQUEST');
  addTime(event, 'dtstart', firstMs, timeZone);
  addTime(event, 'dtend', firstMs + durationMs, timeZone);
  event.addPropertyWithValue('rrule', ICAL.Recur.fromData({ ...rules[every], count: plannedMs.length }));
  event.addPropertyWithValue('description', description);
  const there = new Set(occurrences.map((each) => each.plannedMs));
  for (const atMs of plannedMs) if (!there.has(atMs)) addTime(event, 'exdate', atMs, timeZone);
  calendar.addSubcomponent(event);
  for (const { plannedMs: atMs, startsAtMs, endsAtMs, ...own } of occurrences) {
    const { sequence = facts.sequence, title = facts.title, location = facts.location } = own;
    const isAsNamed = title === facts.title && location === facts.location;
    if (isAsNamed && startsAtMs === atMs && endsAtMs === atMs + durationMs) continue;
    const changed = newEvent({ ...facts, sequence, title, location }, 'REQUEST');
    addTime(changed, 'recurrence-id', atMs, timeZone);
    addTime(changed, 'dtstart', startsAtMs, timeZone);
    addTime(changed, 'dtend', endsAtMs, timeZone);
    changed.addPropertyWithValue('description', description);
    calendar.addSubcomponent(changed);
  }
  return `${calendar.toString()}\r\n`;
}

const rules: Record<RepetitionRhythm, { freq: 'WEEKLY' | 'MONTHLY'; interval?: number; byday?: string[] }> = {
  weekday: { freq: 'WEEKLY', byday: ['MO', 'TU', 'WE', 'TH', 'FR'] },
  week: { freq: 'WEEKLY' },
  'two-weeks': { freq: 'WEEKLY', interval: 2 },
  month: { freq: 'MONTHLY' },
};

function newCalendar(method: string): ICAL.Component {
  const calendar = new ICAL.Component('vcalendar');
  calendar.addPropertyWithValue('prodid', '-//Maru//Meetings//EN');
  calendar.addPropertyWithValue('version', '2.0');
  calendar.addPropertyWithValue('method', method);
  return calendar;
}

/** Without its times. */
function newEvent(
  {
    uid,
    sequence,
    title,
    location,
    organizer,
    attendee,
  }: Pick<CalendarFacts, 'uid' | 'sequence' | 'title' | 'location' | 'organizer' | 'attendee'>,
  method: CalendarFacts['method'],
): ICAL.Component {
  const event = new ICAL.Component('vevent');
  event.addPropertyWithValue('uid', uid);
  event.addPropertyWithValue('sequence', sequence);
  event.addPropertyWithValue('dtstamp', utc(Date.now()));
  event.addPropertyWithValue('summary', title);
  if (location !== '') event.addPropertyWithValue('location', location);
  event.addPropertyWithValue('status', method === 'CANCEL' ? 'CANCELLED' : 'CONFIRMED');
  event.addPropertyWithValue('organizer', `mailto:${organizer.address}`).setParameter('cn', quotable(organizer.name));
  const invited = event.addPropertyWithValue('attendee', `mailto:${attendee.address}`);
  const parameters = { cutype: 'INDIVIDUAL', role: 'REQ-PARTICIPANT', partstat: 'NEEDS-ACTION', rsvp: 'TRUE' };
  for (const [name, value] of Object.entries(parameters)) invited.setParameter(name, value);
  invited.setParameter('cn', quotable(attendee.name));
  return event;
}

/** @param timeZone null: in UTC */
function addTime(event: ICAL.Component, name: string, atMs: number, timeZone: string | null): void {
  if (timeZone === null) event.addPropertyWithValue(name, utc(atMs));
  else event.addPropertyWithValue(name, onTheWall(atMs, timeZone)).setParameter('tzid', timeZone);
}

const zoned = (atMs: number, timeZone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(Math.floor(atMs / 1000) * 1000).toZonedDateTimeISO(timeZone);

function onTheWall(atMs: number, timeZone: string): ICAL.Time {
  const { year, month, day, hour, minute, second } = zoned(atMs, timeZone);
  return new ICAL.Time({ year, month, day, hour, minute, second, isDate: false }, FLOATING);
}

/** The zone with each change of its clocks from a year before to a year after: what programs know of zones by name may differ. */
function zoneOf(timeZone: string, fromMs: number, toMs: number): ICAL.Component {
  const zone = new ICAL.Component('vtimezone');
  zone.addPropertyWithValue('tzid', timeZone);
  let at = zoned(fromMs - YEAR_MS, timeZone);
  addObservance(zone, new ICAL.Time({ year: 1970, month: 1, day: 1, isDate: false }, FLOATING), {
    fromNs: at.offsetNanoseconds,
    toNs: at.offsetNanoseconds,
  });
  for (;;) {
    const next = at.getTimeZoneTransition('next');
    if (next === null || next.epochMilliseconds > toMs + YEAR_MS) return zone;
    const before = at.offsetNanoseconds;
    const wall = next.toInstant().toZonedDateTimeISO('UTC').add({ nanoseconds: before });
    const { year, month, day, hour, minute, second } = wall;
    const begins = new ICAL.Time({ year, month, day, hour, minute, second, isDate: false }, FLOATING);
    if (next.offsetNanoseconds !== before)
      addObservance(zone, begins, { fromNs: before, toNs: next.offsetNanoseconds });
    at = next;
  }
}
const FLOATING = ICAL.Timezone.localTimezone;
const YEAR_MS = 366 * 86_400_000;

/** @param begins by the clock before the change */
function addObservance(
  zone: ICAL.Component,
  begins: ICAL.Time,
  { fromNs, toNs }: { fromNs: number; toNs: number },
): void {
  const observance = new ICAL.Component(toNs > fromNs ? 'daylight' : 'standard');
  observance.addPropertyWithValue('dtstart', begins);
  observance.addPropertyWithValue('tzoffsetfrom', ICAL.UtcOffset.fromSeconds(fromNs / 1e9));
  observance.addPropertyWithValue('tzoffsetto', ICAL.UtcOffset.fromSeconds(toNs / 1e9));
  zone.addSubcomponent(observance);
}

const utc = (atMs: number): ICAL.Time => ICAL.Time.fromJSDate(new Date(Math.floor(atMs / 1000) * 1000), true);

/** A parameter cannot hold a quote, and few programs know the escape of RFC 6868 for it. */
const quotable = (name: string): string => name.replaceAll('"', '’').replaceAll('^', ' ');
