/** What a VEVENT says of itself besides its times. A private one says as little as its owner wanted. */
import type ICAL from 'ical.js';
import { PEOPLE_OF_BOOKING } from '#contract/limits.ts';
import { cutText, shownText } from '#contract/shown-text.ts';
import { addressHash } from '#edge/address-hash.ts';
import type { PeopleOfEvent, Occurrence } from './calendar-source.ts';
import { linksIn } from './meeting-link.ts';

export type EventFields = Pick<Occurrence, 'title' | 'organizer' | 'isPrivate' | 'isGone' | 'links' | 'invited'>;

const MAX_READ_UNITS = 2_000;
const MAX_TITLE = { units: 300, bytes: 900 };
const MAX_ADDRESS = 254;
/** more are not looked at */
const MAX_ATTENDEES_READ = 5_000;

export function fieldsOf(event: ICAL.Component, roomAddress: string | null): EventFields {
  const isPrivate = /^(PRIVATE|CONFIDENTIAL)$/i.test(text(event, 'class'));
  const invited = isPrivate ? null : invitedTo(event, roomAddress);
  return {
    title: isPrivate ? '' : titleOf(text(event, 'summary')),
    organizer: isPrivate ? null : organizerOf(event),
    isPrivate,
    isGone: isGone(event, roomAddress),
    links: linksIn(textsOf(event)),
    ...(invited && { invited }),
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

/** null: nobody whose address can be read. Only people: a group's address is no person's. */
function invitedTo(event: ICAL.Component, roomAddress: string | null): PeopleOfEvent | null {
  const room = roomAddress?.toLowerCase() ?? null;
  const hashOf = (person: ICAL.Property): string | null => {
    if (/^(ROOM|RESOURCE|GROUP)$/i.test(parameter(person, 'cutype'))) return null;
    const address = mailAddressOf(person);
    return address === null || address === room ? null : addressHash(address);
  };
  const organizer = event.getFirstProperty('organizer');
  const attendees = new Set<string>();
  for (const attendee of event.getAllProperties('attendee').slice(0, MAX_ATTENDEES_READ)) {
    if (attendees.size === PEOPLE_OF_BOOKING) break;
    if (/^DECLINED$/i.test(parameter(attendee, 'partstat'))) continue;
    const hash = hashOf(attendee);
    if (hash !== null) attendees.add(hash);
  }
  const invited = { organizer: organizer && hashOf(organizer), attendees: [...attendees] };
  return invited.organizer === null && invited.attendees.length === 0 ? null : invited;
}

/** The value, else the parameter of programs that name people by another URI; null: none that could be an account's. */
function mailAddressOf(person: ICAL.Property): string | null {
  const value = String(person.getFirstValue() ?? '');
  for (const given of /^mailto:/i.test(value) ? [value.slice('mailto:'.length)] : [value, parameter(person, 'email')]) {
    if (given.length > MAX_ADDRESS) continue;
    const address = given.trim().toLowerCase();
    if (/^[^\s@:?<>\p{C}]+@[^\s@:?<>\p{C}]+$/u.test(address)) return address;
  }
  return null;
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
