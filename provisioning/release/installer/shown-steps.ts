/** What a person sees: numbered steps, and within one how far it is. On a terminal the line is drawn again; elsewhere now and then. */
const QUIET_MS = 10_000;

export class ShownSteps {
  readonly #of: number;
  #at = 0;
  #saidAtMs = 0;
  #isDrawn = false;

  constructor(steps: number) {
    this.#of = steps;
  }

  step(what: string): void {
    this.#erase();
    this.#at += 1;
    this.#saidAtMs = performance.now();
    process.stdout.write(`[${this.#at}/${this.#of}] ${what}\n`);
  }

  /** Of the step under way. */
  readonly detail = (what: string): void => {
    if (process.stdout.isTTY) {
      process.stdout.write(`\r\x1b[K      ${what}`.slice(0, process.stdout.columns + 4));
      this.#isDrawn = true;
    } else if (performance.now() - this.#saidAtMs > QUIET_MS) {
      this.#saidAtMs = performance.now();
      process.stdout.write(`      ${what}\n`);
    }
  };

  readonly count = (done: number, of: number): void => this.detail(`${done} of ${of}`);

  readonly line = (what: string): void => {
    this.#erase();
    process.stdout.write(`      ${what}\n`);
  };

  #erase(): void {
    if (this.#isDrawn) process.stdout.write('\r\x1b[K');
    this.#isDrawn = false;
  }
}
