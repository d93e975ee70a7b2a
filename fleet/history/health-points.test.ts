import { expect, test } from 'vitest';
import type { KioskHealth } from '#contract/kiosk-health.ts';
import { meanOf, pointOf, seriesOf } from './health-points.ts';

const health = {
  temperatureCelsius: 51.26,
  cpuPercent: 7,
  memory: { totalBytes: 8_000, availableBytes: 2_000 },
  disk: { totalBytes: 100, freeBytes: 40 },
  network: { fleetRoundTripMs: 3 },
} as KioskHealth;

test('a point of a box, of one that measures nothing, and of one that is away', () => {
  expect(pointOf(true, health)).toEqual([1, 51.3, 7, 75, 40, 3]);
  expect(pointOf(true, null)).toEqual([1, null, null, null, null, null]);
  expect(pointOf(false, health)).toEqual([0, null, null, null, null, null]);
});

test('a mean is of what is known', () => {
  expect(
    meanOf([pointOf(true, health), pointOf(false, null), pointOf(true, { ...health, temperatureCelsius: 53.26 })]),
  ).toEqual([0.7, 52.3, 7, 75, 40, 3]);
});

test('columns, with a gap where nothing was known', () => {
  const at = (atMs: number) => ({ atMs, point: pointOf(true, health) });
  const series = seriesOf([at(0), at(30), at(120)], 30);
  expect(series.atMs).toEqual([0, 30, 60, 120]);
  expect(series.online).toEqual([1, 1, null, 1]);
  expect(series.diskFreePercent).toEqual([40, 40, null, 40]);
});
