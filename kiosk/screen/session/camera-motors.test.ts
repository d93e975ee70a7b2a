import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CAMERA_STEER_MS } from '#contract/limits.ts';
import type { CameraAxes } from '#contract/room-equipment.ts';
import { axesOf, placeOn } from './camera-axes.ts';
import { CameraMotors } from './camera-motors.ts';

const RANGES = {
  pan: { min: -100, max: 100, step: 10 },
  tilt: { min: 0, max: 50, step: 1 },
  zoom: { min: 100, max: 400, step: 1 },
};

function camera(ranges: object = RANGES, start = { pan: 0, tilt: 25, zoom: 100 }) {
  const settings: Record<string, number> = { ...start };
  const orders: { atMs: number; order: Record<string, number> }[] = [];
  const device = { slowMs: 0, fails: false };
  const track = {
    getCapabilities: () => ranges,
    getSettings: () => ({ ...settings }),
    applyConstraints: async ({ advanced }: { advanced: Record<string, number>[] }) => {
      orders.push({ atMs: performance.now(), order: advanced[0]! });
      if (device.slowMs > 0) await new Promise((resolve) => setTimeout(resolve, device.slowMs));
      if (device.fails) throw new DOMException('', 'OperationError');
      Object.assign(settings, advanced[0]);
    },
  } as unknown as MediaStreamTrack;
  const told: (CameraAxes | null)[] = [];
  const motors = new CameraMotors({ onAxes: (axes) => told.push(axes) });
  motors.follow(track);
  return { motors, settings, orders, told, device, track };
}
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const still = { pan: 0, tilt: 0, zoom: 0 };

describe('a camera’s motors', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.spyOn(console, 'warn').mockImplementation(() => {});
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('are told as the device has them, and not at all where it has none', () => {
    const { told, motors } = camera();
    expect(told).toEqual([
      { pan: { ...RANGES.pan, value: 0 }, tilt: { ...RANGES.tilt, value: 25 }, zoom: { ...RANGES.zoom, value: 100 } },
    ]);
    motors.follow(null);
    expect(told.at(-1)).toBe(null);
    expect(camera({ pan: undefined, zoom: { min: 1, max: 1 } }).told).toEqual([null]);
    expect(axesOf({ zoom: { min: 1, max: 5 } }, {})).toEqual({
      pan: null,
      tilt: null,
      zoom: { min: 1, max: 5, step: 0.04, value: 1 },
    });
  });

  it('move while they are told to, and stop by themselves', async () => {
    const { motors, settings, told, orders } = camera();
    motors.steer({ ...still, pan: 1 });
    await pass(300);
    const under = settings.pan!;
    expect(under).toBeGreaterThan(0);
    motors.steer({ ...still, pan: 1 });
    await pass(CAMERA_STEER_MS + 1_000);
    const there = settings.pan!;
    expect(there).toBeGreaterThan(under);
    // a full sweep takes 6 s: 0.9 s are 30 of 200, a step more or less
    expect(Math.abs(there - 30)).toBeLessThanOrEqual(10);
    const count = orders.length;
    await pass(5_000);
    expect(orders.length).toBe(count);
    expect(told.at(-1)!.pan!.value).toBe(there);
    expect(settings).toMatchObject({ tilt: 25, zoom: 100 });
  });

  it('stop at once when the finger is lifted', async () => {
    const { motors, settings, told } = camera();
    motors.steer({ pan: -1, tilt: 1, zoom: 1 });
    await pass(250);
    motors.steer(still);
    await pass(200);
    // said at once too, not when the time of the last order is over
    expect(told.at(-1)!.pan!.value).toBe(settings.pan);
    const there = { ...settings };
    await pass(2_000);
    expect(settings).toEqual(there);
    expect(there.pan).toBeLessThan(0);
  });

  it('stay within their ends and on their steps', async () => {
    const { motors, settings, orders } = camera();
    for (let time = 0; time < 40; time += 1) {
      motors.steer({ pan: -1, tilt: 1, zoom: -1 });
      await pass(300);
    }
    expect(settings).toEqual({ pan: -100, tilt: 50, zoom: 100 });
    expect(orders.every(({ order }) => order.pan === undefined || order.pan % 10 === 0)).toBe(true);
    expect(placeOn({ min: -95, max: 96, step: 10, value: 0 }, 1_000)).toBe(95);
    expect(placeOn({ min: -95, max: 96, step: 10, value: 0 }, -96)).toBe(-95);
  });

  it('get ten orders a second at most, one at a time, and the last one counts', async () => {
    const { motors, orders, device, settings } = camera();
    for (let time = 0; time < 100; time += 1) {
      motors.steer({ ...still, zoom: 1 });
      await pass(10);
    }
    expect(orders.length).toBeLessThanOrEqual(11);
    for (const [index, { atMs }] of orders.entries())
      if (index > 0) expect(atMs - orders[index - 1]!.atMs).toBeGreaterThanOrEqual(99);
    await pass(2_000);
    orders.length = 0;
    device.slowMs = 700;
    motors.place({ pan: 50, tilt: null, zoom: null });
    motors.place({ pan: -50, tilt: null, zoom: null });
    motors.place({ pan: 70, tilt: null, zoom: 300 });
    await pass(3_000);
    expect(orders.map(({ order }) => order)).toEqual([{ pan: 50 }, { pan: 70, zoom: 300 }]);
    expect(settings).toMatchObject({ pan: 70, zoom: 300 });
  });

  it('are not flooded by places, though the device is quick', async () => {
    const { motors, orders, settings } = camera();
    for (let pan = -100; pan <= 100; pan += 10) {
      motors.place({ pan, tilt: null, zoom: null });
      await pass(5);
    }
    await pass(500);
    expect(orders.length).toBeLessThanOrEqual(3);
    expect(settings.pan).toBe(100);
  });

  it('go to a place, and leave an axis that is not named', async () => {
    const { motors, settings, told } = camera();
    motors.place({ pan: 44, tilt: null, zoom: 9_999 });
    await pass(500);
    expect(settings).toEqual({ pan: 40, tilt: 25, zoom: 400 });
    expect(told.at(-1)!.zoom!.value).toBe(400);
  });

  it('that refuse are taken to stand where they stand', async () => {
    const { motors, device, told, orders } = camera();
    device.fails = true;
    motors.place({ pan: 40, tilt: null, zoom: null });
    await pass(2_000);
    expect(orders.length).toBe(1);
    expect(told.at(-1)!.pan!.value).toBe(0);
  });

  it('of another camera are asked anew', async () => {
    const { motors, told, track } = camera();
    const other = camera({ zoom: { min: 1, max: 10, step: 1 } }, { pan: 0, tilt: 0, zoom: 4 });
    motors.steer({ ...still, pan: 1 });
    motors.follow(other.track);
    await pass(1_000);
    expect(told.at(-1)).toEqual({ pan: null, tilt: null, zoom: { min: 1, max: 10, step: 1, value: 4 } });
    expect(other.orders).toEqual([]);
    motors.follow(track);
    expect(told.at(-1)!.pan).not.toBe(null);
  });
});
