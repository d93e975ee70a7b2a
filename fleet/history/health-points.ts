/** How a box was over time: pure. Points of half a minute, their mean over ten minutes, and the columns that a chart draws. */
import type { HealthSeries } from '#contract/http/fleet-api.ts';
import type { KioskHealth } from '#contract/kiosk-health.ts';

const COLUMNS = [
  'online',
  'temperatureCelsius',
  'cpuPercent',
  'memoryUsedPercent',
  'diskFreePercent',
  'fleetRoundTripMs',
] as const;
type Column = (typeof COLUMNS)[number];
/** As it is stored: a value of each column, in their order. */
export type HealthPoint = readonly (number | null)[];

/** Of a room that is offline nothing else is known. */
export function pointOf(online: boolean, health: KioskHealth | null): HealthPoint {
  const values: Record<Column, number | null> = {
    online: online ? 1 : 0,
    temperatureCelsius: health?.temperatureCelsius ?? null,
    cpuPercent: health?.cpuPercent ?? null,
    memoryUsedPercent: share(
      health?.memory && health.memory.totalBytes - health.memory.availableBytes,
      health?.memory?.totalBytes,
    ),
    diskFreePercent: share(health?.disk?.freeBytes, health?.disk?.totalBytes),
    fleetRoundTripMs: health?.network?.fleetRoundTripMs ?? null,
  };
  return COLUMNS.map((name) => (online || name === 'online' ? rounded(values[name]) : null));
}

/** Of each column the mean of what is known. */
export function meanOf(points: readonly HealthPoint[]): HealthPoint {
  return COLUMNS.map((_, at) => {
    const known = points.flatMap((point) => point[at] ?? []);
    return known.length === 0 ? null : rounded(known.reduce((sum, each) => sum + each, 0) / known.length);
  });
}

/** @param stored by time. Where none is for longer than a span and a half, a gap is put in: nothing was known then. */
export function seriesOf(stored: readonly { atMs: number; point: HealthPoint }[], spanMs: number): HealthSeries {
  const rows: { atMs: number; point: HealthPoint }[] = [];
  for (const each of stored) {
    const last = rows.at(-1);
    if (last && each.atMs - last.atMs > 1.5 * spanMs) rows.push({ atMs: last.atMs + spanMs, point: [] });
    rows.push(each);
  }
  const columns = COLUMNS.map((name, at) => [name, rows.map(({ point }) => point[at] ?? null)]);
  return { atMs: rows.map(({ atMs }) => atMs), ...Object.fromEntries(columns) } as HealthSeries;
}

const rounded = (value: number | null): number | null => (value === null ? null : Math.round(value * 10) / 10);
const share = (part: number | null | undefined, whole: number | undefined): number | null =>
  part === null || part === undefined || !whole ? null : (100 * part) / whole;
