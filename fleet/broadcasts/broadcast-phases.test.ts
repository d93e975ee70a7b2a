import { expect, test } from 'vitest';
import { BroadcastPhase, COUNTDOWN_MS } from '#contract/broadcast.ts';
import { afterAct, afterCall, afterTime, dueAtMs, GREEN_ROOM_BEFORE_MS, type PhaseAct } from './broadcast-phases.ts';

const NOW = 1_000_000_000;
const state = (phase: BroadcastPhase, startsAtMs: number | null = null, liveAtMs: number | null = null) => ({
  phase,
  startsAtMs,
  liveAtMs,
  greenRoomClosedAtMs: null as number | null,
});
const acts: PhaseAct[] = ['open-green-room', 'start', 'cancel-countdown', 'hold', 'resume', 'close-green-room', 'end'];

/** Each act in each phase; what is left out is not possible. `same`: it is so already. */
const table: Record<BroadcastPhase, Partial<Record<PhaseAct, BroadcastPhase | 'same'>>> = {
  planned: { 'open-green-room': 'green-room', start: 'countdown' },
  'green-room': {
    'open-green-room': 'same',
    start: 'countdown',
    'cancel-countdown': 'same',
    'close-green-room': 'cancelled',
    end: 'cancelled',
  },
  countdown: { start: 'same', 'cancel-countdown': 'green-room', end: 'cancelled' },
  live: { hold: 'hold', resume: 'same', end: 'ended' },
  hold: { hold: 'same', resume: 'live', end: 'ended' },
  ended: {},
  cancelled: {},
};

test.each(BroadcastPhase.options.flatMap((phase) => acts.map((act) => [phase, act] as const)))(
  'in %s: %s',
  (phase, act) => {
    const before = state(phase, null, phase === 'live' || phase === 'hold' ? NOW - 60_000 : null);
    const expected = table[phase][act];
    const after = afterAct(before, act, NOW);
    if (expected === undefined) expect(after).toBeNull();
    else if (expected === 'same') expect(after).toBe(before);
    else expect(after?.phase).toBe(expected);
  },
);

test('a start counts down, and hold and resume keep since when it is live', () => {
  expect(afterAct(state('green-room'), 'start', NOW)?.liveAtMs).toBe(NOW + COUNTDOWN_MS);
  const live = state('live', null, NOW - 5);
  expect(afterAct(afterAct(live, 'hold', NOW)!, 'resume', NOW)).toEqual(live);
});

test('a green room that is closed before its time is planned again; after it, it is gone', () => {
  const closed = { ...state('planned', NOW + 1), greenRoomClosedAtMs: NOW };
  expect(afterAct(state('green-room', NOW + 1), 'close-green-room', NOW)).toEqual(closed);
  expect(afterAct(state('green-room', NOW), 'close-green-room', NOW)?.phase).toBe('cancelled');
});

test('a green room that was closed by hand opens by hand alone, and then it is closed no more', () => {
  const closed = afterAct(state('green-room', NOW + 60_000), 'close-green-room', NOW)!;
  expect(afterTime(closed, NOW + 1, true)).toBe(closed);
  expect(afterAct(closed, 'open-green-room', NOW + 2)).toEqual(state('green-room', NOW + 60_000));
});

test('a countdown that is stopped waits for a hand from then on', () => {
  const stopped = afterAct(state('countdown', NOW + 1_000, NOW + 1_000), 'cancel-countdown', NOW)!;
  expect(afterTime(stopped, NOW + 2_000, true)).toBe(stopped);
});

test.each([
  ['before its window', NOW + GREEN_ROOM_BEFORE_MS + 1, true, 'planned'],
  ['in its window', NOW + GREEN_ROOM_BEFORE_MS, true, 'green-room'],
  ['in its window, without a call', NOW + 1_000, false, 'planned'],
  ['after its time', NOW, true, 'planned'],
] as const)('a planned broadcast %s', (_, startsAtMs, mayOpen, phase) => {
  expect(afterTime(state('planned', startsAtMs), NOW, mayOpen).phase).toBe(phase);
});

test('by hand it stays planned', () => {
  expect(afterTime(state('planned'), NOW, true).phase).toBe('planned');
});

test.each([
  ['long before', NOW + COUNTDOWN_MS + 1, 'green-room', null],
  ['a countdown before', NOW + COUNTDOWN_MS, 'countdown', NOW + COUNTDOWN_MS],
  ['a moment late', NOW - 1_000, 'countdown', NOW],
  ['far too late: somebody does it by hand', NOW - 60_000, 'green-room', null],
] as const)('an open green room %s its time', (_, startsAtMs, phase, liveAtMs) => {
  expect(afterTime(state('green-room', startsAtMs), NOW, true)).toMatchObject({ phase, liveAtMs });
});

test('a green room that opens after its time waits for a hand', () => {
  const opened = afterAct(state('planned', NOW - 10), 'open-green-room', NOW)!;
  expect(opened).toEqual(state('green-room'));
  expect(afterTime(opened, NOW + 1, true)).toBe(opened);
});

test.each([
  ['before its time', NOW + 1, 'countdown', NOW + 1],
  ['at its time', NOW, 'live', NOW],
  ['after a restart of some seconds', NOW - 10_000, 'live', NOW],
  ['after a night: nobody expects to be live', NOW - 60_000, 'green-room', null],
] as const)('a countdown %s', (_, liveAt, phase, liveAtMs) => {
  expect(afterTime(state('countdown', null, liveAt), NOW, true)).toMatchObject({ phase, liveAtMs });
});

test.each([
  ['planned', 'planned'],
  ['green-room', 'cancelled'],
  ['countdown', 'cancelled'],
  ['live', 'ended'],
  ['hold', 'ended'],
  ['ended', 'ended'],
] as const)('the call of one in %s is over', (phase, after) => {
  expect(afterCall(state(phase), NOW).phase).toBe(after);
});
test('a green room whose call is over before its time is planned again', () => {
  // nobody closed it: a call that is back opens it again
  expect(afterCall(state('green-room', NOW + 1), NOW)).toEqual(state('planned', NOW + 1));
});

test('what is due by the clock has its moment', () => {
  expect(dueAtMs(state('countdown', null, NOW))).toBe(NOW);
  expect(dueAtMs(state('green-room', NOW))).toBe(NOW - COUNTDOWN_MS);
  for (const phase of ['green-room', 'live', 'hold', 'planned'] as const) expect(dueAtMs(state(phase))).toBeNull();
});
