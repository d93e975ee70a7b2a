import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RoomCommand } from '#contract/room-command.ts';
import type { RoomState } from '#contract/room-state.ts';
import type { CecKey } from './cec-adapter.ts';
import { KEY } from './cec-frame.ts';
import { firstRemote, onKey } from './remote-keys.ts';
import { PHASES, roomIn } from './testing/room-states.ts';

type Press = { atMs: number; key: keyof typeof KEY | null };

/** `null` is a release. */
function commandsOf(presses: [atMs: number, key: keyof typeof KEY | null][], room: RoomState): RoomCommand[] {
  let remote = firstRemote;
  return presses.flatMap(([atMs, key]) => {
    const event: CecKey = key === null ? { action: 'released' } : { action: 'pressed', key: KEY[key] };
    const next = onKey(remote, event, room, atMs);
    remote = next.remote;
    return next.command ?? [];
  });
}

const leave = { name: 'leave-call' };

describe('the remote control', () => {
  it.each([
    ['idle', 'select', { name: 'join-call' }],
    ['idle', 'enter', { name: 'join-call' }],
    ['idle', 'back', null],
    ['idle', 'red', null],
    ['idle', 'volumeUp', null],
    ['starting', 'back', { name: 'cancel-join' }],
    ['starting', 'red', { name: 'cancel-join' }],
    ['starting', 'select', null],
    ['in-call', 'select', null],
    ['in-call', 'mute', { name: 'set-microphone', on: false }],
    ['in-call', 'volumeUp', { name: 'set-volume', percent: 65 }],
    ['in-call', 'volumeDown', { name: 'set-volume', percent: 55 }],
    ['in-call', 'back', null],
    ['in-call', 'red', null],
    ['ended', 'select', null],
    ['fault', 'select', null],
  ] as const)('%s: one press of %s', (phase, key, command) => {
    expect(
      commandsOf(
        [
          [0, key],
          [80, null],
        ],
        roomIn(phase),
      ),
    ).toEqual(command === null ? [] : [command]);
  });

  it('opens the microphone that is muted, and leaves alone one that is not there', () => {
    expect(commandsOf([[0, 'mute']], roomIn('in-call', { microphone: 'muted' }))).toEqual([
      { name: 'set-microphone', on: true },
    ]);
    expect(commandsOf([[0, 'mute']], roomIn('in-call', { microphone: 'absent' }))).toEqual([]);
  });

  it('stays between silent and loud', () => {
    expect(commandsOf([[0, 'volumeUp']], roomIn('in-call', { volumePercent: 98 }))).toEqual([
      { name: 'set-volume', percent: 100 },
    ]);
    expect(commandsOf([[0, 'volumeDown']], roomIn('in-call', { volumePercent: 3 }))).toEqual([
      { name: 'set-volume', percent: 0 },
    ]);
  });

  it('held: goes on with the volume, and mutes or starts once', () => {
    const held = (key: keyof typeof KEY): [number, keyof typeof KEY][] => [0, 300, 600].map((atMs) => [atMs, key]);
    expect(commandsOf(held('volumeUp'), roomIn('in-call'))).toHaveLength(3);
    expect(commandsOf(held('mute'), roomIn('in-call'))).toHaveLength(1);
    expect(commandsOf(held('select'), roomIn('idle'))).toHaveLength(1);
    expect(commandsOf(held('back'), roomIn('starting'))).toHaveLength(1);
  });
});

describe('calling IT by the remote control', () => {
  const held = (forMs: number): [number, keyof typeof KEY][] =>
    Array.from({ length: forMs / 500 + 1 }, (_, index) => [index * 500, 'yellow']);

  it.each(['idle', 'starting', 'in-call'] as const)('by holding yellow, once, while %s', (phase) => {
    expect(commandsOf(held(8_000), roomIn(phase))).toEqual([{ name: 'call-for-help', topic: 'other', text: '' }]);
  });

  it('not by a press, nor by several', () => {
    expect(commandsOf(held(2_500), roomIn('idle'))).toEqual([]);
    const presses = [0, 900, 1_800, 2_700, 3_600].map((atMs): [number, keyof typeof KEY] => [atMs, 'yellow']);
    expect(commandsOf(presses, roomIn('idle'))).toEqual([]);
  });
});

describe('leaving by the remote control', () => {
  const inCall = roomIn('in-call');

  it.each(['red', 'back'] as const)('%s twice within three seconds', (key) => {
    expect(
      commandsOf(
        [
          [0, key],
          [80, null],
          [2_900, key],
          [2_980, null],
        ],
        inCall,
      ),
    ).toEqual([leave]);
    expect(
      commandsOf(
        [
          [0, key],
          [80, null],
          [3_100, key],
          [3_180, null],
        ],
        inCall,
      ),
    ).toEqual([]);
  });

  it('by holding it', () => {
    expect(
      commandsOf(
        [
          [0, 'red'],
          [450, 'red'],
          [900, 'red'],
          [1_350, 'red'],
        ],
        inCall,
      ),
    ).toEqual([]);
    expect(
      commandsOf(
        [
          [0, 'red'],
          [450, 'red'],
          [900, 'red'],
          [1_350, 'red'],
          [1_800, 'red'],
        ],
        inCall,
      ),
    ).toEqual([leave]);
  });

  it('not by one press that the TV repeats, or sends twice', () => {
    expect(
      commandsOf(
        [
          [0, 'red'],
          [220, 'red'],
          [500, null],
        ],
        inCall,
      ),
    ).toEqual([]);
    expect(
      commandsOf(
        [
          [0, 'red'],
          [30, null],
          [90, 'red'],
          [120, null],
        ],
        inCall,
      ),
    ).toEqual([]);
  });

  it('not with another key between', () => {
    expect(
      commandsOf(
        [
          [0, 'red'],
          [80, null],
          [500, 'volumeUp'],
          [580, null],
          [900, 'red'],
        ],
        inCall,
      ),
    ).toEqual([{ name: 'set-volume', percent: 65 }]);
  });

  it('not when the first press was in another call', () => {
    const phase = { ...PHASES['in-call'], callId: '01920000-0000-7000-8000-000000000009' } as RoomState['phase'];
    const first = onKey(firstRemote, { action: 'pressed', key: KEY.red }, inCall, 0);
    const released = onKey(first.remote, { action: 'released' }, inCall, 80);
    expect(onKey(released.remote, { action: 'pressed', key: KEY.red }, { ...inCall, phase }, 1_000).command).toBeNull();
  });

  it('never by one press, whatever was pressed long before', () => {
    const key = fc.constantFrom<Press['key']>('red', 'back', 'mute', 'volumeUp', 'select', null);
    const presses = fc.array(fc.tuple(fc.integer({ min: 1, max: 4_000 }), key), { maxLength: 30 });
    fc.assert(
      fc.property(presses, (gaps) => {
        let atMs = 0;
        let remote = firstRemote;
        const asked: number[] = [];
        for (const [gapMs, pressed] of gaps) {
          atMs += gapMs;
          const event: CecKey = pressed === null ? { action: 'released' } : { action: 'pressed', key: KEY[pressed] };
          const next = onKey(remote, event, inCall, atMs);
          remote = next.remote;
          if (next.command?.name === 'leave-call') {
            // at least one more of these keys lies in the seconds before it, and none of it serves twice
            expect(asked.some((earlier) => earlier <= atMs - 150)).toBe(true);
            asked.length = 0;
          } else if (pressed === 'red' || pressed === 'back') asked.push(atMs);
        }
      }),
    );
  });
});
