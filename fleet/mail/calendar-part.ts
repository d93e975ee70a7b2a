/**
 * The calendar part of an invitation (RFC 5545, RFC 5546), as Outlook and Google accept it: the organizer is the address that
 * sends it, the recipient is its only attendee, and times are in UTC, since Outlook refuses zones in a CANCEL. Pure.
 */
import ICAL from 'ical.js';

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
};

export function calendarOf(facts: CalendarFacts): string {
  const { method, uid, sequence, title, startsAtMs, endsAtMs, location, url, organizer, attendee } = facts;
  const calendar = new ICAL.Component('vcalendar');
  calendar.addPropertyWithValue('prodid', '-//Maru//Meetings//EN');
  calendar.addPropertyWithValue('version', '2.0');
  calendar.addPropertyWithValue('method', method);
  const event = new ICAL.Component('vevent');
  event.addPropertyWithValue('uid', uid);
  event.addPropertyWithValue('sequence', sequence);
  event.addPropertyWithValue('dtstamp', utc(Date.now()));
  event.addPropertyWithValue('dtstart', utc(startsAtMs));
  event.addPropertyWithValue('dtend', utc(endsAtMs));
  event.addPropertyWithValue('summary', title);
  if (location !== '') event.addPropertyWithValue('location', location);
  if (url !== null) {
    event.addPropertyWithValue('url', url);
    event.addPropertyWithValue('description', url);
  }
  event.addPropertyWithValue('status', method === 'CANCEL' ? 'CANCELLED' : 'CONFIRMED');
  event.addPropertyWithValue('organizer', `mailto:${organizer.address}`).setParameter('cn', quotable(organizer.name));
  const invited = event.addPropertyWithValue('attendee', `mailto:${attendee.address}`);
  const parameters = { cutype: 'INDIVIDUAL', role: 'REQ-PARTICIPANT', partstat: 'NEEDS-ACTION', rsvp: 'TRUE' };
  for (const [name, value] of Object.entries(parameters)) invited.setParameter(name, value);
  invited.setParameter('cn', quotable(attendee.name));
  calendar.addSubcomponent(event);
  return `${calendar.toString()}\r\n`;
}

const utc = (atMs: number): ICAL.Time => ICAL.Time.fromJSDate(new Date(Math.floor(atMs / 1000) * 1000), true);

/** A parameter cannot hold a quote, and few programs know the escape of RFC 6868 for it. */
const quotable = (name: string): string => name.replaceAll('"', '’').replaceAll('^', ' ');
