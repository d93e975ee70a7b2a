/** Each command in each phase: answered once, by the right code, and what it makes the room do. */
import { describe, expect, it } from 'vitest';
import type { CallCommand } from '#contract/room-command.ts';
import type { Room, RoomMachineEvent } from './room.ts';
import {
  CALLS,
  BOOKING,
  given,
  grantOf,
  guest,
  id,
  outcomeOf,
  ownPlace,
  type PhaseKey,
  roomAfter,
  roomIn,
  RoomUnderTest,
} from './room-under-test.ts';

const COLUMNS: PhaseKey[] = ['idle', 'asked', 'granted', 'in-call', 'lost', 'ended', 'fault'];
const FIELDS: Partial<Record<CallCommand['name'], object>> = {
  'set-microphone': { on: false },
  'set-camera': { on: false },
  'set-volume': { percent: 30 },
  'set-layout': { layout: 'grid' },
  'set-stage-page': { page: 1 },
  'mute-participant': { peerId: guest.peerId },
  'remove-participant': { peerId: guest.peerId },
  'set-order': { change: { isLocked: true } },
  'set-role': { peerId: guest.peerId, role: 'presenter' },
  'let-speak': { peerId: guest.peerId },
  'raise-hand': { isUp: true },
  'lower-hand': { peerId: guest.peerId },
  'send-chat': { messageId: id(91), text: 'Hello' },
  'recall-chat': { messageId: id(91) },
  'start-poll': {
    pollId: id(92),
    draft: { question: 'Where?', choices: ['Here', 'There'], isMultiple: false, isSecret: false, rightChoice: null },
  },
  'answer-poll': { pollId: id(92), choices: [1] },
  'end-poll': { pollId: id(92) },
  'hide-poll': { pollId: id(92) },
  'set-transcript': { isOn: true, language: 'ko' },
  'show-captions': { isOn: false },
  'answer-feedback': { answer: 'good' },
};
const ANSWERS: Record<CallCommand['name'], string> = {
  'prepare-call': 'yes yes yes yes yes yes yes',
  'join-call': 'yes yes yes yes yes yes yes',
  'cancel-join': 'no yes yes no no no no',
  'leave-call': 'no yes yes yes yes no no',
  'end-call': 'no no no yes yes no no',
  'set-microphone': 'yes yes yes yes yes yes yes',
  'set-camera': 'yes yes yes yes yes yes yes',
  'set-volume': 'yes yes yes yes yes yes yes',
  'set-layout': 'yes yes yes yes yes yes yes',
  'set-stage-page': 'no no no yes yes no no',
  'mute-participant': 'no no no yes yes no no',
  'mute-all': 'no no no yes yes no no',
  'remove-participant': 'no no no yes yes no no',
  'set-order': 'no no no yes yes no no',
  'set-role': 'no no no yes yes no no',
  'let-speak': 'no no no yes yes no no',
  'raise-hand': 'no no no yes yes no no',
  'lower-hand': 'no no no yes yes no no',
  'send-chat': 'no no no yes yes no no',
  'recall-chat': 'no no no yes yes no no',
  'start-poll': 'no no no yes yes no no',
  'answer-poll': 'no no no yes yes no no',
  'end-poll': 'no no no yes yes no no',
  'hide-poll': 'no no no yes yes no no',
  'set-transcript': 'no no no yes yes no no',
  'show-captions': 'no no no yes yes no no',
  'show-code': 'no no no yes yes no no',
  'answer-feedback': 'no no no no no yes no',
  'watch-roster': 'yes yes yes yes yes yes yes',
};

describe('is answered once', () => {
  const rows = (Object.keys(ANSWERS) as CallCommand['name'][]).flatMap((name) =>
    ANSWERS[name].split(' ').map((answer, column) => [name, COLUMNS[column]!, answer] as const),
  );
  it.each(rows)('%s while %s: %s', (name, phase, answer) => {
    const room = roomIn(phase);
    const machine = new RoomUnderTest(room);
    const effects = machine.take(given(name, FIELDS[name]));
    const replies = effects.filter(({ type }) => type === 'reply');
    expect(replies).toEqual([{ type: 'reply', id: id(90), error: answer === 'yes' ? null : 'not-possible-now' }]);
    // the person is answered last: what is to be seen has gone out before
    expect(effects.at(-1)).toBe(replies[0]);
    if (answer === 'no') expect([machine.room, effects.length]).toEqual([room, 1]);
  });

  const refused: [string, PhaseKey | Room, RoomMachineEvent, string][] = [
    [
      'a microphone that is not there',
      roomIn('in-call', { microphone: 'absent' }),
      given('set-microphone'),
      'not-possible-now',
    ],
    ['a camera that is not there', roomIn('in-call', { camera: 'absent' }), given('set-camera'), 'not-possible-now'],
    ['muting a stranger', 'in-call', given('mute-participant', { peerId: id(77) }), 'peer-unknown'],
    ['muting the room by its peer', 'in-call', given('mute-participant', ownPlace), 'peer-unknown'],
    ['removing a stranger', 'in-call', given('remove-participant', { peerId: id(77) }), 'peer-unknown'],
    ['removing the room itself', 'in-call', given('remove-participant', ownPlace), 'peer-unknown'],
  ];
  it.each(refused)('%s is refused', (_, from, event, code) => {
    expect(outcomeOf(from, event)).toBe(`in-call: refused: ${code}`);
  });
});

describe('starts', () => {
  const grant = grantOf('A');
  const tap = given('join-call', {}, { grant });
  const waits = 'offer-cancel in 10 s; start-fails in 60 s';
  const darkTv = roomIn('idle', { screenPresent: false });
  const rows: [string, PhaseKey | Room, RoomMachineEvent, string][] = [
    ['with a grant', 'idle', tap, `starting: join-call A; ${waits}; accepted`],
    ['without one', 'idle', given('join-call'), `starting: ask; ${waits}; accepted`],
    [
      'of a booking, whose meeting is another than the grant’s',
      'idle',
      given('join-call', { bookingId: BOOKING }, { grant }),
      `starting: ask for the booking; ${waits}; accepted`,
    ],
    ['before a dark TV', darkTv, tap, `starting: join-call A; ${waits}; screen-awaited in 5 s; accepted`],
    ['after a fault', 'fault', tap, `starting: join-call A; ${waits}; accepted`],
    ['right after the last call', 'ended', tap, `starting: join-call A; ${waits}; accepted`],
    ['twice: the second finds what it wants', 'granted', given('join-call', {}, { grant }), 'starting: accepted'],
    ['in the call', 'in-call', given('join-call', {}, { grant: grantOf('B') }), 'in-call: accepted'],
    ['ahead of the tap', 'idle', given('prepare-call', {}, { grant }), 'idle: prepare-call A; accepted'],
    ['ahead, but without a grant', 'idle', given('prepare-call'), 'idle: accepted'],
    ['ahead, over a call', 'in-call', given('prepare-call', {}, { grant }), 'in-call: accepted'],
    ['ahead, over a start', 'asked', given('prepare-call', {}, { grant }), 'starting: accepted'],
  ];
  it.each(rows)('%s', (_, from, event, outcome) => expect(outcomeOf(from, event)).toBe(outcome));

  it('with the title of the booking, of the grant or of the meeting that the fleet told', () => {
    const meeting = { meetingId: id(20), title: 'Standing', underWay: false, participantCount: 0 };
    const titleOf = (event: RoomMachineEvent) => roomAfter(roomIn('idle', { meeting }), event).phase;
    expect(titleOf(given('join-call'))).toMatchObject({ meetingTitle: 'Standing', bookingId: null });
    expect(titleOf(tap)).toMatchObject({ meetingTitle: 'Weekly' });
    const booked = given('join-call', { bookingId: BOOKING }, { bookingTitle: 'Design' });
    expect(titleOf(booked)).toMatchObject({ meetingTitle: 'Design', bookingId: BOOKING });
    expect(roomAfter('idle', given('join-call')).phase).toMatchObject({ meetingTitle: '' });
  });
});

describe('does', () => {
  const onPageThree = roomIn('in-call', { stagePage: 2, stagePageCount: 3 });
  const rows: [string, PhaseKey | Room, RoomMachineEvent, string][] = [
    ['cancel while asked', 'asked', given('cancel-join'), 'idle: leave-call; accepted'],
    ['cancel while joining', 'granted', given('cancel-join'), 'idle: leave-call; accepted'],
    ['leave before it began', 'granted', given('leave-call'), 'idle: leave-call; accepted'],
    ['leave', 'in-call', given('leave-call'), 'ended: leave-call; thanks-over in 10 s; accepted'],
    ['leave without a place', 'lost', given('leave-call'), 'ended: leave-call; thanks-over in 10 s; accepted'],
    // the screen tells when it has ended for all
    ['end', 'in-call', given('end-call'), 'in-call: end-call; end-awaited in 3 s; accepted'],
    ['mute', 'in-call', given('set-microphone', FIELDS['set-microphone']), 'in-call: set-microphone false; accepted'],
    ['camera', 'in-call', given('set-camera', FIELDS['set-camera']), 'in-call: set-camera false; accepted'],
    ['volume', 'idle', given('set-volume', { percent: 30 }), 'idle: set-volume 30; accepted'],
    ['layout', 'idle', given('set-layout', { layout: 'grid' }), 'idle: set-layout grid; accepted'],
    [
      'mute one',
      'in-call',
      given('mute-participant', FIELDS['mute-participant']),
      'in-call: mute-participant guest; accepted',
    ],
    ['mute all', 'in-call', given('mute-all'), 'in-call: mute-all; accepted'],
    [
      'remove one',
      'in-call',
      given('remove-participant', FIELDS['remove-participant']),
      'in-call: remove-participant guest; accepted',
    ],
    ['a role', 'in-call', given('set-role', FIELDS['set-role']), 'in-call: set-role guest presenter; accepted'],
    ['let speak', 'in-call', given('let-speak', FIELDS['let-speak']), 'in-call: let-speak guest; accepted'],
    ['a hand', 'in-call', given('raise-hand', { isUp: true }), 'in-call: raise-hand true; accepted'],
    ['a hand down', 'in-call', given('lower-hand', FIELDS['lower-hand']), 'in-call: lower-hand guest; accepted'],
    ['words', 'in-call', given('send-chat', { messageId: CALLS.B, text: 'Hi' }), 'in-call: send-chat B Hi; accepted'],
    ['the code', 'in-call', given('show-code'), 'in-call: show-code; accepted'],
    ['a page', onPageThree, given('set-stage-page', { page: 1 }), 'in-call: set-stage-page 1; accepted'],
    ['a page beyond', onPageThree, given('set-stage-page', { page: 20 }), 'in-call: set-stage-page 2; accepted'],
    ['roster', 'in-call', given('watch-roster'), 'in-call: watch-roster; accepted'],
  ];
  it.each(rows)('%s', (_, from, event, outcome) => expect(outcomeOf(from, event)).toBe(outcome));

  it.each(['start-poll', 'answer-poll', 'end-poll', 'hide-poll', 'set-transcript', 'show-captions'] as const)(
    '%s goes to the screen as it was asked',
    (name) => {
      const effects = new RoomUnderTest(roomIn('in-call')).take(given(name, FIELDS[name]));
      expect(effects[0]).toEqual({ type: 'screen', effect: { name, ...FIELDS[name] } });
    },
  );

  it('give the node the order as it was asked', () => {
    const effects = new RoomUnderTest(roomIn('in-call')).take(given('set-order', FIELDS['set-order']));
    expect(effects[0]).toEqual({ type: 'screen', effect: { name: 'set-order', change: { isLocked: true } } });
  });

  it('keep what was set', () => {
    expect(roomAfter('idle', given('set-volume', { percent: 30 })).volumePercent).toBe(30);
    expect(roomAfter(onPageThree, given('set-layout', { layout: 'grid' }))).toMatchObject({
      layout: 'grid',
      stagePage: 0,
    });
    expect(roomAfter(onPageThree, given('set-stage-page', { page: 1 })).stagePage).toBe(1);
    expect(roomAfter(onPageThree, given('set-stage-page', { page: 20 })).stagePage).toBe(2);
    expect(roomAfter('ended', given('answer-feedback', { answer: 'bad' })).phase).toMatchObject({ feedback: 'bad' });
  });

  it('not believe itself: mute and camera have one truth, the tracks', () => {
    expect(roomAfter('in-call', given('set-microphone', { on: false })).microphone).toBe('on');
    expect(roomAfter('in-call', given('set-camera', { on: false })).camera).toBe('on');
  });

  it('forget the layout of a call that was left', () => {
    const room = roomIn('in-call', { layout: 'speaker', stagePage: 1, stagePageCount: 2 });
    expect(roomAfter(room, given('leave-call'))).toMatchObject({ layout: 'auto', stagePage: 0 });
  });
});
