import { expect, it, vi } from 'vitest';
import { UserError } from '#contract/error-codes.ts';
import { ofEachRoom } from './of-each-room.ts';

it('acts on each room once, in their order, though one is refused', async () => {
  const act = vi.fn(async (roomId: string) => {
    if (roomId === 'b') throw new UserError('forbidden');
    if (roomId === 'c') throw new Error('disk');
  });
  expect(await ofEachRoom(['a', 'b', 'c', 'a', 'd'], 'organisation', act)).toEqual({
    changed: ['a', 'd'],
    refused: [
      { roomId: 'b', code: 'forbidden' },
      { roomId: 'c', code: 'internal' },
    ],
  });
  expect(act.mock.calls).toEqual([['a'], ['b'], ['c'], ['d']]);
});

it('does not touch a room that is not reached', async () => {
  const act = vi.fn(async () => {});
  expect(await ofEachRoom(['a', 'b'], new Set(['b']), act)).toEqual({
    changed: ['b'],
    refused: [{ roomId: 'a', code: 'forbidden' }],
  });
  expect(act.mock.calls).toEqual([['b']]);
});
