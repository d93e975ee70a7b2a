/**
 * From events to the occurrences within a window: time zones, recurrence, exceptions, moved and cancelled occurrences.
 * Rules are followed in local time by ical.js and bounded in steps; what cannot be understood is left out and counted.
 */
import { createHash } from 'node:crypto';
import ICAL from 'ical.js';
import { ProtocolError } from '#contract/error-codes.ts';
import type { CalendarWindow, Occurrence, Reading, SourceOptions } from './calendar-source.ts';
import type { CalendarText } from './calendar-text.ts';
import { fieldsOf, text } from './event-fields.ts';
import { inTurn, type Override, seriesStarts } from './series.ts';
import { durationOf, endOf, inSeriesZone, zonedTimeOf, recurrenceKeyOf } from './event-times.ts';
import { repairedLines } from './property-lines.ts';
import { feedZone, type Zone, ZoneFinder } from './zones.ts';

export const MAX_OCCURRENCES = 2_000;

export type ExpansionOptions = Pick<SourceOptions, 'poisoned' | 'onSeries'> & {
  zone: Zone;
  roomAddress: string | null;
};
/** `place`: of the object that a write would change; null: read-only */
export type CalendarObject = { calendar: CalendarText; place: string | null };

/** @throws ProtocolError calendar-too-large where more is booked than a room can hold */
export function expand(objects: readonly CalendarObject[], window: CalendarWindow, options: ExpansionOptions): Reading {
  const reading: Reading = { occurrences: [], leftOut: 0, unknownZones: 0 };
  const poisoned = new Set(options.poisoned);
  for (const { calendar, place } of objects) {
    const zones = new ZoneFinder(options.zone, feedZonesOf(calendar, window, options, poisoned));
    for (const [uid, components] of byUid(calendar, reading)) {
      if (poisoned.has(uid)) {
        reading.leftOut += 1;
        continue;
      }
      try {
        for (const occurrence of occurrencesOf(uid, components, window, { ...options, zones }))
          reading.occurrences.push({ ...occurrence, uid, place });
      } catch {
        // this one alone: what a program wrote wrongly about one meeting says nothing of the others
        reading.leftOut += 1;
      }
      if (reading.occurrences.length > MAX_OCCURRENCES)
        throw new ProtocolError('calendar-too-large', `more than ${MAX_OCCURRENCES} bookings`);
    }
    reading.unknownZones += zones.unknownCount;
  }
  reading.occurrences.sort((a, b) => a.startMs - b.startMs || a.endMs - b.endMs);
  return reading;
}

function feedZonesOf(
  { timeZones }: CalendarText,
  { toMs }: CalendarWindow,
  { onSeries }: ExpansionOptions,
  poisoned: ReadonlySet<string>,
): Map<string, () => Zone> {
  const zones = new Map<string, () => Zone>();
  for (const [tzid, lines] of timeZones) {
    const name = `TZID ${tzid}`;
    if (poisoned.has(name)) continue;
    zones.set(tzid, () => {
      onSeries(name);
      return feedZone(tzid, componentOf('VTIMEZONE', lines), new Date(toMs).getUTCFullYear() + 1);
    });
  }
  return zones;
}

const componentOf = (name: string, lines: readonly string[]): ICAL.Component =>
  new ICAL.Component(ICAL.parse(`BEGIN:${name}\r\n${lines.join('\r\n')}\r\nEND:${name}`) as unknown[]);

function byUid({ events }: CalendarText, reading: Reading): Map<string, ICAL.Component[]> {
  const found = new Map<string, ICAL.Component[]>();
  for (const lines of events) {
    try {
      const { lines: repaired, leftOut } = repairedLines(lines);
      const event = componentOf('VEVENT', repaired);
      reading.leftOut += leftOut;
      // some programs forget the UID: the same event has the same one all the same
      const uid = text(event, 'uid') || createHash('sha256').update(lines.join('\n')).digest('hex');
      const former = found.get(uid);
      if (former) former.push(event);
      else found.set(uid, [event]);
    } catch {
      reading.leftOut += 1;
    }
  }
  return found;
}

type Context = ExpansionOptions & { zones: ZoneFinder };
type Found = Omit<Occurrence, 'uid' | 'place'>;

function* occurrencesOf(
  uid: string,
  components: ICAL.Component[],
  window: CalendarWindow,
  context: Context,
): Generator<Found> {
  const { zones, zone: room, onSeries } = context;
  const overrides = new Map<string, Override>();
  let master: ICAL.Component | null = null;
  inSeriesZone(components);
  for (const component of components) {
    const key = recurrenceKeyOf(component, zones, room);
    if (key === null) master = master === null ? component : newerOf(master, component);
    else overrides.set(key, { key, component: newerOf(overrides.get(key)?.component ?? component, component) });
  }
  if (master === null || !inTurn(master)) {
    if (master) yield* single(master, '', window, context);
    for (const { key, component } of overrides.values()) yield* single(component, key, window, context);
    return;
  }
  onSeries(uid);
  const fields = fieldsOf(master, context.roomAddress);
  const duration = durationOf(master, zones, room);
  const start = zonedTimeOf(master, 'dtstart', zones, room)!;
  for (const each of seriesStarts(master, { start, duration, window, overrides, zones, room })) {
    if (each.override) {
      yield* single(each.override, each.key, window, context);
      continue;
    }
    const found = each.from ? { ...fieldsOf(each.from, context.roomAddress) } : fields;
    const endMs = endOf(each.start, each.duration);
    if (overlaps(each.start.atMs, endMs, window))
      yield { ...found, recurrenceId: each.key, startMs: each.start.atMs, endMs, isAllDay: start.isDate };
  }
}

function* single(
  event: ICAL.Component,
  recurrenceId: string,
  window: CalendarWindow,
  { zones, zone: room, roomAddress }: Context,
): Generator<Found> {
  const start = zonedTimeOf(event, 'dtstart', zones, room);
  if (!start) throw new Error('no start');
  const endMs = endOf(start, durationOf(event, zones, room));
  if (!overlaps(start.atMs, endMs, window)) return;
  const isAllDay = start.isDate || /^TRUE$/i.test(text(event, 'x-microsoft-cdo-alldayevent'));
  yield { ...fieldsOf(event, roomAddress), recurrenceId, startMs: start.atMs, endMs, isAllDay };
}

/** Half-open, and never for what takes no time at all. */
const overlaps = (startMs: number, endMs: number, { fromMs, toMs }: CalendarWindow): boolean =>
  endMs > startMs && startMs < toMs && endMs > fromMs;

/** Of two that claim to be the same, the one that was changed last. */
function newerOf(one: ICAL.Component, other: ICAL.Component): ICAL.Component {
  const rank = (event: ICAL.Component): [number, string] => [
    Number(text(event, 'sequence')) || 0,
    text(event, 'last-modified') || text(event, 'dtstamp'),
  ];
  const [a, b] = [rank(one), rank(other)];
  return b[0] > a[0] || (b[0] === a[0] && b[1] >= a[1]) ? other : one;
}
