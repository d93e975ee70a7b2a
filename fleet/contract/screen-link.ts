/**
 * The agent and its screen over one loopback WebSocket. The agent tells what to show (`view`) and what to do
 * (`do`, the room machine's effects); the screen owns tracks and signalling, and tells what happened.
 * The newest screen wins: the older is told to `yield` and gives camera and call up until it is alone again.
 */
import { ErrorCode } from './error-codes.ts';
import { CallGrant } from './grants.ts';
import { ProtocolVersion } from './protocol-version.ts';
import { CameraState, EndReason, Layout, MicrophoneState, Participant, RoomState } from './room-state.ts';
import { EpochMs, Id, Language, z } from './schema.ts';

export const SCREEN_LINK_PATH = '/screen-link';

/** What a screen needs to come back as the same peer, after a reload or a crash of the page. Never leaves the box. */
export const ResumeTicket = z.object({ callId: Id, peerId: Id, signalingUrl: z.url(), resumeSecret: z.string() });
export type ResumeTicket = z.infer<typeof ResumeTicket>;

/** Everything the screen draws from, whole, each time it changes. */
export const ScreenView = z.object({
  state: RoomState,
  language: Language,
  /** null until the fleet has told where phones go, or while it is gone */
  pairing: z.object({ code: z.string(), url: z.url() }).nullable(),
  fleetOnline: z.boolean(),
});
export type ScreenView = z.infer<typeof ScreenView>;

export const AgentToScreen = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('welcome'),
    protocol: z.number().int(),
    view: ScreenView,
    resume: ResumeTicket.nullable(),
  }),
  z.object({ type: z.literal('view'), view: ScreenView }),
  z.object({
    type: z.literal('do'),
    effect: z.discriminatedUnion('name', [
      z.object({ name: z.literal('prepare'), grant: CallGrant }),
      /** over what is prepared where its callId is the same, else from the start */
      z.object({ name: z.literal('join'), grant: CallGrant }),
      z.object({ name: z.literal('leave') }),
      z.object({ name: z.literal('end-call') }),
      z.object({ name: z.literal('set-microphone'), muted: z.boolean() }),
      z.object({ name: z.literal('set-camera'), on: z.boolean() }),
      z.object({ name: z.literal('set-volume'), percent: z.number().int() }),
      z.object({ name: z.literal('set-layout'), layout: Layout }),
      z.object({ name: z.literal('set-stage-page'), page: z.number().int() }),
      z.object({ name: z.literal('mute-participant'), peerId: Id.nullable() }),
      z.object({ name: z.literal('remove-participant'), peerId: Id }),
    ]),
  }),
  /** a newer screen has taken over / this one is the newest again */
  z.object({ type: z.literal('yield') }),
  z.object({ type: z.literal('take-over'), resume: ResumeTicket.nullable() }),
  z.object({ type: z.literal('error'), code: ErrorCode }),
]);
export type AgentToScreen = z.infer<typeof AgentToScreen>;
export type ScreenEffect = Extract<AgentToScreen, { type: 'do' }>['effect'];

export const ScreenToAgent = z.discriminatedUnion('type', [
  /** `inCall`: an agent that was restarted learns from the page what runs */
  z.strictObject({
    type: z.literal('hello'),
    protocol: ProtocolVersion,
    screenId: Id,
    /** it had given way to a newer one before the agent restarted, and stays behind it */
    yielded: z.boolean().optional(),
    inCall: z.strictObject({ ticket: ResumeTicket, meetingTitle: z.string(), startedAtMs: EpochMs }).nullable(),
  }),
  z.strictObject({ type: z.literal('joined'), ticket: ResumeTicket, meetingTitle: z.string(), startedAtMs: EpochMs }),
  z.strictObject({ type: z.literal('join-failed'), code: ErrorCode, callId: Id }),
  z.strictObject({ type: z.literal('call-ended'), callId: Id, reason: EndReason }),
  z.strictObject({ type: z.literal('connection'), connection: z.enum(['connected', 'reconnecting']) }),
  /** the place could not be kept: the agent fetches a new grant */
  z.strictObject({ type: z.literal('lost'), callId: Id, code: ErrorCode }),
  z.strictObject({ type: z.literal('roster'), callId: Id, participants: z.array(Participant) }),
  /** the tracks as they are: the one truth about mute */
  z.strictObject({
    type: z.literal('devices'),
    microphone: MicrophoneState,
    camera: CameraState,
    microphoneProblem: z.enum(['missing', 'refused']).nullable(),
    cameraProblem: z.enum(['missing', 'refused']).nullable(),
  }),
  z.strictObject({ type: z.literal('stage'), pageCount: z.number().int().positive() }),
  /** each second, from the page's own animation frame: what the watchdog listens to */
  z.strictObject({ type: z.literal('alive') }),
  z.strictObject({ type: z.literal('effect-failed'), name: z.string(), code: ErrorCode }),
]);
export type ScreenToAgent = z.infer<typeof ScreenToAgent>;
