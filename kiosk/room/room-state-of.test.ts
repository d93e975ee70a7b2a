/** What everyone sees of the room: by the contract, without its secrets, and always small enough to be retained. */
import { describe, expect, it } from 'vitest';
import { OFF_AIR } from '#contract/broadcast.ts';
import { OPEN_ORDER } from '#contract/call-order.ts';
import { MAX_PEERS_IN_CALL, PARTICIPANTS_IN_STATE } from '#contract/limits.ts';
import { projections } from '#contract/projections.ts';
import { type Participant, type RoomNotice, RoomState } from '#contract/room-state.ts';
import type { PhaseOf, Room } from './room.ts';
import { roomStateOf } from './room-state-of.ts';
import {
  BOOKING,
  CALLS,
  guest,
  id,
  manyPeople,
  NOW_MS,
  ownPlace,
  type PhaseKey,
  phases,
  roomIn,
} from './room-under-test.ts';

// as long as they come
const heading = { protocol: 1, roomId: id(30), epoch: 2 ** 31, revision: 2 ** 31, asOfMs: NOW_MS };
const sizeBytes = (state: RoomState): number => Buffer.byteLength(JSON.stringify(state));
/** As it comes out of the broker at the other end. */
function stateOf(room: Room, { roomName = 'Maple' }: { roomName?: string } = {}): RoomState {
  const state = { ...heading, ...roomStateOf(room, roomName) };
  expect(sizeBytes(state)).toBeLessThanOrEqual(projections.state.maxBytes);
  const read = RoomState.parse(JSON.parse(JSON.stringify(state)));
  expect(read).toEqual(state);
  return read;
}
function inCallOf(participants: Participant[], room: Partial<Room> = {}, heading: object = {}) {
  const { phase } = stateOf(roomIn('in-call', room, { participants }), heading);
  if (phase.name !== 'in-call') throw new Error('not in the call');
  return phase;
}

describe('the phase', () => {
  const shown: Record<PhaseKey, object> = {
    idle: { name: 'idle' },
    asked: {
      name: 'starting',
      meetingTitle: 'Weekly',
      bookingId: null,
      sinceMs: NOW_MS - 1_000,
      cancelOffered: false,
      waitsFor: null,
    },
    granted: {
      name: 'starting',
      meetingTitle: 'Weekly',
      bookingId: null,
      sinceMs: NOW_MS - 1_000,
      cancelOffered: false,
      waitsFor: null,
    },
    'in-call': {
      name: 'in-call',
      callId: CALLS.A,
      peerId: ownPlace.peerId,
      meetingTitle: 'Weekly',
      bookingId: null,
      startedAtMs: NOW_MS - 60_000,
      connection: 'connected',
      participantCount: 2,
      participants: [ownPlace, guest],
      sharedBy: null,
      order: OPEN_ORDER,
      air: OFF_AIR,
    },
    lost: { name: 'in-call', connection: 'reconnecting', callId: CALLS.A },
    ended: { ...phases.ended },
    fault: { ...phases.fault },
  };
  it.each(Object.keys(phases) as PhaseKey[])('%s', (key) => {
    const { phase } = stateOf(roomIn(key));
    if (key === 'lost') expect(phase).toMatchObject(shown[key]);
    else expect(phase).toEqual(shown[key]);
  });

  it('tells no grant, no ticket and no secret', () => {
    for (const key of ['granted', 'in-call', 'lost'] as const)
      expect(JSON.stringify(stateOf(roomIn(key)))).not.toMatch(/token|secret|signaling|awaitsGrant|failedGrants/i);
  });

  it('tells whose booking it is', () => {
    for (const key of ['granted', 'in-call'] as const)
      expect(stateOf(roomIn(key, {}, { bookingId: BOOKING })).phase).toMatchObject({ bookingId: BOOKING });
  });
});

describe('the people', () => {
  it('begin with the room itself, and are as few as a retained state may name', () => {
    const many = Array.from({ length: 20 }, (_, index) => ({ ...guest, peerId: id(100 + index) }));
    const { participants, participantCount } = inCallOf([...many, ownPlace]);
    expect(participants).toEqual([ownPlace, ...many.slice(0, PARTICIPANTS_IN_STATE - 1)]);
    expect(participantCount).toBe(21);
  });

  it('are counted without a program, listed or not', () => {
    const program = { ...guest, peerId: id(99), peerKind: 'program' as const };
    expect(inCallOf([ownPlace, guest, program])).toMatchObject({
      participants: [ownPlace, guest, program],
      participantCount: 2,
    });
    const many = Array.from({ length: 20 }, (_, index) => ({ ...guest, peerId: id(100 + index) }));
    expect(inCallOf([ownPlace, ...many, program]).participantCount).toBe(21);
  });

  it('may not hold the room yet', () => {
    expect(inCallOf([guest])).toMatchObject({ participants: [guest], participantCount: 1 });
    expect(inCallOf([])).toMatchObject({ participants: [], participantCount: 0 });
  });

  it('name who shares, though not among the few', () => {
    const sharer = { ...guest, peerId: id(99), displayName: '발표자', sharesScreen: true };
    const { participants, sharedBy } = inCallOf([...manyPeople(20), sharer]);
    expect(sharedBy).toEqual({ peerId: id(99), displayName: '발표자' });
    expect(participants.some(({ peerId }) => peerId === id(99))).toBe(false);
  });
});

describe('what a person should know', () => {
  const blocked = (connection: 'connected' | 'reconnecting'): Room => {
    const room = roomIn('in-call');
    return { ...room, phase: { ...(room.phase as PhaseOf<'in-call'>), connection, mediaBlocked: true } };
  };
  const rows: [string, Room, RoomNotice[]][] = [
    ['all is well', roomIn('in-call'), []],
    ['no camera', roomIn('idle', { cameraProblem: 'missing' }), ['camera-missing']],
    ['no right to it', roomIn('idle', { cameraProblem: 'refused' }), ['camera-refused']],
    ['no microphone', roomIn('idle', { microphoneProblem: 'missing' }), ['microphone-missing']],
    ['no right to that', roomIn('idle', { microphoneProblem: 'refused' }), ['microphone-refused']],
    ['no fleet', roomIn('idle', { fleetOnline: false }), ['fleet-unreachable']],
    ['a fleet of another protocol', roomIn('idle', { fleetOnline: false, fleetRefuses: true }), ['protocol-refused']],
    ['no screen', roomIn('idle', { screenPresent: false }), ['screen-missing']],
    ['no media', roomIn('lost'), ['media-unreachable']],
    ['blocked media', blocked('connected'), ['media-blocked']],
    ['blocked media, and then no node', blocked('reconnecting'), ['media-unreachable']],
    [
      'nothing',
      roomIn('lost', {
        cameraProblem: 'missing',
        microphoneProblem: 'missing',
        fleetOnline: false,
        screenPresent: false,
      }),
      ['camera-missing', 'microphone-missing', 'fleet-unreachable', 'screen-missing', 'media-unreachable'],
    ],
  ];
  it.each(rows)('%s', (_, room, notices) => expect(stateOf(room).notices).toEqual(notices));
});

describe('under 4 KB', () => {
  const title = (letters: string) => ({
    meeting: { meetingId: id(20), title: letters.repeat(200), underWay: true, participantCount: MAX_PEERS_IN_CALL },
  });
  /** `letters` wherever people may write, as many as the contract lets them. */
  const worst = (letters: string) => {
    const displayName = letters.repeat(80);
    const everybody = manyPeople(MAX_PEERS_IN_CALL).map((each) => ({
      ...each,
      displayName,
      organisation: displayName,
      handRaisedAtMs: NOW_MS,
      sharesScreen: true,
    }));
    const troubles = { cameraProblem: 'refused', microphoneProblem: 'refused', fleetOnline: false } as const;
    const room = roomIn(
      'lost',
      { ...title(letters), ...troubles, screenPresent: false },
      {
        meetingTitle: letters.repeat(200),
        bookingId: BOOKING,
        participants: everybody,
      },
    );
    return stateOf(room, { roomName: letters.repeat(120) });
  };

  it('with 300 people of long Korean names: some are listed, all are counted', () => {
    const { phase } = worst('가');
    expect(phase).toMatchObject({ participantCount: MAX_PEERS_IN_CALL, sharedBy: { peerId: ownPlace.peerId } });
    if (phase.name !== 'in-call') throw new Error('not in the call');
    expect(phase.participants[0]!.peerId).toBe(ownPlace.peerId);
    expect(phase.participants.length).toBeGreaterThanOrEqual(2);
    expect(phase.participants.length).toBeLessThan(PARTICIPANTS_IN_STATE);
  });

  it.each([
    ['letters of one byte', 'a', PARTICIPANTS_IN_STATE - 2],
    // six bytes each in JSON
    ['characters that no screen shows', '\u0001', 0],
    ['halves of characters', '\ud83d', 0],
    ['quotes', '"', 0],
  ])('with %s', (_, letters, atLeast) => {
    const { phase } = worst(letters);
    expect(phase.name === 'in-call' && phase.participants.length).toBeGreaterThanOrEqual(atLeast);
  });

  it.each(['asked', 'ended', 'fault'] as const)('while %s', (key) => {
    const room = roomIn(key, title('\u0001'), { meetingTitle: '\u0001'.repeat(200) });
    expect(sizeBytes(stateOf(room, { roomName: '\u0001'.repeat(120) }))).toBeLessThan(projections.state.maxBytes / 2);
  });
});
