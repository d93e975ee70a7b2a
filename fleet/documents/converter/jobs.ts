/** The documents that are being converted, a few at a time, in the order in which they came. */
import type { ConversionEvent } from '#contract/converter-link.ts';
import { type ErrorCode, MaruError, OperationalError, UserError } from '#contract/error-codes.ts';
import type { Conversion, Progress } from './conversion.ts';

export type JobRequest = { documentId: string; sourcePath: string; outputFolder: string };
export type JobsOptions = {
  atOnce: number;
  /** of each document, from its turn on; a person waits no longer */
  deadlineMs: number;
  /** @returns how many pages it has */
  convert: (conversion: Conversion) => Promise<number>;
  onEvent: (event: ConversionEvent) => void;
  /** a failure that is no document's fault */
  onFault: (error: unknown, documentId: string) => void;
};

type Job = JobRequest & {
  ending: AbortController;
  progress: Progress[];
};

export class Jobs {
  readonly #options: JobsOptions;
  /** by document; the first ones run */
  readonly #jobs = new Map<string, Job>();
  readonly #started = new WeakSet<Job>();
  readonly #running = new Set<Promise<void>>();

  constructor(options: JobsOptions) {
    this.#options = options;
  }

  /** The same document again: its progress so far is reported again. */
  add(request: JobRequest): void {
    const { documentId } = request;
    const known = this.#jobs.get(documentId);
    if (known) {
      for (const progress of known.progress) this.#options.onEvent({ ...progress, documentId });
      return;
    }
    this.#jobs.set(documentId, { ...request, ending: new AbortController(), progress: [] });
    this.#next();
  }

  /** Nothing is reported of it any more. Harmless where it is not known. */
  cancel(documentId: string): void {
    const job = this.#jobs.get(documentId);
    this.#jobs.delete(documentId);
    job?.ending.abort(new OperationalError('shutting-down', 'cancelled'));
  }

  /** Ends them all. Resolves when no sandbox of them is left. */
  async end(): Promise<void> {
    for (const documentId of [...this.#jobs.keys()]) this.cancel(documentId);
    await Promise.all(this.#running);
  }

  #next(): void {
    for (const job of this.#jobs.values()) {
      if (this.#running.size >= this.#options.atOnce) return;
      if (this.#started.has(job)) continue;
      this.#started.add(job);
      const running = this.#run(job).finally(() => {
        this.#running.delete(running);
        this.#next();
      });
      this.#running.add(running);
    }
  }

  async #run(job: Job): Promise<void> {
    const { documentId, sourcePath, outputFolder, ending } = job;
    const { convert, deadlineMs, onFault } = this.#options;
    const late = new UserError('document-took-too-long', `not done within ${deadlineMs} ms`);
    const timer = setTimeout(() => ending.abort(late), deadlineMs);
    try {
      const onProgress = (progress: Progress): void => {
        job.progress.push(progress);
        this.#report(job, { ...progress, documentId });
      };
      const pageCount = await convert({ sourcePath, outputFolder, signal: ending.signal, onProgress });
      this.#report(job, { name: 'converted', documentId, pageCount });
    } catch (error) {
      if (!(error instanceof MaruError)) onFault(error, documentId);
      const code = codeOf(error);
      const message = (error instanceof Error ? error.message : String(error)).slice(0, 500);
      this.#report(job, { name: 'failed', documentId, code, message });
    } finally {
      clearTimeout(timer);
      if (this.#jobs.get(documentId) === job) this.#jobs.delete(documentId);
    }
  }

  /** One that was cancelled is of interest to nobody. */
  #report(job: Job, event: ConversionEvent): void {
    if (this.#jobs.get(job.documentId) === job) this.#options.onEvent(event);
  }
}

function codeOf(error: unknown): ErrorCode {
  if (error instanceof MaruError) return error.code;
  // of the file system: the disk is full or fails, or the document was deleted meanwhile
  return typeof (error as NodeJS.ErrnoException).errno === 'number' ? 'storage-failed' : 'converter-unavailable';
}
