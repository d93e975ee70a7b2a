/** Phase by event: where the room goes, and what it tells whom. What holds in any order is room-machine.sequences.test.ts's. */
import { describe, expect, it } from 'vitest';
import { firstRoom, rememberedOf, type Room, type RoomMachineEvent, type RoomTimer } from './room.ts';
import {
  BOOKING,
  CALLS,
  callEnded,
  effectFailed,
  fleet,
  given,
  granted,
  grantOf,
  guest,
  joined,
  joinFailed,
  lineOf,
  lost,
  NOW_MS,
  outcomeOf,
  ownPlace,
  type PhaseKey,
  phases,
  refused,
  roomAfter,
  roomIn,
  RoomUnderTest,
  screenComes,
  timer,
  told,
} from './room-under-test.ts';

type Row = [string, PhaseKey | Room, RoomMachineEvent, string];
const check = (_: string, from: PhaseKey | Room, event: RoomMachineEvent, outcome: string): void =>
  expect(outcomeOf(from, event)).toBe(outcome);
const fault = 'fault: leave-call; fault-over in 30 s';
const screenGone: RoomMachineEvent = { type: 'screen-gone' };

describe('a grant', () => {
  const askedOffline = roomIn('asked', { fleetOnline: false });
  const grantedOffline = roomIn('granted', { fleetOnline: false });
  const waiting = roomAfter('asked', refused('waits-to-be-let-in'));
  const rows: Row[] = [
    ['that was asked for joins', 'asked', granted('A'), 'starting: join-call A'],
    ['comes twice', 'granted', granted('B'), 'starting:'],
    ['comes after cancelling', 'idle', granted('A'), 'idle:'],
    ['comes after the end', 'ended', granted('A'), 'ended:'],
    ['comes after the fault', 'fault', granted('A'), 'fault:'],
    ['comes in the call', 'in-call', granted('B'), 'in-call:'],
    ['leads back to a lost place', 'lost', granted('B'), 'in-call: join-call B'],
    ['is refused at the start', 'asked', refused('no-media-node'), fault],
    [
      'is refused while the call cannot be reached',
      'asked',
      refused('call-unreachable'),
      'starting: ask-again in 2 s; start-fails in 60 s',
    ],
    [
      'is refused so on the way back',
      'lost',
      refused('call-unreachable'),
      'in-call: ask-again in 2 s; start-fails in 60 s',
    ],
    [
      'has to wait to be let in',
      'asked',
      refused('waits-to-be-let-in'),
      'starting: ask-again in 5 s; start-fails in 60 s',
    ],
    ['has waited, and is declined', waiting, refused('not-admitted'), fault],
    ['is refused after one came', 'granted', refused('no-media-node'), 'starting:'],
    ['is refused on the way back', 'lost', refused('no-media-node'), 'in-call: ask-again in 2 s'],
    ['is refused though nobody asks', 'in-call', refused('no-media-node'), 'in-call:'],
    // what was asked while the fleet was gone has reached nobody
    ['is asked for again when the fleet is back', askedOffline, fleet(true), 'starting: ask'],
    ['is there already when the fleet is back', grantedOffline, fleet(true), 'starting:'],
    ['is awaited from a fleet that goes', 'asked', fleet(false), 'starting:'],
    ['is awaited from a fleet that was there', 'asked', fleet(true), 'starting:'],
  ];
  it.each(rows)('%s', check);
});

describe('what becomes of a start', () => {
  const rows: Row[] = [
    ['joined', 'granted', joined('A'), 'in-call:'],
    ['joined what was cancelled', 'idle', joined('A'), 'idle: leave-call'],
    ['joined what was left', 'ended', joined('A'), 'ended: leave-call'],
    ['joined what was given up', 'fault', joined('A'), 'fault: leave-call'],
    // told to join this start's call, the page leaves the other by itself
    ['joined what an earlier start wanted', 'granted', joined('B'), 'starting: join-call A'],
    ['joined before this start has a grant', 'asked', joined('A'), 'starting:'],
    ['a used grant', 'granted', joinFailed('A', 'token-used'), 'starting: ask'],
    ['an old grant', 'granted', joinFailed('A', 'token-expired'), 'starting: ask'],
    ['a grant of other keys', 'granted', joinFailed('A', 'token-invalid'), 'starting: ask'],
    ['a call that was moved', 'granted', joinFailed('A', 'call-moved'), 'starting: ask'],
    ['a place that was cleared', 'granted', joinFailed('A', 'peer-unknown'), 'starting: ask'],
    ['lost in the door', 'granted', lost('A', 'token-expired'), 'starting: ask'],
    ['a call that is over', 'granted', joinFailed('A', 'call-ended'), 'starting: ask, A is over'],
    ['a call that ends in the door', 'granted', callEnded('A'), 'starting: ask, A is over'],
    ['the page leaves an earlier start', 'granted', callEnded('A', 'left'), 'starting:'],
    ['a full call', 'granted', joinFailed('A', 'call-full'), fault],
    ['failed media', 'granted', lost('A', 'media-failed'), fault],
    ['another call failed', 'granted', joinFailed('B', 'call-full'), 'starting: join-call A'],
    ['another call was lost', 'granted', lost('B', 'call-full'), 'starting: join-call A'],
    ['another call is over', 'granted', callEnded('B'), 'starting:'],
    ['failed before this start has a grant', 'asked', joinFailed('A', 'call-full'), 'starting:'],
    ['lost what was cancelled', 'idle', lost('A', 'peer-unknown'), 'idle: leave-call'],
    ['in what was cancelled', 'idle', told({ type: 'connection', connection: 'connected' }), 'idle: leave-call'],
    [
      'among those of what was left',
      'ended',
      told({ type: 'roster', callId: CALLS.A, participants: [] }),
      'ended: leave-call',
    ],
    ['over what was cancelled', 'idle', callEnded('A', 'left'), 'idle:'],
    ['failed after cancelling', 'idle', joinFailed('A', 'call-full'), 'idle:'],
    [
      'a connection before it is told to be in',
      'granted',
      told({ type: 'connection', connection: 'connected' }),
      'starting:',
    ],
  ];
  it.each(rows)('%s', check);

  it('three grants may lead nowhere, the fourth is a fault', () => {
    const machine = new RoomUnderTest(roomIn('granted'));
    for (let failed = 1; failed <= 3; failed += 1) {
      expect(machine.take(joinFailed('A', 'token-expired')).map(lineOf)).toEqual(['ask']);
      expect(machine.room.phase).toMatchObject({ name: 'starting', grant: null, failedGrants: failed });
      expect(machine.take(granted('A')).map(lineOf)).toEqual(['join-call A']);
    }
    machine.take(joinFailed('A', 'token-expired'));
    expect(machine.room.phase).toEqual({
      name: 'fault',
      code: 'media-failed',
      sinceMs: NOW_MS,
      meetingTitle: 'Weekly',
    });
  });

  it('a booking stays known over failed grants and a lost place', () => {
    const machine = new RoomUnderTest(roomIn('granted', {}, { bookingId: BOOKING }));
    expect(machine.take(joinFailed('A', 'call-ended')).map(lineOf)).toEqual(['ask for the booking, A is over']);
    machine.take(granted('B'));
    machine.take(joined('B'));
    expect(machine.room.phase).toMatchObject({ name: 'in-call', bookingId: BOOKING });
    expect(machine.take(lost('B', 'peer-unknown')).map(lineOf)).toContain('ask for the booking');
    expect(machine.take(timer('ask-again')).map(lineOf)).toContain('ask for the booking');
    machine.take(granted('C'));
    machine.take(joined('C'));
    expect(machine.room.phase).toMatchObject({ name: 'in-call', bookingId: BOOKING });
  });
});

describe('in the call', () => {
  const over = 'ended: leave-call; thanks-over in 10 s';
  const wayBack = 'in-call: ask; ask-again in 2 s; start-fails in 60 s';
  const rows: Row[] = [
    ['the place is lost', 'in-call', lost('A', 'peer-unknown'), wayBack],
    ['the way back failed', 'in-call', joinFailed('A', 'token-used'), wayBack],
    ['the place in another call is lost', 'in-call', lost('B', 'peer-unknown'), 'in-call:'],
    ['the way into another call failed', 'in-call', joinFailed('B', 'token-used'), 'in-call:'],
    ['back in its place', 'lost', joined('A', 'another secret'), 'in-call:'],
    ['lost, because it is over', 'in-call', lost('A', 'call-ended'), over],
    ['lost, because the room was removed', 'in-call', lost('A', 'removed-from-call'), over],
    ['over', 'in-call', callEnded('A'), 'ended: thanks-over in 10 s'],
    ['another is over', 'in-call', callEnded('B'), 'in-call:'],
    ['nobody could be told of the end', 'in-call', effectFailed('end-call'), over],
    ['something else could not be done', 'in-call', effectFailed('mute-participant'), 'in-call:'],
    ['a failed end comes late', 'ended', effectFailed('end-call'), 'ended:'],
  ];
  it.each(rows)('%s', check);

  it('connection, roster, devices and pages are followed', () => {
    const machine = new RoomUnderTest(roomIn('in-call', { stagePage: 4, stagePageCount: 5 }));
    const devices = {
      microphone: 'muted',
      camera: 'absent',
      microphoneProblem: null,
      cameraProblem: 'missing',
    } as const;
    machine.take(told({ type: 'connection', connection: 'reconnecting' }));
    machine.take(told({ type: 'roster', callId: CALLS.A, participants: [ownPlace] }));
    machine.take(told({ type: 'roster', callId: CALLS.B, participants: [] }));
    machine.take(told({ type: 'stage', pageCount: 2 }));
    machine.take(told({ type: 'track-state', ...devices }));
    const phase = { connection: 'reconnecting', participants: [ownPlace] };
    expect(machine.room).toMatchObject({ ...devices, phase, stagePage: 1, stagePageCount: 2 });
  });

  it('its end says why and how long, whatever the clocks', () => {
    const endedBy = (event: RoomMachineEvent) => roomAfter('in-call', event).phase;
    expect(endedBy(given('leave-call'))).toEqual({ ...phases.ended, reason: 'left' });
    expect(endedBy(lost('A', 'removed-from-call'))).toEqual({ ...phases.ended, reason: 'removed' });
    expect(endedBy(lost('A', 'call-ended'))).toEqual({ ...phases.ended, reason: 'ended-by-participant' });
    expect(endedBy(callEnded('A', 'empty'))).toEqual({ ...phases.ended, reason: 'empty' });
    expect(endedBy(timer('end-awaited'))).toEqual({ ...phases.ended, reason: 'ended-by-room' });
    expect(endedBy(effectFailed('end-call'))).toEqual({ ...phases.ended, reason: 'ended-by-room' });
    const ahead = roomIn('in-call', {}, { startedAtMs: NOW_MS + 5_000 });
    expect(roomAfter(ahead, given('leave-call')).phase).toMatchObject({ durationMs: 0 });
  });
});

describe('timers', () => {
  const rows: Row[] = [
    ['cancel is offered', 'granted', timer('offer-cancel'), 'starting:'],
    ['a start takes too long', 'granted', timer('start-fails'), fault],
    ['no screen came', roomIn('granted', { screenPresent: false }), timer('screen-awaited'), fault],
    ['the screen came', 'granted', timer('screen-awaited'), 'starting:'],
    ['the way back takes too long', 'lost', timer('start-fails'), fault],
    ['no grant yet', 'lost', timer('ask-again'), 'in-call: ask; ask-again in 2 s'],
    ['nobody told that it ended', 'in-call', timer('end-awaited'), 'ended: leave-call; thanks-over in 10 s'],
    ['thanks are over', 'ended', timer('thanks-over'), 'idle:'],
    ['the fault was read', 'fault', timer('fault-over'), 'idle:'],
  ];
  it.each(rows)('%s', check);

  it('say what was at fault', () => {
    const leads = (from: PhaseKey | Room, name: RoomTimer) => roomAfter(from, timer(name)).phase;
    expect(leads('granted', 'start-fails')).toMatchObject({ code: 'media-failed', meetingTitle: 'Weekly' });
    expect(leads('lost', 'start-fails')).toMatchObject({ code: 'media-failed', meetingTitle: 'Weekly' });
    expect(leads(roomIn('asked', { fleetOnline: false }), 'start-fails')).toMatchObject({ code: 'room-not-answering' });
    expect(leads(roomIn('asked', { screenPresent: false }), 'screen-awaited')).toMatchObject({ code: 'no-screen' });
    expect(leads('granted', 'offer-cancel')).toEqual({ ...phases.granted, cancelOffered: true });
  });

  const owners: Record<RoomTimer, PhaseKey[]> = {
    'offer-cancel': ['asked', 'granted'],
    'start-fails': ['asked', 'granted', 'lost'],
    'screen-awaited': [],
    'end-awaited': ['in-call', 'lost'],
    'laptop-awaited': [],
    'ask-again': ['lost'],
    'thanks-over': ['ended'],
    'fault-over': ['fault'],
  };
  it.each(Object.entries(owners) as [RoomTimer, PhaseKey[]][])('%s fires in vain anywhere else', (name, own) => {
    for (const phase of Object.keys(phases) as PhaseKey[]) {
      if (own.includes(phase)) continue;
      const room = roomIn(phase);
      expect([outcomeOf(room, timer(name)), roomAfter(room, timer(name))]).toEqual([`${room.phase.name}:`, room]);
    }
  });
});

describe('the screen', () => {
  const dark = { screenPresent: false };
  const muted = roomIn('in-call', { microphone: 'muted', camera: 'off' });
  const lateForIt = roomIn('granted', dark, { grant: grantOf('A', { expiresAtMs: NOW_MS }) });
  const rows: Row[] = [
    ['comes into an idle room', roomIn('idle', dark), screenComes(), 'idle:'],
    ['comes while a grant is awaited', roomIn('asked', dark), screenComes(), 'starting:'],
    ['comes while it has to join', roomIn('granted', dark), screenComes(), 'starting: join-call A'],
    ['comes too late for the grant', lateForIt, screenComes(), 'starting: ask'],
    ['is reloaded in the call', 'in-call', screenComes(), 'in-call:'],
    ['is reloaded muted', muted, screenComes(), 'in-call: set-microphone false; set-camera false'],
    ['holds a call of a former agent', 'idle', screenComes('A'), 'in-call:'],
    ['holds the call that the room remembers', 'in-call', screenComes('A'), 'in-call:'],
    ['holds the call that it is to join', 'granted', screenComes('A'), 'in-call:'],
    ['holds a call that it is not to join', 'granted', screenComes('B'), 'starting: join-call A'],
    ['holds a call while the next is asked for', 'asked', screenComes('B'), 'starting:'],
    ['holds the call that the room has left', 'ended', screenComes('A'), 'ended: leave-call'],
    ['holds another than the one that ended', 'ended', screenComes('B'), 'in-call:'],
    ['goes while idle', 'idle', screenGone, 'idle:'],
    ['goes while joining', 'granted', screenGone, 'starting:'],
    ['goes in the call', 'in-call', screenGone, 'in-call:'],
  ];
  it.each(rows)('%s', (what, from, event, outcome) => {
    check(what, from, event, outcome);
    const room = typeof from === 'string' ? roomIn(from) : from;
    expect(roomAfter(room, event).screenPresent).toBe(event !== screenGone);
  });

  it('that is away leaves a call that reconnects', () => {
    const leads = (event: RoomMachineEvent) => roomAfter('in-call', event).phase;
    expect(leads(screenGone)).toMatchObject({ connection: 'reconnecting', participants: [guest, ownPlace] });
    expect(leads(screenComes())).toMatchObject({ connection: 'reconnecting', participants: [guest, ownPlace] });
    expect(leads(screenComes('A'))).toMatchObject({ connection: 'connected', participants: [guest, ownPlace] });
    expect(leads(screenComes('B'))).toMatchObject({ connection: 'connected', participants: [] });
  });

  it('that comes in time is awaited no longer', () => {
    const machine = new RoomUnderTest(roomIn('idle', dark));
    machine.take(given('join-call', {}, { grant: grantOf('A') }));
    expect(machine.timers.has('screen-awaited')).toBe(true);
    machine.take(screenComes());
    expect(machine.timers.has('screen-awaited')).toBe(false);
  });
});

describe('after a restart', () => {
  it('it is as after power on, without a memory', () => {
    const room = {
      phase: { name: 'idle' },
      volumePercent: 60,
      layout: 'auto',
      screenPresent: false,
      fleetOnline: false,
    };
    expect(firstRoom(null)).toMatchObject(room);
  });

  it('volume, layout and the call are remembered, but not who was in it', () => {
    const room = firstRoom(rememberedOf(roomIn('lost', { volumePercent: 25, layout: 'grid' })));
    expect(room).toMatchObject({ volumePercent: 25, layout: 'grid', fleetOnline: false });
    // what the former agent asked for is answered to nobody
    expect(room.phase).toEqual({ ...phases['in-call'], connection: 'reconnecting', participants: [] });
  });

  it.each(['idle', 'asked', 'granted', 'ended', 'fault'] as const)('%s is not come back into', (phase) => {
    expect(firstRoom(rememberedOf(roomIn(phase))).phase).toEqual({ name: 'idle' });
  });

  const remembering = firstRoom(rememberedOf(roomIn('in-call')));
  it.each([
    ['confirms', screenComes('A'), { connection: 'connected', ticket: { callId: CALLS.A } }],
    ['corrects', screenComes('B'), { connection: 'connected', ticket: { callId: CALLS.B } }],
    ['ends', callEnded('A'), { name: 'ended', callId: CALLS.A }],
  ])('the screen %s the call that is remembered', (_, event, phase) => {
    expect(roomAfter(remembering, event).phase).toMatchObject(phase);
  });
});
