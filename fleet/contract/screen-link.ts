/**
 * The agent and its screen over one loopback WebSocket. The agent sends what to show (`projection`, `frame`)
 * and what to do (`do`, the room machine's effects); the screen owns tracks and signalling, and reports what happened.
 * The newest screen wins: the older is told to `yield` and gives camera and call up until it is alone again.
 * Any process of the box reaches this port, and may listen on it while the agent is away: so the agent proves that it has
 * the key that it left for its shell (`GET SCREEN_PROOF_PATH?nonce=`), and then the page shows it in its `hello`.
 */
import { CallAir } from './broadcast.ts';
import { CallOrder, MeetingRole, OrderChange } from './call-order.ts';
import { CHAT_MESSAGES_IN_ROOM, chatAbout, ChatMessage, ChatText } from './chat.ts';
import { ErrorCode, ReportedErrorCode } from './error-codes.ts';
import { CallGrant, DocumentAccess, IceServer } from './grants.ts';
import { Viewing } from './live-delivery.ts';
import { openUnion, openWord } from './open-words.ts';
import { PollChoices, PollDraft, SeenPoll } from './polls.ts';
import { ProtocolVersion } from './protocol-version.ts';
import { CameraState, Layout, MicrophoneState, Participant, ReportedEndReason } from './room-state.ts';
import { CallQuality, DeviceSight } from './kiosk-health.ts';
import { CameraAxes, MediaDeviceKind, SelfTestCheck } from './room-equipment.ts';
import { NotEnrolledView } from './waiting-kiosk.ts';
import { PageDrawing } from './page-drawing.ts';
import type { ProjectionValue, ProjectionValues } from './projections.ts';
import { ProjectionMessage, RelayedProjections } from './relayed-projections.ts';
import { EpochMs, Id, Language, z } from './schema.ts';
import { CallTranscript, CAPTIONS_IN_ROOM, TranscriptSegment } from './transcript.ts';
import { SignageKey } from './settings/idle-settings.ts';
import {
  DocumentAct,
  DocumentChange,
  DocumentHeading,
  MAX_DOCUMENT_PAGES,
  SharedDocument,
  WithdrawReason,
} from './shared-document.ts';

export const SCREEN_LINK_PATH = '/screen-link';

/** 256 bits, base64url. Never in a request, on a command line or in a log. */
export const ScreenKey = z.string().regex(/^[\w-]{43}$/);
/** Where a page that a person or a test opens finds it: the fragment `#key=`, which no browser sends. */
export const SCREEN_KEY_FRAGMENT = 'key';
/** Answered with `screenProof(key, nonce)`, as text. */
export const SCREEN_PROOF_PATH = '/screen-proof';
export const ScreenNonce = z.string().regex(/^[\w-]{22,64}$/);

/**
 * Where the shell brings a picture of the screen that the agent wants: POST, `?id=` as it stands in the wish, a JPEG as the body,
 * and `pictureProof` in the header. Answered 204; 410 where nobody waits for it.
 */
export const SCREEN_PICTURE_PATH = '/screen-picture';
export const SCREEN_PICTURE_PROOF_HEADER = 'x-maru-proof';

/** No nonce that SCREEN_PROOF_PATH answers has a colon, so nobody is given this proof by asking there. */
export async function pictureProof(key: string, pictureId: string, picture: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', picture));
  const hex = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return screenProof(key, `picture:${pictureId}:${hex}`);
}

/** HMAC-SHA-256 of the nonce by the key, base64url. */
export async function screenProof(key: string, nonce: string): Promise<string> {
  const bytes = new TextEncoder();
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const signer = await crypto.subtle.importKey('raw', bytes.encode(key), algorithm, false, ['sign']);
  const proof = new Uint8Array(await crypto.subtle.sign('HMAC', signer, bytes.encode(nonce)));
  return btoa(String.fromCharCode(...proof))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/** Whether the agent answers at this origin. @throws where nobody answers in time */
export async function isAgentThere(origin: string, key: string, withinMs: number): Promise<boolean> {
  const nonce = crypto.randomUUID();
  const signal = AbortSignal.timeout(withinMs);
  const answer = await fetch(`${origin}${SCREEN_PROOF_PATH}?nonce=${nonce}`, { signal });
  return (await answer.text()) === (await screenProof(key, nonce));
}

/** What a screen needs to come back as the same peer, after a reload or a crash of the page. Never leaves the box. */
export const ResumeTicket = z.object({
  callId: Id,
  peerId: Id,
  signalingUrl: z.url(),
  resumeSecret: z.string(),
  /** of the grant; absent: none are needed */
  iceServers: z.array(IceServer).max(4).optional(),
});
export type ResumeTicket = z.infer<typeof ResumeTicket>;

/** Where the page finds a picture of an idle TV: this and `KEY.webp`. */
export const SIGNAGE_PATH = '/signage/';

/** What an idle TV shows besides its room. */
export const IdleFrame = z.object({
  notice: z
    .object({
      text: z.string(),
      tone: openWord(z.enum(['info', 'warning']), 'info'),
      /** by the box's clock; null: until it is taken away */
      untilMs: EpochMs.nullable(),
    })
    .nullable(),
  /** in their order; only those that are there */
  pictures: z.array(SignageKey),
  secondsEach: z.number().int().positive(),
});
export type IdleFrame = z.infer<typeof IdleFrame>;

/** What the screen draws from besides the room's projections, whole, each time it changes. */
export const ScreenFrame = z.object({
  language: openWord(Language, 'en'),
  /** the fleet's address, or while it is gone the kiosk's own; null while there is neither */
  pairing: z
    .object({
      code: z.string(),
      url: z.url(),
      /** where a laptop shows its screen by the code; null: only the fleet serves that page, and it is gone */
      shareUrl: z.url().nullable().default(null),
    })
    .nullable(),
  /** who waits to be let in: the first of them, and how many wait in all; null: nobody */
  waiting: z.object({ displayName: z.string(), count: z.number().int().positive() }).nullable().default(null),
  idle: IdleFrame.optional(),
});
export type ScreenFrame = z.infer<typeof ScreenFrame>;
/** All that the screen draws from. */
export type ScreenView = ScreenFrame & {
  projections: ProjectionValues;
  /** of the projections the one without which nothing is drawn */
  state: ProjectionValue<'state'>;
};

export const AgentToScreen = openUnion('type', [
  z.object({
    type: z.literal('welcome'),
    protocol: ProtocolVersion,
    frame: ScreenFrame,
    projections: RelayedProjections,
    resume: ResumeTicket.nullable(),
  }),
  ProjectionMessage,
  z.object({ type: z.literal('frame'), frame: ScreenFrame }),
  z.object({
    type: z.literal('do'),
    effect: z.discriminatedUnion('name', [
      z.object({ name: z.literal('prepare-call'), grant: CallGrant }),
      /** over what is prepared where its callId is the same, else from the start */
      z.object({ name: z.literal('join-call'), grant: CallGrant }),
      z.object({ name: z.literal('leave-call') }),
      z.object({ name: z.literal('end-call') }),
      z.object({ name: z.literal('set-microphone'), on: z.boolean() }),
      z.object({ name: z.literal('set-camera'), on: z.boolean() }),
      z.object({ name: z.literal('set-volume'), percent: z.number().int() }),
      z.object({ name: z.literal('set-layout'), layout: Layout }),
      z.object({ name: z.literal('set-stage-page'), page: z.number().int() }),
      z.object({ name: z.literal('mute-participant'), peerId: Id }),
      z.object({ name: z.literal('mute-all') }),
      z.object({ name: z.literal('remove-participant'), peerId: Id }),
      z.object({ name: z.literal('set-order'), change: OrderChange }),
      z.object({ name: z.literal('set-role'), peerId: Id, role: MeetingRole }),
      z.object({ name: z.literal('let-speak'), peerId: Id }),
      z.object({ name: z.literal('raise-hand'), isUp: z.boolean() }),
      z.object({ name: z.literal('lower-hand'), peerId: Id }),
      z.object({ name: z.literal('send-chat'), messageId: Id, text: ChatText, ...chatAbout }),
      z.object({ name: z.literal('recall-chat'), messageId: Id }),
      z.object({ name: z.literal('start-poll'), pollId: Id, draft: PollDraft }),
      z.object({ name: z.literal('answer-poll'), pollId: Id, choices: PollChoices }),
      z.object({ name: z.literal('end-poll'), pollId: Id }),
      z.object({ name: z.literal('hide-poll'), pollId: Id }),
      z.object({ name: z.literal('set-transcript'), isOn: z.boolean(), language: Language }),
      z.object({ name: z.literal('show-captions'), isOn: z.boolean() }),
      /** the pairing code, in a call, for CODE_SHOWN_MS */
      z.object({ name: z.literal('show-code') }),
      /** the browser's device ids that the policy picked; null: whatever the browser would take */
      z.object({
        name: z.literal('use-devices'),
        cameraId: z.string().nullable(),
        microphoneId: z.string().nullable(),
        speakerId: z.string().nullable(),
        /** the device cancels its own echo: the browser must not do it a second time */
        deviceCancelsEcho: z.boolean(),
        /** HDMI inputs with their sound: never taken in place of another */
        inputIds: z.array(z.string()),
      }),
      /** at most CAMERA_STEER_MS, -1 to 1 of the axis' speed */
      z.object({ name: z.literal('steer-camera'), pan: z.number(), tilt: z.number(), zoom: z.number() }),
      /** in the camera's own units; null leaves the axis */
      z.object({
        name: z.literal('place-camera'),
        pan: z.number().nullable(),
        tilt: z.number().nullable(),
        zoom: z.number().nullable(),
      }),
      /** an HDMI input as the room's shared screen; null: off */
      z.object({ name: z.literal('show-input'), deviceId: z.string().nullable() }),
      /** in an idle room alone: each check opens its device for a moment; media ports are tried at this node */
      z.object({ name: z.literal('run-self-test'), testId: Id, grant: CallGrant.nullable() }),
      /** does this browser reach these nodes; with a grant the media ports of its node, too, unless a call comes up */
      z.object({
        name: z.literal('probe-reach'),
        probeId: Id,
        signalingUrls: z.array(z.url()).max(8),
        grant: CallGrant.nullable(),
      }),
      /** in an idle room alone: two ends of one call in this page, with the room's own camera and microphone */
      z.object({ name: z.literal('call-itself'), proofId: Id }),
      /** in a call, by the room's peer; `commandId`: answered by `presented` */
      z.object({ name: z.literal('present'), act: DocumentAct, commandId: Id }),
      /** outside of a call: the document of the TV alone, whole at first and then as it changes; null: none */
      z.object({
        name: z.literal('show-document'),
        shown: z.object({ document: SharedDocument, access: DocumentAccess }).nullable(),
      }),
      z.object({ name: z.literal('change-document'), change: DocumentChange }),
      /** in a call: for a page that was reloaded, and before the token of the grant expires */
      z.object({ name: z.literal('use-document-access'), callId: Id, access: DocumentAccess }),
      /** a broadcast on the idle TV; again with a newer token. null: none */
      z.object({
        name: z.literal('show-broadcast'),
        shown: z.object({ title: z.string(), viewing: Viewing }).nullable(),
      }),
      /** the page loads itself anew; a call goes on by its ticket */
      z.object({ name: z.literal('restart-screen') }),
      /** level alone, nothing is kept: is anybody in the room */
      z.object({ name: z.literal('listen-for-sound'), forMs: z.number().int().min(0).max(60_000) }),
    ]),
  }),
  /** a newer screen has taken over / this one is the newest again */
  z.object({ type: z.literal('yield') }),
  z.object({ type: z.literal('take-over'), resume: ResumeTicket.nullable() }),
  /** instead of `welcome`, or at any time: this box belongs to no room (any more), and why */
  z.object({
    type: z.literal('not-enrolled'),
    code: ReportedErrorCode,
    /** what a person before the TV can do; null: nothing but wait */
    view: NotEnrolledView.nullish(),
  }),
  z.object({ type: z.literal('error'), code: ReportedErrorCode }),
]);
/** Those that this release knows; a page ignores the others. */
export type AgentToScreen = Exclude<z.infer<typeof AgentToScreen>, { type: 'unknown' }>;
export type ScreenEffect = Extract<AgentToScreen, { type: 'do' }>['effect'];

export const ScreenToAgent = z.discriminatedUnion('type', [
  /** `inCall`: an agent that was restarted learns from the page what runs */
  z.strictObject({
    type: z.literal('hello'),
    key: ScreenKey,
    protocol: ProtocolVersion,
    screenId: Id,
    /** it had given way to a newer one before the agent restarted, and stays behind it */
    yielded: z.boolean().optional(),
    inCall: z.strictObject({ ticket: ResumeTicket, meetingTitle: z.string(), startedAtMs: EpochMs }).nullable(),
  }),
  z.strictObject({
    type: z.literal('call-joined'),
    ticket: ResumeTicket,
    meetingTitle: z.string(),
    startedAtMs: EpochMs,
  }),
  z.strictObject({ type: z.literal('join-failed'), code: ErrorCode, callId: Id }),
  z.strictObject({ type: z.literal('call-ended'), callId: Id, reason: ReportedEndReason }),
  z.strictObject({
    type: z.literal('connection'),
    connection: z.enum(['connected', 'reconnecting']),
    /** the node answers, and sound and picture do not get through to it */
    mediaBlocked: z.boolean().optional(),
  }),
  /** the place could not be kept: the agent fetches a new grant */
  z.strictObject({ type: z.literal('lost'), callId: Id, code: ErrorCode }),
  z.strictObject({ type: z.literal('roster'), callId: Id, participants: z.array(Participant) }),
  z.strictObject({ type: z.literal('call-order'), callId: Id, order: CallOrder }),
  z.strictObject({ type: z.literal('call-air'), callId: Id, air: CallAir }),
  /** the newest of the call's chat, in their order, each time it grows */
  z.strictObject({ type: z.literal('chat'), callId: Id, messages: z.array(ChatMessage).max(CHAT_MESSAGES_IN_ROOM) }),
  /** the newest of the call, while it runs or TVs show its result */
  z.strictObject({ type: z.literal('poll'), callId: Id, poll: SeenPoll.nullable() }),
  /** of the call, with its newest captions, in their order */
  z.strictObject({
    type: z.literal('transcript'),
    callId: Id,
    transcript: CallTranscript,
    captions: z.array(TranscriptSegment).max(CAPTIONS_IN_ROOM),
    /** the TV shows them */
    areCaptionsShown: z.boolean().default(true),
  }),
  /** the tracks as they are: the one truth about mute */
  z.strictObject({
    type: z.literal('track-state'),
    microphone: MicrophoneState,
    camera: CameraState,
    microphoneProblem: z.enum(['missing', 'refused']).nullable(),
    cameraProblem: z.enum(['missing', 'refused']).nullable(),
  }),
  /** each time something is plugged in or out; labels as the browser gives them (vid:pid at their end) */
  z.strictObject({
    type: z.literal('media-devices'),
    devices: z
      .array(
        z.strictObject({
          kind: MediaDeviceKind,
          deviceId: z.string().max(200),
          groupId: z.string().max(200),
          label: z.string().max(200),
        }),
      )
      .max(64),
    /** what is open now */
    inUse: z.strictObject({
      cameraId: z.string().nullable(),
      microphoneId: z.string().nullable(),
      speakerId: z.string().nullable(),
      inputId: z.string().nullable(),
    }),
  }),
  z.strictObject({ type: z.literal('camera-axes'), axes: CameraAxes.nullable() }),
  z.strictObject({ type: z.literal('self-test-check'), testId: Id, check: SelfTestCheck }),
  z.strictObject({ type: z.literal('self-test-done'), testId: Id }),
  /** `media` null: not tried, or ended before it was known */
  z.strictObject({
    type: z.literal('reach-probed'),
    probeId: Id,
    unreachableUrls: z.array(z.url()).max(8),
    media: z.enum(['reached', 'blocked']).nullable(),
  }),
  /** `fault` null: sound and picture came back */
  z.strictObject({ type: z.literal('called-itself'), proofId: Id, fault: z.string().max(120).nullable() }),
  /** what the call shows, without its strokes; null: no document */
  z.strictObject({
    type: z.literal('document'),
    callId: Id,
    document: DocumentHeading.nullable(),
    /** on the stage it is before a shared screen */
    isNewest: z.boolean(),
    /** why what the room itself presented went though nobody stopped it, until the next is shown */
    withdrawn: WithdrawReason.nullable().default(null),
  }),
  /** what is drawn on the call's document; paced */
  z.strictObject({ type: z.literal('drawing'), callId: Id, drawing: PageDrawing.nullable() }),
  /** of the TV's own document, as the fleet lists it: its pages are counted, or it is deleted */
  z.strictObject({
    type: z.literal('document-listed'),
    documentId: Id,
    pageCount: z.number().int().min(1).max(MAX_DOCUMENT_PAGES).nullable(),
    isThere: z.boolean(),
  }),
  z.strictObject({ type: z.literal('presented'), commandId: Id, code: ErrorCode.nullable() }),
  /** of what `show-broadcast` shows: it is over, or cannot be shown */
  z.strictObject({ type: z.literal('broadcast-ended'), broadcastId: Id, code: ErrorCode.nullable() }),
  z.strictObject({ type: z.literal('sound-heard') }),
  /** of the devices that are open: changes only, a fault after it lasted for 3 s */
  z.strictObject({ type: z.literal('device-sights'), camera: DeviceSight, microphone: DeviceSight }),
  /** in a call each CALL_QUALITY_EVERY_MS; null: it is over */
  z.strictObject({ type: z.literal('call-quality'), quality: CallQuality.nullable() }),
  z.strictObject({ type: z.literal('stage'), pageCount: z.number().int().positive() }),
  /** each second, from the page's own animation frame: what the watchdog listens to */
  /** `showsNothing`: it draws, and no text, picture or drawing is to be seen */
  z.strictObject({
    type: z.literal('alive'),
    showsNothing: z.boolean().optional(),
    /** of the page's own memory, where the browser counts it */
    heapBytes: z.number().int().nonnegative().optional(),
  }),
  z.strictObject({ type: z.literal('effect-failed'), name: z.string(), code: ErrorCode }),
]);
export type ScreenToAgent = z.infer<typeof ScreenToAgent>;
