import { expect, test } from 'vitest';
import { projectionFeed } from './projection-feed.ts';
import type { RoomListener } from './room-reports.ts';

test('a console gets all, then the newest of each that changes; nothing that only phones read, and nothing after its end', () => {
  const listeners = new Set<RoomListener>();
  const reports = {
    projections: { relayedTo: () => ({ state: 1, agenda: 1 }) },
    listen: (_: string, listener: RoomListener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
  let wakes = 0;
  const feed = projectionFeed(
    reports as never,
    'room',
  )(() => {
    wakes += 1;
  });
  const taken = () => feed.take().map(({ data }) => data);
  expect(taken()).toEqual([
    { name: 'state', value: 1 },
    { name: 'agenda', value: 1 },
  ]);
  const [listener] = listeners;
  listener!.onProjection!('chat', 2);
  expect([taken(), wakes]).toEqual([[], 0]);
  for (const value of [2, 3]) listener!.onProjection!('state', value);
  expect([taken(), taken(), wakes]).toEqual([[{ name: 'state', value: 3 }], [], 2]);
  feed.close();
  expect(listeners.size).toBe(0);
});
