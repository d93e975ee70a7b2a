/** How much is done at once, and who is next: the most urgent first, then who has waited longest. */

/** 0 is the most urgent. */
export type Urgency = 0 | 1 | 2;
type Waiting = { urgency: Urgency; start: () => void };

export class Turns {
  readonly #atOnce: number;
  readonly #waiting: Waiting[] = [];
  #running = 0;

  constructor(atOnce: number) {
    this.#atOnce = atOnce;
  }

  /** Does the work when its turn has come. */
  async run<T>(urgency: Urgency, work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#atOnce) {
      await new Promise<void>((start) => {
        const later = this.#waiting.findIndex((each) => each.urgency > urgency);
        this.#waiting.splice(later < 0 ? this.#waiting.length : later, 0, { urgency, start });
      });
    } else {
      this.#running += 1;
    }
    try {
      return await work();
    } finally {
      // the turn goes on to the next, so that nobody comes between
      const next = this.#waiting.shift();
      if (next) next.start();
      else this.#running -= 1;
    }
  }
}
