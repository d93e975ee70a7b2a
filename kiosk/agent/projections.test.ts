/** What the room shows of itself: numbered, at once to its own screen, at a bounded rate to networks, to its readers alone. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { PROTOCOL_VERSION } from '#contract/protocol-version.ts';
import { id } from '../room/room-under-test.ts';
import { Projections } from './projections.ts';

const offer = (count: number) => ({ codes: Array(count).fill({ sha256: 'a'.repeat(64), expiresAtMs: 1 }) });
const state = (volumePercent: number) => ({ volumePercent }) as never;
let projections: Projections;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000 });
  projections = new Projections({ roomId: id(30), epoch: 4 });
});
afterEach(() => void vi.useRealTimers());

it('numbers each projection by itself, and heads it as of now', () => {
  expect(projections.valueOf('state')).toBeNull();
  projections.publish('state', state(1));
  projections.publish('pairing', offer(1));
  projections.publish('state', state(2));
  vi.setSystemTime(5_000);
  expect(projections.valueOf('state')).toEqual({
    protocol: PROTOCOL_VERSION,
    roomId: id(30),
    epoch: 4,
    revision: 1,
    asOfMs: 5_000,
    volumePercent: 2,
  });
  expect(projections.valueOf('pairing')).toMatchObject({ revision: 0 });
});

it('shows the room’s own screen each change at once, networks five a second and the last one always', () => {
  const tv: number[] = [];
  const lan: number[] = [];
  projections.follow('tv', () => tv.push(Date.now()));
  projections.follow('lan', (_, value) => lan.push((value as { volumePercent: number }).volumePercent));
  for (let n = 1; n <= 100; n += 1) {
    projections.publish('state', state(n));
    vi.advanceTimersByTime(20);
  }
  vi.advanceTimersByTime(200);
  expect(tv).toHaveLength(100);
  expect(lan.length).toBeGreaterThanOrEqual(10);
  expect(lan.length).toBeLessThanOrEqual(12);
  expect(lan.at(-1)).toBe(100);
});

it('keeps what only the fleet reads from everyone else', () => {
  const heard: string[] = [];
  for (const reader of ['phone', 'tv', 'console', 'lan', 'fleet'] as const)
    projections.follow(reader, (name) => heard.push(`${reader} ${name}`));
  projections.publish('pairing', offer(1));
  expect(heard).toEqual(['fleet pairing']);
  expect([projections.valuesFor('tv'), projections.valuesFor('lan')]).toEqual([{}, {}]);
  expect(Object.keys(projections.valuesFor('fleet'))).toEqual(['pairing']);
});

it('sends nothing more to who has ended it, and leaves no timer', () => {
  const heard: number[] = [];
  const end = projections.follow('lan', () => heard.push(1));
  projections.publish('state', state(1));
  projections.publish('state', state(2));
  end();
  vi.advanceTimersByTime(1_000);
  projections.publish('state', state(3));
  expect([heard.length, vi.getTimerCount()]).toEqual([1, 0]);
});
