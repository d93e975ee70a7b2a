/** A meeting of ours as an entry of a calendar (RFC 5545): in UTC, and without an organizer, so that no server mails anybody. */
import ICAL from 'ical.js';
import type { MeetingOfRoom } from '#contract/room-meetings.ts';
import { text } from './event-fields.ts';
import { icalTime } from './zones.ts';

/** Where it lies in the calendar's folder. */
export const entryNameOf = (meetingId: string): string => `${meetingId}.ics`;

export function entryOf({ meetingId, title, startsAtMs, endsAtMs, sequence }: MeetingOfRoom, nowMs: number): string {
  const calendar = new ICAL.Component('vcalendar');
  calendar.addPropertyWithValue('version', '2.0');
  calendar.addPropertyWithValue('prodid', '-//Maru//EN');
  const event = new ICAL.Component('vevent');
  event.addPropertyWithValue('uid', meetingId);
  event.addPropertyWithValue('dtstamp', inUtc(nowMs));
  event.addPropertyWithValue('dtstart', inUtc(startsAtMs));
  event.addPropertyWithValue('dtend', inUtc(endsAtMs));
  event.addPropertyWithValue('summary', title);
  event.addPropertyWithValue('sequence', sequence);
  calendar.addSubcomponent(event);
  return `${calendar.toString()}\r\n`;
}

/** Whether it is the meeting's: what else lies there is left alone. */
export function isEntryOf(object: string, meetingId: string): boolean {
  const calendar = new ICAL.Component(ICAL.parse(object) as unknown[]);
  return calendar.getAllSubcomponents('vevent').some((event) => text(event, 'uid') === meetingId);
}

function inUtc(atMs: number) {
  const time = icalTime(Math.floor(atMs / 1000) * 1000);
  time.zone = ICAL.Timezone.utcTimezone;
  return time;
}
