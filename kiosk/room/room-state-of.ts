/** The room as everyone else sees it: the contract's RoomState, small enough for a retained message. */
import { PARTICIPANTS_IN_STATE } from '#contract/limits.ts';
import { projections } from '#contract/projections.ts';
import type { ProjectionContent } from '#contract/relayed-projections.ts';
import type { Participant, RoomNotice, RoomPhase } from '#contract/room-state.ts';
import { cutText, nameInLists, shownText } from '#contract/shown-text.ts';
import type { PhaseOf, Room } from './room.ts';

type RoomStateContent = ProjectionContent<'state'>;
/** the head of every projection, at its longest */
const HEADING_BYTES = 200;
const MAX_BYTES = projections.state.maxBytes - HEADING_BYTES;

/** Of many long names, fewer are listed, so that it fits. The count stays right. */
export function roomStateOf(room: Room, roomName: string): RoomStateContent {
  const state: RoomStateContent = {
    roomName: printable(roomName),
    phase: phaseOf(room),
    meeting: room.meeting && { ...room.meeting, title: printable(room.meeting.title) },
    microphone: room.microphone,
    camera: room.camera,
    volumePercent: room.volumePercent,
    layout: room.layout,
    stagePage: room.stagePage,
    stagePageCount: room.stagePageCount,
    notices: noticesOf(room),
  };
  while (sizeBytes(state) > MAX_BYTES && state.phase.name === 'in-call' && state.phase.participants.length > 0) {
    state.phase.participants.pop();
  }
  return state;
}

const sizeBytes = (state: RoomStateContent): number => new TextEncoder().encode(JSON.stringify(state)).length;

/** Invisible characters need six bytes each, and many would not fit; nor do names that are longer than a tile. */
const printable = (text: string): string => cutText(shownText(text), { units: 240, bytes: 240 });
const named = (each: Participant): Participant => ({
  ...each,
  displayName: nameInLists(each.displayName),
  organisation: each.organisation && cutText(shownText(each.organisation), { units: 40, bytes: 60 }),
});

function phaseOf({ phase }: Room): RoomPhase {
  switch (phase.name) {
    case 'idle':
      return { ...phase };
    case 'fault':
      return { ...phase, meetingTitle: phase.meetingTitle && printable(phase.meetingTitle) };
    case 'ended':
      return { ...phase, meetingTitle: printable(phase.meetingTitle) };
    case 'starting': {
      const { name, meetingTitle, bookingId, sinceMs, cancelOffered, waitsFor } = phase;
      return { name, meetingTitle: printable(meetingTitle), bookingId, sinceMs, cancelOffered, waitsFor };
    }
    case 'in-call': {
      const { name, ticket, meetingTitle, bookingId, startedAtMs, connection, order, air } = phase;
      const participants = roomFirst(phase);
      const sharing = participants.find(({ sharesScreen }) => sharesScreen);
      return {
        name,
        meetingTitle: printable(meetingTitle),
        bookingId,
        startedAtMs,
        connection,
        callId: ticket.callId,
        peerId: ticket.peerId,
        participantCount: participants.filter(({ peerKind }) => peerKind !== 'program').length,
        participants: participants.slice(0, PARTICIPANTS_IN_STATE).map(named),
        order,
        air,
        sharedBy: sharing ? { peerId: sharing.peerId, displayName: nameInLists(sharing.displayName) } : null,
      };
    }
  }
}

export function roomFirst({ participants, ticket }: PhaseOf<'in-call'>): Participant[] {
  const own = participants.filter(({ peerId }) => peerId === ticket.peerId);
  return [...own, ...participants.filter(({ peerId }) => peerId !== ticket.peerId)];
}

function noticesOf(room: Room): RoomNotice[] {
  const notices: RoomNotice[] = [...room.boxNotices];
  if (room.cameraProblem !== null) notices.push(`camera-${room.cameraProblem}`);
  if (room.microphoneProblem !== null) notices.push(`microphone-${room.microphoneProblem}`);
  if (room.fleetRefuses) notices.push('protocol-refused');
  else if (!room.fleetOnline) notices.push('fleet-unreachable');
  if (!room.screenPresent) notices.push('screen-missing');
  if (room.phase.name === 'in-call') {
    if (room.phase.connection === 'reconnecting') notices.push('media-unreachable');
    else if (room.phase.mediaBlocked) notices.push('media-blocked');
  }
  return notices;
}
