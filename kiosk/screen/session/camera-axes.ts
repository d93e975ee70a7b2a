/** A camera's motors in its own units: their ranges from the track, and where a step leads. Pure. */
import type { Axis, CameraAxes } from '#contract/room-equipment.ts';

export type AxisName = keyof CameraAxes;
export type Position = Partial<Record<AxisName, number>>;
export const AXES = ['pan', 'tilt', 'zoom'] as const satisfies readonly AxisName[];

/** At full speed an axis goes from end to end in this time. */
const SWEEP_MS = { pan: 6_000, tilt: 6_000, zoom: 4_000 } as const;

type Told = Partial<Record<AxisName, unknown>>;

/** From a track's capabilities and settings; null: it has no motors. */
export function axesOf(capabilities: object, settings: object): CameraAxes | null {
  const axes = { pan: null, tilt: null, zoom: null } as CameraAxes;
  for (const name of AXES) axes[name] = axisOf((capabilities as Told)[name], (settings as Told)[name]);
  return AXES.some((name) => axes[name] !== null) ? axes : null;
}

function axisOf(range: unknown, value: unknown): Axis | null {
  const { min, max, step } = (range ?? {}) as Record<string, unknown>;
  if (typeof min !== 'number' || typeof max !== 'number' || !(max > min)) return null;
  const known = typeof value === 'number' ? value : min;
  // a device that reports no step moves in any
  return { min, max, step: typeof step === 'number' && step > 0 ? step : (max - min) / 100, value: known };
}

/** The nearest position that the device can reach. */
export function placeOn({ min, max, step }: Axis, value: number): number {
  const steps = Math.round((Math.min(max, Math.max(min, value)) - min) / step);
  return Math.min(max, min + steps * step);
}

/** @param speed -1 to 1 of the axis' own */
export function moved(name: AxisName, { min, max }: Axis, from: number, speed: number, forMs: number): number {
  return Math.min(max, Math.max(min, from + (speed * (max - min) * forMs) / SWEEP_MS[name]));
}
