/**
 * Pan, tilt and zoom of the room's camera, by constraints on its own track. Owns the rate of orders (ten a second at
 * most, one at a time), the stop by itself, and the present position; camera-axes.ts computes positions.
 */
import { CAMERA_STEER_MS } from '#contract/limits.ts';
import type { CameraAxes } from '#contract/room-equipment.ts';
import { AXES, type AxisName, axesOf, moved, placeOn, type Position } from './camera-axes.ts';

/** Between two orders to the device: more it would only queue. */
const ORDER_EVERY_MS = 100;

export type Speeds = Record<AxisName, number>;
export type Places = Record<AxisName, number | null>;
const STILL: Speeds = { pan: 0, tilt: 0, zoom: 0 };

export class CameraMotors {
  readonly #onAxes: (axes: CameraAxes | null) => void;
  #track: MediaStreamTrack | null = null;
  #axes: CameraAxes | null = null;
  /** between the steps of the device too, so that a slow pan comes forward */
  #target: Position = {};
  #told: Position = {};
  #speeds: Speeds = STILL;
  #stopAtMs = 0;
  #ordering = false;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor({ onAxes }: { onAxes: (axes: CameraAxes | null) => void }) {
    this.#onAxes = onAxes;
  }

  /** null: none is open, or it has no motors */
  get axes(): CameraAxes | null {
    return this.#axes;
  }

  /** The camera that is open now. */
  follow(track: MediaStreamTrack | null): void {
    if (this.#track === track) return;
    this.#halt();
    this.#track = track;
    this.#read();
  }

  /** For CAMERA_STEER_MS at most, unless it is called again. */
  steer(speeds: Speeds): void {
    if (this.#axes === null) return;
    this.#speeds = speeds;
    this.#stopAtMs = performance.now() + CAMERA_STEER_MS;
    if (AXES.every((name) => speeds[name] === 0)) this.#halt();
    else this.#start();
  }

  /** To a place of its own units; null leaves the axis. */
  place(places: Places): void {
    this.#halt();
    for (const name of AXES) {
      const place = places[name];
      if (place !== null) this.#target[name] = place;
    }
    void this.#order();
  }

  #start(): void {
    if (this.#timer !== undefined) return;
    let lastMs = performance.now();
    const tick = (): void => {
      const nowMs = performance.now();
      const forMs = Math.max(0, Math.min(nowMs, this.#stopAtMs) - lastMs);
      lastMs = nowMs;
      for (const name of AXES) {
        const axis = this.#axes?.[name];
        const target = this.#target[name];
        if (axis && target !== undefined) this.#target[name] = moved(name, axis, target, this.#speeds[name], forMs);
      }
      if (nowMs >= this.#stopAtMs) this.#halt();
      void this.#order();
    };
    this.#timer = setInterval(tick, ORDER_EVERY_MS);
  }

  #halt(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#speeds = STILL;
  }

  /** Sends the device to a position, if it is elsewhere; an order waits for the former, and only the last counts. */
  async #order(): Promise<void> {
    const track = this.#track;
    if (this.#ordering || track === null || this.#axes === null) return;
    const order: Position = {};
    for (const name of AXES) {
      const [axis, target] = [this.#axes[name], this.#target[name]];
      if (axis === null || target === undefined) continue;
      const place = placeOn(axis, target);
      if (place !== this.#told[name]) order[name] = place;
    }
    if (Object.keys(order).length === 0) {
      if (this.#timer === undefined) this.#tell();
      return;
    }
    this.#ordering = true;
    try {
      await Promise.all([
        track.applyConstraints({ advanced: [order as MediaTrackConstraintSet] }),
        new Promise((resolve) => setTimeout(resolve, ORDER_EVERY_MS)),
      ]);
      if (this.#track === track) Object.assign(this.#told, order);
    } catch (error) {
      // it stands where it stands
      console.warn('screen: the camera does not move', error);
      if (this.#track === track) this.#read();
    }
    this.#ordering = false;
    void this.#order();
  }

  /** Where it came to a stop; on its way it is asked by nobody. */
  #tell(): void {
    const before = JSON.stringify(this.#axes);
    const now = axesOfTrack(this.#track);
    if (JSON.stringify(now) === before) return;
    this.#axes = now;
    this.#onAxes(now);
  }

  #read(): void {
    this.#axes = axesOfTrack(this.#track);
    this.#told = {};
    this.#target = {};
    for (const name of AXES) {
      const axis = this.#axes?.[name];
      if (axis) this.#told[name] = this.#target[name] = axis.value;
    }
    this.#onAxes(this.#axes);
  }
}

function axesOfTrack(track: MediaStreamTrack | null): CameraAxes | null {
  if (track?.getCapabilities === undefined) return null;
  return axesOf(track.getCapabilities(), track.getSettings());
}
