/** What a VEVENT says of itself besides its times. A private one says as little as its owner wanted. */
import type ICAL from 'ical.js';
import { cutText, shownText } from '#contract/shown-text.ts';
import type { Occurrence } from './calendar-source.ts';
import { linksIn } from './meeting-link.ts';

export type EventFields = Pick<Occurrence, 'title' | 'organizer' | 'isPrivate' | 'isGone' | 'links'>;

const MAX_READ_UNITS = 2_000;
const MAX_TITLE = { units: 300, bytes: 900 };

export function fieldsOf(event: ICAL.Component, roomAddress: string | null): EventFields {
  const isPrivate = /^(PRIVATE|CONFIDENTIAL)$/i.test(text(event, 'class'));
  return {
    title: isPrivate ? '' : titleOf(text(event, 'summary')),
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
  return titleOf(parameter(organizer, 'cn')) || titleOf(addressOf(organizer)) || null;
}

/** Feeds write pages into a title now and then: what no screen would show is not looked at. */
const titleOf = (value: string): string => cutText(shownText(value.slice(0, MAX_READ_UNITS)), MAX_TITLE);

const addressOf = (property: ICAL.Property): string =>
  String(property.getFirstValue() ?? '')
    .replace(/^mailto:/i, '')
    .trim()
    .toLowerCase();

/** Location first: where organizers put a link on purpose. Extensions hold those of conference systems. */
function* textsOf(event: ICAL.Component): Generator<string> {
  for (const name of ['location', 'url', 'conference', 'description'])
    for (const property of event.getAllProperties(name)) yield String(property.getFirstValue() ?? '');
  for (const property of event.getAllProperties())
    if (property.name.startsWith('x-')) yield String(property.getFirstValue() ?? '');
}
