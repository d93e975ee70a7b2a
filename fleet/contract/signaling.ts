/**
 * Client and media node over one WebSocket. The first request is `hello`; it admits and prepares (transports are made,
 * the receiving one connects through the silent `anchor` consumer). Nothing is produced before `join`, and what is set up
 * by `prepare-call` stands still until then.
 *
 * Frames are JSON text: a request `{id, method, data}`, its response `{id, ok, data | error}`, a notification
 * `{event, data}`. Answers come in the order of the requests. RTP, ICE and DTLS parameters: media-parameters.ts.
 */
import { CallAir, OFF_AIR } from './broadcast.ts';
import { CallOrder, MeetingRole, OPEN_ORDER, OrderChange } from './call-order.ts';
import { ChatMessage, ChatText, MAX_MENTIONS, MAX_READERS, ReadCount } from './chat.ts';
import { WireError } from './error-codes.ts';
import { CallPermissions, PeerKind } from './grants.ts';
import { MAX_TILES } from './limits.ts';
import { openUnion, openWord } from './open-words.ts';
import { CallPoll, OwnAnswer, PollChoices, PollDraft } from './polls.ts';
import { MediaSource } from './media-source.ts';
import { DtlsParameters, IceCandidate, IceParameters, RtpCapabilities, RtpParameters } from './media-parameters.ts';
import { CameraState, MicrophoneState, Participant, ReportedEndReason } from './room-state.ts';
import { ProtocolVersion } from './protocol-version.ts';
import { EpochMs, Id, Language, PersonName, z } from './schema.ts';
import { DocumentAct, DocumentChange, SharedDocument } from './shared-document.ts';
import { CallTranscript, NO_TRANSCRIPT, TranscriptSegment } from './transcript.ts';

export const SIGNALING_PATH = '/signaling';

const TransportId = z.string().max(64);

export const TransportParameters = z.object({
  transportId: TransportId,
  iceParameters: IceParameters,
  iceCandidates: z.array(IceCandidate),
  dtlsParameters: DtlsParameters,
});
export type TransportParameters = z.infer<typeof TransportParameters>;

/** A consumer that the node has made for this client. Once joined it runs already unless `paused`. */
export const ConsumerParameters = z.object({
  consumerId: z.string(),
  producerId: z.string(),
  peerId: Id,
  source: openWord(MediaSource),
  kind: z.enum(['audio', 'video']),
  rtpParameters: RtpParameters,
  /** the sender has muted it, or turned it off */
  paused: z.boolean(),
});
export type ConsumerParameters = z.infer<typeof ConsumerParameters>;

/** The way into media on one router: in `hello`'s answer, and again in `media-moved` after a worker's death. */
export const MediaSetup = z.object({
  routerRtpCapabilities: RtpCapabilities,
  send: TransportParameters,
  recv: TransportParameters,
  /** a silent audio consumer whose only purpose is to connect the receiving transport ahead of time */
  anchor: z.object({ consumerId: z.string(), producerId: z.string(), rtpParameters: RtpParameters }),
});
export type MediaSetup = z.infer<typeof MediaSetup>;

/** What a client shows and how large, so that nothing else is sent to it. */
export const View = z.discriminatedUnion('kind', [
  /** before the client knows who is there: the node chooses up to `maxTiles` */
  z.strictObject({
    kind: z.literal('auto'),
    maxTiles: z.number().int().min(0).max(MAX_TILES),
    tileHeightPx: z.number().int().min(0).max(4320),
  }),
  z.strictObject({
    kind: z.literal('exact'),
    tiles: z
      .array(
        z.strictObject({
          peerId: Id,
          source: z.enum(['camera', 'screen']),
          heightPx: z.number().int().min(1).max(4320),
        }),
      )
      .max(MAX_TILES + 4),
  }),
]);
export type View = z.infer<typeof View>;

export const CallSnapshot = z.object({
  callId: Id,
  meetingTitle: z.string(),
  startedAtMs: EpochMs,
  /** all who are in, this peer included */
  participants: z.array(Participant),
  consumers: z.array(ConsumerParameters),
  activeSpeakerPeerId: Id.nullable(),
  /** what is shown; null also for a peer that may not view documents */
  document: SharedDocument.nullable().default(null),
  order: CallOrder.default(OPEN_ORDER),
  air: CallAir.default(OFF_AIR),
  /** the newest that fit, in their order; those of before come by `read-chat` */
  chat: z.array(ChatMessage).default([]),
  /** the newest that fit, in their order */
  polls: z.array(CallPoll).default([]),
  /** of this peer's person, to those polls */
  ownAnswers: z.array(OwnAnswer).default([]),
  /** of all that are kept, and the newest of the meeting's from before: what was recalled while a client was away has no words on its page either */
  recalledChat: z.array(Id).optional(),
  /** who has read this peer's own newest messages; those that nobody has read are left out */
  chatReads: z.array(ReadCount).default([]),
  transcript: CallTranscript.default(NO_TRANSCRIPT),
});
export type CallSnapshot = z.infer<typeof CallSnapshot>;

/** Each method: what the client sends and what it gets back. */
export const signalingMethods = {
  hello: {
    request: z.strictObject({
      protocol: ProtocolVersion,
      admission: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('token'), token: z.string().max(16_384) }),
        /** within RESUME_GRACE_MS of the drop */
        z.strictObject({
          kind: z.literal('resume'),
          peerId: Id,
          secret: z.string().max(200),
          /** the sending transport that the page has: without one (it was reloaded), or with another than the node, `restarted` */
          transportId: TransportId.optional(),
        }),
      ]),
    }),
    response: z.object({
      protocol: ProtocolVersion,
      callId: Id,
      peerId: Id,
      peerKind: openWord(PeerKind, 'person'),
      role: openWord(MeetingRole, 'guest').default('member'),
      /** by the grant, the role and the order: what a page offers, and the node enforces */
      ...CallPermissions.shape,
      meetingTitle: z.string(),
      /** for who has not joined: a page says it before. Its changes come as `air-changed` and `transcript-changed`. Absent: an older node's */
      air: CallAir.optional(),
      transcript: CallTranscript.optional(),
      /** shown to nobody; resumes this peer */
      resumeSecret: z.string(),
      /**
       * `fresh`: new transports, then `join`.
       * `kept`: the page kept its transports; here are their new ICE parameters and what changed meanwhile.
       * `restarted`: the place is kept, the media is new (the worker died, or the page was reloaded): set up again,
       *   produce again; `call` has the consumers.
       */
      admission: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('fresh'), media: MediaSetup }),
        z.object({
          kind: z.literal('kept'),
          call: CallSnapshot,
          sendIceParameters: IceParameters,
          recvIceParameters: IceParameters,
        }),
        z.object({ kind: z.literal('restarted'), call: CallSnapshot, media: MediaSetup }),
      ]),
    }),
  },
  /**
   * While a person still reads the page: consumers of what `view` would show, paused at the node, so that the client has
   * negotiated them when `join` sets them going. `join` answers with those that count by then. Said again, it is repeated. What
   * changes until then comes as `consumer-…` notifications.
   */
  'prepare-call': {
    request: z.strictObject({ rtpCapabilities: RtpCapabilities, view: View }),
    response: z.object({ consumers: z.array(ConsumerParameters) }),
  },
  'join-call': {
    request: z.strictObject({
      /** ignored where the token names the peer */
      displayName: PersonName,
      rtpCapabilities: RtpCapabilities,
      microphone: MicrophoneState,
      camera: CameraState,
      view: View,
    }),
    response: CallSnapshot,
  },
  'connect-transport': {
    request: z.strictObject({ transportId: TransportId, dtlsParameters: DtlsParameters }),
    response: z.object({}),
  },
  produce: {
    request: z.strictObject({
      transportId: TransportId,
      /** chosen by the client, so that it need not wait for the answer */
      producerId: Id,
      kind: z.enum(['audio', 'video']),
      /** one that the grant lets this peer publish, else `forbidden` */
      source: MediaSource,
      rtpParameters: RtpParameters,
      paused: z.boolean(),
    }),
    response: z.object({}),
  },
  'close-producer': { request: z.strictObject({ producerId: Id }), response: z.object({}) },
  'pause-producer': { request: z.strictObject({ producerId: Id }), response: z.object({}) },
  'resume-producer': { request: z.strictObject({ producerId: Id }), response: z.object({}) },
  /** of its simulcast layers, how many from the lowest are really being encoded: a narrow uplink stops the upper ones */
  'set-sent-layers': {
    request: z.strictObject({ producerId: Id, layers: z.number().int().min(1).max(3) }),
    response: z.object({}),
  },
  /** tells what cannot be told by a producer: a device that is not there */
  'set-media-state': {
    request: z.strictObject({ microphone: MicrophoneState, camera: CameraState }),
    response: z.object({}),
  },
  show: { request: z.strictObject({ view: View }), response: z.object({}) },
  'request-key-frame': { request: z.strictObject({ consumerId: z.string().max(64) }), response: z.object({}) },
  'restart-ice': {
    request: z.strictObject({ transportId: TransportId }),
    response: z.object({ iceParameters: IceParameters }),
  },
  /** Needs the right `mute`. */
  'mute-participant': { request: z.strictObject({ peerId: Id }), response: z.object({}) },
  /** Everyone but this peer. Needs the right `mute`. */
  'mute-all': { request: z.strictObject({}), response: z.object({}) },
  /** Needs the right `order`. Everybody gets it as `order-changed`. */
  'set-order': { request: OrderChange, response: z.object({}) },
  /** Needs the right `roles`. A guest becomes a presenter at most; `host` hands the own role over. */
  'set-role': { request: z.strictObject({ peerId: Id, role: MeetingRole }), response: z.object({}) },
  /** Needs the right `mute`: one who stays muted may speak, until muted again. */
  'let-speak': { request: z.strictObject({ peerId: Id }), response: z.object({}) },
  'raise-hand': { request: z.strictObject({ isUp: z.boolean() }), response: z.object({}) },
  /** Needs the right `mute`. */
  'lower-hand': { request: z.strictObject({ peerId: Id }), response: z.object({}) },
  /** Repeated with the same id it is one message; everybody, its sender included, gets it as `chat-message`. */
  'send-chat': {
    request: z.strictObject({
      messageId: Id,
      text: ChatText,
      /** messageId of the one that it answers */
      replyTo: Id.optional(),
      /** peerIds of those whom it names; who is not in the call is left out */
      mentions: z.array(Id).max(MAX_MENTIONS).optional(),
    }),
    response: z.object({}),
  },
  /**
   * An own message, or with the right `order` any, within RECALL_WITHIN_MS: its place stays, the words go for everybody, who get it
   * as `chat-recalled`. The same again changes nothing.
   */
  'recall-chat': { request: z.strictObject({ messageId: Id }), response: z.object({}) },
  /** Messages of before that number, the newest of them, in their order; as many as fit. None: there are no older ones. */
  'read-chat': {
    request: z.strictObject({ beforeNumber: z.number().int().nonnegative() }),
    response: z.object({ messages: z.array(ChatMessage) }),
  },
  /** The newest message that this peer's page has shown; an older one changes nothing. Rooms and programs read nothing. */
  'mark-chat-read': { request: z.strictObject({ messageId: Id }), response: z.object({}) },
  /** Who has read an own message, by name. Of any other, or a recalled one: nobody. */
  'list-chat-readers': {
    request: z.strictObject({ messageId: Id }),
    response: z.object({ names: z.array(z.string()).max(MAX_READERS) }),
  },
  /** Needs the right `order`. `pollId` is the asker's own, so that a repeated start is one poll; one runs at a time. */
  'start-poll': { request: z.strictObject({ pollId: Id, draft: PollDraft }), response: z.object({}) },
  /** In place of the person's former answer, while the poll runs. After its end: `poll-ended`. */
  'answer-poll': { request: z.strictObject({ pollId: Id, choices: PollChoices }), response: z.object({}) },
  /** Needs the right `order`. Everybody gets the result as `poll-changed`. */
  'end-poll': { request: z.strictObject({ pollId: Id }), response: z.object({}) },
  /** Needs the right `order`: the result leaves the TVs. */
  'hide-poll': { request: z.strictObject({ pollId: Id }), response: z.object({}) },
  /** Needs the right `order`, and that it is possible. Everybody gets it as `transcript-changed`. */
  'set-transcript': { request: z.strictObject({ isOn: z.boolean(), language: Language }), response: z.object({}) },
  /**
   * This client shows that what is spoken is written: its microphone counts from now on, until it is turned off. Sent where a snapshot
   * or `transcript-changed` says that it is on. Of a client that does not send it, as one of an older release, nothing is written.
   */
  'confirm-transcript': { request: z.strictObject({}), response: z.object({}) },
  /** Needs the right `remove`; the removed cannot come back on the same token or secret. */
  'remove-participant': { request: z.strictObject({ peerId: Id }), response: z.object({}) },
  /** Needs the right `end`. */
  'end-call': { request: z.strictObject({}), response: z.object({}) },
  'leave-call': { request: z.strictObject({}), response: z.object({}) },
  /**
   * Needs the document right `present`; all but `show`, `take` and `stop` are the presenter's alone. Answered once it counts;
   * everybody who may view, this peer included, gets it as `document-changed`.
   */
  present: { request: z.strictObject({ act: DocumentAct }), response: z.object({}) },
  ping: { request: z.strictObject({}), response: z.object({}) },
} as const;
export type SignalingMethod = keyof typeof signalingMethods;
export type RequestOf<M extends SignalingMethod> = z.input<(typeof signalingMethods)[M]['request']>;
export type ResponseOf<M extends SignalingMethod> = z.output<(typeof signalingMethods)[M]['response']>;

/** What the node sends by itself. */
export const SignalingNotification = openUnion('event', [
  z.object({ event: z.literal('participant-joined'), data: z.object({ participant: Participant }) }),
  z.object({ event: z.literal('participant-changed'), data: z.object({ participant: Participant }) }),
  z.object({ event: z.literal('participant-left'), data: z.object({ peerId: Id }) }),
  z.object({ event: z.literal('consumer-added'), data: ConsumerParameters }),
  z.object({ event: z.literal('consumer-closed'), data: z.object({ consumerId: z.string() }) }),
  z.object({ event: z.literal('consumer-paused'), data: z.object({ consumerId: z.string() }) }),
  z.object({ event: z.literal('consumer-resumed'), data: z.object({ consumerId: z.string() }) }),
  /** raw, from the node; the stage holds it for 2 s */
  z.object({ event: z.literal('active-speaker'), data: z.object({ peerId: Id.nullable() }) }),
  /** nothing else was to be told for a while: the node is there, and need not be asked */
  z.object({ event: z.literal('pulse'), data: z.object({}) }),
  /** somebody with the right has muted this peer; its own track follows */
  z.object({ event: z.literal('muted'), data: z.object({ byPeerId: Id }) }),
  /** instead of what the grant permitted: its role, its grant or the order changed; also before joining */
  z.object({
    event: z.literal('permissions-changed'),
    data: z.object({
      ...CallPermissions.shape,
      role: openWord(MeetingRole, 'guest').default('guest'),
      /** what is shown, to a joined peer that may view it; a peer that may view no more forgets what it had */
      document: SharedDocument.nullable(),
    }),
  }),
  z.object({ event: z.literal('document-changed'), data: DocumentChange }),
  z.object({ event: z.literal('order-changed'), data: CallOrder }),
  z.object({ event: z.literal('air-changed'), data: CallAir }),
  z.object({ event: z.literal('chat-message'), data: ChatMessage }),
  /** started, counted, ended or hidden; counts come at a pace */
  z.object({ event: z.literal('poll-changed'), data: CallPoll }),
  /** by this peer's person, on any of their pages */
  z.object({ event: z.literal('poll-answered'), data: OwnAnswer }),
  z.object({ event: z.literal('chat-recalled'), data: z.object({ messageId: Id }) }),
  /** of this peer's own newest messages, instead of the counts before; they come at a pace */
  z.object({ event: z.literal('chat-read'), data: z.object({ reads: z.array(ReadCount) }) }),
  z.object({ event: z.literal('transcript-changed'), data: CallTranscript }),
  /** what somebody has just spoken: shown as a caption by who wants captions */
  z.object({ event: z.literal('caption'), data: TranscriptSegment }),
  /** the worker died: same peer, same place, new media */
  z.object({ event: z.literal('media-moved'), data: MediaSetup }),
  z.object({ event: z.literal('prepared-expired'), data: z.object({}) }),
  z.object({ event: z.literal('call-ended'), data: z.object({ reason: ReportedEndReason }) }),
]);
/** Those that this release knows; a client ignores the others. */
export type SignalingNotification = Exclude<z.infer<typeof SignalingNotification>, { event: 'unknown' }>;

/** The outer frame of a request; `data` is parsed by the method's own schema. */
export const RequestFrame = z.strictObject({
  id: z.number().int().nonnegative(),
  method: z.string().max(40),
  data: z.unknown(),
});
export type RequestFrame = z.infer<typeof RequestFrame>;

export const ResponseFrame = z.discriminatedUnion('ok', [
  z.object({ id: z.number().int(), ok: z.literal(true), data: z.unknown() }),
  /** `id: null`: the frame could not be read so far */
  z.object({ id: z.number().int().nullable(), ok: z.literal(false), error: WireError }),
]);
export type ResponseFrame = z.infer<typeof ResponseFrame>;
