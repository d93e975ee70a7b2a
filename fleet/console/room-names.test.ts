/** Which rooms share a name, as people read it. */
import { expect, it } from 'vitest';
import type { RoomSummary } from '#contract/http-api.ts';
import { isTaken, sameNamed } from './room-names.ts';

const rooms = ['Maple 3F', 'Birch', ' maple  3f ', 'ＢＩＲＣＨ', '한라', '한라'.normalize('NFD'), 'Oak'].map(
  (roomName, index) => ({ roomId: String(index), roomName }) as RoomSummary,
);

it('finds those of one name, whatever their case, width, spaces or Unicode form', () => {
  expect([...sameNamed(rooms)]).toEqual(['0', '1', '2', '3', '4', '5']);
});

it('says of a name that is being typed whether another room has it', () => {
  expect(isTaken('oak ', rooms)).toBe(true);
  expect(isTaken('OAK', rooms, '6')).toBe(false);
  expect(isTaken('Oak 2', rooms)).toBe(false);
  expect(isTaken('  ', [...rooms, { roomId: '7', roomName: ' ' } as RoomSummary])).toBe(false);
});
