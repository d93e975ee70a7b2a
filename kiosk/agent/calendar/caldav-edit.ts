/**
 * A change of one occurrence in an object of a CalDAV server: of the event itself, or, for a series, by an override of
 * this occurrence alone. All else in the object stays as it was.
 */
import ICAL from 'ical.js';
import { UserError } from '#contract/error-codes.ts';
import type { Occurrence } from './calendar-source.ts';
import { unfoldedLines } from './calendar-text.ts';
import { parameter, roomAttendees, text } from './event-fields.ts';
import { keyOf, type ZonedTime, zonedTimeOf, recurrenceKeyOf } from './event-times.ts';
import { repairedLines } from './property-lines.ts';
import { inTurn } from './series.ts';
import { feedZone, icalTime, utc, type Zone, ZoneFinder } from './zones.ts';

export type Edit = { name: 'move-end'; endMs: number } | { name: 'give-back' } | { name: 'take-back' };
type Context = { zone: Zone; roomAddress: string | null; nowMs: number };

/** What an occurrence was before we gave it back; `created`: it had no override of its own. */
const FORMER = 'x-maru-given-back';

/**
 * @param object its text, unfolded
 * @throws UserError booking-unknown where the occurrence is there no longer, or at another time; not-possible-now where a value that
 * nobody here can read would be lost
 */
export function edited(object: string, occurrence: Occurrence, edit: Edit, context: Context): string {
  const calendar = new ICAL.Component(ICAL.parse(repaired(object)) as unknown[]);
  const found = find(calendar, occurrence, context);
  if (edit.name === 'take-back') takeBack(calendar, found.override ?? found.master, context);
  else {
    const event = found.override ?? overrideOf(calendar, found, occurrence, context);
    if (edit.name === 'give-back') giveBack(event, found.override === null && found.isSeries, context);
    else moveEnd(event, edit.endMs, found.zones, context);
    touch(event, context.nowMs);
  }
  return calendar.toString();
}

/** As it is read: what was shown is what is changed. */
function repaired(object: string): string {
  const { lines, leftOut } = repairedLines([...unfoldedLines(object)]);
  if (leftOut > 0) throw new UserError('not-possible-now', 'its lists hold values that cannot be read');
  return lines.join('\r\n');
}

type Found = {
  master: ICAL.Component | null;
  override: ICAL.Component | null;
  isSeries: boolean;
  zones: ZoneFinder;
};

function find(calendar: ICAL.Component, occurrence: Occurrence, { zone: room }: Context): Found {
  const zones = new ZoneFinder(room, zonesOf(calendar));
  const events = calendar.getAllSubcomponents('vevent').filter((event) => text(event, 'uid') === occurrence.uid);
  const isOverride = (event: ICAL.Component): boolean => event.hasProperty('recurrence-id');
  const master = events.find((event) => !isOverride(event)) ?? null;
  const isSeries = master !== null && inTurn(master);
  const override =
    events.find((event) => isOverride(event) && recurrenceKeyOf(event, zones, room) === occurrence.recurrenceId) ??
    (isSeries ? null : master);
  if (override === null && !isSeries) throw new UserError('booking-unknown', 'it is gone from the calendar');
  if (override) {
    const start = zonedTimeOf(override, 'dtstart', zones, room);
    if (start?.atMs !== occurrence.startMs) throw new UserError('booking-unknown', 'it was moved meanwhile');
  }
  return { master, override, isSeries, zones };
}

function zonesOf(calendar: ICAL.Component): Map<string, () => Zone> {
  const inTwoYears = new Date().getUTCFullYear() + 2;
  return new Map(
    calendar.getAllSubcomponents('vtimezone').map((zone) => {
      const tzid = text(zone, 'tzid');
      return [tzid, () => feedZone(tzid, zone, inTwoYears)] as const;
    }),
  );
}

/** As the series has it, for this occurrence alone. */
function overrideOf(
  calendar: ICAL.Component,
  { master, zones }: Found,
  occurrence: Occurrence,
  { zone: room }: Context,
): ICAL.Component {
  if (!master) throw new UserError('booking-unknown', 'it is gone from the calendar');
  const seriesStart = zonedTimeOf(master, 'dtstart', zones, room)!;
  const event = new ICAL.Component(structuredClone(master.toJSON()) as unknown[]);
  for (const name of ['rrule', 'rdate', 'exdate', 'exrule', 'duration']) event.removeAllProperties(name);
  const start = seriesStart.isDate
    ? { ...seriesStart, wallMs: Number(occurrence.recurrenceId) }
    : { ...seriesStart, wallMs: seriesStart.zone.toWall(Number(occurrence.recurrenceId)) };
  if (keyOf({ ...start, atMs: start.zone.toInstant(start.wallMs) }) !== occurrence.recurrenceId)
    throw new UserError('booking-unknown', 'no such occurrence');
  const from = master.getFirstProperty('dtstart')!;
  setTime(event, 'dtstart', start, from);
  setTime(event, 'recurrence-id', start, from);
  setEnd(event, start, occurrence.endMs);
  calendar.addSubcomponent(event);
  return event;
}

function moveEnd(event: ICAL.Component, endMs: number, zones: ZoneFinder, { zone: room }: Context): void {
  const start = zonedTimeOf(event, 'dtstart', zones, room)!;
  if (endMs <= start.atMs) throw new UserError('not-possible-now', 'it would end before it begins');
  setEnd(event, start, endMs);
}

/** In the zone of its start. */
function setEnd(event: ICAL.Component, start: ZonedTime, endMs: number): void {
  event.removeAllProperties('duration');
  setTime(event, 'dtend', { ...start, wallMs: start.zone.toWall(endMs) }, event.getFirstProperty('dtstart')!);
}

function setTime(
  event: ICAL.Component,
  name: string,
  { wallMs, isDate, zone }: Omit<ZonedTime, 'atMs'>,
  like: ICAL.Property,
): void {
  event.removeAllProperties(name);
  const time = icalTime(wallMs, isDate);
  if (zone === utc && !isDate) time.zone = ICAL.Timezone.utcTimezone;
  const property = new ICAL.Property(name, event);
  property.resetType(isDate ? 'date' : 'date-time');
  property.setValue(time);
  const tzid = parameter(like, 'tzid');
  if (tzid !== '' && !isDate) property.setParameter('tzid', tzid);
  event.addProperty(property);
}

function giveBack(event: ICAL.Component, isCreated: boolean, { roomAddress }: Context): void {
  if (event.hasProperty(FORMER)) return;
  const rooms = roomAttendees(event, roomAddress);
  const former = rooms.length > 0 ? `PARTSTAT=${parameter(rooms[0]!, 'partstat')}` : `STATUS=${text(event, 'status')}`;
  event.addPropertyWithValue(FORMER, isCreated ? 'created' : former);
  if (rooms.length > 0) for (const room of rooms) room.setParameter('partstat', 'DECLINED');
  else event.updatePropertyWithValue('status', 'CANCELLED');
}

function takeBack(calendar: ICAL.Component, event: ICAL.Component | null, { roomAddress, nowMs }: Context): void {
  const former = event ? text(event, FORMER) : '';
  if (!event || former === '') return;
  if (former === 'created') {
    calendar.removeSubcomponent(event);
    return;
  }
  event.removeAllProperties(FORMER);
  const [name, value = ''] = former.split('=');
  if (name === 'PARTSTAT')
    for (const room of roomAttendees(event, roomAddress)) {
      if (value === '') room.removeParameter('partstat');
      else room.setParameter('partstat', value);
    }
  else if (value === '') event.removeAllProperties('status');
  else event.updatePropertyWithValue('status', value);
  touch(event, nowMs);
}

/** So that everyone who keeps a copy takes the change in (RFC 5546 2.1.4). */
function touch(event: ICAL.Component, nowMs: number): void {
  const now = icalTime(Math.floor(nowMs / 1000) * 1000);
  now.zone = ICAL.Timezone.utcTimezone;
  event.updatePropertyWithValue('dtstamp', now);
  event.updatePropertyWithValue('last-modified', now);
  event.updatePropertyWithValue('sequence', (Number(text(event, 'sequence')) || 0) + 1);
}
