/** Counters of a fixed width that start anywhere and wrap: a timestamp of 90 kHz does so each 13 hours. */

export class Unwrapped {
  readonly #span: number;
  #last: number | null = null;

  constructor(bits: 16 | 32) {
    this.#span = 2 ** bits;
  }

  /** Never wraps: at most half of the range away from the value before. The first one is as it came. */
  next(value: number): number {
    if (this.#last === null) {
      this.#last = value;
      return value;
    }
    const half = this.#span / 2;
    const step = (((value - this.#last) % this.#span) + this.#span) % this.#span;
    this.#last += step >= half ? step - this.#span : step;
    return this.#last;
  }
}
