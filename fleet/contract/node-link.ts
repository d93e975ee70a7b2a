/**
 * Media node and fleet over MQTT: the node registers with address, capacity and load, tells what happened in its
 * calls (an outbox with ids, acknowledged by id), and is told what to end.
 */
import { ProtocolVersion } from './protocol-version.ts';
import { ReportedEndReason } from './room-state.ts';
import { CallAir } from './broadcast.ts';
import { CallOrder, MeetingRole } from './call-order.ts';
import { ChatMessage, ChatText } from './chat.ts';
import { CallPermissions, PeerKind, PersonKey } from './grants.ts';
import { CallQuality } from './kiosk-health.ts';
import { openUnion, openWord } from './open-words.ts';
import { CallPoll } from './polls.ts';
import { EpochMs, Id, Language, RoomName, ShownTitle, z } from './schema.ts';
import { MAX_DOCUMENT_PAGES } from './shared-document.ts';
import { SIGNALING_PATH } from './signaling.ts';
import { TranscriptSegment, TranscriptStop } from './transcript.ts';

/**
 * `ws://` or `wss://`, a host, a port, the path of signalling, and nothing else: it stands in pages and in their
 * Content-Security-Policy. Names of other scripts in their ASCII form.
 */
export const SignalingUrl = z
  .string()
  .max(300)
  .regex(new RegExp(String.raw`^wss?://(?:[a-z0-9_.-]+|\[[0-9a-f:.]+\]):[0-9]{1,5}${SIGNALING_PATH}$`, 'i'))
  .refine((url) => URL.canParse(url));

/** Retained; the last will is the same with `online: false`. */
export const NodeRegistration = z.object({
  protocol: ProtocolVersion,
  nodeId: Id,
  online: z.boolean(),
  /** changes with each start of the node's process: its calls from before are gone */
  instanceId: Id,
  signalingUrl: SignalingUrl,
  workers: z.number().int().nonnegative(),
  maxPeers: z.number().int().positive(),
  /** of these, how many people may fill; the rest is kept for rooms */
  maxGuests: z.number().int().nonnegative().optional(),
  peers: z.number().int().nonnegative(),
  /** calls that live on it now */
  callIds: z.array(Id),
  /** by call id, how many have joined */
  participantCounts: z.record(Id, z.number().int().nonnegative()).default({}),
  /** by call id, of how many the sound and picture do not get through; calls without any are left out */
  blockedCounts: z.record(Id, z.number().int().positive()).default({}),
  /** it has an engine that writes what is spoken */
  transcribes: z.boolean().default(false),
  asOfMs: EpochMs,
});
export type NodeRegistration = z.infer<typeof NodeRegistration>;

/**
 * What happened, in past tense. `eventId` is UUIDv7, so that order and repetition can be told. `unknown`: of a newer
 * release; acknowledged like the others, so that it is not sent for ever.
 */
const knownCallEvents = [
  z.object({ name: z.literal('call-opened'), eventId: Id, callId: Id, meetingId: Id, atMs: EpochMs }),
  z.object({
    name: z.literal('participant-joined'),
    eventId: Id,
    callId: Id,
    meetingId: Id,
    atMs: EpochMs,
    peerId: Id,
    peerKind: openWord(PeerKind, 'person'),
    displayName: z.string(),
    participantCount: z.number().int(),
    /** the same for each peer of one person; absent: nobody's, as of a room, or an older node's */
    person: PersonKey.optional(),
    /** of a room, and of a laptop in it; null or absent: of neither */
    roomId: Id.nullish(),
  }),
  z.object({
    name: z.literal('participant-left'),
    eventId: Id,
    callId: Id,
    meetingId: Id,
    atMs: EpochMs,
    peerId: Id,
    participantCount: z.number().int(),
  }),
  /** somebody with the right removed this peer; `participant-left` follows */
  z.object({
    name: z.literal('participant-removed'),
    eventId: Id,
    callId: Id,
    meetingId: Id,
    atMs: EpochMs,
    peerId: Id,
    byPeerId: Id,
  }),
  /** by hosts: the fleet refuses knocks at a locked call, in words */
  z.object({
    name: z.literal('order-changed'),
    eventId: Id,
    callId: Id,
    meetingId: Id,
    atMs: EpochMs,
    order: CallOrder,
    byPeerId: Id,
  }),
  /** a page of a document was shown for more than a moment, from `fromMs` to `atMs` */
  z.object({
    name: z.literal('page-shown'),
    eventId: Id,
    callId: Id,
    meetingId: Id,
    atMs: EpochMs,
    documentId: Id,
    title: ShownTitle,
    page: z.number().int().min(1).max(MAX_DOCUMENT_PAGES),
    fromMs: EpochMs,
  }),
  /** a role that somebody was given, or fell to somebody */
  z.object({
    name: z.literal('role-changed'),
    eventId: Id,
    callId: Id,
    meetingId: Id,
    atMs: EpochMs,
    peerId: Id,
    person: PersonKey.nullable(),
    role: openWord(MeetingRole, 'guest'),
    /** null: it fell to them, or returned with them */
    byPeerId: Id.nullable(),
  }),
  /** written in the call: the fleet keeps it with the meeting */
  z.object({
    name: z.literal('chat-posted'),
    eventId: Id,
    callId: Id,
    meetingId: Id,
    atMs: EpochMs,
    message: ChatMessage,
    /** who wrote it */
    person: z.string().min(1).max(300),
    /** whom it names */
    mentioned: z.array(z.object({ person: z.string().max(300), name: z.string() })).optional(),
  }),
  /** its words are gone, by who wrote it or by a host */
  z.object({
    name: z.literal('chat-recalled'),
    eventId: Id,
    callId: Id,
    meetingId: Id,
    atMs: EpochMs,
    messageId: Id,
    byPeerId: Id,
    /** who wrote it: of an id that somebody else uses in another call nothing is recalled; absent: an older node's */
    person: z.string().min(1).max(300).optional(),
  }),
  /** the newest message that pages of these people have shown; gathered, and at a pace */
  z.object({
    name: z.literal('chat-read'),
    eventId: Id,
    callId: Id,
    meetingId: Id,
    atMs: EpochMs,
    reads: z.array(z.object({ person: z.string().min(1).max(300), displayName: z.string(), messageId: Id })).max(100),
  }),
  z.object({
    name: z.literal('poll-started'),
    eventId: Id,
    callId: Id,
    meetingId: Id,
    atMs: EpochMs,
    poll: CallPoll,
  }),
  /** by a host or with the call; the poll has its result */
  z.object({
    name: z.literal('poll-ended'),
    eventId: Id,
    callId: Id,
    meetingId: Id,
    atMs: EpochMs,
    poll: CallPoll,
  }),
  /** by a host: what is spoken is written from now on, or not any more */
  z.object({
    name: z.literal('transcript-turned'),
    eventId: Id,
    callId: Id,
    meetingId: Id,
    atMs: EpochMs,
    isOn: z.boolean(),
    byPeerId: Id,
  }),
  /** by nobody in the call: the meeting's rules, the end of the engine, or of the call */
  z.object({
    name: z.literal('transcript-stopped'),
    eventId: Id,
    callId: Id,
    meetingId: Id,
    atMs: EpochMs,
    because: openWord(TranscriptStop, 'not-possible'),
  }),
  z.object({
    name: z.literal('transcript-segment'),
    eventId: Id,
    callId: Id,
    meetingId: Id,
    atMs: EpochMs,
    segment: TranscriptSegment,
    /** who spoke; null: a room */
    person: PersonKey.nullable(),
  }),
  z.object({
    name: z.literal('call-ended'),
    eventId: Id,
    callId: Id,
    meetingId: Id,
    atMs: EpochMs,
    reason: ReportedEndReason,
  }),
] as const;
export const CallEvent = openUnion('name', knownCallEvents, { eventId: Id });
export type CallEvent = z.infer<typeof CallEvent>;
export type KnownCallEvent = Exclude<CallEvent, { name: 'unknown' }>;

export const CallEvents = z.object({ events: z.array(CallEvent).min(1).max(100) });
export type CallEvents = z.infer<typeof CallEvents>;
/** `sentAtMs`: as the fleet asked, by its clock; `receivedAtMs`: when that came, by the node's. */
export const ClockAnswer = z.object({ sentAtMs: EpochMs, receivedAtMs: EpochMs });
export type ClockAnswer = z.infer<typeof ClockAnswer>;
/** Each CALL_QUALITY_EVERY_MS: how each peer's connection was, as the node's own statistics count it. */
export const CallQualities = z.object({
  /** node's clock, when this was sent */
  atMs: EpochMs,
  /** to `EventAcks.sentAtMs`, at once, without peers: so the fleet measures the node's clock */
  clock: ClockAnswer.optional(),
  peers: z.array(z.object({ callId: Id, meetingId: Id, peerId: Id, quality: CallQuality })).max(300),
});
export type CallQualities = z.infer<typeof CallQualities>;
/** `sentAtMs`: the fleet asks for a ClockAnswer, by its clock. */
export const EventAcks = z.object({ eventIds: z.array(Id), sentAtMs: EpochMs.optional() });
export type EventAcks = z.infer<typeof EventAcks>;

/** In one command to a node: more go in several. */
export const MAX_PERMITTED_IN_COMMAND = 200;

export const NodeCommand = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('end-call'), callId: Id }),
  /** its meeting goes on in another call: its peers are closed so that they ask for that one */
  z.strictObject({ name: z.literal('move-call'), callId: Id }),
  z.strictObject({ name: z.literal('remove-participant'), callId: Id, peerId: Id }),
  /**
   * Instead of what their grants permitted, in each call of the meeting: at once for those in it, and for those who come later by
   * an older token. The same again changes nothing.
   */
  z.strictObject({
    name: z.literal('set-permissions'),
    meetingId: Id,
    peerIds: z.array(Id).max(MAX_PERMITTED_IN_COMMAND),
    /** rooms by themselves, not a laptop in them */
    roomIds: z.array(Id).max(MAX_PERMITTED_IN_COMMAND),
    permissions: CallPermissions,
  }),
  /**
   * What the person is in this call from now on, in place of the grant's role and of what a host gave: at once, and for one who comes
   * later by an older token. The same change again changes nothing.
   */
  z.strictObject({
    name: z.literal('set-role'),
    changeId: Id,
    callId: Id,
    person: PersonKey,
    role: MeetingRole,
  }),
  /** its pages are counted; nothing happens where it is not shown */
  z.strictObject({
    name: z.literal('count-pages'),
    documentId: Id,
    pageCount: z.number().int().min(1).max(MAX_DOCUMENT_PAGES),
  }),
  /** it is deleted: no call shows it any more */
  z.strictObject({ name: z.literal('withdraw-document'), documentId: Id }),
  /** the meeting's call is on air, or recorded, or not any more: everybody in it sees so. The same again changes nothing */
  z.strictObject({ name: z.literal('set-air'), meetingId: Id, air: CallAir }),
  /**
   * The newest program of the call that publishes, as RTP of one port to this port of loopback: now, and again whenever another
   * takes its place or its worker died. `port` null: not any more.
   */
  z.strictObject({
    name: z.literal('forward-program'),
    meetingId: Id,
    broadcastId: Id,
    port: z.number().int().min(1).max(65_535).nullable(),
  }),
  /** written on the meeting's page while the call runs: everybody in it gets it. The same again changes nothing */
  z.strictObject({
    name: z.literal('post-chat'),
    callId: Id,
    messageId: Id,
    displayName: z.string(),
    /** who wrote it: in the call it is theirs too */
    person: PersonKey,
    text: ChatText,
    atMs: EpochMs,
    replyTo: Id.optional(),
    mentioned: z.array(z.object({ person: PersonKey, name: z.string() })).optional(),
  }),
  /** on the meeting's page */
  z.strictObject({ name: z.literal('recall-chat'), callId: Id, messageId: Id }),
  /** on the meeting's page. A message that the call does not keep changes nothing */
  z.strictObject({
    name: z.literal('mark-chat-read'),
    callId: Id,
    person: PersonKey,
    displayName: z.string(),
    messageId: Id,
  }),
  /** by the meeting's policy: it may be turned on in its calls, or not any more, which turns it off at once. The same again changes nothing */
  z.strictObject({ name: z.literal('allow-transcript'), meetingId: Id, isAllowed: z.boolean(), language: Language }),
  /** in every call that it is in */
  z.strictObject({ name: z.literal('rename-room'), roomId: Id, roomName: RoomName }),
]);
export type NodeCommand = z.infer<typeof NodeCommand>;
