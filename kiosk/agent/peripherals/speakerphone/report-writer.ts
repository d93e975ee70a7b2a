/**
 * Writes output reports one after the other. What was not begun when newer ones come is dropped: lamps show a state, and
 * an old one is of no use. A device that takes none for too long counts as one that refuses.
 */
const WRITE_TIMEOUT_MS = 3_000;

export type ReportWriterOptions = {
  write: (report: Uint8Array) => Promise<void>;
  /** once; nothing is written after it */
  onFailed: (why: string) => void;
};

export class ReportWriter {
  readonly #options: ReportWriterOptions;
  #waiting: Uint8Array[] = [];
  #draining: Promise<void> | null = null;
  #over = false;

  constructor(options: ReportWriterOptions) {
    this.#options = options;
  }

  write(reports: Uint8Array[]): void {
    this.#waiting = [...reports];
    this.#draining ??= this.#drain();
  }

  /** @returns when what was begun is through; what was not is forgotten */
  async stop(): Promise<void> {
    this.#over = true;
    await this.#draining;
  }

  /** @returns when all is written, or the device has refused */
  async flushed(): Promise<void> {
    await this.#draining;
  }

  /** Never rejects. */
  async #drain(): Promise<void> {
    try {
      for (let report = this.#waiting.shift(); report !== undefined && !this.#over; report = this.#waiting.shift()) {
        await withTimeout(this.#options.write(report), WRITE_TIMEOUT_MS, 'a write has not come back');
      }
    } catch (error) {
      if (!this.#over) this.#options.onFailed(String(error));
      this.#over = true;
    } finally {
      this.#draining = null;
    }
  }
}

/** The work goes on behind it, and its end is nobody's any more. */
export async function withTimeout<T>(work: Promise<T>, timeoutMs: number, why: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(why)), timeoutMs);
  });
  work.catch(() => {});
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
