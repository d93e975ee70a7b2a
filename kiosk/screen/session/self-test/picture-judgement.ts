/**
 * Whether a camera shows anything: from a few patches of each of its frames, unscaled, because only a sensor's own
 * noise distinguishes a still room from a frozen picture. Pure; camera-check.ts delivers the frames.
 */

/** A covered lens or a closed shutter: darker and flatter than a sensor that works in the dark. Of 255. */
const BLACK_BELOW_MEAN = 10;
const BLACK_BELOW_DEVIATION = 6;
/** So many frames without the least change are no picture of a room, even after good ones. */
const FROZEN_AFTER_FRAMES = 8;
const FROZEN_SHARE = 0.75;

export class PictureJudgement {
  #last: Uint8ClampedArray | null = null;
  #frames = 0;
  /** how many of the latest are one and the same */
  #alike = 0;
  #blackFrames = 0;

  /** RGBA, of the same size each time. */
  add(pixels: Uint8ClampedArray): void {
    this.#frames += 1;
    if (isBlack(pixels)) this.#blackFrames += 1;
    this.#alike = this.#last === null || differs(this.#last, pixels) ? 1 : this.#alike + 1;
    this.#last = pixels.slice();
  }

  get frames(): number {
    return this.#frames;
  }

  /** null: a live picture, or too few frames to decide. */
  get fault(): 'black' | 'frozen' | null {
    // many cameras begin with dark frames: one that is light is enough
    if (this.#frames > 0 && this.#blackFrames === this.#frames) return 'black';
    return this.#alike >= Math.max(FROZEN_AFTER_FRAMES, FROZEN_SHARE * this.#frames) ? 'frozen' : null;
  }
}

/** A covered lens, or nothing at all: no dark room is so flat. */
export function isBlack(pixels: Uint8ClampedArray): boolean {
  let [sum, squares] = [0, 0];
  const count = pixels.length / 4;
  for (let at = 0; at < pixels.length; at += 4) {
    // ITU-R BT.601
    const luma = 0.299 * pixels[at]! + 0.587 * pixels[at + 1]! + 0.114 * pixels[at + 2]!;
    sum += luma;
    squares += luma * luma;
  }
  const mean = sum / count;
  return mean < BLACK_BELOW_MEAN && Math.sqrt(Math.max(0, squares / count - mean * mean)) < BLACK_BELOW_DEVIATION;
}

export function differs(a: Uint8ClampedArray, b: Uint8ClampedArray): boolean {
  return a.length !== b.length || a.some((value, at) => value !== b[at]);
}
