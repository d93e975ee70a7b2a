/** State, events and effects of the room machine as types, and the first state. room-machine.ts steps. */
import type { ErrorCode } from '#contract/error-codes.ts';
import type { CallAir } from '#contract/broadcast.ts';
import type { CallOrder } from '#contract/call-order.ts';
import type { CallGrant } from '#contract/grants.ts';
import type { CallCommand } from '#contract/room-command.ts';
import type {
  CameraState,
  Layout,
  MicrophoneState,
  Participant,
  RoomMeeting,
  ReportedEndReason,
  RoomNotice,
} from '#contract/room-state.ts';
import type { ResumeTicket, ScreenEffect, ScreenToAgent } from '#contract/screen-link.ts';

/** A phase carries only its own data: nothing but `in-call` has a ticket. */
export type Phase =
  | { name: 'idle' }
  | {
      name: 'starting';
      meetingTitle: string;
      /** the booking whose meeting it is; null: the room's own */
      bookingId: string | null;
      sinceMs: number;
      cancelOffered: boolean;
      /** null: asked of the fleet */
      grant: CallGrant | null;
      /** how many grants have led nowhere */
      failedGrants: number;
      /** why there is no grant yet, though it is asked for again and again */
      waitsFor: ErrorCode | null;
      /** only to show a laptop's screen, until somebody in the room starts the meeting */
      forLaptop: boolean;
    }
  | {
      name: 'in-call';
      ticket: ResumeTicket;
      meetingTitle: string;
      bookingId: string | null;
      startedAtMs: number;
      connection: 'connected' | 'reconnecting';
      /** sound and picture do not get through, though the node answers */
      mediaBlocked: boolean;
      participants: Participant[];
      /** as the node last reported it */
      order: CallOrder;
      air: CallAir;
      /** the place was lost, a grant to come back was asked for */
      awaitsGrant: boolean;
      /** as in `starting`: the room leaves once nobody else is in */
      forLaptop: boolean;
    }
  | {
      name: 'ended';
      meetingTitle: string;
      durationMs: number;
      reason: ReportedEndReason;
      callId: string;
      feedback: 'good' | 'bad' | null;
    }
  | { name: 'fault'; code: ErrorCode; sinceMs: number; meetingTitle: string | null };
export type PhaseOf<N extends Phase['name']> = Extract<Phase, { name: N }>;

export type Room = {
  phase: Phase;
  meeting: RoomMeeting | null;
  microphone: MicrophoneState;
  camera: CameraState;
  microphoneProblem: 'missing' | 'refused' | null;
  cameraProblem: 'missing' | 'refused' | null;
  volumePercent: number;
  layout: Layout;
  stagePage: number;
  stagePageCount: number;
  screenPresent: boolean;
  fleetOnline: boolean;
  /** the fleet is there, and one side's protocol is too old for the other */
  fleetRefuses: boolean;
  /** of devices, calendar and disk, as their owners report them */
  boxNotices: readonly RoomNotice[];
};

export type RoomTimer =
  | 'offer-cancel'
  | 'start-fails'
  | 'screen-awaited'
  | 'end-awaited'
  | 'laptop-awaited'
  | 'thanks-over'
  | 'fault-over'
  | 'ask-again';

/** These go to the parts of the agent instead. */
export type PartReport = Extract<
  ScreenToAgent,
  {
    type:
      | 'media-devices'
      | 'camera-axes'
      | 'self-test-check'
      | 'self-test-done'
      | 'sound-heard'
      | 'reach-probed'
      | 'called-itself'
      | 'document'
      | 'drawing'
      | 'document-listed'
      | 'broadcast-ended'
      | 'presented'
      | 'device-sights'
      | 'call-quality'
      | 'chat'
      | 'poll'
      | 'transcript';
  }
>;
const PART_REPORTS: ReadonlySet<ScreenToAgent['type']> = new Set([
  'media-devices',
  'camera-axes',
  'self-test-check',
  'self-test-done',
  'sound-heard',
  'reach-probed',
  'called-itself',
  'document',
  'drawing',
  'document-listed',
  'broadcast-ended',
  'presented',
  'device-sights',
  'call-quality',
  'chat',
  'poll',
  'transcript',
] satisfies PartReport['type'][]);
export const isPartReport = (report: ScreenToAgent): report is PartReport => PART_REPORTS.has(report.type);
type ScreenReport = Exclude<ScreenToAgent, { type: 'hello' | 'alive' } | PartReport>;
type Hello = Extract<ScreenToAgent, { type: 'hello' }>;

export type RoomMachineEvent =
  /** `bookingTitle` with a start that names a booking */
  | { type: 'command'; id: string; command: CallCommand; grant: CallGrant | null; bookingTitle: string | null }
  | { type: 'meeting'; meeting: RoomMeeting | null }
  | { type: 'grant'; grant: CallGrant }
  | { type: 'grant-refused'; code: ErrorCode }
  /** `isRefused`: it is there, and one side's protocol is too old for the other; absent: it is not so */
  | { type: 'fleet'; online: boolean; isRefused?: boolean }
  | { type: 'box-notices'; notices: readonly RoomNotice[] }
  | { type: 'screen-connected'; inCall: Hello['inCall'] }
  | { type: 'screen-gone' }
  | { type: 'screen'; report: ScreenReport }
  | { type: 'timer'; name: RoomTimer };

export type RoomMachineEffect =
  | { type: 'screen'; effect: ScreenEffect }
  /** exactly one for each command */
  | { type: 'reply'; id: string; error: ErrorCode | null }
  | { type: 'request-grant'; endedCallId: string | null; bookingId: string | null }
  | { type: 'set-timer'; name: RoomTimer; delayMs: number }
  | { type: 'clear-timer'; name: RoomTimer }
  | { type: 'watch-roster' };

export type RoomStep = { room: Room; effects: RoomMachineEffect[] };

/** Kept over restarts of the agent. */
export type RememberedRoom = { volumePercent: number; layout: Layout; inCall: PhaseOf<'in-call'> | null };

/** As after power on; with a call that ran when the agent went, until the screen confirms or corrects it. */
export function firstRoom(remembered: RememberedRoom | null): Room {
  const inCall = remembered?.inCall ?? null;
  return {
    phase: inCall
      ? { ...inCall, connection: 'reconnecting', mediaBlocked: false, awaitsGrant: false }
      : { name: 'idle' },
    meeting: null,
    microphone: 'absent',
    camera: 'absent',
    microphoneProblem: null,
    cameraProblem: null,
    volumePercent: remembered?.volumePercent ?? 60,
    layout: remembered?.layout ?? 'auto',
    stagePage: 0,
    stagePageCount: 1,
    screenPresent: false,
    fleetOnline: false,
    fleetRefuses: false,
    boxNotices: [],
  };
}

export function rememberedOf({ phase, volumePercent, layout }: Room): RememberedRoom {
  return { volumePercent, layout, inCall: phase.name === 'in-call' ? { ...phase, participants: [] } : null };
}
