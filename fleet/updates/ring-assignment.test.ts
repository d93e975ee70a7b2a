/** Rings: who is in which, and that it stays so. */
import { expect, test } from 'vitest';
import type { RolloutPlan } from '#contract/rollout.ts';
import { ringsOf } from './ring-assignment.ts';
import { planUnderTest } from './rollout-under-test.ts';

const MODELS = ['A', 'B', 'C', null];
const rooms = (count: number) =>
  Array.from({ length: count }, (_, at) => ({
    roomId: `room-${at}`,
    placeIds: [`floor-${at % 4}`, 'site'],
    model: MODELS[at % MODELS.length]!,
  }));
const ring = (over: Partial<RolloutPlan['rings'][number]> = {}): RolloutPlan['rings'][number] => ({
  name: 'Ring',
  roomIds: [],
  placeIds: [],
  upToPercent: 0,
  soakMinutes: 0,
  needsGo: false,
  ...over,
});
const plan = (...rings: RolloutPlan['rings']): RolloutPlan => planUnderTest({ rings });
const sizes = (rings: ReadonlyMap<string, number>, count: number): number[] =>
  Array.from({ length: count }, (_, at) => [...rings.values()].filter((each) => each === at).length);

test('shares are of all rooms, together with the rings before, and the last takes the rest', () => {
  const rings = ringsOf('r', plan(ring({ upToPercent: 5 }), ring({ upToPercent: 30 }), ring()), rooms(200));
  expect(sizes(rings, 3)).toEqual([10, 50, 140]);
});

test('the same rollout and room give the same ring in whatever order rooms are listed; another rollout another one', () => {
  const three = plan(ring({ upToPercent: 10 }), ring({ upToPercent: 50 }), ring());
  const all = rooms(300);
  const inOrder = ringsOf('r', three, all);
  const reversed = ringsOf('r', three, all.toReversed());
  for (const { roomId } of all) expect(reversed.get(roomId)).toBe(inOrder.get(roomId));
  const other = ringsOf('s', three, all);
  expect(all.filter(({ roomId }) => other.get(roomId) !== inOrder.get(roomId)).length).toBeGreaterThan(50);
});

test('named rooms and places come first, in the ring that names them first', () => {
  const rings = ringsOf(
    'r',
    plan(
      ring({ roomIds: ['room-1'] }),
      ring({ placeIds: ['floor-1'], upToPercent: 30 }),
      ring({ roomIds: ['room-2'] }),
    ),
    rooms(40),
  );
  expect(rings.get('room-1')).toBe(0);
  expect(rings.get('room-5')).toBe(1);
  expect(rings.get('room-2')).toBe(2);
  expect(sizes(rings, 3)).toEqual([1, 11, 28]);
});

test('each hardware model is in the first ring with a share, also where the share alone would have fewer rooms', () => {
  for (let n = 0; n < 50; n += 1) {
    const all = rooms(100);
    const rings = ringsOf(`rollout-${n}`, plan(ring({ upToPercent: 1 }), ring()), all);
    const models = new Set(all.filter(({ roomId }) => rings.get(roomId) === 0).map(({ model }) => model));
    for (const model of ['A', 'B', 'C']) expect(models).toContain(model);
    expect(sizes(rings, 2)).toEqual([3, 97]);
  }
});
