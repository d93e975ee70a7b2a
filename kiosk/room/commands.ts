/** Handles commands to the room. Each is answered once: accepted, or refused by a code. */
import type { ErrorCode } from '#contract/error-codes.ts';
import type { ScreenEffect } from '#contract/screen-link.ts';
import type { PhaseOf, Room, RoomMachineEvent, RoomStep } from './room.ts';
import { ended, idle, screen, starting, still, timer } from './transitions.ts';

/** The screen reports the end of the call for all; a node that does not answer is not waited for longer. */
const END_AWAITED_MS = 3_000;

type CommandEvent = Extract<RoomMachineEvent, { type: 'command' }>;

export function onCommand(room: Room, event: CommandEvent, nowMs: number): RoomStep {
  const done = decide(room, event, nowMs);
  if (typeof done === 'string') return { room, effects: [{ type: 'reply', id: event.id, error: done }] };
  // the screen's effects go first: the reply may wait, the person does not
  return { room: done.room, effects: [...done.effects, { type: 'reply', id: event.id, error: null }] };
}

function decide(room: Room, { command, grant, bookingTitle }: CommandEvent, nowMs: number): RoomStep | ErrorCode {
  const { phase } = room;
  switch (command.name) {
    case 'prepare-call':
      if (grant === null || phase.name === 'starting' || phase.name === 'in-call') return still(room);
      return tell(room, { name: 'prepare-call', grant });
    case 'join-call':
      // two starts make one call: the second finds what it wants
      if (phase.name === 'starting' || phase.name === 'in-call') return command.forLaptop ? still(room) : wanted(room);
      if (command.bookingId === undefined) {
        const forLaptop = command.forLaptop ?? false;
        return starting(room, { grant, bookingId: null, title: null, forLaptop }, nowMs);
      }
      return starting(
        room,
        { grant: null, bookingId: command.bookingId, title: bookingTitle, forLaptop: false },
        nowMs,
      );
    case 'cancel-join':
      if (phase.name !== 'starting') return 'not-possible-now';
      return left(idle(room));
    case 'leave-call':
      if (phase.name === 'starting') return left(idle(room));
      if (phase.name !== 'in-call') return 'not-possible-now';
      return left(ended(room, phase, 'left', nowMs));
    case 'end-call':
      if (phase.name !== 'in-call') return 'not-possible-now';
      return { room, effects: [screen({ name: 'end-call' }), timer('end-awaited', END_AWAITED_MS)] };
    case 'set-microphone':
      if (room.microphone === 'absent') return 'not-possible-now';
      return tell(room, { name: 'set-microphone', on: command.on });
    case 'set-camera':
      if (room.camera === 'absent') return 'not-possible-now';
      return tell(room, { name: 'set-camera', on: command.on });
    case 'set-volume':
      return tell({ ...room, volumePercent: command.percent }, { name: 'set-volume', percent: command.percent });
    case 'set-layout':
      return tell({ ...room, layout: command.layout, stagePage: 0 }, { name: 'set-layout', layout: command.layout });
    case 'set-stage-page': {
      if (phase.name !== 'in-call') return 'not-possible-now';
      const page = Math.min(command.page, room.stagePageCount - 1);
      return tell({ ...room, stagePage: page }, { name: 'set-stage-page', page });
    }
    case 'mute-participant':
    case 'remove-participant':
    case 'set-role':
    case 'let-speak':
    case 'lower-hand':
      return inCall(phase, command.peerId, () => tell(room, command));
    case 'mute-all':
    case 'set-order':
    case 'raise-hand':
    case 'send-chat':
    case 'recall-chat':
    case 'start-poll':
    case 'answer-poll':
    case 'end-poll':
    case 'hide-poll':
    case 'set-transcript':
    case 'show-captions':
    case 'show-code':
      return inCall(phase, null, () => tell(room, command));
    case 'answer-feedback':
      if (phase.name !== 'ended') return 'not-possible-now';
      return still({ ...room, phase: { ...phase, feedback: command.answer } });
    case 'watch-roster':
      return { room, effects: [{ type: 'watch-roster' }] };
  }
}

/** Somebody starts the meeting that runs for a laptop's screen: it is theirs from here on. */
function wanted(room: Room): RoomStep {
  const { phase } = room;
  if ((phase.name !== 'starting' && phase.name !== 'in-call') || !phase.forLaptop) return still(room);
  return { room: { ...room, phase: { ...phase, forLaptop: false } }, effects: [timer('laptop-awaited', null)] };
}

const tell = (room: Room, effect: ScreenEffect): RoomStep => ({ room, effects: [screen(effect)] });
const left = ({ room, effects }: RoomStep): RoomStep => ({
  room,
  effects: [screen({ name: 'leave-call' }), ...effects],
});

function inCall(phase: Room['phase'], peerId: string | null, then: () => RoomStep): RoomStep | ErrorCode {
  if (phase.name !== 'in-call') return 'not-possible-now';
  if (peerId !== null && !others(phase).some((each) => each.peerId === peerId)) return 'peer-unknown';
  return then();
}

const others = (phase: PhaseOf<'in-call'>) => phase.participants.filter(({ peerId }) => peerId !== phase.ticket.peerId);
