/** What a newer room reports is read as far as it is known; what is malformed is an error. */
import { expect, it } from 'vitest';
import { RoomState } from './room-state.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const known: RoomState = {
  protocol: 2,
  roomId: id(1),
  roomName: 'Maple',
  epoch: 1,
  revision: 1,
  asOfMs: 1,
  phase: { name: 'fault', code: 'no-screen', sinceMs: 1, meetingTitle: null },
  meeting: { meetingId: id(2), title: 'Weekly', underWay: false, participantCount: 0 },
  microphone: 'muted',
  camera: 'off',
  volumePercent: 40,
  layout: 'grid',
  stagePage: 0,
  stagePageCount: 1,
  notices: ['camera-missing'],
};

it('an unknown notice, layout, phase and state of a device leave the rest as it is', () => {
  const newer = {
    ...known,
    phase: { name: 'rehearsing', sceneCount: 3 },
    microphone: 'whispering',
    camera: 'blurred',
    layout: 'theatre',
    notices: ['camera-missing', 'lens-dirty'],
    mood: 'good',
  };
  expect(RoomState.parse(newer)).toEqual({
    ...known,
    phase: { name: 'unknown' },
    // live, as far as anybody can know
    microphone: 'on',
    camera: 'on',
    layout: 'unknown',
    notices: ['camera-missing'],
  });
});

it('an unknown code is a fault all the same', () => {
  const newer = { ...known, phase: { ...known.phase, code: 'lens-dirty' } };
  expect(RoomState.parse(newer).phase).toEqual({ ...known.phase, code: 'internal' });
});

it.each<[string, object]>([
  ['a layout that is no word', { layout: 7 }],
  ['a layout without end', { layout: 'x'.repeat(1_000) }],
  ['notices that are no list', { notices: 'camera-missing' }],
  ['a notice that is no word', { notices: [{}] }],
  ['a known phase without its data', { phase: { name: 'in-call' } }],
  ['a phase without a name', { phase: {} }],
  ['no phase', { phase: undefined }],
  ['a fault with a number for a code', { phase: { ...known.phase, code: 404 } }],
])('%s is an error', (_, wrong) => {
  expect(RoomState.safeParse({ ...known, ...wrong }).success).toBe(false);
});
