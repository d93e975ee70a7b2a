/** What the remote shows, by tables: every phase, every way of being gone, and nothing remembered. */
import { OFF_AIR } from '#contract/broadcast.ts';
import { describe, expect, it } from 'vitest';
import { OPEN_ORDER } from '#contract/call-order.ts';
import { participantUnderTest } from '#contract/participant-under-test.ts';
import type { ProjectionValues } from '#contract/projections.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { RoomPhase, RoomState } from '#contract/room-state.ts';
import { agenda, at, booking } from '#ui/agenda/booking-under-test.ts';
import type { LinkSnapshot } from '../link/room-link.ts';
import { LINE_GONE_AFTER_MS, nextChangeAtMs, peopleOf, project, RECONNECTING_SHOWN_AFTER_MS } from './projection.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const NOW = 1_000_000;
const person = (n: number) => participantUnderTest({ peerId: id(n), displayName: `Guest ${n}` });
const call: Extract<RoomPhase, { name: 'in-call' }> = {
  name: 'in-call',
  callId: id(3),
  peerId: id(10),
  meetingTitle: 'Weekly',
  startedAtMs: 1,
  connection: 'connected',
  participantCount: 2,
  participants: [person(11), person(10)],
  sharedBy: null,
  order: OPEN_ORDER,
  air: OFF_AIR,
};
const stateOf = (phase: RoomPhase): RoomState => ({
  protocol: PROTOCOL_VERSION,
  roomId: id(1),
  roomName: 'Maple',
  epoch: 1,
  revision: 1,
  asOfMs: 1,
  phase,
  meeting: null,
  microphone: 'on',
  camera: 'on',
  volumePercent: 40,
  layout: 'auto',
  stagePage: 0,
  stagePageCount: 1,
  notices: ['camera-missing'],
});
type Known = Partial<Omit<LinkSnapshot, 'projections'>> & {
  state?: RoomState | null;
  agenda?: ProjectionValues['agenda'];
};
const up = ({ state = stateOf({ name: 'idle' }), agenda: known, ...over }: Known = {}): LinkSnapshot => ({
  connection: 'connected',
  refusedBy: null,
  lostAtMs: null,
  roomId: id(1),
  roomName: 'Maple',
  projections: { ...(state && { state }), ...(known && { agenda: known }) },
  online: true,
  lastSeenMs: NOW,
  clockOffsetMs: 0,
  roster: null,
  documentAccess: undefined,
  waiting: null,
  air: null,
  programPreview: null,
  ...over,
});

describe('the screen', () => {
  const phases: RoomPhase[] = [
    { name: 'idle' },
    { name: 'starting', meetingTitle: 'Weekly', sinceMs: 1, cancelOffered: false },
    call,
    { name: 'ended', meetingTitle: 'Weekly', durationMs: 1, reason: 'left', callId: id(3), feedback: null },
    { name: 'fault', code: 'media-failed', sinceMs: 1, meetingTitle: null },
    { name: 'unknown' },
  ];
  it.each(phases)('is the room’s phase: $name', (phase) => {
    const view = project(up({ state: stateOf(phase) }), NOW);
    expect(view).toMatchObject({ screen: phase.name, roomName: 'Maple', reconnecting: false });
  });

  const gone: [string, Known, object][] = [
    [
      'nothing yet',
      { connection: 'connecting', roomId: null, roomName: null, state: null, online: false },
      { screen: 'loading' },
    ],
    ['a room that is there and silent', { state: null }, { screen: 'loading' }],
    [
      'a room whose heartbeat is old',
      { online: false, lastSeenMs: NOW - 60_000, clockOffsetMs: 5_000 },
      { screen: 'gone', why: 'room', sinceMs: NOW - 65_000 },
    ],
    [
      'a room never heard of',
      { online: false, lastSeenMs: null, state: null },
      { screen: 'gone', why: 'never', sinceMs: null },
    ],
    [
      'a lost line, long',
      { connection: 'reconnecting', lostAtMs: NOW - LINE_GONE_AFTER_MS },
      { screen: 'gone', why: 'line', sinceMs: NOW - LINE_GONE_AFTER_MS },
    ],
    [
      'no line ever, long',
      { connection: 'connecting', roomId: null, state: null, online: false, lostAtMs: NOW - LINE_GONE_AFTER_MS },
      { screen: 'gone', why: 'line' },
    ],
    [
      'a lost line, short',
      { connection: 'reconnecting', lostAtMs: NOW - LINE_GONE_AFTER_MS + 1 },
      { screen: 'idle', reconnecting: true },
    ],
    [
      'a lost line, just now',
      { connection: 'reconnecting', lostAtMs: NOW - RECONNECTING_SHOWN_AFTER_MS + 1 },
      { screen: 'idle', reconnecting: false },
    ],
    [
      'a refusal',
      { connection: 'refused', refusedBy: 'pairing-revoked', lostAtMs: 1, online: false },
      { screen: 'refused', code: 'pairing-revoked' },
    ],
  ];
  it.each(gone)('%s', (_, over, expected) => expect(project(up(over), NOW)).toMatchObject(expected));
});

it('is painted again exactly when time alone changes it', () => {
  expect(nextChangeAtMs(up(), NOW)).toBeNull();
  const lost = up({ connection: 'reconnecting', lostAtMs: NOW });
  const moments: number[] = [];
  for (let at: number | null = NOW; at !== null; at = nextChangeAtMs(lost, at)) moments.push(at);
  expect(moments).toEqual([NOW, NOW + RECONNECTING_SHOWN_AFTER_MS, NOW + LINE_GONE_AFTER_MS]);
  expect(moments.map((at) => project(lost, at).screen)).toEqual(['idle', 'idle', 'gone']);
});

describe('a room with a calendar', () => {
  const atTen = at('10:00');
  // the fleet's clock is ahead of this phone's
  const clockOffsetMs = 90_000;
  const booked = (over: Known = {}) =>
    up({ agenda: agenda([booking('plan', '10:00', '11:00', { state: 'in-use' })]), clockOffsetMs, ...over });

  it('reads the bookings by the clock of the fleet, whatever this phone thinks that it is', () => {
    const before = project(booked(), atTen - clockOffsetMs - 3_600_000);
    expect(before).toMatchObject({ nowMs: at('09:00') });
    expect(project(booked(), at('11:00') - clockOffsetMs - 1)).toMatchObject({ day: { now: { kind: 'booked' } } });
    expect(project(booked(), at('11:00') - clockOffsetMs)).toMatchObject({ day: { now: { kind: 'free' } } });
    expect(project(up(), NOW)).toMatchObject({ day: null });
  });

  it('says in a call when its booking ends', () => {
    const state = stateOf({ ...call, bookingId: 'plan' });
    expect(project(booked({ state }), at('10:54') - clockOffsetMs)).toMatchObject({ callTime: null });
    expect(project(booked({ state }), at('10:56') - clockOffsetMs)).toMatchObject({ callTime: { kind: 'ends-soon' } });
  });

  it('is painted again with each minute of that clock', () => {
    const now = atTen - clockOffsetMs + 12_345;
    expect(nextChangeAtMs(booked(), now)).toBe(now + 60_000 - 12_345);
    const lost = booked({ connection: 'reconnecting', lostAtMs: now });
    expect(nextChangeAtMs(lost, now)).toBe(now + RECONNECTING_SHOWN_AFTER_MS);
  });
});

it('lists the room first, and everyone once the roster of this very call is known', () => {
  expect(peopleOf(call, null).map((each) => each.peerId)).toEqual([id(10), id(11)]);
  const roster = { callId: id(3), revision: 1, participants: [person(12), person(11), person(10)] };
  expect(peopleOf(call, roster).map((each) => each.peerId)).toEqual([id(10), id(12), id(11)]);
  expect(peopleOf(call, { ...roster, callId: id(4) }).map((each) => each.peerId)).toEqual([id(10), id(11)]);
});

it.each([
  ['camera-missing', false],
  ['fleet-unreachable', false],
  ['signaling-unreachable', true],
  ['signaling-untrusted', true],
  ['media-blocked', true],
  ['protocol-refused', true],
] as const)('an idle room with %s is cut off: %s', (notice, cutOff) => {
  const state = { ...stateOf({ name: 'idle' }), notices: [notice] };
  expect(project(up({ state }), NOW)).toMatchObject({ screen: 'idle', cutOff });
});
