/** Meetings of people and rooms, the invites to them, and calls that nobody can reach. */
import { DocumentPolicy } from '../document-policy.ts';
import { MAX_PEERS_IN_CALL } from '../limits.ts';
import { MeetingRole } from '../call-order.ts';
import { MeetingAgenda } from '../meeting-agenda.ts';
import { MeetingPolicy, NO_GUEST_RECORD, ShownGuestRecordRule, ShownMeetingPolicy } from '../meeting-policy.ts';
import { MeetingRepetition, RepetitionRhythm } from '../meeting-repetition.ts';
import { openWord } from '../open-words.ts';
import { EpochMs, Id, Language, MeetingTitle, PersonName, z } from '../schema.ts';
import { ofHost, ofHostAlone, ofInvited, permitted, type RouteTable } from './route.ts';

export const Invite = z.object({
  inviteId: Id,
  meetingId: Id,
  displayName: z.string().nullable(),
  /** how many people it lets in at a time; a named one is for one person */
  seats: z.number().int(),
  expiresAtMs: EpochMs,
  /** ends the invite, and removes everyone who came in by it */
  revokedAtMs: EpochMs.nullable(),
  /** a guest who came by it was removed: it lets nobody new in, and the others stay */
  closedAtMs: EpochMs.nullable(),
  /** when somebody last came into a call by it; null: nobody yet */
  usedAtMs: EpochMs.nullable(),
});
export type Invite = z.infer<typeof Invite>;

/**
 * A guest's browser names itself by a random secret of its own, at least 96 bits: its newer entry by a shared link
 * replaces its older one. Without it each entry by a link is another person.
 */
export const EntryId = z.string().regex(/^[A-Za-z0-9_-]{16,64}$/);

const MeetingParams = z.object({ meetingId: Id });

/** A person of a meeting. */
export const MeetingPerson = z.object({
  personId: Id,
  displayName: z.string(),
  /** null: no address, a link is handed over by hand; or the caller is no host */
  email: z.string().nullable(),
  /** null: a guest without an account */
  accountId: Id.nullable(),
  role: openWord(MeetingRole, 'guest'),
  /** of a guest: by which they come in; null: of an account, or the caller is no host */
  inviteId: Id.nullable(),
  /** what became of the last mail; null: none is sent, or the caller is no host */
  mail: openWord(z.enum(['queued', 'sent', 'failed'])).nullable(),
  /** when the person first came into the meeting's call; absent: not yet */
  cameAtMs: EpochMs.optional(),
});
export type MeetingPerson = z.infer<typeof MeetingPerson>;

/** As it is asked for: an account, or a guest with a name and perhaps an address. */
export const InvitedPerson = z.union([
  z.strictObject({ accountId: Id, role: MeetingRole.exclude(['guest']).default('member') }),
  z.strictObject({ displayName: PersonName, email: z.email().max(254).nullable() }),
]);

export const MeetingSummary = z.object({
  meetingId: Id,
  title: z.string(),
  /** null: it has no time, and runs when somebody starts it */
  startsAtMs: EpochMs.nullable(),
  endsAtMs: EpochMs.nullable(),
  hostName: z.string(),
  rooms: z.array(z.object({ roomId: Id, roomName: z.string() })),
  /** how many are in its call now; 0: none runs */
  participantCount: z.number().int().nonnegative(),
  waitingCount: z.number().int().nonnegative(),
  /** of the caller */
  role: openWord(MeetingRole, 'guest'),
  isCancelled: z.boolean(),
  /** counts up with each change of what is written in it; absent: nothing is */
  chatRevision: z.number().int().nonnegative().optional(),
  /** another number than before: somebody has read what the caller wrote; absent: nobody has, since the server started */
  chatReadRevision: z.number().int().nonnegative().optional(),
  /** counts up with each change of its transcript; absent: nothing is written */
  transcriptRevision: z.number().int().nonnegative().optional(),
  /** the same for all that were made together because they repeat; absent: it was made alone */
  repetition: z.object({ repetitionId: Id, every: openWord(RepetitionRhythm) }).optional(),
});
export type MeetingSummary = z.infer<typeof MeetingSummary>;

export const MeetingDetail = MeetingSummary.extend({
  /** who is invited, without its host */
  people: z.array(MeetingPerson),
  /** absent: a room's own meeting */
  hostAccountId: Id.optional(),
  policy: ShownMeetingPolicy,
  /** its place permits that what is spoken is written: `policy.transcript` counts */
  isTranscriptPermitted: z.boolean().default(false),
  /** what its place lets guests see afterwards: `policy.guestRecord` only narrows it */
  guestRecordOfPlace: ShownGuestRecordRule.default(NO_GUEST_RECORD),
  /** a point on each line; '' for none */
  agenda: z.string().default(''),
  /** counts its changes: a change names the one that it was made on */
  sequence: z.number().int().nonnegative(),
  /** absent: it was made alone. `laterCount`: those after it that were made together with it, and are not cancelled */
  repeats: z.object({ every: openWord(RepetitionRhythm), laterCount: z.number().int().nonnegative() }).optional(),
  /** it is a booking of a room's calendar, which has its title and time and cancels it; absent: it is none */
  isOfCalendar: z.literal(true).optional(),
  /** rooms that are busy at that time, by their calendar or another meeting of ours; `title` empty: not for the caller */
  conflicts: z.array(z.object({ roomId: Id, roomName: z.string(), title: z.string() })),
});
export type MeetingDetail = z.infer<typeof MeetingDetail>;

/** Whether a room can be had now, and until when that stays so; null: until the end of the day. */
export const RoomAvailability = z.object({
  roomId: Id,
  roomName: z.string(),
  placeName: z.string().nullable(),
  isFree: z.boolean(),
  untilMs: EpochMs.nullable(),
});
export type RoomAvailability = z.infer<typeof RoomAvailability>;

/** What the caller was mentioned in and has not read, of one meeting. */
export const ChatMentions = z.object({
  meetingId: Id,
  title: z.string(),
  /** who wrote them, the newest first */
  names: z.array(z.string()),
  count: z.number().int().positive(),
});
export type ChatMentions = z.infer<typeof ChatMentions>;

/** What the staff page shows first: whole, each time it changes. */
export const StaffHome = z.object({
  /** running now, and the caller may come in */
  running: z.array(MeetingSummary).max(50),
  /** of the caller, from today on */
  meetings: z.array(MeetingSummary).max(200),
  rooms: z.array(RoomAvailability).max(200),
  /** the newest first */
  mentions: z.array(ChatMentions).max(20).default([]),
});
export type StaffHome = z.infer<typeof StaffHome>;

export const MeetingDraft = z.strictObject({
  title: MeetingTitle,
  /** null: without a time */
  startsAtMs: EpochMs.nullable(),
  durationMinutes: z
    .number()
    .int()
    .min(5)
    .max(60 * 24),
  people: z.array(InvitedPerson).max(300),
  roomIds: z.array(Id).max(20),
  /** left out: as its place has it; in a change: as it was */
  policy: MeetingPolicy.optional(),
  /** left out: none; in a change: as it was */
  agenda: MeetingAgenda.optional(),
  /** in which its minutes are written; left out: Korean; in a change: as it was */
  language: Language.optional(),
});
export type MeetingDraft = z.input<typeof MeetingDraft>;

/** `requestId`: of the page's own making. The same account's request that is sent again is answered with the meeting that the first one made. */
export const NewMeeting = MeetingDraft.extend({
  requestId: z.uuid().optional(),
  /** left out: it is made once. Otherwise the answer is the first of them */
  repeats: MeetingRepetition.optional(),
});
export type NewMeeting = z.input<typeof NewMeeting>;

/** As `NewMeeting`: the same request that is sent again changes nothing more. */
const FollowingChange = MeetingDraft.extend({
  sequence: z.number().int().nonnegative(),
  requestId: z.uuid().optional(),
});

/** A room that is busy at the time that a meeting would have; `title` empty: not for the caller. */
export const FollowingConflict = z.object({ startsAtMs: EpochMs, roomName: z.string(), title: z.string() });
export type FollowingConflict = z.infer<typeof FollowingConflict>;

export const meetingsApi = {
  staffHome: {
    kind: 'events',
    method: 'GET',
    path: '/api/v1/staff-home',
    access: permitted('meetings.create', 'each-room'),
    summary: 'What runs now, my meetings, and which rooms are free',
    /** of the page: what is mailed to the person is in it */
    query: z.strictObject({ language: Language.optional() }),
    events: { home: StaffHome },
  },
  findPeople: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/people',
    access: permitted('meetings.create', 'each-room'),
    summary: 'People with an account, by the beginning of a part of their name',
    query: z.strictObject({ text: z.string().min(1).max(80) }),
    response: z.object({
      people: z.array(z.object({ accountId: Id, displayName: z.string(), placeName: z.string().nullable() })).max(20),
    }),
  },
  findRooms: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/meeting-rooms',
    access: permitted('meetings.create', 'each-room'),
    summary: 'Rooms that a meeting can have, and whether each is free for all of that time',
    query: z.strictObject({
      startsAtMs: z.coerce.number().int().nonnegative(),
      endsAtMs: z.coerce.number().int().nonnegative(),
      /** whose own rooms are not busy by it */
      meetingId: Id.optional(),
    }),
    /** `untilMs`: of a free one, when it is next busy; of a busy one, when it is free again */
    response: z.object({ rooms: z.array(RoomAvailability).max(200) }),
  },
  createMeeting: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/meetings',
    access: permitted('meetings.create', 'each-room'),
    summary: 'Make a meeting; the people with an address get a mail',
    body: NewMeeting,
    response: z.object({ meeting: MeetingDetail }),
  },
  planNextMeeting: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/meetings/:meetingId/next-meetings',
    /** and `meetings.create` */
    access: ofHostAlone,
    summary: 'Make the next meeting of the same series; the people with an address get a mail',
    params: MeetingParams,
    body: NewMeeting,
    response: z.object({ meeting: MeetingDetail }),
  },
  meeting: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/meetings/:meetingId',
    access: ofInvited,
    summary: 'One meeting',
    params: MeetingParams,
    response: z.object({ meeting: MeetingDetail }),
  },
  changeMeeting: {
    kind: 'json',
    method: 'PUT',
    path: '/api/v1/meetings/:meetingId',
    access: ofHost,
    summary: 'Change a meeting, unless somebody else did meanwhile; who is invited gets the change by mail',
    params: MeetingParams,
    body: MeetingDraft.extend({ sequence: z.number().int().nonnegative() }),
    response: z.object({ meeting: MeetingDetail }),
  },
  cancelMeeting: {
    kind: 'json',
    method: 'DELETE',
    path: '/api/v1/meetings/:meetingId',
    access: ofHost,
    summary: 'Cancel a meeting: its call ends, its invites are void, who is invited gets a mail',
    params: MeetingParams,
    response: z.object({}),
  },
  changeFollowing: {
    kind: 'json',
    method: 'PUT',
    path: '/api/v1/meetings/:meetingId/following-meetings',
    access: ofHostAlone,
    summary: 'Change a meeting that repeats, and those after it that the caller hosts; who is invited gets one mail',
    params: MeetingParams,
    body: FollowingChange,
    /** `conflicts` by time: where there are any, nothing was changed */
    response: z.object({ meeting: MeetingDetail, conflicts: z.array(FollowingConflict) }),
  },
  cancelFollowing: {
    kind: 'json',
    method: 'DELETE',
    path: '/api/v1/meetings/:meetingId/following-meetings',
    access: ofHostAlone,
    summary: 'Cancel a meeting that repeats, and those after it that the caller hosts; who is invited gets one mail',
    params: MeetingParams,
    response: z.object({}),
  },
  setMeetingPolicy: {
    kind: 'json',
    method: 'PUT',
    path: '/api/v1/meetings/:meetingId/policy',
    access: ofHost,
    summary: 'Change who comes into a meeting; who waits is looked at again at once',
    params: MeetingParams,
    body: MeetingPolicy,
    response: z.object({}),
  },
  inviteLink: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/meetings/:meetingId/invites/:inviteId/link',
    access: ofHost,
    summary: 'The link of an invite again',
    params: MeetingParams.extend({ inviteId: Id }),
    response: z.object({ joinUrl: z.url() }),
  },
  resendInvite: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/meetings/:meetingId/people/:personId/mails',
    access: ofHost,
    summary: 'Send the mail to a person again',
    params: MeetingParams.extend({ personId: Id }),
    response: z.object({}),
  },
  giveUpCalls: {
    kind: 'json',
    method: 'DELETE',
    path: '/api/v1/rooms/:roomId/unreachable-calls',
    access: permitted('calls.give-up', 'room'),
    summary:
      'Give up the calls of a room’s meetings whose media server is silent, so that the next person opens another',
    params: z.object({ roomId: Id }),
    response: z.object({ givenUpCount: z.number().int() }),
  },
  listInvites: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/meetings/:meetingId/invites',
    access: ofHost,
    summary: 'Guest links of a meeting, and when each was last used',
    params: MeetingParams,
    response: z.object({ invites: z.array(Invite) }),
  },
  createInvite: {
    kind: 'json',
    method: 'POST',
    path: '/api/v1/meetings/:meetingId/invites',
    access: ofHost,
    summary: 'Make a guest link; it is shown once',
    params: MeetingParams,
    body: z.strictObject({
      /** a named invite is for one person, on one device at a time */
      displayName: PersonName.nullable(),
      /** of a link for anyone; LINK_SEATS unless given */
      seats: z.number().int().min(1).max(MAX_PEERS_IN_CALL).optional(),
      expiresInMinutes: z
        .number()
        .int()
        .min(5)
        .max(60 * 24 * 30),
    }),
    response: z.object({ invite: Invite, joinUrl: z.url() }),
  },
  revokeInvite: {
    kind: 'json',
    method: 'DELETE',
    path: '/api/v1/meetings/:meetingId/invites/:inviteId',
    access: ofHost,
    summary: 'Revoke a guest link',
    params: MeetingParams.extend({ inviteId: Id }),
    response: z.object({}),
  },
  documentPolicy: {
    kind: 'json',
    method: 'GET',
    path: '/api/v1/meetings/:meetingId/document-policy',
    access: permitted('documents.manage', 'room'),
    summary: 'What a meeting permits with documents',
    params: MeetingParams,
    response: z.object({ policy: DocumentPolicy }),
  },
  setDocumentPolicy: {
    kind: 'json',
    method: 'PUT',
    path: '/api/v1/meetings/:meetingId/document-policy',
    access: permitted('documents.manage', 'room'),
    summary: 'Change what a meeting permits with documents; pages follow at once, calls from the next entry on',
    params: MeetingParams,
    body: DocumentPolicy,
    response: z.object({}),
  },
} as const satisfies RouteTable;
