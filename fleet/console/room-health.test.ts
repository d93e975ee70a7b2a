/** Which rooms can't hold a meeting: by a table, and the order in which they are shown. */
import { expect, it } from 'vitest';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import type { RoomSummary } from '#contract/http-api.ts';
import type { RoomNotice, RoomPhase } from '#contract/room-state.ts';
import { pathOf } from './api.ts';
import { healthOf, sortedRooms } from './room-health.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
function room(
  over: Partial<RoomSummary> = {},
  phase: RoomPhase = { name: 'idle' },
  notices: RoomNotice[] = [],
): RoomSummary {
  return {
    roomId: id(1),
    roomName: 'Maple',
    enrolled: true,
    online: true,
    lastSeenMs: 1,
    meetingId: id(2),
    unreachableCall: null,
    blockedCount: 0,
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
};
const fault: RoomPhase = { name: 'fault', code: 'no-media-node', sinceMs: 1, meetingTitle: null };

const table: [string, RoomSummary, string, unknown[]][] = [
  ['well', room(), 'ready', []],
  ['without a kiosk', room({ enrolled: false, online: false }), 'trouble', [{ kind: 'fleet', reason: 'not-enrolled' }]],
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
    (notice): [string, RoomSummary, string, unknown[]] => [
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
];
it.each(table)('a room that is %s', (_, summary, state, why) => expect(healthOf(summary)).toEqual({ state, why }));

it('shows trouble first, then by name with numbers in order', () => {
  const rooms = [
    room({ roomName: 'Room 10' }),
    room({ roomName: 'Room 9' }),
    room({ roomName: 'Zelkova', online: false }),
  ];
  expect(sortedRooms(rooms, 'en').map(({ room: each }) => each.roomName)).toEqual(['Zelkova', 'Room 9', 'Room 10']);
});

it('fills a route’s path, encoded', () => {
  expect(pathOf('/meetings/:meetingId/invites/:inviteId', { meetingId: 'a/b', inviteId: '1' })).toBe(
    '/meetings/a%2Fb/invites/1',
  );
});
