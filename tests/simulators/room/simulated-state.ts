/** What a simulated room's state becomes by a command: as a real one's would, without media. Pure. */
import { v7 } from 'uuid';
import { OFF_AIR } from '#contract/broadcast.ts';
import { OPEN_ORDER } from '#contract/call-order.ts';
import { InvalidStateError } from '#contract/error-codes.ts';
import type { CallGrant } from '#contract/grants.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { RoomCommand } from '#contract/room-command.ts';
import type { RoomPhase, RoomState } from '#contract/room-state.ts';

export function firstState({
  roomId,
  roomName,
  epoch,
  nowMs,
}: {
  roomId: string;
  roomName: string;
  epoch: number;
  nowMs: number;
}): RoomState {
  return {
    protocol: PROTOCOL_VERSION,
    roomId,
    roomName,
    epoch,
    revision: 0,
    asOfMs: nowMs,
    phase: { name: 'idle' },
    meeting: null,
    microphone: 'on',
    camera: 'on',
    volumePercent: 60,
    layout: 'auto',
    stagePage: 0,
    stagePageCount: 1,
    notices: [],
  };
}

/** @throws InvalidStateError `not-possible-now`, as a room answers it */
export function applyCommand(
  state: RoomState,
  command: RoomCommand,
  grant: CallGrant | null,
  nowMs: number,
): RoomState {
  const next = { ...state, revision: state.revision + 1, asOfMs: nowMs };
  const { phase } = state;
  switch (command.name) {
    case 'prepare-call':
    case 'watch-roster':
      return state;
    case 'join-call':
      return phase.name === 'in-call' ? state : { ...next, phase: callOf(state, grant, nowMs) };
    case 'leave-call':
    case 'end-call':
    case 'cancel-join': {
      if (phase.name !== 'in-call') throw new InvalidStateError('not-possible-now', 'no call');
      return { ...next, phase: { name: 'idle' } };
    }
    case 'set-microphone':
      return { ...next, microphone: command.on ? 'on' : 'muted' };
    case 'set-camera':
      return { ...next, camera: command.on ? 'on' : 'off' };
    case 'set-volume':
      return { ...next, volumePercent: command.percent };
    case 'set-layout':
      return { ...next, layout: command.layout };
    case 'set-stage-page':
      return { ...next, stagePage: command.page };
    case 'mute-participant':
    case 'mute-all':
    case 'remove-participant':
    case 'set-order':
    case 'set-role':
    case 'let-speak':
    case 'raise-hand':
    case 'lower-hand':
    case 'send-chat':
    case 'recall-chat':
    case 'start-poll':
    case 'answer-poll':
    case 'end-poll':
    case 'hide-poll':
    case 'set-transcript':
    case 'show-captions':
    case 'show-code':
    case 'answer-feedback':
      throw new InvalidStateError('not-possible-now', 'a simulated room is alone');
    case 'check-in':
    case 'restore-booking':
    case 'extend-booking':
    case 'end-booking':
    case 'choose-device':
    case 'steer-camera':
    case 'recall-preset':
    case 'save-preset':
    case 'show-input':
    case 'run-self-test':
    case 'watch-broadcast':
    case 'call-for-help':
    case 'write-to-it':
    case 'withdraw-help':
    case 'postpone-update':
    case 'present':
      throw new InvalidStateError(
        'not-possible-now',
        'a simulated room has no calendar, devices, broadcasts or documents',
      );
  }
}

/** The call of a grant; without one, of its own. */
export function callOf(state: RoomState, grant: CallGrant | null, nowMs: number): RoomPhase {
  const peerId = grant?.peerId ?? v7();
  return {
    name: 'in-call',
    callId: grant?.callId ?? v7(),
    peerId,
    meetingTitle: grant?.meetingTitle ?? state.meeting?.title ?? '',
    startedAtMs: nowMs,
    connection: 'connected',
    participantCount: 1,
    sharedBy: null,
    order: OPEN_ORDER,
    air: OFF_AIR,
    participants: [
      {
        peerId,
        displayName: state.roomName,
        peerKind: 'room',
        microphone: state.microphone,
        camera: state.camera,
        sharesScreen: false,
        role: 'co-host',
        isGuest: false,
        organisation: null,
        handRaisedAtMs: null,
        staysMuted: false,
        connection: 'connected',
      },
    ],
  };
}
