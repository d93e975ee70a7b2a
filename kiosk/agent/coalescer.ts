/** Says the first change at once and those that follow at a bounded rate, the last of them always. */
export class Coalescer {
  readonly #intervalMs: number;
  readonly #say: () => void;
  #timer: NodeJS.Timeout | undefined;
  #pending = false;

  constructor(perSecond: number, say: () => void) {
    this.#intervalMs = 1000 / perSecond;
    this.#say = say;
  }

  changed(): void {
    if (this.#timer !== undefined) {
      this.#pending = true;
      return;
    }
    this.#say();
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (!this.#pending) return;
      this.#pending = false;
      this.changed();
    }, this.#intervalMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
