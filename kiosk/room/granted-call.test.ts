/** A grant that the room signed itself names a call of its own making: what the node says then is what holds. */
import { expect, test } from 'vitest';
import { participantUnderTest } from '#contract/participant-under-test.ts';
import type { CallGrant } from '#contract/grants.ts';
import type { ResumeTicket } from '#contract/screen-link.ts';
import { type RoomMachineEffect, firstRoom, type Room, type RoomMachineEvent } from './room.ts';
import { stepRoom } from './room-machine.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const [GRANTED, REAL] = [id(1), id(2)];
const grant = (callId = GRANTED): CallGrant => ({
  callId,
  meetingId: id(3),
  meetingTitle: 'Standing',
  peerId: id(4),
  signalingUrl: 'ws://node/signaling',
  joinToken: 't',
  expiresAtMs: 60_000,
  documents: null,
  iceServers: [],
});
const ticket: ResumeTicket = { callId: REAL, peerId: id(4), signalingUrl: 'ws://node/signaling', resumeSecret: 's' };
const joined: RoomMachineEvent = {
  type: 'screen',
  report: { type: 'call-joined', ticket, meetingTitle: 'Standing', startedAtMs: 1 },
};

function after(...events: RoomMachineEvent[]): { room: Room; effects: RoomMachineEffect[] } {
  let [room, effects]: [Room, RoomMachineEffect[]] = [{ ...firstRoom(null), screenPresent: true }, []];
  for (const event of events) ({ room, effects } = stepRoom(room, event, 10));
  return { room, effects };
}
const start: RoomMachineEvent = {
  type: 'command',
  id: id(9),
  command: { name: 'join-call' },
  grant: null,
  bookingTitle: null,
};
const begun: RoomMachineEvent[] = [start, { type: 'grant', grant: grant() }, joined];

test('the room is in the call that the node says', () => {
  const { room } = after(...begun);
  expect(room.phase).toMatchObject({ name: 'in-call', ticket: { callId: REAL } });
});

test('its roster, its loss and its end are heard by that id', () => {
  const roster: RoomMachineEvent = { type: 'screen', report: { type: 'roster', callId: REAL, participants: [] } };
  expect(after(...begun, roster).room.phase).toMatchObject({ participants: [] });
  const lost: RoomMachineEvent = { type: 'screen', report: { type: 'lost', callId: REAL, code: 'peer-unknown' } };
  expect(after(...begun, lost).effects).toContainEqual({ type: 'request-grant', endedCallId: null, bookingId: null });
  const over: RoomMachineEvent = { type: 'screen', report: { type: 'call-ended', callId: REAL, reason: 'empty' } };
  expect(after(...begun, over).room.phase).toMatchObject({ name: 'ended', callId: REAL, reason: 'empty' });
  const stale: RoomMachineEvent = { type: 'screen', report: { type: 'call-ended', callId: GRANTED, reason: 'empty' } };
  expect(after(...begun, stale).room.phase.name).toBe('in-call');
});

test('it comes back by a grant of yet another id into the same call, and keeps who is there', () => {
  const participants = [participantUnderTest({ peerId: id(5) })];
  const { room } = after(
    ...begun,
    { type: 'screen', report: { type: 'roster', callId: REAL, participants } },
    { type: 'screen', report: { type: 'lost', callId: REAL, code: 'peer-unknown' } },
    { type: 'grant', grant: grant(id(7)) },
    joined,
  );
  expect(room.phase).toMatchObject({ name: 'in-call', ticket: { callId: REAL }, participants: [{ peerId: id(5) }] });
});

test('without the fleet the room itself knows that a call is over for all, and that one it left goes on', () => {
  const meeting: RoomMachineEvent = {
    type: 'meeting',
    meeting: { meetingId: id(3), title: 'Standing', underWay: true, participantCount: 2 },
  };
  const over: RoomMachineEvent = {
    type: 'screen',
    report: { type: 'call-ended', callId: REAL, reason: 'ended-by-room' },
  };
  const left: RoomMachineEvent = {
    type: 'command',
    id: id(8),
    command: { name: 'leave-call' },
    grant: null,
    bookingTitle: null,
  };
  const fleet: RoomMachineEvent = { type: 'fleet', online: true };
  const underWay = (...events: RoomMachineEvent[]) => after(meeting, ...events).room.meeting?.underWay;
  expect(underWay(...begun, over)).toBe(false);
  expect(underWay(...begun, left)).toBe(true);
  expect(underWay(fleet, ...begun, over)).toBe(true);
});

test('a start that leads nowhere is told by the grant’s id', () => {
  const failedStart: RoomMachineEvent = {
    type: 'screen',
    report: { type: 'join-failed', callId: GRANTED, code: 'token-expired' },
  };
  expect(after(start, { type: 'grant', grant: grant() }, failedStart).effects).toContainEqual({
    type: 'request-grant',
    endedCallId: null,
    bookingId: null,
  });
});
