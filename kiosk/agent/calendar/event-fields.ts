/** What a VEVENT says of itself besides its times. A private one says as little as its owner wanted. */
import type ICAL from 'ical.js';
import type { Occurrence } from './calendar-source.ts';
import { linksIn } from './meeting-link.ts';

export type EventFields = Pick<Occurrence, 'title' | 'organizer' | 'isPrivate' | 'isGone' | 'links'>;

const MAX_TITLE_LENGTH = 300;

export function fieldsOf(event: ICAL.Component, roomAddress: string | null): EventFields {
  const isPrivate = /^(PRIVATE|CONFIDENTIAL)$/i.test(text(event, 'class'));
  return {
    title: isPrivate ? '' : tidy(text(event, 'summary')),
    organizer: isPrivate ? null : organizerOf(event),
    isPrivate,
    isGone: isGone(event, roomAddress),
    links: linksIn(textsOf(event)),
  };
}

/** An attendee of the room's: by its address, else by its kind. */
export function roomAttendees(event: ICAL.Component, roomAddress: string | null): ICAL.Property[] {
  return event.getAllProperties('attendee').filter((attendee) => {
    if (roomAddress !== null) return addressOf(attendee) === roomAddress.toLowerCase();
    return /^(ROOM|RESOURCE)$/i.test(parameter(attendee, 'cutype'));
  });
}

export function text(event: ICAL.Component, name: string): string {
  const value: unknown = event.getFirstPropertyValue(name);
  return value === null || value === undefined ? '' : String(value);
}

export function parameter(property: ICAL.Property, name: string): string {
  return String(property.getFirstParameter(name) ?? '');
}

/** Takes none of the room's time, though it is in the calendar. */
function isGone(event: ICAL.Component, roomAddress: string | null): boolean {
  if (/^CANCELLED$/i.test(text(event, 'status'))) return true;
  if (/^TRANSPARENT$/i.test(text(event, 'transp'))) return true;
  if (/^FREE$/i.test(text(event, 'x-microsoft-cdo-busystatus'))) return true;
  const rooms = roomAttendees(event, roomAddress);
  return rooms.length > 0 && rooms.every((room) => /^DECLINED$/i.test(parameter(room, 'partstat')));
}

function organizerOf(event: ICAL.Component): string | null {
  const organizer = event.getFirstProperty('organizer');
  if (!organizer) return null;
  return tidy(parameter(organizer, 'cn')) || addressOf(organizer) || null;
}

const addressOf = (property: ICAL.Property): string =>
  String(property.getFirstValue() ?? '')
    .replace(/^mailto:/i, '')
    .trim()
    .toLowerCase();

/** One line without control characters, and without those that turn the direction of what follows. */
const tidy = (value: string): string =>
  value
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .toWellFormed()
    .trim()
    .slice(0, MAX_TITLE_LENGTH);

/** Location first: where organizers put a link on purpose. Extensions hold those of conference systems. */
function* textsOf(event: ICAL.Component): Generator<string> {
  for (const name of ['location', 'url', 'conference', 'description'])
    for (const property of event.getAllProperties(name)) yield String(property.getFirstValue() ?? '');
  for (const property of event.getAllProperties())
    if (property.name.startsWith('x-')) yield String(property.getFirstValue() ?? '');
}
