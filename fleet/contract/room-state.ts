/**
 * What a room is doing, in under 4 KB: written by the kiosk's agent alone, retained by the broker, projected by
 * phones, console and TV. A phase carries only its own data. Readers tolerate unknown fields and words (open-words.ts).
 */
import { CallAir, OFF_AIR } from './broadcast.ts';
import { CallOrder, MeetingRole, OPEN_ORDER } from './call-order.ts';
import { ReportedErrorCode } from './error-codes.ts';
import { PARTICIPANTS_IN_STATE } from './limits.ts';
import { PeerKind } from './grants.ts';
import { knownWords, openUnion, openWord } from './open-words.ts';
import { BookingId } from './room-agenda.ts';
import { ProjectionHeading } from './projection-heading.ts';
import { EpochMs, Id, ShownTitle, z } from './schema.ts';

/** `absent`: no device, or no permission. The reason is in the state's `notices`. */
export const MicrophoneState = z.enum(['on', 'muted', 'absent']);
export type MicrophoneState = z.infer<typeof MicrophoneState>;
export const CameraState = z.enum(['on', 'off', 'absent']);
export type CameraState = z.infer<typeof CameraState>;

export const Layout = z.enum(['auto', 'grid', 'speaker', 'side-by-side']);
export type Layout = z.infer<typeof Layout>;

/** What this release does not know counts as live: the person is warned and may switch it off. */
const ReportedMicrophone = openWord(MicrophoneState, 'on');
const ReportedCamera = openWord(CameraState, 'on');

export const Participant = z.object({
  peerId: Id,
  displayName: z.string(),
  peerKind: openWord(PeerKind, 'person'),
  microphone: ReportedMicrophone,
  camera: ReportedCamera,
  sharesScreen: z.boolean(),
  role: openWord(MeetingRole, 'guest').default('member'),
  /** without an account */
  isGuest: z.boolean().default(false),
  organisation: z.string().nullable().default(null),
  /** when the hand went up; null: it is down */
  handRaisedAtMs: EpochMs.nullable().default(null),
  /** a host wants it muted: it cannot open its microphone */
  staysMuted: z.boolean().default(false),
  /** `away`: dropped, its place kept */
  connection: openWord(z.enum(['connected', 'away']), 'connected'),
});
export type Participant = z.infer<typeof Participant>;

/** The meeting that one tap starts or joins. */
export const RoomMeeting = z.object({
  meetingId: Id,
  title: ShownTitle,
  /** others hold the call already */
  underWay: z.boolean(),
  participantCount: z.number().int().nonnegative(),
});
export type RoomMeeting = z.infer<typeof RoomMeeting>;

export const EndReason = z.enum([
  'ended-by-room',
  'ended-by-participant',
  'left',
  'removed',
  'ended-by-fleet',
  'empty',
]);
export type EndReason = z.infer<typeof EndReason>;
export const ReportedEndReason = openWord(EndReason);
export type ReportedEndReason = z.infer<typeof ReportedEndReason>;

/** `unknown`: a phase of a newer release. Leaving the meeting is the one thing that a page offers then. */
export const RoomPhase = openUnion('name', [
  z.object({ name: z.literal('idle') }),
  z.object({
    name: z.literal('starting'),
    meetingTitle: z.string(),
    bookingId: BookingId.nullish(),
    sinceMs: EpochMs,
    /** after START_CANCEL_OFFERED_MS */
    cancelOffered: z.boolean(),
    /** why the meeting cannot be entered yet; the room asks again by itself */
    waitsFor: ReportedErrorCode.nullish(),
  }),
  z.object({
    name: z.literal('in-call'),
    callId: Id,
    /** the room's own peer */
    peerId: Id,
    meetingTitle: z.string(),
    /** the booking whose meeting it is */
    bookingId: BookingId.nullish(),
    startedAtMs: EpochMs,
    connection: openWord(z.enum(['connected', 'reconnecting']), 'connected'),
    /** the room itself is counted, and listed first; a program is listed, and counts as nobody */
    participantCount: z.number().int().nonnegative(),
    participants: z.array(Participant).max(PARTICIPANTS_IN_STATE),
    /** who shows a screen */
    sharedBy: z.object({ peerId: Id, displayName: z.string() }).nullable(),
    order: CallOrder.default(OPEN_ORDER),
    air: CallAir.default(OFF_AIR),
  }),
  z.object({
    name: z.literal('ended'),
    meetingTitle: z.string(),
    durationMs: z.number().int().nonnegative(),
    reason: ReportedEndReason,
    callId: Id,
    feedback: openWord(z.enum(['good', 'bad'])).nullable(),
  }),
  z.object({
    name: z.literal('fault'),
    code: ReportedErrorCode,
    sinceMs: EpochMs,
    meetingTitle: z.string().nullable(),
  }),
]);
export type RoomPhase = z.infer<typeof RoomPhase>;

/** Things a person should know; the words are looked up by code. */
export const RoomNotice = z.enum([
  'camera-missing',
  'camera-refused',
  'microphone-missing',
  'microphone-refused',
  'fleet-unreachable',
  'media-unreachable',
  'signaling-unreachable',
  'signaling-untrusted',
  'media-blocked',
  'screen-missing',
  'protocol-refused',
  'speakerphone-faulty',
  'speakerphone-unsupported',
  'tv-faulty',
  'calendar-faulty',
  'storage-failing',
  'part-failing',
  'self-test-failed',
]);
export type RoomNotice = z.infer<typeof RoomNotice>;

const CUT_OFF: ReadonlySet<RoomNotice> = new Set([
  'protocol-refused',
  'signaling-unreachable',
  'signaling-untrusted',
  'media-blocked',
]);
/** The room gets into no call: no page calls it ready. */
export const isCutOff = (notices: readonly RoomNotice[]): boolean => notices.some((notice) => CUT_OFF.has(notice));

export const RoomState = ProjectionHeading.extend({
  roomName: ShownTitle,
  phase: RoomPhase,
  meeting: RoomMeeting.nullable(),
  microphone: ReportedMicrophone,
  camera: ReportedCamera,
  volumePercent: z.number().int().min(0).max(100),
  layout: openWord(Layout),
  /** page of the stage, from 0 */
  stagePage: z.number().int().nonnegative(),
  stagePageCount: z.number().int().positive(),
  notices: knownWords(RoomNotice),
});
export type RoomState = z.infer<typeof RoomState>;

/** The whole roster, for a phone that shows it: a snapshot, then deltas of the next revision each. */
export const RosterUpdate = openUnion('kind', [
  z.object({ kind: z.literal('snapshot'), callId: Id, revision: z.number().int(), participants: z.array(Participant) }),
  z.object({
    kind: z.literal('delta'),
    callId: Id,
    revision: z.number().int(),
    changed: z.array(Participant),
    removedPeerIds: z.array(Id),
  }),
]);
export type RosterUpdate = z.infer<typeof RosterUpdate>;
