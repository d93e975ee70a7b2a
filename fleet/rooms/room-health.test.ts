/** Which rooms can't hold a meeting: by a table. */
import { OFF_AIR } from '#contract/broadcast.ts';
import { expect, it } from 'vitest';
import { OPEN_ORDER } from '#contract/call-order.ts';
import { OLDEST_SERVED_PROTOCOL, PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { RoomNotice, RoomPhase } from '#contract/room-state.ts';
import { healthOf, type RoomFacts } from './room-health.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
function room(
  over: Partial<RoomFacts> = {},
  phase: RoomPhase = { name: 'idle' },
  notices: RoomNotice[] = [],
): RoomFacts {
  return {
    enrolled: true,
    online: true,
    blockedCount: 0,
    unservedProtocol: null,
    signals: [],
    state: {
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
      notices,
    },
    ...over,
  };
}
const starting: RoomPhase = { name: 'starting', meetingTitle: 'Weekly', sinceMs: 1, cancelOffered: false };
const inCall: RoomPhase = {
  name: 'in-call',
  callId: id(2),
  peerId: id(3),
  meetingTitle: 'Weekly',
  startedAtMs: 1,
  connection: 'connected',
  participantCount: 3,
  participants: [],
  sharedBy: null,
  order: OPEN_ORDER,
  air: OFF_AIR,
};
const fault: RoomPhase = { name: 'fault', code: 'no-media-node', sinceMs: 1, meetingTitle: null };

const table: [string, RoomFacts, string, unknown[]][] = [
  ['well', room(), 'ready', []],
  ['without a kiosk', room({ enrolled: false, online: false }), 'trouble', [{ kind: 'fleet', reason: 'not-enrolled' }]],
  [
    'too old for this server',
    room({ online: false, unservedProtocol: OLDEST_SERVED_PROTOCOL - 1 }),
    'trouble',
    [
      {
        kind: 'protocol',
        tooOld: 'kiosk',
        kioskProtocol: OLDEST_SERVED_PROTOCOL - 1,
        serverProtocol: PROTOCOL_VERSION,
      },
    ],
  ],
  [
    'too new for this server',
    room({ unservedProtocol: 99 }),
    'trouble',
    [{ kind: 'protocol', tooOld: 'server', kioskProtocol: 99, serverProtocol: PROTOCOL_VERSION }],
  ],
  ['doing what is not known', room({}, { name: 'unknown' }), 'ready', []],
  ['gone, whatever it said last', room({ online: false }, starting), 'trouble', [{ kind: 'fleet', reason: 'offline' }]],
  ['silent', room({ state: null }), 'trouble', [{ kind: 'fleet', reason: 'silent' }]],
  ['in fault', room({}, fault), 'trouble', [{ kind: 'fault', code: 'no-media-node' }]],
  [
    'deaf',
    room({}, { name: 'idle' }, ['microphone-missing']),
    'trouble',
    [{ kind: 'notice', notice: 'microphone-missing' }],
  ],
  ...(['signaling-unreachable', 'signaling-untrusted', 'media-blocked'] as const).map(
    (notice): [string, RoomFacts, string, unknown[]] => [
      `cut off: ${notice}`,
      room({}, { name: 'idle' }, [notice]),
      'trouble',
      [{ kind: 'notice', notice }],
    ],
  ),
  ['blind', room({}, { name: 'idle' }, ['camera-missing']), 'limited', [{ kind: 'notice', notice: 'camera-missing' }]],
  ['starting', room({}, starting), 'starting', []],
  ['in a call', room({}, inCall), 'in-call', []],
  [
    'in a call in which others are blocked',
    room({ blockedCount: 2 }, inCall),
    'limited',
    [{ kind: 'blocked', count: 2 }],
  ],
  [
    'blocked itself',
    room({ blockedCount: 1 }, inCall, ['media-blocked']),
    'trouble',
    [{ kind: 'notice', notice: 'media-blocked' }],
  ],
  [
    'cut off, after an alert that is still open',
    room({ signals: ['kiosk-restarting', 'camera-failing'] }, { name: 'idle' }, ['tv-faulty', 'signaling-unreachable']),
    'trouble',
    [
      { kind: 'notice', notice: 'signaling-unreachable' },
      { kind: 'signal', signal: 'camera-failing' },
      { kind: 'signal', signal: 'kiosk-restarting' },
      { kind: 'notice', notice: 'tv-faulty' },
    ],
  ],
];
it.each(table)('a room that is %s', (_, facts, health, reasons) =>
  expect(healthOf(facts)).toEqual({ health, reasons }),
);
