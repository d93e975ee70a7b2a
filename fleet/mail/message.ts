/** What a queued mail holds: facts, of which `compose.ts` makes the mail when it is sent. */
import type { AlertMessageType } from '#contract/http/alerts-api.ts';
import type { RepetitionRhythm } from '#contract/meeting-repetition.ts';
import type { Language } from '#contract/schema.ts';
import type { SignalName } from '#contract/signals.ts';

/** Meetings that repeat, as one recipient is invited to them. */
export type RepetitionFacts = {
  every: RepetitionRhythm;
  /** IANA name */
  timeZone: string;
  durationMinutes: number;
  /** when each was to begin as they were made, up to the last that the recipient is invited to */
  plannedMs: number[];
  /** those that the recipient is invited to, by start; at least one */
  occurrences: {
    meetingId: string;
    inviteId: string | null;
    plannedMs: number;
    startsAtMs: number;
    endsAtMs: number;
    /** of one that was changed; absent: that of the mail */
    sequence?: number;
    title?: string;
    roomNames?: string[];
  }[];
};
type Recipient = { name: string; address: string };
/** A guest's link is signed when the mail is sent: no token of an invite is stored. */
export type MeetingMessage = {
  /** `ended`: it and those after it are cancelled, and some before it are left */
  about: 'invited' | 'changed' | 'cancelled' | 'ended';
  to: Recipient;
  meetingId: string;
  title: string;
  hostName: string;
  startsAtMs: number | null;
  endsAtMs: number | null;
  roomNames: string[];
  sequence: number;
  /** of a guest; null: an account */
  inviteId: string | null;
  /** null: it has no time, and no calendar knows it */
  calendar: { method: 'REQUEST' | 'CANCEL'; startsAtMs: number; endsAtMs: number } | null;
  /** the entry in calendars that it is of; `occurrenceAtMs` null: all of that. Absent: it has one of its own */
  entry?: { uid: string; timeZone: string; occurrenceAtMs: number | null };
  /** absent: the mail is about one meeting */
  repetition?: RepetitionFacts;
};
/** `text`: Markdown, as the host sent it. */
export type MinutesMessage = {
  about: 'minutes';
  to: Recipient;
  title: string;
  hostName: string;
  language: Language;
  text: string;
};
/** The link opens an account: it is stored until the mail is sent or given up. */
export type AccountMessage = { about: 'account'; to: Recipient; inviteUrl: string };
/** Not queued here: the outbox of alerts has its own tries. */
export type AlertMailMessage = {
  about: 'alerts';
  to: Recipient;
  language: Language;
  type: AlertMessageType;
  /** of all that are meant, where they are more than `alerts` holds */
  count: number;
  consoleUrl: string;
  alerts: {
    signal: SignalName;
    /** the name of its room or place; null: it is no more */
    where: string | null;
    sinceMs: number;
    closedAtMs: number | null;
    /** the room's page in the console; null: of a place */
    url: string | null;
  }[];
};
/** Whom and where is looked up when it is sent. `language` null: not known, so that it is in both. */
export type MentionMessage = { about: 'mention'; to: Recipient; accountId: string; language: Language | null };
export type MailMessage = MeetingMessage | MinutesMessage | AccountMessage | MentionMessage;
