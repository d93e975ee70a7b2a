import { describe, expect, it } from 'vitest';
import { OFF_AIR } from '#contract/broadcast.ts';
import { OPEN_ORDER } from '#contract/call-order.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { CallPhase } from '#call/call-state.ts';
import { RoomNotice, type RoomPhase } from '#contract/room-state.ts';
import type { ScreenSnapshot } from '../session/screen-session.ts';
import { stepAside } from './clock.ts';
import { GONE_AFTER_MS, sceneOf } from './scene.ts';
import { ofNoCall, troublesOf } from './troubles.ts';

const id = '0193a0b0-0000-7000-8000-000000000001';
const devices = {
  microphone: 'on',
  camera: 'on',
  microphoneProblem: null,
  cameraProblem: null,
  ownCamera: null,
} as const;
const screen = (phase: RoomPhase | null, over: Partial<ScreenSnapshot> = {}): ScreenSnapshot => ({
  linkUp: true,
  refusedCode: null,
  notEnrolledCode: null,
  notEnrolledView: null,
  keyless: false,
  yielded: false,
  speakerId: null,
  shownInput: null,
  showsDocument: false,
  showsBroadcast: false,
  showsCode: false,
  showsCaptions: true,
  devices,
  view:
    phase === null
      ? null
      : {
          language: 'en',
          pairing: null,
          waiting: null,
          projections: {},
          state: {
            protocol: PROTOCOL_VERSION,
            roomId: id,
            roomName: 'Maple',
            epoch: 1,
            revision: 1,
            asOfMs: 1,
            phase,
            meeting: null,
            microphone: 'on',
            camera: 'on',
            volumePercent: 1,
            layout: 'auto',
            stagePage: 0,
            stagePageCount: 1,
            notices: [],
          },
        },
  ...over,
});
const none: CallPhase = { name: 'idle' };
const joined: CallPhase = {
  name: 'joined',
  callId: id,
  peerId: id,
  meetingTitle: 'Weekly',
  startedAtMs: 1,
  connection: 'reconnecting',
};
const idle: RoomPhase = { name: 'idle' };
const starting = (cancelOffered = false): RoomPhase => ({
  name: 'starting',
  meetingTitle: 'Weekly',
  sinceMs: 1,
  cancelOffered,
});
const inCall: RoomPhase = {
  name: 'in-call',
  callId: id,
  peerId: id,
  meetingTitle: 'Weekly',
  startedAtMs: 1,
  connection: 'connected',
  participantCount: 1,
  participants: [],
  sharedBy: null,
  order: OPEN_ORDER,
  air: OFF_AIR,
};
const ended: RoomPhase = {
  name: 'ended',
  meetingTitle: 'Weekly',
  durationMs: 1,
  reason: 'left',
  callId: id,
  feedback: null,
};

describe('what the TV shows', () => {
  const down = { linkUp: false };
  const table: [string, ScreenSnapshot, CallPhase, number, object][] = [
    ['nothing was heard', screen(null, down), none, 0, { name: 'boot' }],
    ['nothing was heard for long', screen(null, down), none, GONE_AFTER_MS, { name: 'gone' }],
    ['idle', screen(idle), none, 0, { name: 'idle' }],
    ['idle, the agent restarts', screen(idle, down), none, 0, { name: 'idle' }],
    ['idle, the agent stays away', screen(idle, down), none, GONE_AFTER_MS, { name: 'gone' }],
    ['starting', screen(starting()), { name: 'joining' }, 0, { name: 'starting', words: 'connecting' }],
    ['starting, slowly', screen(starting(true)), { name: 'joining' }, 0, { name: 'starting', words: 'slow' }],
    [
      'starting, and the call cannot be reached',
      screen({ ...starting(), waitsFor: 'call-unreachable' } as RoomPhase),
      none,
      0,
      { name: 'starting', waitsFor: 'call-unreachable' },
    ],
    ['the call is there before the agent says so', screen(starting()), joined, 0, { name: 'call' }],
    ['in the call', screen(inCall), joined, 0, { name: 'call' }],
    ['in the call, the agent stays away', screen(inCall, down), joined, GONE_AFTER_MS, { name: 'call' }],
    [
      'the page was loaded anew in a call',
      screen(inCall),
      { name: 'joining' },
      0,
      { name: 'starting', words: 'returning' },
    ],
    [
      'the call is over before the agent says so',
      screen(inCall),
      { name: 'ended', callId: id, reason: 'empty' },
      0,
      { name: 'starting', words: 'ending' },
    ],
    ['ended', screen(ended), joined, 0, { name: 'ended' }],
    [
      'a fault',
      screen({ name: 'fault', code: 'media-failed', sinceMs: 1, meetingTitle: null }),
      none,
      0,
      { name: 'fault', code: 'media-failed' },
    ],
    [
      'no room, whatever was shown before',
      screen(inCall, { ...down, notEnrolledCode: 'enrolment-ended' }),
      joined,
      GONE_AFTER_MS,
      { name: 'not-enrolled', code: 'enrolment-ended', view: null },
    ],
    ['what this page does not know', screen({ name: 'unknown' }), none, 0, { name: 'unknown' }],
    ['what this page does not know, in a call', screen({ name: 'unknown' }), joined, 0, { name: 'call' }],
    ['another screen', screen(inCall, { yielded: true }), joined, 0, { name: 'elsewhere' }],
    ['a page without a key', screen(null, { keyless: true }), none, 0, { name: 'keyless' }],
    [
      'another release',
      screen(null, { refusedCode: 'client-too-old' }),
      none,
      0,
      { name: 'fault', code: 'client-too-old' },
    ],
  ];
  it.each(table)('%s', (_, snapshot, call, downForMs, scene) =>
    expect(sceneOf(snapshot, call, downForMs)).toMatchObject(scene),
  );
});

describe('what is wrong in the room', () => {
  it("is the agent's word, worst first", () => {
    expect(troublesOf(['camera-missing', 'screen-missing', 'microphone-refused', 'fleet-unreachable'], false)).toEqual([
      'fleet-unreachable',
      'microphone-refused',
      'camera-missing',
    ]);
    expect(troublesOf([], false)).toEqual([]);
  });

  it('is also that the agent is gone', () => {
    expect(troublesOf(['fleet-unreachable', 'protocol-refused'], true)).toEqual([
      'protocol-refused',
      'agent-gone',
      'fleet-unreachable',
    ]);
  });

  it('of any kind is shown, but for the screen that shows it', () => {
    const shown = RoomNotice.options.filter((notice) => troublesOf([notice], false).length > 0);
    expect(shown).toEqual(RoomNotice.options.filter((notice) => notice !== 'screen-missing'));
  });

  it('stays over a call only where it affects the call', () => {
    const all = troublesOf(['calendar-faulty', 'tv-faulty', 'self-test-failed', 'speakerphone-faulty'], false);
    expect(all).toEqual(['speakerphone-faulty', 'self-test-failed', 'calendar-faulty', 'tv-faulty']);
    expect(all.filter(ofNoCall)).toEqual(['self-test-failed', 'calendar-faulty', 'tv-faulty']);
  });
});

it('everything steps aside every few minutes, and never far', () => {
  const places = Array.from({ length: 60 }, (_, minute) => stepAside(minute * 60_000));
  expect(new Set(places.map((place) => JSON.stringify(place))).size).toBeGreaterThan(4);
  expect(places.every(({ xRem, yRem }) => Math.abs(xRem) <= 1 && Math.abs(yRem) <= 1)).toBe(true);
  expect(places.slice(0, 4).every((place) => JSON.stringify(place) === JSON.stringify(places[0]))).toBe(true);
});

it('an idle room shows a broadcast, and a document before it; a meeting before both', () => {
  const none = { name: 'idle' } as const;
  const nameOf = (over: Partial<ScreenSnapshot>): string => sceneOf(screen({ name: 'idle' }, over), none, 0).name;
  expect(nameOf({ showsBroadcast: true })).toBe('broadcast');
  expect(nameOf({ showsBroadcast: true, showsDocument: true })).toBe('document');
  const starting = { name: 'starting', meetingTitle: '', sinceMs: 1, cancelOffered: false } as const;
  expect(sceneOf(screen(starting, { showsBroadcast: true }), none, 0).name).toBe('starting');
});
