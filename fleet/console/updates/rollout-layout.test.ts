/** The picture of rings: every state that has a room has a dot, none lies on another, and the rings stand in line. */
import { expect, it } from 'vitest';
import { type Dot, layoutOf, roomsPerDot } from './rollout-layout.ts';
import { percentOf, type RoomCounts } from './rollout-figures.ts';

const counts = (over: Partial<RoomCounts>): RoomCounts => ({
  ...{ waiting: 0, offline: 0, 'under-way': 0, updated: 0, failed: 0, silent: 0, 'left-out': 0 },
  ...over,
});
const states = (dots: readonly Dot[]) => new Set(dots.map(({ state }) => state));

it('shows a single failed room among thousands', () => {
  const [ring] = layoutOf([counts({ waiting: 9_990, failed: 1, updated: 9 })], 8);
  expect(states(ring!.dots)).toEqual(new Set(['waiting', 'failed', 'updated']));
  expect(ring!.dots.length).toBeLessThan(70);
});

it('lays no dot on another, and all within the picture', () => {
  const rings = layoutOf([counts({ waiting: 17, updated: 3, silent: 2 }), counts({ 'under-way': 40, offline: 9 })], 8);
  for (const { dots, width, height } of rings) {
    expect(new Set(dots.map(({ x, y }) => `${x} ${y}`)).size).toBe(dots.length);
    for (const { x, y } of dots) expect(x > 0 && x < width && y > 0 && y < height).toBe(true);
  }
  expect(rings[0]!.height).toBe(rings[1]!.height);
});

it('moves the dot that was under way when it is updated', () => {
  const [before] = layoutOf([counts({ updated: 2, 'under-way': 1, waiting: 5 })], 8);
  const [after] = layoutOf([counts({ updated: 3, waiting: 5 })], 8);
  const moved = before!.dots.flatMap(({ state }, index) => (state === after!.dots[index]!.state ? [] : [index]));
  expect(moved).toEqual([2]);
});

it.each([
  [64, 1],
  [65, 2],
  [400, 10],
  [10_000, 200],
])('draws %i rooms by %i', (rooms, perDot) => {
  expect(roomsPerDot([counts({ waiting: rooms })])).toBe(perDot);
});

it('says 100 percent of all of them alone', () => {
  expect([percentOf(999, 1_000), percentOf(1_000, 1_000), percentOf(0, 0)]).toEqual([99, 100, 0]);
});
