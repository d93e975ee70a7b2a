/** Whether a newer measurement shows something that a person would notice: pure. Else it waits for its turn. */
import type { KioskHealth } from '#contract/kiosk-health.ts';
import type { ProjectionContent } from '#contract/relayed-projections.ts';

export type MeasuredHealth = ProjectionContent<'health'>;

const DEGREES = 5;
const CLOCK_MS = 5_000;
const SHARE = 0.01;

export function isNews(before: MeasuredHealth, now: MeasuredHealth): boolean {
  const same = (name: keyof MeasuredHealth): boolean => JSON.stringify(before[name]) === JSON.stringify(now[name]);
  const always = ['versions', 'screen', 'camera', 'microphone', 'callQuality', 'certificateEndsAtMs'] as const;
  return (
    always.some((name) => !same(name)) ||
    hasMoved(before.temperatureCelsius, now.temperatureCelsius, DEGREES) ||
    hasMoved(before.clockOffMs, now.clockOffMs, CLOCK_MS) ||
    hasMoved(freeShare(before.disk), freeShare(now.disk), SHARE) ||
    before.network?.address !== now.network?.address
  );
}

const hasMoved = (before: number | null, now: number | null, by: number): boolean =>
  before === null || now === null ? before !== now : Math.abs(now - before) >= by;
const freeShare = (disk: KioskHealth['disk']): number | null =>
  disk && disk.totalBytes > 0 ? disk.freeBytes / disk.totalBytes : null;
