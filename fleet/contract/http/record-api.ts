/** What a meeting leaves behind: who was there, minutes; which meetings are over. */
import { knownMembers, openWord } from '../open-words.ts';
import { KeptDays, NewRecordPolicy, RecordKindWord, RecordPolicy } from '../record-policy.ts';
import { EpochMs, Id, Language, z } from '../schema.ts';
import { MeetingSummary } from './meetings-api.ts';
import {
  freshly,
  ofHostAlone,
  ofHostBySession,
  ofPeople,
  pageRoute,
  permitted,
  type RouteTable,
  settled,
} from './route.ts';

/** `account`: of the organisation; `room`: with everybody in it, and laptops that it let in */
export const AttendeeKind = z.enum(['room', 'account', 'guest']);
export type AttendeeKind = z.infer<typeof AttendeeKind>;

/** One person or room in one call, whatever number of devices and joins. */
export const Attendee = z.object({
  displayName: z.string(),
  /** one that this release does not know is listed as a guest */
  kind: openWord(AttendeeKind, 'guest'),
  joinedAtMs: EpochMs,
  /** null: still there */
  leftAtMs: EpochMs.nullable(),
  /** how long any of its devices was there */
  presentMs: z.number().int().nonnegative(),
});
export type Attendee = z.infer<typeof Attendee>;

export const MAX_ATTENDED_CALLS = 50;
/** In one call, in the order in which they came. */
export const CallAttendance = z.object({
  callId: Id,
  startedAtMs: EpochMs,
  /** null: it runs */
  endedAtMs: EpochMs.nullable(),
  attendees: z.array(Attendee),
});
export type CallAttendance = z.infer<typeof CallAttendance>;

/** `heldAtMs`: when somebody last came, else when it was to begin */
export const PastMeeting = MeetingSummary.extend({ heldAtMs: EpochMs });
export type PastMeeting = z.infer<typeof PastMeeting>;

/** 60 KB of Korean: below what a request may bear */
export const MAX_MINUTES_UNITS = 20_000;
/** Of one sitting. */
export const MeetingMinutes = z.object({
  minutesId: Id,
  startedAtMs: EpochMs,
  endedAtMs: EpochMs,
  language: Language,
  /** Markdown */
  text: z.string(),
  /** a change names the one that it was made on */
  revision: z.number().int().positive(),
  /** null: a draft */
  sentAtMs: EpochMs.nullable(),
});
export type MeetingMinutes = z.infer<typeof MeetingMinutes>;
const MinutesText = z
  .string()
  .max(MAX_MINUTES_UNITS)
  // what is not seen, and what turns the direction of what follows; lines and indents stay
  .overwrite((text) =>
    text
      .normalize('NFC')
      .replace(/\r\n?/g, '\n')
      .replace(/(?![\n\t])[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, ''),
  );

/** How long what a meeting leaves behind is kept, and when it goes. */
export const RecordKeeping = z.object({
  /** of its hosts, for all kinds; null: none */
  ownDays: KeptDays.nullable(),
  /** a kind of a newer release is left out */
  kinds: knownMembers(
    z.object({
      kind: RecordKindWord,
      /** what holds; null: for ever */
      days: KeptDays.nullable(),
      /** when the first of what there is goes, at the earliest; null: nothing does */
      dueAtMs: EpochMs.nullable(),
    }),
    'kind',
  ),
});
export type RecordKeeping = z.infer<typeof RecordKeeping>;
/** What a meeting left behind, as IT sees it: never a word of it. */
export const KeptRecord = z.object({
  meetingId: Id,
  title: z.string(),
  /** of the account that made it; null: a room's */
  hostName: z.string().nullable(),
  roomName: z.string().nullable(),
  /** when it was last held, else when it is to begin or was made */
  atMs: EpochMs,
  /** a call runs: nothing can be deleted now */
  isRunning: z.boolean(),
  /** what there is; a kind of a newer release is left out */
  kept: knownMembers(
    z.object({
      kind: RecordKindWord,
      /** when the first of it goes, at the earliest; null: it is kept for good */
      dueAtMs: EpochMs.nullable(),
    }),
    'kind',
  ),
  documentCount: z.number().int().nonnegative(),
  recordingCount: z.number().int().nonnegative(),
});
export type KeptRecord = z.infer<typeof KeptRecord>;
/** of one meeting */
export const MAX_MARKED_MESSAGES = 200;

const MeetingParams = z.object({ meetingId: Id });
const MinutesParams = MeetingParams.extend({ minutesId: Id });

export const recordApi = {
  attendance: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/meetings/:meetingId/attendance',
    access: ofPeople,
    summary: 'Who was in the newest calls of a meeting, and how long',
    params: MeetingParams,
    /** the newest first */
    response: z.object({ calls: z.array(CallAttendance).max(MAX_ATTENDED_CALLS) }),
  },
  attendanceFile: {
    kind: 'download',
    method: 'GET',
    path: '/api/v1/meetings/:meetingId/attendance.csv',
    access: ofPeople,
    summary: 'The attendance of a meeting as a CSV file',
    params: MeetingParams,
    contentTypes: ['text/csv'],
  },
  minutes: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/meetings/:meetingId/minutes',
    access: ofPeople,
    summary: 'Minutes of a meeting, the newest first; drafts for its hosts alone',
    params: MeetingParams,
    response: z.object({
      minutes: z.array(MeetingMinutes),
      /** there were calls, and none is left that minutes are still written of */
      areDeleted: z.boolean().default(false),
    }),
  },
  minutesFile: {
    kind: 'download',
    method: 'GET',
    path: '/api/v1/meetings/:meetingId/minutes/:minutesId/file.md',
    access: ofPeople,
    summary: 'Minutes as a Markdown file',
    params: MinutesParams,
    contentTypes: ['text/markdown'],
  },
  minutesPdf: {
    kind: 'download',
    method: 'GET',
    path: '/api/v1/meetings/:meetingId/minutes/:minutesId/file.pdf',
    access: ofPeople,
    summary: 'Minutes as a PDF file, made when it is asked for',
    params: MinutesParams,
    contentTypes: ['application/pdf'],
  },
  correctMinutes: {
    kind: 'json',
    method: 'PUT',
    path: '/api/v1/meetings/:meetingId/minutes/:minutesId',
    access: ofHostAlone,
    summary: 'Correct a draft of minutes, unless somebody else did meanwhile',
    params: MinutesParams,
    body: z.strictObject({ text: MinutesText, revision: z.number().int().positive() }),
    response: z.object({}),
  },
  sendMinutes: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/meetings/:meetingId/minutes/:minutesId/mails',
    access: ofHostAlone,
    summary: 'Send minutes to the people of the meeting; from then on all of them see them',
    params: MinutesParams,
    body: z.strictObject({ revision: z.number().int().positive() }),
    response: z.object({}),
  },
  markedMessages: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/meetings/:meetingId/marked-messages',
    access: ofPeople,
    summary: 'Which messages of the chat hosts put into the minutes',
    params: MeetingParams,
    response: z.object({ messageIds: z.array(Id).max(MAX_MARKED_MESSAGES) }),
  },
  markMessage: {
    kind: 'json',
    method: 'PUT',
    path: '/api/v1/meetings/:meetingId/marked-messages/:messageId',
    access: ofHostAlone,
    summary: 'Put a message of the chat into the next minutes',
    params: MeetingParams.extend({ messageId: Id }),
    response: z.object({}),
  },
  unmarkMessage: {
    kind: 'json',
    method: 'DELETE',
    path: '/api/v1/meetings/:meetingId/marked-messages/:messageId',
    access: ofHostAlone,
    summary: 'Leave a message of the chat out of the next minutes; what is written stays',
    params: MeetingParams.extend({ messageId: Id }),
    response: z.object({}),
  },
  recordFile: {
    kind: 'download',
    method: 'GET',
    path: '/api/v1/meetings/:meetingId/record.json',
    access: ofHostAlone,
    summary:
      'Everything that a meeting left behind, as one file: agenda, attendance, chat, notes, polls, pages shown, minutes',
    params: MeetingParams,
    contentTypes: ['application/json'],
  },
  deleteRecord: {
    kind: 'json',
    method: 'DELETE',
    path: '/api/v1/meetings/:meetingId/record',
    /** also IT, for people who ask to be forgotten */
    access: ofHostBySession,
    summary: 'Delete attendance, chat, notes, polls, pages shown and minutes of a meeting, for good',
    params: MeetingParams,
    response: z.object({}),
  },
  keptRecords: {
    ...pageRoute({
      filter: {
        /** a part of the title, or of the name of host or room; or the meeting's id */
        text: z.string().max(200).optional(),
        from: z.coerce.number().int().nonnegative().optional(),
        to: z.coerce.number().int().nonnegative().optional(),
      },
      sorts: ['newest'],
      row: KeptRecord,
      counts: z.object({}),
    }),
    path: '/api/v1/kept-records',
    /** titles of all meetings: administrators alone */
    access: permitted('people.manage', 'organisation'),
    summary: 'Which meetings there are, what each left behind and until when, without its content; the newest first',
  },
  recordKeeping: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/meetings/:meetingId/record-keeping',
    access: ofPeople,
    summary: 'How long what a meeting leaves behind is kept, and when the next of it goes',
    params: MeetingParams,
    response: RecordKeeping,
  },
  setRecordKeeping: {
    kind: 'json',
    method: 'PUT',
    path: '/api/v1/meetings/:meetingId/record-keeping',
    access: ofHostAlone,
    summary: 'Keep what a meeting leaves behind for a shorter time than its place does',
    params: MeetingParams,
    /** null: as its place has it */
    body: z.strictObject({ days: KeptDays.nullable() }),
    response: z.object({}),
  },
  recordPolicies: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/record-policies',
    access: permitted('places.manage', 'organisation'),
    summary: 'How long the organisation and each place keep what meetings leave behind; the shortest period holds',
    response: z.object({
      organisation: RecordPolicy,
      /** those that set any */
      places: z.array(z.object({ placeId: Id, policy: RecordPolicy })),
    }),
  },
  setRecordPolicy: {
    kind: 'json',
    method: 'PUT',
    path: '/api/v1/organisation/record-policy',
    access: freshly('places.manage', 'organisation'),
    summary: 'How long what meetings leave behind is kept at most',
    body: NewRecordPolicy,
    response: z.object({}),
  },
  setPlaceRecordPolicy: {
    kind: 'json',
    method: 'PUT',
    path: '/api/v1/places/:placeId/record-policy',
    access: freshly('places.manage', 'organisation'),
    summary: 'How long meetings of the rooms and people of a place keep what they leave behind, at most',
    params: z.object({ placeId: Id }),
    body: NewRecordPolicy,
    response: z.object({}),
  },
  ownRecordFile: {
    kind: 'download',
    method: 'GET',
    path: '/api/v1/own-record.json',
    access: settled,
    summary:
      'Everything that is kept of me, as one file: account, sign-ins, API tokens without secrets, meetings, attendance, own messages, own answers of open polls, tasks, documents',
    contentTypes: ['application/json'],
  },
  exportPerson: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/accounts/:accountId/record-exports',
    access: freshly('people.manage', 'organisation'),
    summary: 'What is kept of a person, without what others wrote; the audit log has a line of it',
    params: z.object({ accountId: Id }),
    /** JSON, as ownRecordFile has it */
    response: z.object({ text: z.string() }),
  },
  forgetPerson: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/accounts/:accountId/forgetting',
    access: freshly('people.manage', 'organisation'),
    summary:
      'Disable an account for good, without its name: own messages are recalled, attendance and polls lose the name',
    params: z.object({ accountId: Id }),
    /** of the words in place of the name where no meeting has a language */
    body: z.strictObject({ language: Language }),
    response: z.object({}),
  },
  pastMeetings: {
    ...pageRoute({
      filter: {
        /** a part of the title */
        text: z.string().max(200).optional(),
      },
      sorts: ['newest'],
      row: PastMeeting,
      counts: z.object({ all: z.number().int().nonnegative() }),
    }),
    path: '/api/v1/past-meetings',
    access: settled,
    summary: 'My meetings that are over, the newest first, page by page',
  },
  ownTime: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/own-meeting-time',
    access: settled,
    summary: 'When I was in meetings in the last eight weeks; nobody else is shown it',
    /** in their order, apart from each other */
    response: z.object({ intervals: z.array(z.object({ fromMs: EpochMs, untilMs: EpochMs })) }),
  },
} as const satisfies RouteTable;
