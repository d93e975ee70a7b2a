/** What the fleet knows of a room, and what is wrong there: by a table. */
import { expect, test } from 'vitest';
import type { KioskHealth } from '#contract/kiosk-health.ts';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { RoomEquipment, SelfTestCheck } from '#contract/room-equipment.ts';
import type { RoomState } from '#contract/room-state.ts';
import { SignalName } from '#contract/signals.ts';
import { allSettings } from '#contract/settings/all-settings.ts';
import { newId } from '../store/index.ts';
import { stateOf } from '../room-under-test.ts';
import { findingsOf, ROOM_SIGNALS, type WatchedRoom } from './room-causes.ts';
import type { AlertFacts, SignalFinding } from './signal-machine.ts';

const roomId = newId();
const GB = 1e9;
const flow = { lossPercent: 0, jitterMs: 3, kilobitsPerSecond: 900, framesPerSecond: 30 };
const health = (over: Partial<KioskHealth> = {}): KioskHealth => ({
  protocol: PROTOCOL_VERSION,
  roomId,
  epoch: 1,
  revision: 1,
  asOfMs: 1,
  versions: { maru: '1', node: '24', browser: '140', kernel: '6.1', system: 'Debian 12' },
  model: null,
  serialNumber: null,
  bootedAtMs: 1,
  agentStartedAtMs: 1,
  temperatureCelsius: 50,
  cpuPercent: 10,
  memory: { totalBytes: 8 * GB, availableBytes: 4 * GB },
  disk: { totalBytes: 100 * GB, freeBytes: 50 * GB },
  clockOffMs: 20,
  network: null,
  certificateEndsAtMs: 400 * 86_400_000,
  screen: { state: 'well', sinceMs: 1, startCount: 1 },
  camera: { sight: 'well', sinceMs: 1 },
  microphone: { sight: 'well', sinceMs: 1 },
  callQuality: null,
  ...over,
});
const tested = (startedAtMs: number, ...checks: SelfTestCheck[]) =>
  ({
    selfTest: { state: 'done', startedAtMs, because: 'asked', checks },
    speakerphone: null,
  }) as unknown as RoomEquipment;
const failed = (name: SelfTestCheck['name'], reason: SelfTestCheck['reason']): SelfTestCheck => ({
  name,
  outcome: 'failed',
  reason,
});
const passed = (name: SelfTestCheck['name']): SelfTestCheck => ({ name, outcome: 'passed', reason: null });
const room = (over: Partial<WatchedRoom> = {}): WatchedRoom => ({
  nowMs: 1_000,
  enrolled: true,
  online: true,
  lastSeenMs: 900,
  unservedProtocol: null,
  state: stateOf(roomId, { name: 'idle' }),
  equipment: null,
  health: health(),
  update: null,
  refusedSettings: [],
  startCount: 0,
  watch: allSettings.watch.schema.parse({}),
  raised: new Map(),
  ...over,
});
const state = (over: Partial<RoomState>): WatchedRoom =>
  room({ state: { ...stateOf(roomId, { name: 'idle' }), ...over } });
const raised = (name: SignalName, facts: AlertFacts = {}): ReadonlyMap<SignalName, AlertFacts> =>
  new Map([[name, facts]]);

test('a room that is well', () =>
  expect(
    new Set(
      Object.entries(findingsOf(room()))
        .filter(([, finding]) => finding !== null)
        .map(([name]) => name),
    ),
  ).toEqual(
    // nobody has tested it yet
    new Set(['speaker-failing']),
  ));

const failedUpdate = {
  releaseId: `1.1.0-${'b'.repeat(16)}`,
  attempt: 0,
  failure: 'proof-failed',
  refusal: null,
  check: 'camera',
  detail: 'black',
  atMs: 1,
  isHeld: true,
} as const;
const table: [string, WatchedRoom, SignalName, SignalFinding][] = [
  ['no box', room({ enrolled: false, online: false }), 'kiosk-offline', null],
  ['gone', room({ online: false }), 'kiosk-offline', { lastSeenMs: 900 }],
  [
    'gone: nobody sees its screen',
    room({ online: false, health: health({ screen: { state: 'frozen', sinceMs: 1, startCount: 1 } }) }),
    'screen-frozen',
    'unknown',
  ],
  ['our own start', room({ online: null }), 'kiosk-offline', 'unknown'],
  [
    'too new',
    room({ unservedProtocol: 9, online: false }),
    'protocol-refused',
    { kioskProtocol: 9, serverProtocol: PROTOCOL_VERSION },
  ],
  ['too new: it is there', room({ unservedProtocol: 9, online: false }), 'kiosk-offline', null],
  ['no page', state({ notices: ['screen-missing'] }), 'screen-missing', { reason: 'screen-missing' }],
  [
    'a page that stands',
    room({ health: health({ screen: { state: 'frozen', sinceMs: 1, startCount: 1 } }) }),
    'screen-frozen',
    {},
  ],
  [
    'a page that stood still and is started anew',
    { ...state({ notices: ['screen-missing'] }), raised: raised('screen-frozen') },
    'screen-frozen',
    {},
  ],
  [
    'a page that stood still and is started anew: no second alert',
    { ...state({ notices: ['screen-missing'] }), raised: raised('screen-frozen') },
    'screen-missing',
    null,
  ],
  ['a page that stood still and is back', { ...state({}), raised: raised('screen-frozen') }, 'screen-frozen', null],
  [
    'a black page',
    room({ health: health({ screen: { state: 'black', sinceMs: 1, startCount: 1 } }) }),
    'screen-black',
    {},
  ],
  ['measured long ago', room({ health: 'stale' }), 'screen-frozen', 'unknown'],
  ['measured never', room({ health: null }), 'screen-frozen', null],
  [
    'a black camera',
    room({ health: health({ camera: { sight: 'black', sinceMs: 1 } }) }),
    'camera-failing',
    { reason: 'black' },
  ],
  ['no camera', state({ notices: ['camera-missing'] }), 'camera-failing', { reason: 'missing' }],
  [
    'a closed camera',
    room({ health: health({ camera: { sight: 'not-open', sinceMs: 5 } }) }),
    'camera-failing',
    'unknown',
  ],
  [
    'a closed camera, tested before',
    room({
      health: health({ camera: { sight: 'not-open', sinceMs: 5 } }),
      equipment: tested(4, failed('camera', 'black')),
    }),
    'camera-failing',
    'unknown',
  ],
  [
    'a closed camera, tested since',
    room({
      health: health({ camera: { sight: 'not-open', sinceMs: 5 } }),
      equipment: tested(6, failed('camera', 'black')),
    }),
    'camera-failing',
    { reason: 'black' },
  ],
  [
    'a closed camera, passed since',
    room({ health: health({ camera: { sight: 'not-open', sinceMs: 5 } }), equipment: tested(6, passed('camera')) }),
    'camera-failing',
    null,
  ],
  [
    'a camera that is plugged in again',
    room({
      health: health({ camera: { sight: 'not-open', sinceMs: 5 } }),
      raised: raised('camera-failing', { reason: 'missing' }),
    }),
    'camera-failing',
    null,
  ],
  [
    'a black camera that is closed',
    room({
      health: health({ camera: { sight: 'not-open', sinceMs: 5 } }),
      raised: raised('camera-failing', { reason: 'black' }),
    }),
    'camera-failing',
    'unknown',
  ],
  [
    'silence',
    room({ health: health({ microphone: { sight: 'silent', sinceMs: 1 } }) }),
    'microphone-failing',
    { reason: 'silent' },
  ],
  [
    'a mute speaker',
    room({ equipment: tested(1, failed('speaker', 'not-heard')) }),
    'speaker-failing',
    { reason: 'not-heard' },
  ],
  ['a speaker that is heard', room({ equipment: tested(1, passed('speaker')) }), 'speaker-failing', null],
  [
    'a speakerphone',
    room({
      equipment: { speakerphone: { name: 'Jabra', state: 'faulty', code: 'device-malformed' } } as RoomEquipment,
    }),
    'speakerphone-failing',
    { name: 'Jabra', code: 'device-malformed' },
  ],
  ['a TV', state({ notices: ['tv-faulty'] }), 'tv-failing', { reason: 'tv-faulty' }],
  ['a calendar', state({ notices: ['calendar-faulty'] }), 'calendar-failing', { reason: 'calendar-faulty' }],
  ['a disk that refuses', state({ notices: ['storage-failing'] }), 'storage-failing', { reason: 'storage-failing' }],
  ['a part', state({ notices: ['part-failing'] }), 'part-failing', { reason: 'part-failing' }],
  ['a firewall', state({ notices: ['media-blocked'] }), 'media-blocked', { reason: 'media-blocked' }],
  [
    'a fault',
    state({ phase: { name: 'fault', code: 'no-media-node', sinceMs: 1, meetingTitle: null } }),
    'call-fault',
    { code: 'no-media-node' },
  ],
  [
    'loss',
    room({
      health: health({
        callQuality: { roundTripMs: 30, sent: { ...flow, lossPercent: 7 }, received: flow, path: 'direct' },
      }),
    }),
    'call-quality-poor',
    { lossPercent: 10, roundTripMs: 100 },
  ],
  [
    'a slow way',
    room({ health: health({ callQuality: { roundTripMs: 450, sent: flow, received: flow, path: 'relay' } }) }),
    'call-quality-poor',
    { lossPercent: 0, roundTripMs: 500 },
  ],
  [
    'loss that was worse',
    room({
      health: health({
        callQuality: { roundTripMs: 30, sent: { ...flow, lossPercent: 4 }, received: flow, path: 'direct' },
      }),
      raised: raised('call-quality-poor'),
    }),
    'call-quality-poor',
    { lossPercent: 5, roundTripMs: 100 },
  ],
  [
    'a full disk',
    room({ health: health({ disk: { totalBytes: 100, freeBytes: 4 } }) }),
    'disk-low',
    { freePercent: 4, minPercent: 5 },
  ],
  ['a disk at its limit', room({ health: health({ disk: { totalBytes: 100, freeBytes: 5 } }) }), 'disk-low', null],
  [
    'a disk that was full, at its limit',
    room({ health: health({ disk: { totalBytes: 100, freeBytes: 5 } }), raised: raised('disk-low') }),
    'disk-low',
    { freePercent: 5, minPercent: 5 },
  ],
  [
    'a disk that was full, mended',
    room({ health: health({ disk: { totalBytes: 100, freeBytes: 8 } }), raised: raised('disk-low') }),
    'disk-low',
    null,
  ],
  ['a disk that nobody measured', room({ health: health({ disk: null }) }), 'disk-low', 'unknown'],
  [
    'a full memory',
    room({ health: health({ memory: { totalBytes: 100, availableBytes: 3 } }) }),
    'memory-low',
    { availablePercent: 3, minPercent: 5 },
  ],
  [
    'a hot box',
    room({ health: health({ temperatureCelsius: 95.4 }) }),
    'temperature-high',
    { celsius: 95, maxCelsius: 90 },
  ],
  [
    'a box that was hot',
    room({ health: health({ temperatureCelsius: 88 }), raised: raised('temperature-high') }),
    'temperature-high',
    { celsius: 88, maxCelsius: 90 },
  ],
  [
    'a clock in the past',
    room({ health: health({ clockOffMs: -3_600_000 }) }),
    'clock-off',
    { seconds: -3_600, maxSeconds: 5 },
  ],
  ['a clock that nobody compared', room({ health: health({ clockOffMs: null }) }), 'clock-off', 'unknown'],
  [
    'a certificate',
    room({ health: health({ certificateEndsAtMs: 5_000 }) }),
    'certificate-ending',
    { endsAtMs: 5_000 },
  ],
  [
    'a setting',
    room({ refusedSettings: [{ section: 'tv', field: null, code: 'setting-invalid', message: '' }] }),
    'settings-refused',
    { section: 'tv', field: null, code: 'setting-invalid', count: 1 },
  ],
  [
    'an update that went back',
    room({ update: { failed: failedUpdate } }),
    'update-failed',
    { releaseId: failedUpdate.releaseId, failure: 'proof-failed', reason: 'camera', detail: 'black' },
  ],
  [
    'an update that the box tries again',
    room({ update: { failed: { ...failedUpdate, failure: 'interrupted', isHeld: false } } }),
    'update-failed',
    null,
  ],
  ['two starts', room({ startCount: 2 }), 'kiosk-restarting', null],
  ['three starts', room({ startCount: 3 }), 'kiosk-restarting', { count: 3 }],
];
test.each(table)('%s', (_, facts, signal, expected) =>
  expect(findingsOf(facts)[signal as keyof ReturnType<typeof findingsOf>]).toEqual(expected),
);

test('each signal of a room has a cause in the table', () => {
  const caused = new Set(
    table.filter(([, , , finding]) => finding !== null && finding !== 'unknown').map(([, , name]) => name),
  );
  expect([...caused].sort()).toEqual([...ROOM_SIGNALS].sort());
  expect(SignalName.options.filter((name) => !caused.has(name))).toEqual([
    'site-offline',
    'rollout-halted',
    'feed-refused',
    'audit-broken',
    'node-clock-off',
    'erasures-unreadable',
    'help-called',
  ]);
});
