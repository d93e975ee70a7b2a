/** The miniature shows the TV's own layout: everyone once, inside its box, the nameless too. */
import { OFF_AIR } from '#contract/broadcast.ts';
import { expect, it } from 'vitest';
import { OPEN_ORDER } from '#contract/call-order.ts';
import { participantUnderTest } from '#contract/participant-under-test.ts';
import { Layout, type RoomPhase } from '#contract/room-state.ts';
import { layOut } from '#stage/layout.ts';
import { initials } from '#stage/names.ts';
import { stageTiles } from './miniature.ts';

const id = (n: number): string => `0193a0b0-0000-7000-8000-${String(n).padStart(12, '0')}`;
const person = (n: number) => participantUnderTest({ peerId: id(n), displayName: `Guest ${n}` });
type InCall = Extract<RoomPhase, { name: 'in-call' }>;
function phaseOf(participantCount: number, sharer: number | null = null): InCall {
  return {
    name: 'in-call',
    callId: id(900),
    peerId: id(0),
    meetingTitle: 'Weekly',
    startedAtMs: 1,
    connection: 'connected',
    participantCount,
    participants: Array.from({ length: Math.min(8, participantCount) }, (_, n) => person(n)),
    sharedBy: sharer === null ? null : { peerId: id(sharer), displayName: `Guest ${sharer}` },
    order: OPEN_ORDER,
    air: OFF_AIR,
  };
}
function tiles(
  participantCount: number,
  layout: Layout = 'grid',
  sharer: number | null = null,
  document?: 'newest' | 'older',
) {
  const phase = phaseOf(participantCount, sharer);
  return stageTiles({ phase, layout, page: 0, document, layOut, initials });
}

it.each(Layout.options)('stays inside its box in layout %s', (layout) => {
  for (const count of [1, 2, 5, 42]) {
    for (const { rect } of tiles(count, layout)) {
      expect(rect.x).toBeGreaterThanOrEqual(0);
      expect(rect.x + rect.width).toBeLessThanOrEqual(320);
      expect(rect.y + rect.height).toBeLessThanOrEqual(180);
    }
  }
});

it('draws people whom the state does not name without a name', () => {
  const drawn = tiles(20).filter((tile) => tile.kind === 'person');
  expect(drawn.length).toBe(19);
  expect(drawn.filter((tile) => tile.label !== '').length).toBe(7);
});

it('makes a shared screen the large one, and the room’s own picture alone when nobody is there', () => {
  const shared = tiles(4, 'auto', 2);
  const largest = [...shared].sort((a, b) => b.rect.width - a.rect.width)[0]!;
  expect(largest).toMatchObject({ kind: 'screen', label: 'G2' });
  expect(tiles(1)).toMatchObject([{ kind: 'own', label: 'G0' }]);
});

it('makes a document the large one, beside everyone, and alone in the room too', () => {
  for (const count of [1, 4]) {
    const drawn = tiles(count, 'auto', null, 'newest');
    const largest = [...drawn].sort((a, b) => b.rect.width - a.rect.width)[0]!;
    expect(largest).toMatchObject({ kind: 'document', label: '' });
    expect(drawn.filter(({ kind }) => kind !== 'document').length).toBe(count);
  }
});

it('has the document and a shared screen in the order of the TV', () => {
  for (const [document, first] of [
    ['newest', 'document'],
    ['older', 'screen'],
  ] as const) {
    const largest = [...tiles(4, 'auto', 2, document)].sort((a, b) => b.rect.width - a.rect.width)[0]!;
    expect(largest.kind).toBe(first);
  }
});

it('draws nobody for a program, listed or not', () => {
  const program = participantUnderTest({ peerId: id(50), displayName: 'Broadcast', peerKind: 'program' });
  const withProgram = (people: number, listed: number): number => {
    const participants = [program, ...Array.from({ length: listed }, (_, n) => person(n))];
    const phase = { ...phaseOf(people), participants };
    return stageTiles({ phase, layout: 'grid', page: 0, layOut, initials }).length;
  };
  // of nine people seven are listed beside it
  expect(withProgram(9, 7)).toBe(tiles(9).length);
  expect(withProgram(3, 3)).toBe(tiles(3).length);
});
