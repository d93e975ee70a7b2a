/** Rooms in each phase, as the agent tells them. */
import { OFF_AIR } from '#contract/broadcast.ts';
import { OPEN_ORDER } from '#contract/call-order.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { RoomPhase, RoomState } from '#contract/room-state.ts';

const ID = '01920000-0000-7000-8000-000000000001';
export const CALL_ID = '01920000-0000-7000-8000-000000000002';

export const PHASES: Record<RoomPhase['name'], RoomPhase> = {
  idle: { name: 'idle' },
  starting: { name: 'starting', meetingTitle: 'Weekly', bookingId: null, sinceMs: 0, cancelOffered: false },
  'in-call': {
    name: 'in-call',
    callId: CALL_ID,
    peerId: ID,
    meetingTitle: 'Weekly',
    bookingId: null,
    startedAtMs: 0,
    connection: 'connected',
    participantCount: 1,
    participants: [],
    sharedBy: null,
    order: OPEN_ORDER,
    air: OFF_AIR,
  },
  ended: { name: 'ended', meetingTitle: 'Weekly', durationMs: 1, reason: 'left', callId: CALL_ID, feedback: null },
  fault: { name: 'fault', code: 'media-failed', sinceMs: 0, meetingTitle: null },
  unknown: { name: 'unknown' },
};

export function roomIn(phase: RoomPhase['name'], changes: Partial<RoomState> = {}): RoomState {
  return {
    protocol: PROTOCOL_VERSION,
    roomId: ID,
    roomName: 'Han River',
    epoch: 1,
    revision: 0,
    asOfMs: 0,
    phase: PHASES[phase],
    meeting: null,
    microphone: 'on',
    camera: 'on',
    volumePercent: 60,
    layout: 'auto',
    stagePage: 0,
    stagePageCount: 1,
    notices: [],
    ...changes,
  };
}
