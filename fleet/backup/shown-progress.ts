/** What a person sees of work that lasts longer than a second: how far it is, on standard error. */
type Output = { write: (text: string) => unknown; isTTY?: boolean };

const FIRST_AFTER_MS = 1_000;
const REDRAW_MS = 500;
/** for a log */
const LINE_EVERY_MS = 10_000;
const UNITS = ['bytes', 'KB', 'MB', 'GB', 'TB'];

export class ShownProgress {
  readonly #out: Output;
  #text = '';
  #isDrawn = false;
  readonly #startedAtMs = performance.now();
  #shownAtMs = Number.NEGATIVE_INFINITY;
  readonly #timer: NodeJS.Timeout;

  constructor(out: Output = process.stderr) {
    this.#out = out;
    this.#timer = setInterval(() => this.#show(), REDRAW_MS);
    this.#timer.unref();
  }

  step(text: string): void {
    this.#text = text;
  }
  /** Of a step whose size is known. */
  bytes(text: string, doneBytes: number, allBytes: number): void {
    const percent = allBytes === 0 ? 100 : Math.floor((doneBytes / allBytes) * 100);
    this.#text = `${text}: ${percent} % of ${sizeText(allBytes)}`;
  }
  /** Nothing is drawn any more. */
  end(): void {
    clearInterval(this.#timer);
    if (this.#isDrawn) this.#out.write('\r\u001b[K');
    this.#isDrawn = false;
  }

  #show(): void {
    const nowMs = performance.now();
    if (this.#text === '' || nowMs - this.#startedAtMs < FIRST_AFTER_MS) return;
    if (this.#out.isTTY) {
      this.#out.write(`\r\u001b[K${this.#text}`);
      this.#isDrawn = true;
    } else if (nowMs - this.#shownAtMs >= LINE_EVERY_MS) {
      this.#out.write(`${this.#text}\n`);
      this.#shownAtMs = nowMs;
    }
  }
}

/** `3.4 MB` */
export function sizeText(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 1000 && unit < UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${UNITS[unit]}`;
}
