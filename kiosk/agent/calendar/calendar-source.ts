/**
 * What the agent asks of any calendar: ICS feed and CalDAV stand behind it, and Microsoft Graph or Google Calendar
 * would (see README.md). A source knows nothing of rooms, check-in or releases.
 */
import type { MeetingOfRoom } from '#contract/room-meetings.ts';
import type { CalendarAccount } from '#contract/settings/calendar-settings.ts';

/** Their mail addresses as `addressHash` makes them; without rooms, things, and attendees who declined. */
export type PeopleOfEvent = { organizer: string | null; attendees: readonly string[] };

/** One occurrence that takes the room's time, of a series or by itself. Stays inside the agent: `links` hold secrets. */
export type Occurrence = {
  uid: string;
  /** which of a series: its start as first planned, epoch ms in decimal; '' where it is by itself */
  recurrenceId: string;
  /** '' where it is private */
  title: string;
  organizer: string | null;
  startMs: number;
  endMs: number;
  isAllDay: boolean;
  isPrivate: boolean;
  /** it is there and takes no time: cancelled, declined by the room; shown only where the room itself gave it back */
  isGone: boolean;
  /** every address in its location, description, URL and conference fields */
  links: string[];
  /** absent: nobody is named, or it is private */
  invited?: PeopleOfEvent;
  /** where a write goes, in the source's own terms; null: read-only */
  place: string | null;
};

/** Epoch milliseconds; overlapping counts. */
export type CalendarWindow = { fromMs: number; toMs: number };

export type Reading = {
  occurrences: Occurrence[];
  /** events that could not be understood: the others are shown, and the calendar's health says so */
  leftOut: number;
  /** zones that nobody knows: events of theirs are shown as in the room's own, and may be at another time */
  unknownZones: number;
};

/**
 * Each changes one occurrence or one meeting alone, and is safe to repeat.
 * @throws MaruError calendar-refused (not allowed to), calendar-unreachable, booking-unknown (it is gone or was moved)
 */
export type CalendarWrites = {
  moveEnd(occurrence: Occurrence, endMs: number, signal: AbortSignal): Promise<void>;
  /** declined where the room was invited, else cancelled */
  giveBack(occurrence: Occurrence, signal: AbortSignal): Promise<void>;
  /** undoes `giveBack`: exactly as it was */
  takeBack(occurrence: Occurrence, signal: AbortSignal): Promise<void>;
  /** a meeting of ours, new or as it is now */
  putMeeting(meeting: MeetingOfRoom, signal: AbortSignal): Promise<void>;
  /** one that we put; that it is gone already is no fault */
  removeMeeting(meetingId: string, signal: AbortSignal): Promise<void>;
};

export type CalendarSource = {
  /**
   * @throws MaruError calendar-unreachable, calendar-refused, calendar-malformed, calendar-too-large; whose message
   * names no address and no secret
   */
  read(window: CalendarWindow, signal: AbortSignal): Promise<Reading>;
  /** null: read-only */
  readonly writes: CalendarWrites | null;
};

/** What a source is made of, in the agent and in the thread alike. */
export type SourceOptions = {
  settings: CalendarAccount;
  /** IANA name of the room's zone, for times that name none */
  timeZone: string;
  /** series that were never done expanding, by UID */
  poisoned: readonly string[];
  /** told before each series, so that the one that hangs is known */
  onSeries: (uid: string) => void;
  /** told when the bytes are there and the work begins */
  onExpanding: () => void;
};
